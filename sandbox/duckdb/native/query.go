package native

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	bindings "github.com/duckdb/duckdb-go-bindings"
)

// Query runs sql and streams its rows in batches of schema, whose types must be what DuckDB's columns can be copied
// to. The connection is busy until the reader is released; then done runs, once. If Query fails, done has run.
func (c *Conn) Query(ctx context.Context, sql string, schema *arrow.Schema, done func()) (*Reader, error) {
	res, err := c.run(ctx, sql, true)
	if err != nil {
		done()
		return nil, err
	}
	if n := int(bindings.ColumnCount(&res.rows)); n != schema.NumFields() {
		res.close()
		done()
		return nil, fmt.Errorf("duckdb: %d columns for a schema of %d", n, schema.NumFields())
	}
	r := &Reader{conn: c, ctx: ctx, res: res, schema: schema, done: done}
	r.refs.Store(1)
	r.builder = array.NewRecordBuilder(memory.DefaultAllocator, schema)
	for i, f := range schema.Fields() {
		lt := bindings.ColumnLogicalType(&res.rows, bindings.IdxT(i))
		cp, err := copierFor(f.Type, lt)
		bindings.DestroyLogicalType(&lt)
		if err != nil {
			r.Release()
			return nil, fmt.Errorf("column %s: %w", f.Name, err)
		}
		r.copiers = append(r.copiers, cp)
	}
	return r, nil
}

// Reader is an array.RecordReader over a running statement. It is used by one goroutine.
type Reader struct {
	conn    *Conn
	ctx     context.Context
	res     *result
	schema  *arrow.Schema
	builder *array.RecordBuilder
	copiers []copier
	current arrow.RecordBatch
	err     error
	ended   bool // a stream that has ended must not be asked again
	refs    atomic.Int64
	done    func()
}

// batchRows is how many rows a batch holds at least, unless the result ends.
const batchRows = 8192

// Retain implements array.RecordReader.
func (r *Reader) Retain() { r.refs.Add(1) }

// Release implements array.RecordReader.
func (r *Reader) Release() {
	if r.refs.Add(-1) != 0 {
		return
	}
	if r.current != nil {
		r.current.Release()
		r.current = nil
	}
	r.builder.Release()
	r.res.close()
	r.done()
}

// Schema implements array.RecordReader.
func (r *Reader) Schema() *arrow.Schema { return r.schema }

// RecordBatch implements array.RecordReader.
func (r *Reader) RecordBatch() arrow.RecordBatch { return r.current }

// Record implements array.RecordReader.
func (r *Reader) Record() arrow.RecordBatch { return r.current }

// Err implements array.RecordReader.
func (r *Reader) Err() error { return r.err }

// Next implements array.RecordReader.
func (r *Reader) Next() bool {
	if r.current != nil {
		r.current.Release()
		r.current = nil
	}
	if r.err != nil {
		return false
	}
	defer r.conn.interruptOn(r.ctx)()
	rows := 0
	for rows < batchRows && !r.ended {
		n, err := r.fetch()
		if err != nil {
			r.err = err
			return false
		}
		if n == 0 {
			break
		}
		rows += n
	}
	if rows == 0 {
		return false
	}
	r.current = r.builder.NewRecordBatch()
	return true
}

// fetch appends one chunk to the builder.
func (r *Reader) fetch() (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	chunk := bindings.FetchChunk(r.res.rows)
	if chunk.Ptr == nil {
		if err := r.ctx.Err(); err != nil {
			return 0, err
		}
		if msg := bindings.ResultError(&r.res.rows); msg != "" {
			return 0, &Error{Message: msg}
		}
		r.ended = true
		return 0, nil
	}
	defer bindings.DestroyDataChunk(&chunk)
	n := int(bindings.DataChunkGetSize(chunk))
	for i, cp := range r.copiers {
		v := view(bindings.DataChunkGetVector(chunk, bindings.IdxT(i)))
		cp(&v, 0, n, r.builder.Field(i))
	}
	return n, nil
}

// Strings runs sql, whose n columns must all be VARCHAR, and returns all rows; NULL is nil.
func (c *Conn) Strings(ctx context.Context, sql string, n int) ([][]*string, error) {
	fields := make([]arrow.Field, n)
	for i := range fields {
		fields[i] = arrow.Field{Name: fmt.Sprint("c", i), Type: arrow.BinaryTypes.String, Nullable: true}
	}
	r, err := c.Query(ctx, sql, arrow.NewSchema(fields, nil), func() {})
	if err != nil {
		return nil, err
	}
	defer r.Release()
	var out [][]*string
	for r.Next() {
		b := r.RecordBatch()
		for i := range int(b.NumRows()) {
			row := make([]*string, n)
			for j := range row {
				if col := b.Column(j).(*array.String); !col.IsNull(i) {
					s := strings.Clone(col.Value(i))
					row[j] = &s
				}
			}
			out = append(out, row)
		}
	}
	return out, r.Err()
}
