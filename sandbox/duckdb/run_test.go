package duckdb_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/drt-go/drt/sandbox/duckdb"
	"github.com/drt-go/drt/sandbox/wire"
)

// warehouse is an engine in memory with one session.
type warehouse struct {
	t *testing.T
	s wire.Session
}

func open(t *testing.T, o duckdb.Options) *warehouse {
	t.Helper()
	e, err := duckdb.New(o)
	if err != nil {
		t.Fatal(err)
	}
	s, err := e.Open(context.Background(), "", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.Close()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return &warehouse{t: t, s: s}
}

// try runs a statement and returns its rows, a line each, cells separated by |.
func (w *warehouse) try(sql string, args ...any) (string, error) {
	w.t.Helper()
	params := make([]wire.Param, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case nil:
			params[i] = wire.Param{Type: "VOID", Null: true}
		case string:
			params[i] = wire.Param{Type: "STRING", Text: a}
		case int:
			params[i] = wire.Param{Type: "BIGINT", Text: fmt.Sprint(a)}
		}
	}
	r, err := w.s.Execute(context.Background(), sql, params)
	if err != nil || r.Rows == nil {
		return "", err
	}
	defer r.Rows.Release()
	var lines []string
	for r.Rows.Next() {
		b := r.Rows.RecordBatch()
		for i := range int(b.NumRows()) {
			cells := make([]string, b.NumCols())
			for j := range cells {
				cells[j] = b.Column(j).ValueStr(i)
			}
			lines = append(lines, strings.Join(cells, "|"))
		}
	}
	return strings.Join(lines, "\n"), r.Rows.Err()
}

// run is try of a statement that must succeed.
func (w *warehouse) run(sql string, args ...any) string {
	w.t.Helper()
	out, err := w.try(sql, args...)
	if err != nil {
		w.t.Fatalf("%s\n%v", sql, err)
	}
	return out
}

// is compares the rows of a statement.
func (w *warehouse) is(want, sql string, args ...any) {
	w.t.Helper()
	if got := w.run(sql, args...); got != want {
		w.t.Errorf("%s\n got:\n%s\nwant:\n%s", sql, got, want)
	}
}

// fails checks the class of a statement's error.
func (w *warehouse) fails(class, sql string, args ...any) {
	w.t.Helper()
	_, err := w.try(sql, args...)
	if err == nil {
		w.t.Errorf("%s: no error, want %s", sql, class)
		return
	}
	if e, ok := err.(*wire.Error); !ok || e.Class != class {
		w.t.Errorf("%s:\n%v\nwant %s", sql, err, class)
	}
}

func TestInsertMergeDelete(t *testing.T) {
	w := open(t, duckdb.Options{})
	w.run("CREATE TABLE t (k BIGINT NOT NULL, name STRING, score DECIMAL(10,2)) USING DELTA")
	w.is("2|2", "INSERT INTO t (k, name, score) VALUES (1, 'a', 1.5), (2, NULL, CAST(? AS DECIMAL(10,2)))", "2.25")
	w.is("1|a|1.5\n2|(null)|2.25", "SELECT * FROM t ORDER BY k")
	w.run("CREATE TABLE g (_drt_row BIGINT, c0 BIGINT, c1 STRING, c2 DECIMAL(10,2))")
	w.is("2|2", "INSERT INTO g (_drt_row, c0, c1, c2) SELECT CAST(0 AS BIGINT) + pos, CAST(r[0] AS BIGINT), r[1], CAST(r[2] AS DECIMAL(10,2)) "+
		"FROM (SELECT posexplode(from_json(?, 'array<array<string>>', map('mode', 'FAILFAST'))) AS (pos, r)) staged", `[["2","b","2.25"],["3","c",null]]`)
	w.is("2|1|0|1", "MERGE INTO t target USING (SELECT *, ? AS _drt FROM g WHERE _drt_row IS NOT NULL) source ON target.k = source.c0 "+
		"WHEN MATCHED AND source._drt = ? AND (target.name IS DISTINCT FROM source.c1 OR target.score IS DISTINCT FROM source.c2) THEN UPDATE SET name = source.c1, score = source.c2 "+
		"WHEN NOT MATCHED AND source._drt = ? THEN INSERT (k, name, score) VALUES (source.c0, source.c1, source.c2)", "sig", "sig", "sig")
	w.is("1|a|1.5\n2|b|2.25\n3|c|(null)", "SELECT * FROM t ORDER BY k")
	w.is("1", "DELETE FROM t WHERE k NOT IN (SELECT c0 FROM g) AND coalesce(CAST(k AS STRING), '') <> ?", "sig")
	w.is("2|b|2.25\n3|c|(null)", "SELECT * FROM t ORDER BY k")
	w.is("1|a|1.5\n2|(null)|2.25", "SELECT * FROM t VERSION AS OF 1 ORDER BY k")
	w.is("1", "UPDATE t SET name = upper(name) WHERE k = 2")
	w.is("B", "SELECT name FROM t WHERE k = 2")
	w.fails("DELTA_NOT_NULL_CONSTRAINT_VIOLATED", "INSERT INTO t (k, name) VALUES (NULL, 'x')")
	w.fails("TABLE_OR_VIEW_NOT_FOUND", "SELECT * FROM nowhere")
	w.run("DROP TABLE IF EXISTS g")
	w.run("DROP TABLE IF EXISTS g")
	w.fails("TABLE_OR_VIEW_NOT_FOUND", "SELECT * FROM g")
}
