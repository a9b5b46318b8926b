package sqlite

import (
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
)

// W13: a name may hold anything; the cursor's condition names it too.
func TestW13_OddColumnNamesAsCursor(t *testing.T) {
	for _, name := range []string{`we"ird`, "semi;colon", "select", "a.b", "`tick`", "-- no comment", "'quoted'", "Grüße"} {
		path := database(t, "CREATE TABLE t("+quote(name)+" BIGINT)", "INSERT INTO t VALUES (1), (2), (3), (NULL)")
		q := ask("SELECT * FROM t -- a comment at the end")
		q.Cursor = &sources.Cursor{Field: name, From: &record.Value{Type: "int64", Text: "2"}}
		got, err := read(t, path, q)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff([][]string{{"2"}, {"3"}, {"(null)"}}, got.rows); diff != "" {
			t.Errorf("%s: rows from 2 on, and NULL (-want +got):\n%s", name, diff)
		}
	}
}

// TestCursorIsPushedDown: what the documents say of it; the suite proves that no row is lost by it.
func TestCursorIsPushedDown(t *testing.T) {
	path := database(t, "CREATE TABLE t(i BIGINT, f DOUBLE, d DECIMAL(18,2), s TEXT, day DATE, at TIMESTAMP)",
		"INSERT INTO t VALUES (1, 1, 1, 'a', '2024-01-01', '2024-01-01 00:00:00'), (9, 9, 9, 'z', '2026-01-01', '2026-01-01 00:00:00')")
	for name, c := range map[string]struct {
		from record.Value
		rows int
	}{
		"i": {record.Value{Type: "int64", Text: "5"}, 1}, "f": {record.Value{Type: "float64", Text: "5"}, 1},
		"d": {record.Value{Type: "decimal", Text: "5.00"}, 1}, "s": {record.Value{Type: "string", Text: "m"}, 1},
		"day": {record.Value{Type: "date", Text: "2025-01-01"}, 1}, "at": {record.Value{Type: "timestamp_ntz", Text: "2025-01-01T00:00:00"}, 1},
		"e": {record.Value{Type: "int64", Text: "5"}, 2}, // an expression: the engine compares
	} {
		q := ask("SELECT *, i + 0 AS e FROM t")
		q.Cursor = &sources.Cursor{Field: name, From: &c.from}
		got, err := read(t, path, q)
		if err != nil || len(got.rows) != c.rows {
			t.Errorf("cursor %s: %d rows, want %d (%v)", name, len(got.rows), c.rows, err)
		}
	}
}

func TestWALOfALiveWriterIsRead(t *testing.T) {
	path := database(t, "PRAGMA journal_mode = wal", "CREATE TABLE t(id BIGINT)", "INSERT INTO t VALUES (1)")
	w := writer(t, path)
	defer w.Close()
	run(t, w, "PRAGMA wal_autocheckpoint = 0", "INSERT INTO t VALUES (2)", "BEGIN", "INSERT INTO t VALUES (3)")
	before := sums(t, path, path+"-wal")
	got, err := read(t, path, ask("SELECT id FROM t ORDER BY id"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"1"}, {"2"}}, got.rows); diff != "" {
		t.Errorf("what is committed is read, also where only the WAL has it (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, sums(t, path, path+"-wal")); diff != "" {
		t.Errorf("reading changed the database or its WAL:\n%s", diff)
	}
}

func sums(t *testing.T, paths ...string) (list [][32]byte) {
	t.Helper()
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, sha256.Sum256(text))
	}
	return list
}

func TestLockedDatabaseIsWaitedFor(t *testing.T) {
	path := database(t, "CREATE TABLE t(id BIGINT)", "INSERT INTO t VALUES (1)")
	w := writer(t, path)
	defer w.Close()
	run(t, w, "BEGIN EXCLUSIVE")

	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		r, err := sourceOf(t, path).Open(ctx, ask("SELECT * FROM t"))
		if err == nil {
			_ = r.Close()
		}
		ended <- err
	}()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) || connector.KindOf(err) != connector.KindCanceled {
		t.Errorf("a wait for a lock ends with its context: %v", err)
	}

	go func() {
		r, err := sourceOf(t, path).Open(t.Context(), ask("SELECT * FROM t"))
		if err == nil {
			_ = r.Close()
		}
		ended <- err
	}()
	select {
	case err := <-ended:
		t.Fatalf("Open did not wait for the lock: %v", err)
	case <-time.After(3 * busyWait):
	}
	run(t, w, "COMMIT")
	if err := <-ended; err != nil {
		t.Errorf("Open goes on once the writer is done: %v", err)
	}
}

