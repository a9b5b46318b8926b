package duckdb

import (
	"context"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

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
	rows, err := st.conn.Query(ctx, b.SQL, schema, func() { st.end(ctx) })
	if err != nil {
		return nil, err
	}
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
	names := make([]string, len(counts))
	row := make([]any, len(counts))
	for i, c := range counts {
		names[i], row[i] = c.name, c.n
	}
	r := listed(names, []any{int64(0)}, [][]any{row})
	r.Modified = counts[0].n
	return r
}

// listed makes a result of rows in memory. kinds has a value of each column's type, the last one repeats; a nil cell is
// NULL. Known are string, int64 and bool.
func listed(names []string, kinds []any, rows [][]any) *wire.Result {
	cols := make([]wire.Column, len(names))
	fields := make([]arrow.Field, len(names))
	for i, name := range names {
		t := sqltype.Of(sqltype.String)
		switch kinds[min(i, len(kinds)-1)].(type) {
		case int64:
			t = sqltype.Of(sqltype.BigInt)
		case bool:
			t = sqltype.Of(sqltype.Boolean)
		}
		cols[i] = wire.Column{Name: name, Type: t.SQL(), Arrow: t.Arrow("UTC")}
		fields[i] = arrow.Field{Name: name, Type: cols[i].Arrow, Nullable: true}
	}
	schema := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for _, row := range rows {
		for i, v := range row {
			appendCell(b.Field(i), v)
		}
	}
	batch := b.NewRecordBatch()
	defer batch.Release()
	reader, err := array.NewRecordReader(schema, []arrow.RecordBatch{batch})
	if err != nil {
		panic(fmt.Sprintf("rows of a result do not fit their schema: %v", err)) // a mistake of this package
	}
	return &wire.Result{Columns: cols, Rows: reader, Modified: -1}
}

func appendCell(b array.Builder, v any) {
	switch v := v.(type) {
	case string:
		b.(*array.StringBuilder).Append(v)
	case int64:
		b.(*array.Int64Builder).Append(v)
	case bool:
		b.(*array.BooleanBuilder).Append(v)
	default:
		b.AppendNull()
	}
}
