package duckdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	duckdb "github.com/duckdb/duckdb-go-bindings"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
)

// reader streams the rows of one statement. It owns the instance.
type reader struct {
	in      *instance
	stmt    duckdb.PreparedStatement
	result  duckdb.Result
	origin  string
	columns []column
	vectors []vector
	rows    *record.RowBuilder
	query   sources.Query

	chunk     duckdb.DataChunk // Ptr is nil between chunks
	at, count int              // rows of the chunk that were taken, and that there are
	sizes     []int64          // of the chunk's rows, in bytes
	end       bool
	err       error // what ended the read: Next says it again

	delivered bool                                       // a batch, or an error
	larger    func(ctx context.Context) (*reader, error) // opens the same with more memory; nil: it has what there is
}

// errStarved is within the error of a statement that ended for lack of memory.
var errStarved = errors.New("out of memory")

// openReader compiles the model and starts it. After an error the instance is the caller's still.
func openReader(ctx context.Context, in *instance, q sources.Query) (r *reader, err error) {
	defer sources.Interrupt(ctx, func() { duckdb.Interrupt(in.conn) })()
	m, inner, err := prepare(in, q)
	if err != nil {
		return nil, err
	}
	columns, err := m.columns(inner)
	if err != nil {
		duckdb.DestroyPrepare(&inner)
		return nil, err
	}
	r = &reader{in: in, stmt: inner, origin: m.origin, columns: columns, query: q}
	if err := r.start(ctx, m); err != nil {
		r.free()
		return nil, err
	}
	return r, nil
}

// columns are the result columns of the model.
func (m model) columns(stmt duckdb.PreparedStatement) ([]column, error) {
	columns := make([]column, duckdb.PreparedStatementColumnCount(stmt))
	seen := map[string]bool{}
	for i := range columns {
		name := duckdb.PreparedStatementColumnName(stmt, duckdb.IdxT(i))
		t := duckdb.PreparedStatementColumnLogicalType(stmt, duckdb.IdxT(i))
		c, err := newColumn(name, t)
		duckdb.DestroyLogicalType(&t)
		if err != nil {
			return nil, m.fault(err.Error(), "")
		}
		if lower := strings.ToLower(name); seen[lower] {
			return nil, m.fault(fmt.Sprintf("the model returns two columns named %q", name), "give one of them another name with AS")
		}
		seen[strings.ToLower(name)] = true
		columns[i] = c
	}
	return columns, nil
}

// start runs the model, or the SELECT around it.
func (r *reader) start(ctx context.Context, m model) error {
	where, value := cursorCondition(r.columns, r.query.Cursor)
	if outer := m.outerSQL(r.columns, where, r.query.Limit); outer != m.sql {
		duckdb.DestroyPrepare(&r.stmt)
		if duckdb.Prepare(r.in.conn, outer, &r.stmt) == duckdb.StateError {
			return m.sqlError(duckdb.PrepareError(r.stmt))
		}
		if where != "" && duckdb.BindVarchar(r.stmt, 1, value) == duckdb.StateError {
			return m.fault("the cursor's value cannot be bound", "")
		}
	}
	// DuckDB calls it deprecated, but it is the only way to a result that is not held in memory as a whole.
	if duckdb.ExecutePreparedStreaming(r.stmt, &r.result) == duckdb.StateError {
		return r.broken(ctx, duckdb.ResultError(&r.result))
	}
	return r.build()
}

func (r *reader) build() error {
	fields := make([]arrow.Field, len(r.columns))
	for i, c := range r.columns {
		fields[i] = arrow.Field{Name: c.name, Type: c.dtype, Nullable: true}
	}
	r.rows = record.NewRowBuilder(arrow.NewSchema(fields, nil), r.query.BatchRows, r.query.BatchBytes)
	rows := int(duckdb.VectorSize())
	r.sizes = make([]int64, rows)
	for i := range r.columns {
		t := duckdb.ColumnLogicalType(&r.result, duckdb.IdxT(i))
		r.vectors = append(r.vectors, newVector(t, r.rows.Columns[i], rows))
		duckdb.DestroyLogicalType(&t)
	}
	return nil
}

// Schema implements sources.Reader.
func (r *reader) Schema() *arrow.Schema { return r.rows.Schema() }

// Rejects implements sources.RowRejecter.
func (r *reader) Rejects() []record.Reject { return r.rows.Rejects() }

// Next implements sources.Reader. What has delivered nothing for lack of memory begins again with more of it: rows may be so
// wide that a few of them are too many.
func (r *reader) Next(ctx context.Context) (arrow.RecordBatch, error) {
	b, err := r.batch(ctx)
	if r.larger == nil || r.delivered || !errors.Is(err, errStarved) {
		r.delivered = true
		return b, err
	}
	larger := r.larger
	r.larger = nil
	_ = r.Close()
	again, err := larger(ctx)
	if err != nil {
		r.err = err
		return nil, err
	}
	*r = *again
	return r.Next(ctx)
}

