package sqlite

import (
	"context"
	"io"
	"os"
	"testing"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/sources"
)

func BenchmarkRead(b *testing.B) {
	path := os.Getenv("DRT_BENCH_SQLITE")
	if path == "" {
		b.Skip("DRT_BENCH_SQLITE names no database with a table t")
	}
	src, err := New(Config{Database: path}, connector.Env{})
	if err != nil {
		b.Fatal(err)
	}
	var rows int64
	for b.Loop() {
		r, err := src.Open(context.Background(), sources.Query{Model: "SELECT * FROM t", BatchRows: 65536, BatchBytes: 64 << 20})
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