// TestDamageIsNeverTheEnd destroys one page after the other: a read either has every row or ends in an error.
func TestDamageIsNeverTheEnd(t *testing.T) {
	path := database(t, "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT)",
		"WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT 3000) INSERT INTO t SELECT x, printf('name %050d', x) FROM c")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	found := 0
	for at := page; at+page <= len(whole); at += page {
		damaged := slices.Clone(whole)
		copy(damaged[at:], strings.Repeat("\xff\x00garbage", 40))
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := read(t, path, ask("SELECT * FROM t"))
		var e *connector.Error
		switch {
		case err == nil && len(got.rows)+len(got.rejects) < 3000:
			t.Errorf("page %d destroyed: %d rows without an error", at/page, len(got.rows))
		case errors.As(err, &e) && !strings.Contains(e.Hint, "integrity_check"):
			t.Errorf("page %d destroyed: the error has no hint: %v", at/page, err)
		case err != nil:
			found++
		}
	}
	if found < 10 {
		t.Errorf("only %d damaged pages were noticed: the test destroys too little", found)
	}
}

func TestModelIsOneSelect(t *testing.T) {
	path := database(t, "CREATE TABLE t(id BIGINT)", "INSERT INTO t VALUES (1)")
	before := sums(t, path)
	for _, model := range []string{
		"SELECT id FROM t;", "SELECT id FROM t; -- a comment", "SELECT id FROM t;;\n ; /* and ; more */", "-- first\nSELECT ';' AS a, id AS \"b;c\" FROM t",
		"WITH x AS (SELECT 1 AS id) SELECT * FROM x", "VALUES (1)",
	} {
		if got, err := read(t, path, ask(model)); err != nil || len(got.rows) != 1 {
			t.Errorf("%q: %d rows, %v", model, len(got.rows), err)
		}
	}
	for model, says := range map[string]string{
		"SELECT 1; DELETE FROM t":                         "more than one statement",
		"SELECT 1; SELEKT":                                "more than one statement",
		"DELETE FROM t":                                   "a model only reads",
		"/* SELECT */ INSERT INTO t VALUES (2)":           "a model only reads",
		"WITH x AS (SELECT 1) INSERT INTO t SELECT 2":     "would write",
		"WITH x AS (SELECT 1) DELETE FROM t RETURNING id": "would write",
		"PRAGMA user_version = 7":                         "a model only reads",
		"BEGIN IMMEDIATE":                                 "a model only reads",
		"EXPLAIN DELETE FROM t":                           "a model only reads",
		"SELECT load_extension('x.so')":                   "",
		"":                                                "the model is empty",
		"; -- nothing":                                    "the model is empty",
		"SELECT :id":                                      "marker",
	} {
		_, err := read(t, path, ask(model))
		if err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "models/m.sql") {
			t.Errorf("%q: want an error of models/m.sql that says %q; got %v", model, says, err)
		}
	}
	if diff := cmp.Diff(before, sums(t, path)); diff != "" {
		t.Errorf("a model changed the database:\n%s", diff)
	}
}

func TestW14_HugeTextAndBlob(t *testing.T) {
	const size = 20 << 20
	path := database(t, "CREATE TABLE t(s TEXT, b BLOB)", "INSERT INTO t VALUES (printf('%.*c', 20971520, 'x'), zeroblob(20971520)), ('', x''), (NULL, NULL)")
	r, err := sourceOf(t, path).Open(t.Context(), ask("SELECT s, b, length(s) + length(b) AS n FROM t"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := r.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Release()
	if b.NumRows() != 1 || len(b.Column(0).ValueStr(0)) != size || b.Column(2).ValueStr(0) != "41943040" {
		t.Errorf("a row larger than BatchBytes is a batch of its own, whole; got %d rows, %d bytes", b.NumRows(), len(b.Column(0).ValueStr(0)))
	}
}

// Values of several classes in one column are rejected by row and column, never changed.
func TestMixedTypesInOneColumn(t *testing.T) {
	path := database(t, "CREATE TABLE t(id INTEGER PRIMARY KEY, n BIGINT, any)",
		"INSERT INTO t VALUES (1, 1, 1), (2, 'x', 2.5), (3, 1.5, 'text'), (4, x'00', 4), (5, NULL, NULL), (6, '12', 6)")
	got, err := read(t, path, ask("SELECT id, n FROM t"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"1", "1"}, {"5", "(null)"}, {"6", "12"}}, got.rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want := []record.Reject{
		{Row: 2, Column: "n", Reason: "TEXT in a column declared BIGINT"}, {Row: 3, Column: "n", Reason: "REAL in a column declared BIGINT"},
		{Row: 4, Column: "n", Reason: "BLOB in a column declared BIGINT"},
	}
	if diff := cmp.Diff(want, got.rejects); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got, err = read(t, path, ask("SELECT any FROM t"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"any DOUBLE"}, got.columns); diff != "" {
		t.Errorf("INTEGER and REAL together are DOUBLE (-want +got):\n%s", diff)
	}
	if len(got.rejects) != 1 || got.rejects[0].Row != 3 || len(got.rows) != 5 {
		t.Errorf("the text among numbers is rejected; got %v, %d rows", got.rejects, len(got.rows))
	}
}