// batch reads the next batch.
func (r *reader) batch(ctx context.Context) (arrow.RecordBatch, error) {
	if r.err == nil && ctx.Err() != nil {
		return nil, canceled("read "+r.origin, ctx.Err())
	}
	if r.err != nil {
		return nil, r.err
	}
	defer sources.Interrupt(ctx, func() { duckdb.Interrupt(r.in.conn) })()
	for {
		r.rows.Reserve()
		if r.err = r.fill(ctx); r.err != nil {
			return nil, r.err
		}
		if b := r.rows.Batch(); b != nil {
			return b, nil
		}
		if r.end {
			r.err = io.EOF
			return nil, io.EOF
		}
		if n := r.rows.Pending(); n >= record.MaxPendingRejects {
			r.err = &connector.Error{Kind: connector.KindRejected, Op: "read " + r.origin,
				Message: fmt.Sprintf("%d rows in a row cannot be read, first %s", n, r.rows.Rejects()[0])}
			return nil, r.err
		}
	}
}

// fill copies rows until the batch is full or the data ends.
func (r *reader) fill(ctx context.Context) error {
	for !r.end && !r.rows.Full() {
		if r.at == r.count {
			if err := r.fetch(ctx); err != nil {
				return err
			}
			continue
		}
		r.take()
	}
	return nil
}

// fetch gets the next chunk.
func (r *reader) fetch(ctx context.Context) error {
	more, err := r.next(ctx)
	if err != nil {
		return err
	}
	if !more {
		return r.finish(ctx)
	}
	for i, v := range r.vectors {
		v.load(duckdb.DataChunkGetVector(r.chunk, duckdb.IdxT(i)))
	}
	for row := range r.sizes[:r.count] {
		r.sizes[row] = 0
		for _, v := range r.vectors {
			r.sizes[row] += v.size(row)
		}
	}
	return nil
}

// next moves to the next chunk. DuckDB has one answer for "no more" and "broken", none, and tells them apart by an
// error in the result.
func (r *reader) next(ctx context.Context) (bool, error) {
	duckdb.DestroyDataChunk(&r.chunk)
	r.at, r.count = 0, 0
	// Deprecated as ExecutePreparedStreaming is, and needed with it.
	if duckdb.StreamFetchChunk(r.result, &r.chunk) == duckdb.StateSuccess {
		r.count = int(duckdb.DataChunkGetSize(r.chunk))
		return r.count > 0, nil
	}
	if message := duckdb.ResultError(&r.result); message != "" || ctx.Err() != nil {
		return false, r.broken(ctx, message)
	}
	return false, nil
}

// closedStream is what DuckDB says of a fetch after the end, and only then: TestEndIsProven holds it to that.
const closedStream = "closed pending query result"

const lackOfMemory = "for lack of memory"

// finish makes sure of the end: a chunk that is lost for lack of memory looks like it, except that the stream is not
// closed then.
func (r *reader) finish(ctx context.Context) error {
	more, err := r.next(ctx)
	if !more && err != nil && strings.Contains(duckdb.ResultError(&r.result), closedStream) {
		r.end = true
		return nil
	}
	if err == nil {
		err = r.broken(ctx, "DuckDB lost a part of the result, perhaps "+lackOfMemory)
	}
	return err
}

// take appends as many of the chunk's rows as the batch has room for, at least one.
func (r *reader) take() {
	rows, bytes := r.rows.Room()
	n, size := 0, int64(0)
	for r.at+n < r.count && n < rows && size < bytes {
		size += r.sizes[r.at+n]
		n++
	}
	var rejects []record.Reject
	for i, v := range r.vectors {
		v.add(r.at, n, func(row int, reason string) {
			rejects = append(rejects, record.Reject{Row: int64(row), Column: r.columns[i].name, Reason: reason})
		})
	}
	slices.SortStableFunc(rejects, func(a, b record.Reject) int { return int(a.Row - b.Row) })
	r.rows.EndRows(n, size, rejects)
	r.at += n
}

// broken says that the statement failed.
func (r *reader) broken(ctx context.Context, message string) error {
	op := "read " + r.origin
	if ctx.Err() != nil {
		return canceled(op, ctx.Err())
	}
	out := &connector.Error{Kind: connector.KindPermanent, Op: op, Message: fmt.Sprintf("after row %d: %s", r.read(), shown(message))}
	if strings.Contains(message, "Out of Memory") || strings.Contains(message, lackOfMemory) {
		out.Err = errStarved
		out.Hint = "raise memory_limit in the profile"
	}
	return out
}

func (r *reader) read() int64 {
	if r.rows == nil {
		return 0
	}
	return r.rows.Read()
}

// free releases all but the instance. Idempotent.
func (r *reader) free() {
	duckdb.DestroyDataChunk(&r.chunk)
	duckdb.DestroyResult(&r.result)
	duckdb.DestroyPrepare(&r.stmt)
	if r.rows != nil {
		r.rows.Release()
	}
}

// Close implements sources.Reader.
func (r *reader) Close() error {
	r.free()
	if r.in != nil {
		r.in.close()
		r.in = nil
	}
	return nil
}
