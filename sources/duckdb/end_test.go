package duckdb

import (
	"errors"
	"io"
	"strings"
	"testing"

	duckdb "github.com/duckdb/duckdb-go-bindings"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/sources"
)

// readRows reads a model in a database without tables and returns its reader at the end, to be closed, and the rows.
func readRows(t testing.TB, model string) (*reader, int64) {
	t.Helper()
	s, err := New(Defaults(), connector.Env{})
	if err != nil {
		t.Fatal(err)
	}
	opened, err := s.Open(t.Context(), sources.Query{Model: model, BatchRows: 5000, BatchBytes: 64 << 20})
	if err != nil {
		t.Fatal(err)
	}
	var rows int64
	for {
		b, err := opened.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return opened.(*reader), rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows += b.NumRows()
		b.Release()
	}
}

// TestEndIsProven holds the library in go.mod to what the reader takes for the proof of the end.
func TestEndIsProven(t *testing.T) {
	for model, want := range map[string]int64{"SELECT 1 AS a WHERE false": 0, "SELECT 1 AS a": 1, "SELECT * FROM range(2048) r(i)": 2048, "SELECT * FROM range(5000) r(i)": 5000} {
		r, rows := readRows(t, model)
		if rows != want {
			t.Errorf("%s: %d rows, want %d", model, rows, want)
		}
		if said := duckdb.ResultError(&r.result); !strings.Contains(said, closedStream) {
			t.Errorf("%s: a fetch after the end says %q, not %q: how is a lost chunk told from the end?", model, said, closedStream)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestNoAllocationPerRow compares a long result with a short one: what batches and opening cost is small beside rows.
func TestNoAllocationPerRow(t *testing.T) {
	allocs := func(model string) float64 {
		return testing.AllocsPerRun(2, func() {
			r, _ := readRows(t, model)
			_ = r.Close()
		})
	}
	const columns = "SELECT i AS id, 'name ' || i AS name, i / 7 AS score, i::DECIMAL(18,2) AS amount, i % 2 = 0 AS active, DATE '2024-02-29' AS born, now() AS seen FROM "
	if perRow := (allocs(columns+"range(200000) r(i)") - allocs(columns+"range(50000) r(i)")) / 150_000; perRow > 0.05 {
		t.Errorf("%.3f allocations per row; a vector of 2,048 may cost some, a row none", perRow)
	}
}
