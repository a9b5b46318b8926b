package duckdb

import (
	"errors"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	duckdb "github.com/duckdb/duckdb-go-bindings"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/sources"
)

// TestMemoryIsGivenByThePlan: what a model may take, as DuckDB itself says it.
func TestMemoryIsGivenByThePlan(t *testing.T) {
	s := withTable(t, "CREATE TABLE t AS SELECT i AS id, 'n' || i % 7 AS name FROM range(10000) r(i)")
	n := strconv.Itoa(s.threads(allowance{}))
	for model, want := range map[string]string{
		"SELECT * FROM t -- all of it":                                 "45.7 MiB, 1",
		"SELECT id, name FROM t WHERE id > 7":                          "45.7 MiB, 1",
		"SELECT id, upper(name) AS name FROM t WHERE id % 2 = 0 ":      "61.0 MiB, N",
		"SELECT * FROM t ORDER BY name":                                "488.2 MiB, N",
		"SELECT name, count(*) AS n FROM t GROUP BY name":              "488.2 MiB, N",
		"SELECT a.id FROM t a JOIN t b ON a.id = b.id":                 "488.2 MiB, N",
		"SELECT id, row_number() OVER (PARTITION BY name) AS n FROM t": "488.2 MiB, N",
		"SELECT * FROM t UNION SELECT * FROM t":                        "488.2 MiB, N",
		"SELECT i FROM range(10) r(i)":                                 "488.2 MiB, N",
	} {
		r, err := s.Open(t.Context(), sources.Query{Model: model, BatchRows: 5000, BatchBytes: 64 << 20})
		if err != nil {
			t.Fatal(err)
		}
		if got := memoryOf(t, r.(*reader)); got != strings.Replace(want, "N", n, 1) {
			t.Errorf("%s: %s, want %s", model, got, want)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	s.cfg.MemoryLimit = "200MB"
	r, err := s.Open(t.Context(), sources.Query{Model: "SELECT * FROM t", BatchRows: 5000, BatchBytes: 64 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got := memoryOf(t, r.(*reader)); got != strings.Replace("190.7 MiB, N", "N", n, 1) {
		t.Errorf("with memory_limit: 200MB it has %s", got)
	}
}

// TestWideRowsGetMoreMemory: a vector of 2,048 of these texts takes more than a model that streams is given at first. Where
// nothing was delivered yet, it begins again; later the error says what to do.
func TestWideRowsGetMoreMemory(t *testing.T) {
	const wide = "SELECT i AS id, repeat(md5(i::VARCHAR), 2000) AS text FROM range(2500) r(i)"
	all := "488.2 MiB, " + strconv.Itoa((&Source{}).threads(toWork))
	for name, c := range map[string]struct {
		table string
		batch int
		want  int64  // rows; 0: an error
		limit string // of the profile
	}{
		"the profile says less": {wide, 500, 0, toCompute.memory},
		"at once":               {wide, 500, 2500, ""},
		"in the first batch":    {"SELECT i AS id, '' AS text FROM range(400000) r(i) UNION ALL " + wide, 1 << 30, 402_500, ""},
		"after the first batch": {"SELECT i AS id, '' AS text FROM range(400000) r(i) UNION ALL " + wide, 500, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := withTable(t, "CREATE TABLE t AS "+c.table)
			s.cfg.MemoryLimit = c.limit
			r, err := s.Open(t.Context(), sources.Query{Model: "SELECT * FROM t", BatchRows: c.batch, BatchBytes: 1 << 40})
			if err == nil {
				defer r.Close()
			}
			rows := int64(0)
			for err == nil {
				var b arrow.RecordBatch
				if b, err = r.Next(t.Context()); err == nil {
					rows += b.NumRows()
					b.Release()
				}
			}
			var e *connector.Error
			switch {
			case c.want > 0 && (!errors.Is(err, io.EOF) || rows != c.want || memoryOf(t, r.(*reader)) != all):
				t.Errorf("%d rows, %v, want %d", rows, err, c.want)
			case c.want == 0 && (!errors.As(err, &e) || e.Hint != "raise memory_limit in the profile"):
				t.Errorf("%d rows, %v, want an error with a hint", rows, err)
			}
		})
	}
}

// withTable is a source on a database with a table.
func withTable(t *testing.T, create string) *Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), "t.duckdb")
	var db duckdb.Database
	var conn duckdb.Connection
	if duckdb.Open(path, &db) == duckdb.StateError || duckdb.Connect(db, &conn) == duckdb.StateError {
		t.Fatal("no database")
	}
	var result duckdb.Result
	if duckdb.Query(conn, create, &result) == duckdb.StateError {
		t.Fatal(duckdb.ResultError(&result))
	}
	duckdb.DestroyResult(&result)
	duckdb.Disconnect(&conn)
	duckdb.Close(&db)
	c := Defaults()
	c.Database = path
	s, err := New(c, connector.Env{})
	if err != nil {
		t.Fatal(err)
	}
	return s.(*Source)
}

// memoryOf is the limit and the threads that the reader's DuckDB has.
func memoryOf(t *testing.T, r *reader) string {
	t.Helper()
	var conn duckdb.Connection
	if duckdb.Connect(r.in.db, &conn) == duckdb.StateError {
		t.Fatal("no connection")
	}
	defer duckdb.Disconnect(&conn)
	var result duckdb.Result
	defer duckdb.DestroyResult(&result)
	if duckdb.Query(conn, "SELECT current_setting('memory_limit') || ', ' || current_setting('threads')", &result) == duckdb.StateError {
		t.Fatal(duckdb.ResultError(&result))
	}
	chunk := duckdb.FetchChunk(result)
	defer duckdb.DestroyDataChunk(&chunk)
	return string([]byte((*stringT)(duckdb.VectorGetData(duckdb.DataChunkGetVector(chunk, 0))).view()))
}
