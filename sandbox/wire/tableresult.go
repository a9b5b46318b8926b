package wire

import (
	"context"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// tableResult is a small result of the front's own. Columns are STRING or BIGINT, values string, int64 or nil.
func tableResult(columns []Column, rows [][]any) *Result {
	fields := make([]arrow.Field, len(columns))
	for i := range columns {
		columns[i].Arrow = arrow.BinaryTypes.String
		if columns[i].Type == "BIGINT" {
			columns[i].Arrow = arrow.PrimitiveTypes.Int64
		}
		fields[i] = arrow.Field{Name: columns[i].Name, Type: columns[i].Arrow, Nullable: true}
	}
	schema := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for _, row := range rows {
		for i, v := range row {
			switch v := v.(type) {
			case string:
				b.Field(i).(*array.StringBuilder).Append(v)
			case int64:
				b.Field(i).(*array.Int64Builder).Append(v)
			default:
				b.Field(i).AppendNull()
			}
		}
	}
	batch := b.NewRecordBatch()
	defer batch.Release()
	reader, err := array.NewRecordReader(schema, []arrow.RecordBatch{batch})
	if err != nil {
		panic(err) // the batch was built from the schema
	}
	return &Result{Columns: columns, Rows: reader, Modified: -1}
}

// textResult is a tableResult of STRING columns.
func textResult(names []string, rows [][]any) *Result {
	columns := make([]Column, len(names))
	for i, name := range names {
		columns[i] = Column{Name: name, Type: "STRING"}
	}
	return tableResult(columns, rows)
}

// column runs a query for the front and returns its first column as text. The caller has the session's turn.
func (s *session) column(ctx context.Context, sql string) ([]string, error) {
	rows, err := s.columns(ctx, sql)
	if err != nil {
		return nil, err
	}
	out := make([]string, 0, len(rows))
	for _, row := range rows {
		out = append(out, row[0])
	}
	return out, nil
}

// columns runs a query for the front and returns its rows as text, NULL as "".
func (s *session) columns(ctx context.Context, sql string) ([][]string, error) {
	res, err := s.engine.Execute(ctx, sql, nil)
	if err != nil {
		return nil, err
	}
	if len(res.Columns) == 0 {
		return nil, fmt.Errorf("the engine answered %q without columns", sql)
	}
	defer res.Rows.Release()
	var out [][]string
	for res.Rows.Next() {
		batch := res.Rows.RecordBatch()
		at := len(out)
		for range batch.NumRows() {
			out = append(out, make([]string, batch.NumCols()))
		}
		for c, arr := range batch.Columns() {
			for i := range arr.Len() {
				if !arr.IsNull(i) {
					out[at+i][c] = arr.ValueStr(i)
				}
			}
		}
	}
	return out, res.Rows.Err()
}
