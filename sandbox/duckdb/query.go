package duckdb

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/bind"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
	"github.com/drt-go/drt/sandbox/wire"
)

// query streams the rows of a query; its transaction ends with them.
func (st *statement) query(ctx context.Context, q *ast.Query) (*wire.Result, error) {
	var b bind.Query
	err := st.begin(ctx, func() (err error) {
		b, err = st.env.Query(q)
		return err
	})
	if err != nil {
		return nil, err
	}
	cols, schema := st.columns(b.Cols)
	rows, err := st.conn.Query(ctx, b.SQL, schema, func() {
		st.end(ctx)
		if st.streams {
			st.cancel()
		}
	})
	if err != nil {
		return nil, err
	}
	st.streams = true
	return &wire.Result{Columns: cols, Rows: &reader{rows, ctx}, Modified: -1}, nil
}

// columns are the columns of a result, for the client and for Arrow.
func (st *statement) columns(cols []bind.Column) ([]wire.Column, *arrow.Schema) {
	out := make([]wire.Column, len(cols))
	fields := make([]arrow.Field, len(cols))
	for i, c := range cols {
		t := c.Type.Value()
		out[i] = wire.Column{Name: c.Name, Type: t.SQL(), Arrow: t.Arrow(st.env.Zone)}
		fields[i] = arrow.Field{Name: c.Name, Type: out[i].Arrow, Nullable: true}
	}
	return out, arrow.NewSchema(fields, nil)
}

// reader words the errors that rows end with.
type reader struct {
	array.RecordReader
	ctx context.Context
}

// Err implements array.RecordReader.
func (r *reader) Err() error {
	if err := r.RecordReader.Err(); err != nil {
		return toWire(r.ctx, err)
	}
	return nil
}

// done is the result of a statement without rows.
func done() *wire.Result { return &wire.Result{Modified: -1} }

// count is a named number of a DML statement.
type count struct {
	name string
	n    int64
}

// counted is the one row that DML returns; the first number is how many rows it changed.
func counted(counts ...count) *wire.Result {
	fields := make([]field, len(counts))
	row := make([]any, len(counts))
	for i, c := range counts {
		fields[i], row[i] = field{c.name, sqltype.Of(sqltype.BigInt)}, c.n
	}
	r := listed("UTC", fields, [][]any{row})
	r.Modified = counts[0].n
	return r
}
