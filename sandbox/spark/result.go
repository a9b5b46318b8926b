package spark

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/drt-go/drt/sandbox/wire"
)

// result hands a's batches over; types are named as Databricks names them.
func result(a *answer) *wire.Result {
	columns := make([]wire.Column, a.schema.NumFields())
	for i, f := range a.schema.Fields() {
		columns[i] = wire.Column{Name: f.Name, Type: typeName(f.Type), Arrow: f.Type}
	}
	rows, err := array.NewRecordReader(a.schema, a.batches)
	if err != nil {
		panic(fmt.Sprintf("spark: batches of one answer differ in schema: %v", err))
	}
	a.release()
	return &wire.Result{Columns: columns, Rows: rows, Modified: -1}
}

// typeName is the Databricks name of a type in which Spark sends rows.
func typeName(t arrow.DataType) string {
	switch t := t.(type) {
	case *arrow.BooleanType:
		return "BOOLEAN"
	case *arrow.Int8Type:
		return "TINYINT"
	case *arrow.Int16Type:
		return "SMALLINT"
	case *arrow.Int32Type:
		return "INT"
	case *arrow.Int64Type:
		return "BIGINT"
	case *arrow.Float32Type:
		return "FLOAT"
	case *arrow.Float64Type:
		return "DOUBLE"
	case *arrow.BinaryType:
		return "BINARY"
	case *arrow.Date32Type:
		return "DATE"
	case *arrow.NullType:
		return "VOID"
	case *arrow.Decimal128Type:
		return fmt.Sprintf("DECIMAL(%d,%d)", t.Precision, t.Scale)
	case *arrow.TimestampType:
		if t.TimeZone == "" {
			return "TIMESTAMP_NTZ"
		}
		return "TIMESTAMP"
	case *arrow.MapType:
		return "MAP<" + typeName(t.KeyType()) + "," + typeName(t.ItemType()) + ">"
	case *arrow.ListType:
		return "ARRAY<" + typeName(t.Elem()) + ">"
	case *arrow.StructType:
		return structName(t)
	default:
		return "STRING"
	}
}

func structName(t *arrow.StructType) string {
	name := "STRUCT<"
	for i, f := range t.Fields() {
		if i > 0 {
			name += ","
		}
		name += quote(f.Name) + ":" + typeName(f.Type)
	}
	return name + ">"
}

func stringBatch(schema *arrow.Schema, values []string) arrow.RecordBatch {
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for _, v := range values {
		b.Field(0).(*array.StringBuilder).Append(v)
	}
	return b.NewRecordBatch()
}

// countRows is the one row in which a write reports its counts.
func countRows(names []string, counts []int64) *wire.Result {
	fields := make([]arrow.Field, len(names))
	for i, n := range names {
		fields[i] = arrow.Field{Name: n, Type: arrow.PrimitiveTypes.Int64}
	}
	schema := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i, n := range counts {
		b.Field(i).(*array.Int64Builder).Append(n)
	}
	r := result(&answer{schema: schema, batches: []arrow.RecordBatch{b.NewRecordBatch()}})
	r.Modified = counts[0]
	return r
}

// firstCount reads num_affected_rows from the one row of a DML; -1 if there is none.
func firstCount(r *wire.Result) int64 {
	if r.Rows == nil || len(r.Columns) == 0 || r.Columns[0].Name != "num_affected_rows" || !r.Rows.Next() {
		return -1
	}
	b := r.Rows.RecordBatch()
	n := int64(-1)
	if a, ok := b.Column(0).(*array.Int64); ok && a.Len() == 1 {
		n = a.Value(0)
	}
	b.Retain()
	rewound, err := array.NewRecordReader(b.Schema(), []arrow.RecordBatch{b})
	b.Release()
	if err != nil {
		return -1
	}
	r.Rows.Release()
	r.Rows = rewound
	return n
}

// text returns column i of the first row as text, and whether there is such a row with a value.
func (a *answer) text(row, column int) (string, bool) {
	for _, b := range a.batches {
		if row < int(b.NumRows()) {
			return b.Column(column).ValueStr(row), b.Column(column).IsValid(row)
		}
		row -= int(b.NumRows())
	}
	return "", false
}

func (a *answer) rows() int {
	n := 0
	for _, b := range a.batches {
		n += int(b.NumRows())
	}
	return n
}

func (a *answer) column(name string) int {
	if a.schema == nil {
		return -1
	}
	if at := a.schema.FieldIndices(name); len(at) == 1 {
		return at[0]
	}
	return -1
}
