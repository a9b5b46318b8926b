package delta

import (
	"fmt"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

const benchRows = 8192

// benchTarget is the table of the measurements in benchmarks/: 8 columns.
func benchTarget() []Type {
	return []Type{
		{Kind: BigInt}, {Kind: String}, {Kind: String}, {Kind: Double},
		{Kind: Decimal, Precision: 18, Scale: 2}, {Kind: Boolean}, {Kind: Date}, {Kind: Timestamp},
	}
}

// benchTyped is a batch as a typed source makes it (DuckDB, Postgres).
func benchTyped() []arrow.Array {
	dec := &arrow.Decimal128Type{Precision: 18, Scale: 2}
	return []arrow.Array{
		fill(arrow.PrimitiveTypes.Int64, func(b array.Builder, i int) { b.(*array.Int64Builder).Append(int64(i) * 7919) }),
		fill(arrow.BinaryTypes.String, func(b array.Builder, i int) { b.(*array.StringBuilder).Append(fmt.Sprintf("customer-%08d", i)) }),
		fill(arrow.BinaryTypes.String, func(b array.Builder, i int) {
			b.(*array.StringBuilder).Append([]string{"active", "closed", "suspended"}[i%3])
		}),
		fill(arrow.PrimitiveTypes.Float64, func(b array.Builder, i int) { b.(*array.Float64Builder).Append(float64(i) * 0.37) }),
		fill(dec, func(b array.Builder, i int) {
			b.(*array.Decimal128Builder).Append(decimal128.FromI64(int64(i) * 101))
		}),
		fill(arrow.FixedWidthTypes.Boolean, func(b array.Builder, i int) { b.(*array.BooleanBuilder).Append(i%2 == 0) }),
		fill(arrow.PrimitiveTypes.Date32, func(b array.Builder, i int) { b.(*array.Date32Builder).Append(arrow.Date32(i)) }),
		fill(arrow.FixedWidthTypes.Timestamp_us, func(b array.Builder, i int) {
			b.(*array.TimestampBuilder).Append(arrow.Timestamp(1700000000000000 + int64(i)*1234567))
		}),
	}
}

// benchLoose is the same batch as SQLite makes it: text and numbers only.
func benchLoose() []arrow.Array {
	typed := benchTyped()
	typed[4] = fill(arrow.PrimitiveTypes.Float64, func(b array.Builder, i int) {
		b.(*array.Float64Builder).Append(float64(i*101) / 100)
	})
	typed[5] = fill(arrow.PrimitiveTypes.Int64, func(b array.Builder, i int) { b.(*array.Int64Builder).Append(int64(i % 2)) })
	typed[6] = asText(typed[6])
	typed[7] = asText(typed[7])
	return typed
}

func fill(dt arrow.DataType, one func(b array.Builder, i int)) arrow.Array {
	return build(dt, func(b array.Builder) {
		for i := range benchRows {
			one(b, i)
		}
	})
}

func asText(arr arrow.Array) arrow.Array {
	col, err := NewColumn(arr.DataType(), Type{Kind: String})
	if err != nil {
		panic(err)
	}
	out, _ := col.Convert(memory.DefaultAllocator, arr)
	return out
}

func encoders(tb testing.TB, arrs []arrow.Array) []*Encoder {
	tb.Helper()
	var out []*Encoder
	for i, to := range benchTarget() {
		e, err := NewEncoder(arrs[i].DataType(), to)
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

// appendRows encodes a batch as the json loader does: an array of arrays.
func appendRows(dst []byte, encs []*Encoder, arrs []arrow.Array) ([]byte, string) {
	var reason string
	for i := range benchRows {
		dst = append(dst, '[')
		for c, e := range encs {
			if dst, reason = e.AppendJSON(dst, arrs[c], i); reason != "" {
				return dst, reason
			}
			dst = append(dst, ',')
		}
		dst[len(dst)-1] = ']'
		dst = append(dst, ',')
	}
	return dst, ""
}

func BenchmarkAppendJSON(b *testing.B) {
	for name, arrs := range map[string][]arrow.Array{"typed": benchTyped(), "loose": benchLoose()} {
		b.Run(name, func(b *testing.B) {
			encs := encoders(b, arrs)
			var buf []byte
			b.ReportAllocs()
			for b.Loop() {
				var reason string
				if buf, reason = appendRows(buf[:0], encs, arrs); reason != "" {
					b.Fatal(reason)
				}
			}
			b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}

func BenchmarkAppendJSONColumn(b *testing.B) {
	typed, loose := benchTyped(), benchLoose()
	for i, to := range benchTarget() {
		for name, arr := range map[string]arrow.Array{"typed": typed[i], "loose": loose[i]} {
			b.Run(fmt.Sprintf("%d %s %s", i, to, name), func(b *testing.B) {
				e, err := NewEncoder(arr.DataType(), to)
				if err != nil {
					b.Fatal(err)
				}
				var buf []byte
				for b.Loop() {
					buf = buf[:0]
					for i := range benchRows {
						buf, _ = e.AppendJSON(buf, arr, i)
					}
				}
				b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N)/benchRows, "ns/value")
			})
		}
	}
}

func BenchmarkConvert(b *testing.B) {
	for name, arrs := range map[string][]arrow.Array{"typed": benchTyped(), "loose": benchLoose()} {
		b.Run(name, func(b *testing.B) {
			var cols []*Column
			for i, to := range benchTarget() {
				c, err := NewColumn(arrs[i].DataType(), to)
				if err != nil {
					b.Fatal(err)
				}
				cols = append(cols, c)
			}
			b.ReportAllocs()
			for b.Loop() {
				for i, c := range cols {
					out, _ := c.Convert(memory.DefaultAllocator, arrs[i])
					out.Release()
				}
			}
			b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}

// The hot path does not allocate per value: a run of ten million rows must not feed the collector.
func TestNoAllocations(t *testing.T) {
	for name, arrs := range map[string][]arrow.Array{"typed": benchTyped(), "loose": benchLoose()} {
		encs := encoders(t, arrs)
		buf, reason := appendRows(nil, encs, arrs)
		if reason != "" {
			t.Fatal(reason)
		}
		if n := testing.AllocsPerRun(3, func() { buf, _ = appendRows(buf[:0], encs, arrs) }); n > 0 {
			t.Errorf("%s: %v allocations for %d rows, want 0", name, n, benchRows)
		}
	}
}
