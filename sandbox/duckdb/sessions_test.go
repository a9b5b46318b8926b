package duckdb_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/drt-go/drt/sandbox/duckdb"
)

// session opens another session on an engine.
func session(t *testing.T, e *duckdb.Engine) *warehouse {
	t.Helper()
	s, err := e.Open(t.Context(), "", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	return &warehouse{t: t, s: s}
}

func TestReopenKeepsEverything(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.duckdb")
	state := func(w *warehouse) []string {
		return []string{
			w.run("SELECT * FROM dev.sales.t ORDER BY k"), w.run("SELECT * FROM dev.sales.t VERSION AS OF 1 ORDER BY k"), w.run("DESCRIBE HISTORY dev.sales.t"),
			w.run("SHOW CREATE TABLE dev.sales.t"), w.run("DESCRIBE DETAIL dev.sales.t"), w.run("DESCRIBE SCHEMA dev.sales"), w.run("SHOW CATALOGS"),
		}
	}
	var before []string
	for i := range 3 {
		e, err := duckdb.New(duckdb.Options{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		w := session(t, e)
		if i == 0 {
			w.run("CREATE CATALOG dev")
			w.run("CREATE SCHEMA dev.sales COMMENT 'c'")
			w.run("CREATE TABLE dev.sales.t (k BIGINT GENERATED ALWAYS AS IDENTITY, v VARCHAR(3) DEFAULT 'd' COMMENT 'x') TBLPROPERTIES ('delta.feature.allowColumnDefaults' = 'supported')")
			w.run("INSERT INTO dev.sales.t (v) VALUES ('a'), ('b')")
			w.run("ALTER TABLE dev.sales.t ADD CONSTRAINT c CHECK (v <> 'z')")
			w.run("DELETE FROM dev.sales.t WHERE k = 1")
			before = state(w)
		} else if got := state(w); fmt.Sprint(got) != fmt.Sprint(before) {
			t.Errorf("opened again:\n%q\nbefore:\n%q", got, before)
		}
		if i == 2 {
			w.run("INSERT INTO dev.sales.t (v) VALUES ('e')")
			w.is("3", "SELECT k FROM dev.sales.t WHERE v = 'e'")
			w.fails("DELTA_VIOLATE_CONSTRAINT_WITH_VALUES", "INSERT INTO dev.sales.t (v) VALUES ('z')")
		}
		_ = w.s.Close()
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestParquetOfVolumes(t *testing.T) {
	dir := t.TempDir()
	e, err := duckdb.New(duckdb.Options{VolumesDir: dir, Volumes: func(path string) (string, error) {
		return filepath.Join(dir, path[len("/Volumes/main/default/v"):]), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	w := session(t, e)
	defer func() {
		_ = w.s.Close()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	writeParquet(t, filepath.Join(dir, "a.parquet"))
	w.is("3|3", "CREATE OR REPLACE TABLE g AS SELECT CAST(id AS BIGINT) AS c0, CAST(name AS STRING) AS c1 FROM parquet.`/Volumes/main/default/v/a.parquet`")
	w.is("1|a\n2|(null)\n3|c", "SELECT * FROM g ORDER BY c0")
	w.fails("PATH_NOT_FOUND", "SELECT * FROM parquet.`/Volumes/main/default/v/b.parquet`")
	w.fails("PATH_NOT_FOUND", "SELECT * FROM parquet.`/etc/passwd`")
	if err := os.WriteFile(filepath.Join(dir, "cut.parquet"), []byte("PAR1"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.fails("FAILED_READ_FILE.NO_HINT", "SELECT * FROM parquet.`/Volumes/main/default/v/cut.parquet`")
}
