package native

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	bindings "github.com/duckdb/duckdb-go-bindings"
)

// copier appends rows from to to-1 of a vector to a builder.
type copier func(v *Vector, from, to int, b array.Builder)

// copierFor picks the copier from DuckDB's type lt to the Arrow type t, once per column.
func copierFor(t arrow.DataType, lt bindings.LogicalType) (copier, error) {
	id := bindings.GetTypeId(lt)
	switch t := t.(type) {
	case *arrow.NullType:
		return copyNulls, nil
	case *arrow.Decimal128Type:
		if id == bindings.TypeDecimal {
			return decimalCopier(bindings.DecimalInternalType(lt))
		}
	case *arrow.ListType:
		if id == bindings.TypeList {
			return listCopier(t, lt)
		}
	case *arrow.MapType:
		if id == bindings.TypeMap {
			return mapCopier(t, lt)
		}
	case *arrow.StructType:
		if id == bindings.TypeStruct {
			return structCopier(t, lt)
		}
	default:
		if cp, ok := scalarCopier(t.ID(), id); ok {
			return cp, nil
		}
	}
	return nil, fmt.Errorf("no way from duckdb type %d to %s", id, t)
}

func scalarCopier(t arrow.Type, id bindings.Type) (copier, bool) {
	type pair struct {
		t  arrow.Type
		id bindings.Type
	}
	cp, ok := map[pair]copier{
		{arrow.BOOL, bindings.TypeBoolean}:        copyFixed((*array.BooleanBuilder).Append),
		{arrow.INT8, bindings.TypeTinyInt}:        copyFixed((*array.Int8Builder).Append),
		{arrow.INT16, bindings.TypeSmallInt}:      copyFixed((*array.Int16Builder).Append),
		{arrow.INT32, bindings.TypeInteger}:       copyFixed((*array.Int32Builder).Append),
		{arrow.INT64, bindings.TypeBigInt}:        copyFixed((*array.Int64Builder).Append),
		{arrow.FLOAT32, bindings.TypeFloat}:       copyFixed((*array.Float32Builder).Append),
		{arrow.FLOAT64, bindings.TypeDouble}:      copyFixed((*array.Float64Builder).Append),
		{arrow.DATE32, bindings.TypeDate}:         copyFixed((*array.Date32Builder).Append),
		{arrow.TIMESTAMP, bindings.TypeTimestamp}: copyFixed((*array.TimestampBuilder).Append),
		{arrow.STRING, bindings.TypeVarchar}:      copyText,
		{arrow.BINARY, bindings.TypeBlob}:         copyBytes,
	}[pair{t, id}]
	return cp, ok
}

func copyFixed[T any, B array.Builder](add func(B, T)) copier {
	return func(v *Vector, from, to int, b array.Builder) {
		typed := b.(B)
		b.Reserve(to - from)
		for i := from; i < to; i++ {
			if v.Null(i) {
				b.AppendNull()
				continue
			}
			add(typed, *At[T](v, i))
		}
	}
}

func copyNulls(_ *Vector, from, to int, b array.Builder) {
	for range to - from {
		b.AppendNull()
	}
}

func copyText(v *Vector, from, to int, b array.Builder) {
	text := b.(*array.StringBuilder)
	text.Reserve(to - from)
	for i := from; i < to; i++ {
		if v.Null(i) {
			text.AppendNull()
			continue
		}
		text.Append(v.Text(i)) // the builder copies
	}
}

func copyBytes(v *Vector, from, to int, b array.Builder) {
	bin := b.(*array.BinaryBuilder)
	for i := from; i < to; i++ {
		if v.Null(i) {
			bin.AppendNull()
			continue
		}
		bin.Append(v.Bytes(i))
	}
}

// hugeint is duckdb_hugeint.
type hugeint struct {
	lower uint64
	upper int64
}

func decimalCopier(internal bindings.Type) (copier, error) {
	switch internal {
	case bindings.TypeSmallInt:
		return copyDecimal(func(v int16) decimal128.Num { return decimal128.FromI64(int64(v)) }), nil
	case bindings.TypeInteger:
		return copyDecimal(func(v int32) decimal128.Num { return decimal128.FromI64(int64(v)) }), nil
	case bindings.TypeBigInt:
		return copyDecimal(decimal128.FromI64), nil
	case bindings.TypeHugeInt:
		return copyDecimal(func(v hugeint) decimal128.Num { return decimal128.New(v.upper, v.lower) }), nil
	}
	return nil, fmt.Errorf("a decimal stored as type %d", internal)
}

func copyDecimal[T any](num func(T) decimal128.Num) copier {
	return copyFixed(func(b *array.Decimal128Builder, v T) { b.Append(num(v)) })
}
