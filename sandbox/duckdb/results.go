package duckdb

import (
	"fmt"
	"sort"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
	"github.com/drt-go/drt/sandbox/wire"
)

// field is a column of a result that is made in memory.
type field struct {
	name string
	typ  sqltype.Type
}

// textFields are columns of the type STRING.
func textFields(names ...string) []field {
	out := make([]field, len(names))
	for i, n := range names {
		out[i] = field{n, sqltype.Of(sqltype.String)}
	}
	return out
}

func stringArray() sqltype.Type { return sqltype.ArrayOf(sqltype.Of(sqltype.String)) }

func stringMap() sqltype.Type {
	return sqltype.MapOf(sqltype.Of(sqltype.String), sqltype.Of(sqltype.String))
}

// listed makes a result of rows in memory; zone is that of TIMESTAMP columns. A nil cell is NULL; the others are string,
// bool, int32, int64, time.Time, []string and map[string]string, as their column's type demands.
func listed(zone string, fields []field, rows [][]any) *wire.Result {
	cols := make([]wire.Column, len(fields))
	out := make([]arrow.Field, len(fields))
	for i, f := range fields {
		cols[i] = wire.Column{Name: f.name, Type: f.typ.SQL(), Arrow: f.typ.Arrow(zone)}
		out[i] = arrow.Field{Name: f.name, Type: cols[i].Arrow, Nullable: true}
	}
	schema := arrow.NewSchema(out, nil)
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
	case int32:
		b.(*array.Int32Builder).Append(v)
	case int64:
		b.(*array.Int64Builder).Append(v)
	case bool:
		b.(*array.BooleanBuilder).Append(v)
	case time.Time:
		b.(*array.TimestampBuilder).Append(arrow.Timestamp(v.UnixMicro()))
	case []string:
		l := b.(*array.ListBuilder)
		l.Append(true)
		for _, s := range v {
			l.ValueBuilder().(*array.StringBuilder).Append(s)
		}
	case map[string]string:
		appendMap(b.(*array.MapBuilder), v)
	default:
		b.AppendNull()
	}
}

// appendMap appends the entries in order of their keys.
func appendMap(b *array.MapBuilder, m map[string]string) {
	b.Append(true)
	for _, k := range sortedKeys(m) {
		b.KeyBuilder().(*array.StringBuilder).Append(k)
		b.ItemBuilder().(*array.StringBuilder).Append(m[k])
	}
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// orNull is NULL for an empty text.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
