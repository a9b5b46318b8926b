package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/sources"
)

// Rows that are read ahead to decide a type are rows like all others, wherever the data ends: none may be lost, whatever
// the sizes of batches and limits.
func TestRowsReadAheadAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.db")
	c, err := sqlite.OpenConn(path, sqlite.OpenReadWrite, sqlite.OpenCreate)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(sqlitex.ExecuteScript(c, "CREATE TABLE t (id INTEGER)", nil), c.Close()); err != nil {
		t.Fatal(err)
	}
	src, err := New(Config{Database: path}, connector.Env{})
	if err != nil {
		t.Fatal(err)
	}
	for _, rows := range []int64{0, 1, 3, peekRows - 1, peekRows, peekRows + 1, 3 * peekRows} {
		for _, batch := range []int{1, 700, 5000} {
			for _, limit := range []int64{0, 2, peekRows, peekRows + 500} {
				want := rows
				if limit > 0 {
					want = min(rows, limit)
				}
				model := fmt.Sprintf("WITH RECURSIVE c(x) AS (SELECT 1 WHERE %d > 0 UNION ALL SELECT x+1 FROM c WHERE x < %d) SELECT x, x || 'a' AS y FROM c", rows, rows)
				if got := readCount(t, src, sources.Query{Model: model, Limit: limit, BatchRows: batch, BatchBytes: 1 << 20}); got != want {
					t.Errorf("%d rows, batches of %d, limit %d: read %d", rows, batch, limit, got)
				}
			}
		}
	}
}

func readCount(t *testing.T, src sources.Source, q sources.Query) (n int64) {
	t.Helper()
	ctx := context.Background()
	r, err := src.Open(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	for {
		b, err := r.Next(ctx)
		if errors.Is(err, io.EOF) {
			return n
		}
		if err != nil {
			t.Fatal(err)
		}
		n += b.NumRows()
		b.Release()
	}
}
