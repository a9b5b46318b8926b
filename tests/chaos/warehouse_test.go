package chaos

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/drt-go/drt/sandbox"
	"github.com/drt-go/drt/sandbox/duckdb"
	"github.com/drt-go/drt/sandbox/spark"
	"github.com/drt-go/drt/sandbox/wire"
)

// The one schema, and the volume in it.
const (
	schema = "main.chaos"
	target = schema + ".t"
	volume = schema + ".stage"
)

// warehouse is a sandbox, and a way past its wire: what a test asks there meets no fault and is not logged.
type warehouse struct {
	*sandbox.Server
	session wire.Session // used by one goroutine
	files   string       // folder of the volume
}

// newWarehouse starts one on the embedded engine.
func newWarehouse(t *testing.T) *warehouse {
	t.Helper()
	dir := t.TempDir()
	volumes, err := wire.OpenVolumes(dir)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := duckdb.New(duckdb.Options{Volumes: volumes.Resolve, VolumesDir: volumes.Dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(engine.Close(), volumes.Close()); err != nil {
			t.Error(err)
		}
	})
	return serve(t, engine, dir)
}

// newSpark starts one on real Spark with Delta.
func newSpark(t *testing.T, dir string) *warehouse {
	t.Helper()
	files := t.TempDir()
	volumes, err := wire.OpenVolumes(files)
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(t.TempDir(), "spark.log"))
	if err != nil {
		t.Fatal(err)
	}
	server, err := spark.Start(t.Context(), dir, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(server.Close(), volumes.Close(), log.Close()); err != nil {
			t.Error(err)
		}
	})
	return serve(t, spark.New(server, volumes.Resolve), files)
}

// serve puts the wire in front of engine. The volumes are in dir.
func serve(t *testing.T, engine wire.Engine, dir string) *warehouse {
	t.Helper()
	srv, err := sandbox.Start(t.Context(), sandbox.Options{Engine: engine, VolumesDir: dir, RunningAfter: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	session, err := engine.Open(t.Context(), "", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	w := &warehouse{Server: srv, session: session, files: filepath.Join(dir, filepath.FromSlash(strings.ReplaceAll(volume, ".", "/")))}
	t.Cleanup(func() {
		if err := errors.Join(session.Close(), srv.Close()); err != nil {
			t.Error(err)
		}
	})
	if err := os.MkdirAll(w.files, 0o700); err != nil {
		t.Fatal(err)
	}
	w.rows(t, "CREATE SCHEMA IF NOT EXISTS "+schema)
	return w
}

// rows runs a statement and returns its rows as text, in their order: cells are joined by "|".
func (w *warehouse) rows(t testing.TB, sql string) []string {
	t.Helper()
	r, err := w.session.Execute(context.Background(), sql, nil)
	if err != nil {
		t.Fatalf("%s\n%v", sql, err)
	}
	out := []string{}
	if r.Rows == nil {
		return out
	}
	defer r.Rows.Release()
	for r.Rows.Next() {
		b := r.Rows.RecordBatch()
		for i := range int(b.NumRows()) {
			cells := make([]string, b.NumCols())
			for c := range cells {
				if cells[c] = "NULL"; b.Column(c).IsValid(i) {
					cells[c] = b.Column(c).ValueStr(i)
				}
			}
			out = append(out, strings.Join(cells, "|"))
		}
	}
	if err := r.Rows.Err(); err != nil {
		t.Fatalf("%s\n%v", sql, err)
	}
	return out
}

// version is the newest version of the target.
func (w *warehouse) version(t testing.TB) int {
	t.Helper()
	first, _, _ := strings.Cut(w.rows(t, "DESCRIBE HISTORY "+target+" LIMIT 1")[0], "|")
	n, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// leftovers are the tables and files of runs that are still there.
func (w *warehouse) leftovers(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, r := range w.rows(t, "SHOW TABLES IN "+schema) {
		for _, cell := range strings.Split(r, "|") {
			if strings.HasPrefix(cell, "__drt_staging_") {
				out = append(out, "table "+cell)
			}
		}
	}
	files, err := os.ReadDir(w.files)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		out = append(out, "file "+f.Name())
	}
	slices.Sort(out)
	return out
}

// sweep removes them: a case that failed must not fail the next one.
func (w *warehouse) sweep(t testing.TB) {
	t.Helper()
	for _, l := range w.leftovers(t) {
		if name, ok := strings.CutPrefix(l, "table "); ok {
			w.rows(t, "DROP TABLE "+schema+"."+name)
		} else if err := os.Remove(filepath.Join(w.files, strings.TrimPrefix(l, "file "))); err != nil {
			t.Fatal(err)
		}
	}
}

// settled waits until no statement runs any more: one that lands late is over then.
func (w *warehouse) settled(t testing.TB) {
	t.Helper()
	running := func(e wire.Entry) bool { return !e.Done }
	for deadline := time.Now().Add(30 * time.Second); slices.ContainsFunc(w.Log.Entries(), running); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a statement does not end")
		}
	}
}
