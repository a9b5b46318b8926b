package file

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	arrowmem "github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/uuid"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// orders is the shape that dependencies were measured with: 8 columns.
func orders() *arrow.Schema {
	return arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64},
		{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "city", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "score", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
		{Name: "amount", Type: &arrow.Decimal128Type{Precision: 18, Scale: 2}, Nullable: true},
		{Name: "active", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
		{Name: "born", Type: arrow.FixedWidthTypes.Date32, Nullable: true},
		{Name: "seen", Type: arrow.FixedWidthTypes.Timestamp_us, Nullable: true},
	}, nil)
}

func ordersBatch(rows int) arrow.RecordBatch {
	b := array.NewRecordBuilder(arrowmem.DefaultAllocator, orders())
	defer b.Release()
	for i := range rows {
		b.Field(0).(*array.Int64Builder).Append(int64(i) * 1_000_003)
		b.Field(1).(*array.StringBuilder).Append(fmt.Sprintf("customer %d", i))
		b.Field(2).(*array.StringBuilder).Append([]string{"Ulm", "Köln", "Paris", "New York"}[i%4])
		b.Field(3).(*array.Float64Builder).Append(float64(i) * 0.37)
		b.Field(4).(*array.Decimal128Builder).Append(decimal128.FromI64(int64(i) * 199))
		b.Field(5).(*array.BooleanBuilder).Append(i%3 == 0)
		b.Field(6).(*array.Date32Builder).Append(arrow.Date32(i % 20000))
		if i%50 == 0 {
			b.Field(7).AppendNull()
		} else {
			b.Field(7).(*array.TimestampBuilder).Append(arrow.Timestamp(1_700_000_000_000_000 + int64(i)*1_000_033))
		}
	}
	return b.NewRecordBatch()
}

func openSession(t testing.TB, c Config, schema *arrow.Schema) destinations.Session {
	t.Helper()
	c.Header = true
	d, err := New(c, connector.Env{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Open(context.Background(), destinations.Plan{
		Mode: destinations.ModeReplace, Schema: schema, SyncRunID: uuid.Must(uuid.NewV7()).String(), Started: time.Now(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func formats() []string {
	return []string{"orders.csv", "orders.jsonl", "orders.json", "orders.parquet", "orders.csv.gz", "orders.jsonl.zst"}
}

func BenchmarkWrite(b *testing.B) {
	const rows = 32_768
	batch := ordersBatch(rows)
	defer batch.Release()
	for _, name := range formats() {
		b.Run(name, func(b *testing.B) {
			s := openSession(b, Config{Path: filepath.Join(b.TempDir(), name)}, orders())
			b.ReportAllocs()
			for b.Loop() {
				if err := s.Write(context.Background(), batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}
