package process

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	dbsql "github.com/databricks/databricks-sql-go"

	"github.com/drt-go/drt/sandbox"
	"github.com/drt-go/drt/sandbox/duckdb"
	"github.com/drt-go/drt/sandbox/wire"
)

// warehouse is a sandbox in this process, reached by the binary over loopback.
type warehouse struct {
	*sandbox.Server
	t  *testing.T
	db *sql.DB
	// volumes is the folder of its volumes; main.default.files is one.
	volumes string
}

func newWarehouse(t *testing.T, options ...func(*sandbox.Options)) *warehouse {
	t.Helper()
	o := sandbox.Options{VolumesDir: t.TempDir()}
	if err := os.MkdirAll(filepath.Join(o.VolumesDir, "main", "default", "files"), 0o700); err != nil {
		t.Fatal(err)
	}
	volumes, err := wire.OpenVolumes(o.VolumesDir)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := duckdb.New(duckdb.Options{Volumes: volumes.Resolve, VolumesDir: volumes.Dir})
	if err != nil {
		t.Fatal(err)
	}
	o.Engine = engine
	for _, set := range options {
		set(&o)
	}
	s, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	c, err := dbsql.NewConnector(dbsql.WithServerHostname("http://127.0.0.1"), dbsql.WithPort(s.Port), dbsql.WithHTTPPath(s.HTTPPath),
		dbsql.WithAccessToken(s.Token))
	if err != nil {
		t.Fatal(err)
	}
	w := &warehouse{Server: s, t: t, db: sql.OpenDB(c), volumes: o.VolumesDir}
	t.Cleanup(func() {
		for _, stop := range []func() error{w.db.Close, s.Close, engine.Close, volumes.Close} {
			if err := stop(); err != nil {
				t.Error(err)
			}
		}
	})
	return w
}

// env is how the binary finds w.
func (w *warehouse) env() []string {
	return []string{"DATABRICKS_HOST=" + w.Host, "DATABRICKS_HTTP_PATH=" + w.HTTPPath, "DATABRICKS_TOKEN=" + w.Token}
}

func (w *warehouse) exec(text string) {
	w.t.Helper()
	if _, err := w.db.ExecContext(context.Background(), text); err != nil {
		w.t.Fatalf("%s: %v", text, err)
	}
}

// rows returns what a query finds: a row as its columns with spaces between.
func (w *warehouse) rows(query string) []string {
	w.t.Helper()
	rows, err := w.db.QueryContext(context.Background(), query)
	if err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil {
		w.t.Fatal(err)
	}
	found := []string{}
	for rows.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			w.t.Fatal(err)
		}
		found = append(found, strings.TrimSpace(fmt.Sprintln(values...)))
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return found
}

// scratch lists what a run may have left: tables and files of volumes.
func (w *warehouse) scratch() []string {
	w.t.Helper()
	left := []string{}
	for _, row := range w.rows("SHOW TABLES IN main.default") {
		if strings.Contains(row, "__drt_") {
			left = append(left, row)
		}
	}
	err := filepath.WalkDir(w.volumes, func(path string, entry os.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			left = append(left, path)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return left
}

// fault arms f; that it struck is checked when the test ends.
func (w *warehouse) fault(f wire.Fault) {
	w.t.Helper()
	if _, err := w.Faults.Add(f); err != nil {
		w.t.Fatal(err)
	}
}

// struck checks that every fault did, and disarms them.
func (w *warehouse) struck() {
	w.t.Helper()
	for _, f := range w.Faults.Unfired() {
		w.t.Errorf("it did not come to %s", f)
	}
	w.Faults.Clear()
}
