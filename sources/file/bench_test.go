package file

import (
	"context"
	"io"
	"os"
	"testing"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/sources"
)

// BenchmarkRead reads the file that DRT_BENCH_FILE names, with the columns of the measurements in benchmarks/.
func BenchmarkRead(b *testing.B) {
	path := os.Getenv("DRT_BENCH_FILE")
	if path == "" {
		b.Skip("DRT_BENCH_FILE names no file")
	}
	cfg := Defaults()
	cfg.Path = path
	if formatOf(path) != formatParquet {
		cfg.Columns = map[string]string{"id": "BIGINT", "score": "DOUBLE", "amount": "DECIMAL(18,2)",
			"active": "BOOLEAN", "born": "DATE", "seen": "TIMESTAMP_NTZ"}
	}
	src, err := New(cfg, connector.Env{})
	if err != nil {
		b.Fatal(err)
	}
	var rows int64
	b.ReportAllocs()
	for b.Loop() {
		r, err := src.Open(context.Background(), sources.Query{BatchRows: 65536, BatchBytes: 64 << 20})
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
		if text, ok := r.(sources.RowRejecter); ok {
			for _, bad := range text.Rejects() {
				b.Fatal(bad)
			}
		}
		r.Close()
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}
