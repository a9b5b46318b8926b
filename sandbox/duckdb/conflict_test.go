package duckdb

import (
	"context"
	"errors"
	"testing"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/parse"
	"github.com/drt-go/drt/sandbox/wire"
)

// held is a statement of session a that has begun; act runs, then it goes on to its commit.
func held(t *testing.T, a *session, sql string, act func()) error {
	t.Helper()
	ctx := context.Background()
	p, err := parse.Statement(sql)
	if err != nil {
		t.Fatal(err)
	}
	st := &statement{session: a, cancel: func() {}}
	st.env = st.newEnv()
	var w *write
	switch s := p.Stmt.(type) {
	case *ast.Insert:
		i := &insertion{stmt: s}
		if w, err = st.openWrite(ctx, s.Table, i.bind); err != nil {
			t.Fatal(err)
		}
		if i.blind { // its rows are written before the other statement commits
			var n int64
			if n, err = i.append(ctx, i.physicals(), i.rows); err != nil {
				t.Fatal(err)
			}
			act()
			err = i.commit(ctx, i.entry(n, 0))
			break
		}
		act()
		_, err = i.run(ctx)
	case *ast.Merge:
		g := &merging{stmt: s}
		if w, err = st.openWrite(ctx, s.Target, g.bind); err != nil {
			t.Fatal(err)
		}
		act()
		_, err = g.run(ctx)
	}
	w.close(ctx)
	if err == nil {
		return nil
	}
	return toWire(ctx, err)
}

// TestConflicts: what commits while another statement runs.
func TestConflicts(t *testing.T) {
	e, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	var sessions [2]*session
	for i := range sessions {
		s, err := e.Open(t.Context(), "", "", nil)
		if err != nil {
			t.Fatal(err)
		}
		sessions[i] = s.(*session)
	}
	defer func() {
		_, _ = sessions[0].Close(), sessions[1].Close()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	run := func(sql string) {
		t.Helper()
		r, err := sessions[1].Execute(t.Context(), sql, nil)
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		if r.Rows != nil {
			r.Rows.Release()
		}
	}
	run("CREATE TABLE t (k INT, v STRING)")
	run("INSERT INTO t VALUES (1, 'a')")
	const merge = "MERGE INTO t USING (SELECT 1 AS k) s ON t.k = s.k WHEN MATCHED THEN UPDATE SET v = 'm'"
	for _, c := range []struct{ sql, other, class string }{
		{"INSERT INTO t VALUES (2, 'b')", "ALTER TABLE t SET TBLPROPERTIES ('drt.fence' = '1')", "DELTA_METADATA_CHANGED"},
		{merge, "ALTER TABLE t SET TBLPROPERTIES ('drt.fence' = '2')", "DELTA_METADATA_CHANGED"},
		{"INSERT OVERWRITE t VALUES (2, 'b')", "ALTER TABLE t SET TBLPROPERTIES ('drt.fence' = '3')", "DELTA_METADATA_CHANGED"},
		{"INSERT INTO t VALUES (2, 'b')", "INSERT INTO t VALUES (3, 'c')", ""},
		{merge, "INSERT INTO t VALUES (4, 'd')", "DELTA_CONCURRENT_APPEND.WITHOUT_HINT"},
		{"INSERT INTO t VALUES (5, 'e')", merge, ""},
		{"INSERT OVERWRITE t VALUES (6, 'f')", "DELETE FROM t WHERE k = 3", "DELTA_CONCURRENT_APPEND.WITHOUT_HINT"},
		{"INSERT INTO t VALUES (7, 'g')", "UPDATE t SET v = 'u' WHERE k = 1", ""},
		{"INSERT INTO t VALUES (7, 'g')", "ALTER TABLE t ADD COLUMN n INT", "DELTA_METADATA_CHANGED"},
		{"INSERT INTO t VALUES (8, 'h', 8)", "DROP TABLE t", "TABLE_OR_VIEW_NOT_FOUND"},
	} {
		err := held(t, sessions[0], c.sql, func() { run(c.other) })
		var we *wire.Error
		if errors.As(err, &we); c.class == "" && err != nil || c.class != "" && (we == nil || we.Class != c.class) {
			t.Errorf("%s during %s: %v, want %s", c.other, c.sql, err, c.class)
		}
	}
}
