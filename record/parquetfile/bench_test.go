package parquetfile

import (
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

func benchSchema() *arrow.Schema {
	null := func(name string, dt arrow.DataType) arrow.Field {
		return arrow.Field{Name: name, Type: dt, Nullable: true}
	}
	return arrow.NewSchema([]arrow.Field{
		null("c0", arrow.PrimitiveTypes.Int64), null("c1", arrow.BinaryTypes.String), null("c2", arrow.BinaryTypes.String),
		null("c3", arrow.PrimitiveTypes.Float64), null("c4", &arrow.Decimal128Type{Precision: 18, Scale: 2}),
		null("c5", arrow.FixedWidthTypes.Boolean), null("c6", arrow.PrimitiveTypes.Date32),
		null("c7", &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}),
	}, nil)
}

// benchBatch is one batch of the table of the measurements: ids in order, everything else at random.
func benchBatch(rows, from int) arrow.RecordBatch {
	r := rand.New(rand.NewPCG(1, uint64(from)))
	b := array.NewRecordBuilder(memory.DefaultAllocator, benchSchema())
	defer b.Release()
	for i := range rows {
		b.Field(0).(*array.Int64Builder).Append(int64(from + i))
		b.Field(1).(*array.StringBuilder).Append(fmt.Sprintf("user%d@example.com", r.IntN(1e7)))
		b.Field(2).(*array.StringBuilder).Append([]string{"active", "closed", "suspended", "new"}[r.IntN(4)])
		b.Field(3).(*array.Float64Builder).Append(r.Float64() * 1000)
		b.Field(4).(*array.Decimal128Builder).Append(decimal128.FromI64(int64(r.IntN(1e8))))
		b.Field(5).(*array.BooleanBuilder).Append(r.IntN(2) == 0)
		b.Field(6).(*array.Date32Builder).Append(arrow.Date32(18000 + r.IntN(2000)))
		b.Field(7).(*array.TimestampBuilder).Append(arrow.Timestamp(1700000000000000 + r.Int64N(1e13)))
	}
	return b.NewRecordBatch()
}

// cpuTime is what this process has used: it tells more than the clock on a machine that others use too.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkWriter(b *testing.B) {
	const rows, batches = 16384, 16
	var recs []arrow.RecordBatch
	for i := range batches {
		recs = append(recs, benchBatch(rows, i*rows))
	}
	for _, c := range []struct{ writers, lanes int }{{1, 1}, {1, 2}, {2, 1}} {
		writers := c.writers
		b.Run(fmt.Sprintf("%d writers %d lanes", writers, c.lanes), func(b *testing.B) {
			b.ReportAllocs()
			var size int64
			start := cpuTime(b)
			for b.Loop() {
				var wg sync.WaitGroup
				for range writers {
					wg.Go(func() {
						w, err := NewWriter(io.Discard, benchSchema(), Options{Lanes: c.lanes})
						if err != nil {
							b.Error(err)
						}
						for _, rec := range recs {
							if err := w.Write(rec); err != nil {
								b.Error(err)
							}
						}
						if err := w.Close(); err != nil {
							b.Error(err)
						}
						size = w.Size()
					})
				}
				wg.Wait()
			}
			n := float64(b.N * writers * rows * batches)
			b.ReportMetric(n/b.Elapsed().Seconds()/1e6, "Mrows/s")
			b.ReportMetric((cpuTime(b)-start).Seconds()/n*1e6, "cpu-s/Mrow")
			b.ReportMetric(float64(size)/rows/batches, "B/row")
		})
	}
}
