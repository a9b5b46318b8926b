package sourcetest

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// Microseconds since 1970 of the ends of the years that a table can hold.
const (
	year1       = -62135596800000000
	year9999End = 253402300799999999
)

// hardValues are the values of one type that tools of this kind get wrong, and a NULL.
func hardValues(t testing.TB, h Harness, dtype arrow.DataType) arrow.Array {
	t.Helper()
	b := array.NewBuilder(memory.DefaultAllocator, dtype)
	defer b.Release()
	switch b := b.(type) {
	case *array.BooleanBuilder:
		b.AppendValues([]bool{true, false}, nil)
	case *array.Int8Builder:
		b.AppendValues([]int8{0, -1, math.MaxInt8, math.MinInt8}, nil)
	case *array.Int16Builder:
		b.AppendValues([]int16{0, -1, math.MaxInt16, math.MinInt16}, nil)
	case *array.Int32Builder:
		b.AppendValues([]int32{0, -1, math.MaxInt32, math.MinInt32}, nil)
	case *array.Int64Builder:
		b.AppendValues([]int64{0, -1, 1<<53 + 1, -(1<<53 + 1), math.MaxInt64, math.MinInt64}, nil)
	case *array.Uint8Builder:
		b.AppendValues([]uint8{0, math.MaxUint8}, nil)
	case *array.Uint16Builder:
		b.AppendValues([]uint16{0, math.MaxUint16}, nil)
	case *array.Uint32Builder:
		b.AppendValues([]uint32{0, math.MaxUint32}, nil)
	case *array.Uint64Builder:
		b.AppendValues([]uint64{0, 1<<53 + 1, math.MaxUint64}, nil)
	case *array.Float32Builder:
		b.AppendValues([]float32{0, 0.1, -1.5, math.MaxFloat32, math.SmallestNonzeroFloat32, float32(math.Inf(1))}, nil)
	case *array.Float64Builder:
		b.AppendValues([]float64{0, 0.1, -1.5, 1e300, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(-1), 123456789.123456789}, nil)
		if !h.NoNaN {
			b.Append(math.NaN())
		}
	case *array.Decimal128Builder:
		appendDecimals(b)
	case *array.StringBuilder:
		b.AppendValues(hardTexts(), nil)
	case *array.BinaryBuilder:
		b.AppendValues([][]byte{{}, {0}, {0xff, 0xfe, 0, 1}, []byte("text"), make([]byte, 5000)}, nil)
	case *array.Date32Builder:
		b.AppendValues([]arrow.Date32{0, -1, 19782, -25567, -719162, 2932896, -141428}, nil)
	case *array.TimestampBuilder:
		b.AppendValues([]arrow.Timestamp{0, -1, 1709210096123456, 1, -2208988800000001, year1, year9999End}, nil)
	default:
		t.Fatalf("harness: the suite has no values of %s", dtype)
	}
	b.AppendNull()
	return b.NewArray()
}

// everyType is a table of the hard values of all types: n counts its rows, c0 and so on are of Harness.Types. NULLs fill
// the columns up to one length. One table for all: opening a database costs more than reading it.
func everyType(t testing.TB, h Harness) arrow.RecordBatch {
	t.Helper()
	values, rows := make([]arrow.Array, len(h.Types)), 0
	for i, dtype := range h.Types {
		values[i] = hardValues(t, h, dtype)
		rows = max(rows, values[i].Len())
	}
	names, columns := []string{"n"}, []arrow.Array{count(rows)}
	for i, v := range values {
		filled, err := array.Concatenate([]arrow.Array{v, nulls(h.Types[i], rows-v.Len())}, memory.DefaultAllocator)
		if err != nil {
			t.Fatalf("a bug in the suite: %v", err)
		}
		names, columns = append(names, fmt.Sprintf("c%d", i)), append(columns, filled)
	}
	return table(names, columns...)
}

// appendDecimals appends 0, one unit and the ends of the range.
func appendDecimals(b *array.Decimal128Builder) {
	d := b.Type().(*arrow.Decimal128Type)
	largest, err := decimal128.FromString(strings.Repeat("9", int(d.Precision)), d.Precision, 0)
	if err != nil {
		panic(err)
	}
	for _, n := range []decimal128.Num{decimal128.FromI64(0), decimal128.FromI64(1), decimal128.FromI64(-105), largest, largest.Negate()} {
		b.Append(n)
	}
}

func hardTexts() []string {
	return []string{
		"", " ", " padded ", "NULL", "null", `\N`, "0", "007", "1e5", "true",
		`'; DROP TABLE t; --`, `"quoted"`, "`ticks`", `back\slash`, "*/ comment /*", "a,b;c|d\te",
		"line\nfeed", "carriage\r\nreturn", "Grüße, 世界, שלום", "e\u0301 is not \u00e9", "\U0001F600", "\uFEFFmark",
		strings.Repeat("long ", 14000),
	}
}

// table makes rows of columns of equal length.
func table(names []string, columns ...arrow.Array) arrow.RecordBatch {
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		fields[i] = arrow.Field{Name: names[i], Type: c.DataType(), Nullable: true}
	}
	return array.NewRecordBatch(arrow.NewSchema(fields, nil), columns, int64(columns[0].Len()))
}

// numbered makes n rows: id counts from 1, name is "row <id>" with padding of so many bytes.
func numbered(n, padding int) arrow.RecordBatch {
	ids := array.NewInt64Builder(memory.DefaultAllocator)
	names := array.NewStringBuilder(memory.DefaultAllocator)
	defer ids.Release()
	defer names.Release()
	for i := 1; i <= n; i++ {
		ids.Append(int64(i))
		names.Append(fmt.Sprintf("row %d", i) + strings.Repeat(".", padding))
	}
	return table([]string{"id", "name"}, ids.NewArray(), names.NewArray())
}

// count numbers n rows from 0.
func count(n int) arrow.Array {
	b := array.NewInt64Builder(memory.DefaultAllocator)
	defer b.Release()
	for i := range n {
		b.Append(int64(i))
	}
	return b.NewArray()
}

// nulls are n NULLs of a type.
func nulls(dtype arrow.DataType, n int) arrow.Array {
	b := array.NewBuilder(memory.DefaultAllocator, dtype)
	defer b.Release()
	for range n {
		b.AppendNull()
	}
	return b.NewArray()
}
