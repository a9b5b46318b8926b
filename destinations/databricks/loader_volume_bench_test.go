package databricks

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/drt-go/drt/connector"
)

// drain takes files and keeps none.
type drain struct{ bytes int64 }

func (*drain) name() string                         { return "nowhere" }
func (*drain) lanes() int                           { return 1 }
func (*drain) remove(context.Context, string) error { return nil }
func (*drain) close()                               {}
func (d *drain) put(_ context.Context, local, _ string) error {
	info, err := os.Stat(local)
	if err == nil {
		d.bytes += info.Size()
	}
	return err
}

// benchModel is the table of benchmarks/ as SQLite gives it: text and numbers only.
func benchModel() *arrow.Schema {
	text := arrow.BinaryTypes.String
	return arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "name", Type: text}, {Name: "email", Type: text},
		{Name: "score", Type: arrow.PrimitiveTypes.Float64}, {Name: "amount", Type: text},
		{Name: "active", Type: arrow.PrimitiveTypes.Int64}, {Name: "born", Type: text}, {Name: "seen", Type: text},
	}, nil)
}

func benchRows(rows int) arrow.RecordBatch {
	b := array.NewRecordBuilder(memory.DefaultAllocator, benchModel())
	defer b.Release()
	for n := range rows {
		mixed := uint64(n) * 0x9E3779B97F4A7C15 >> 32
		for i, v := range []any{
			int64(n), fmt.Sprintf("customer %d", mixed), fmt.Sprintf("user%d@example.com", n), float64(mixed%100_000) / 7,
			fmt.Sprintf("%d.%02d", mixed%1_000_000, n%100), int64(n % 2), fmt.Sprintf("%04d-%02d-%02d", 1950+mixed%70, 1+mixed%12, 1+mixed%28),
			fmt.Sprintf("2026-%02d-%02d %02d:%02d:%02d", 1+n%12, 1+n%28, n%24, n%60, mixed%60),
		} {
			switch v := v.(type) {
			case int64:
				b.Field(i).(*array.Int64Builder).Append(v)
			case float64:
				b.Field(i).(*array.Float64Builder).Append(v)
			case string:
				b.Field(i).(*array.StringBuilder).Append(v)
			}
		}
	}
	return b.NewRecordBatch()
}

// BenchmarkSpool is a load of a million rows of 8 columns from memory into files: checks, conversion, Parquet, disk.
func BenchmarkSpool(b *testing.B) {
	l := testLayout(b, 1, "id:BIGINT", "name:STRING", "email:STRING", "score:DOUBLE", "amount:DECIMAL(18,2)", "active:BOOLEAN", "born:DATE", "seen:TIMESTAMP_NTZ")
	batch := benchRows(16_384)
	defer batch.Release()
	const batches = 61
	for _, lanes := range []int{1, 2} {
		b.Run(fmt.Sprintf("lanes=%d", lanes), func(b *testing.B) {
			b.ReportAllocs()
			start := cpuOf(b)
			for b.Loop() {
				s, err := newSpool(testVolume, "bench-", benchModel(), l)
				if err != nil {
					b.Fatal(err)
				}
				s.lanes, s.pause, s.report = lanes, pause, func(int64) {}
				s.carrier = func(context.Context) (carrier, error) { return &drain{}, nil }
				for range batches {
					refused, err := s.write(b.Context(), batch.Columns(), int(batch.NumRows()), false)
					if err != nil || len(refused) > 0 {
						b.Fatal(refused, err)
					}
				}
				if err := firstError(s.finish(b.Context()), s.close(b.Context())); connector.KindOf(err) != "" {
					b.Fatal(err)
				}
			}
			rows := float64(b.N) * batches * float64(batch.NumRows())
			b.ReportMetric(rows/b.Elapsed().Seconds()/1e6, "Mrows/s")
			b.ReportMetric((cpuOf(b)-start).Seconds()/rows*1e6, "cpu-s/Mrow")
		})
	}
}

// cpuOf is what this process has used: it tells more than the clock on a machine that others use too.
func cpuOf(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
