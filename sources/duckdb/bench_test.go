package duckdb

import (
	"cmp"
	"context"
	"io"
	"os"
	"testing"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/sources"
)

// BenchmarkRead reads the table t of the database that DRT_BENCH_DUCKDB names, by DRT_BENCH_MODEL if that is set.
func BenchmarkRead(b *testing.B) {
	path := os.Getenv("DRT_BENCH_DUCKDB")
	if path == "" {
		b.Skip("DRT_BENCH_DUCKDB names no database with a table t")
	}
	cfg := Defaults()
	cfg.Database = path
	src, err := New(cfg, connector.Env{})
	if err != nil {
		b.Fatal(err)
	}
	var rows int64
	b.ReportAllocs()
	for b.Loop() {
		r, err := src.Open(context.Background(), sources.Query{Model: cmp.Or(os.Getenv("DRT_BENCH_MODEL"), "SELECT * FROM t"), BatchRows: 65536, BatchBytes: 64 << 20})
		if err != nil {
			b.Fatal(err)
		}
		for {
			batch, err := r.Next(context.Background())
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			rows += batch.NumRows()
			batch.Release()
		}
		r.Close()
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}
