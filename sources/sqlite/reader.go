package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	lib "modernc.org/sqlite/lib"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
)

// rowSource is where a reader's rows come from: a statement or a scan.
type rowSource interface {
	// step moves to the next row; more is false at the end of the data, and only there.
	step() (more bool, err error)
	// cell sets c to the value in column i of the current row, which is valid until the next step.
	cell(c *cell, i int)
	finalize()
}

// reader reads the rows of one statement. It owns the connection.
type reader struct {
	conn     *conn
	from     rowSource
	origin   string
	columns  []column
	decoders []decoder
	rows     *record.RowBuilder
	width    int64 // bytes of a row without its text and blobs
	ahead    [][]cell
	limit    int64
	end      bool
	err      error // what broke the read: Next says it again
	cell     cell  // here and not in appendRow: there it would be an allocation per row
}

// openReader compiles the model and settles the schema. After an error the connection is the caller's still.
func openReader(ctx context.Context, c *conn, q sources.Query) (r *reader, err error) {
	defer sources.Interrupt(ctx, c.interrupt)()
	m, s, err := compile(c, q)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.finalize()
		}
	}()
	columns, err := m.columns(s)
	if err != nil {
		return nil, err
	}
	pushed := push(c, m, columns, q.Cursor)
	if pushed != nil {
		s.finalize()
		s = pushed
	}
	p, err := peek(s, columns, func() (*statement, error) { return m.again(c, columns, q.Cursor) })
	if err != nil {
		return nil, stepError(ctx, m.origin, 0, err)
	}
	var from rowSource = s
	if pushed == nil && !p.end {
		if scan := newScan(c, m, s, len(p.rows)); scan != nil {
			from = scan
		}
	}
	r = &reader{conn: c, from: from, origin: m.origin, columns: columns, ahead: p.rows, end: p.end, limit: q.Limit}
	r.build(q)
	return r, nil
}

// columns are the result columns of the model, with their declared types.
func (m model) columns(s *statement) ([]column, error) {
	columns := make([]column, s.columns)
	seen := map[string]bool{}
	for i := range columns {
		name := s.name(i)
		if lower := strings.ToLower(name); seen[lower] {
			return nil, m.fault(fmt.Sprintf("the model returns two columns named %q", name), "give one of them another name with AS")
		} else {
			seen[lower] = true
		}
		c, err := declaredColumn(name, s.declared(i))
		if err != nil {
			return nil, m.fault(err.Error(), "")
		}
		columns[i] = c
	}
	return columns, nil
}

func (r *reader) build(q sources.Query) {
	fields := make([]arrow.Field, len(r.columns))
	for i, c := range r.columns {
		fields[i] = arrow.Field{Name: c.name, Type: c.dtype, Nullable: true}
		if fixed, ok := c.dtype.(arrow.FixedWidthDataType); ok {
			r.width += int64(fixed.BitWidth()+7) / 8
		} else {
			r.width += 4
		}
	}
	r.rows = record.NewRowBuilder(arrow.NewSchema(fields, nil), q.BatchRows, q.BatchBytes)
	r.decoders = make([]decoder, len(r.columns))
	for i, c := range r.columns {
		r.decoders[i] = newDecoder(c, r.rows.Columns[i])
	}
}

// Schema implements sources.Reader.
func (r *reader) Schema() *arrow.Schema { return r.rows.Schema() }

// Rejects implements sources.RowRejecter.
func (r *reader) Rejects() []record.Reject { return r.rows.Rejects() }

// Next implements sources.Reader.
func (r *reader) Next(ctx context.Context) (arrow.RecordBatch, error) {
	if r.err != nil {
		return nil, r.err
	}
	if err := ctx.Err(); err != nil {
		return nil, canceled("read "+r.origin, err)
	}
	defer sources.Interrupt(ctx, r.conn.interrupt)()
	for {
		r.rows.Reserve()
		if err := r.fill(); err != nil {
			r.err = stepError(ctx, r.origin, r.rows.Read()+1, err)
			return nil, r.err
		}
		if b := r.rows.Batch(); b != nil {
			return b, nil
		}
		if r.end && len(r.ahead) == 0 {
			r.err = io.EOF
			return nil, io.EOF
		}
		if r.rows.Pending() >= record.MaxPendingRejects {
			r.err = r.hopeless()
			return nil, r.err
		}
	}
}

// hopeless ends a read that finds bad rows only.
func (r *reader) hopeless() error {
	return &connector.Error{Kind: connector.KindRejected, Op: "read " + r.origin,
		Message: fmt.Sprintf("%d rows in a row cannot be read, first %s", r.rows.Pending(), r.rows.Rejects()[0])}
}

// fill reads rows until the batch is full or the data ends.
func (r *reader) fill() error {
	for !r.rows.Full() {
		if r.limit > 0 && r.rows.Read() >= r.limit {
			r.end, r.ahead = true, nil
			return nil
		}
		if len(r.ahead) > 0 {
			r.appendCells(r.ahead[0])
			r.ahead = r.ahead[1:]
			continue
		}
		if r.end { // the statement ended within the rows that were read ahead
			return nil
		}
		more, err := r.from.step()
		if err != nil {
			return err
		}
		if !more {
			r.end = true
			return nil
		}
		r.appendRow()
	}
	return nil
}

// appendRow decodes the statement's row without allocating: values stay in the library's memory until a builder
// copies them.
func (r *reader) appendRow() {
	c := &r.cell
	bytes := r.width
	for i, decode := range r.decoders {
		r.from.cell(c, i)
		if err := decode(c); err != nil {
			r.rows.Reject(r.columns[i].name, err.Error())
			return
		}
		if c.class >= classText {
			bytes += int64(len(c.s))
		}
	}
	r.rows.End(bytes)
}

func (r *reader) appendCells(cells []cell) {
	bytes := r.width
	for i, decode := range r.decoders {
		if err := decode(&cells[i]); err != nil {
			r.rows.Reject(r.columns[i].name, err.Error())
			return
		}
		bytes += int64(len(cells[i].s))
	}
	r.rows.End(bytes)
}

// Close implements sources.Reader.
func (r *reader) Close() error {
	if r.conn != nil {
		r.from.finalize()
		r.conn.close()
		r.rows.Release()
		r.conn = nil
	}
	return nil
}

// stepError describes a read that broke off at row (from 1; 0 if it is not known).
func stepError(ctx context.Context, origin string, row int64, err error) error {
	op := "read " + origin
	if ctx.Err() != nil {
		return canceled(op, ctx.Err())
	}
	out := &connector.Error{Kind: connector.KindPermanent, Op: op, Message: err.Error(), Err: err}
	if row > 0 {
		out.Message = fmt.Sprintf("row %d: %s", row, err)
	}
	var e *sqliteError
	if errors.As(err, &e) && (e.primary() == lib.SQLITE_CORRUPT || e.primary() == lib.SQLITE_NOTADB) {
		out.Hint = "the database file is damaged or cut off: check it with PRAGMA integrity_check"
	}
	return out
}
