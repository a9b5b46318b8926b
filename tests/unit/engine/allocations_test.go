package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/uuid"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/drt-go/drt/connector"
	filedestination "github.com/drt-go/drt/destinations/file"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/sources"
	"github.com/drt-go/drt/sources/duckdb"
	"github.com/drt-go/drt/sources/file"
	sqlitesource "github.com/drt-go/drt/sources/sqlite"
	"github.com/drt-go/drt/state"
)

// TestRowsAllocateNothing runs real sources into real files: three times the rows take some more buffers, and no
// allocation for each of them.
func TestRowsAllocateNothing(t *testing.T) {
	const few, many = 30_000, 90_000
	for source, open := range map[string]func(t *testing.T, dir string, rows int) (sources.Source, string){
		"sqlite": openSQLite, "duckdb": openDuckDB, "csv": openCSV,
	} {
		for _, format := range []string{"parquet", "jsonl", "csv"} {
			t.Run(source+" to "+format, func(t *testing.T) {
				less, more := allocations(t, open, format, few), allocations(t, open, format, many)
				if perRow := (float64(more) - float64(less)) / (many - few); perRow > 0.1 {
					t.Errorf("%d rows take %d allocations, %d take %d: %.2f a row", few, less, many, more, perRow)
				}
			})
		}
	}
}

// allocations counts those of a run.
func allocations(t *testing.T, open func(*testing.T, string, int) (sources.Source, string), format string, rows int) uint64 {
	t.Helper()
	dir := t.TempDir()
	source, model := open(t, dir, rows)
	d, err := filedestination.New(filedestination.Config{Path: "out." + format, Header: true}, connector.Env{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	store, err := state.Open(t.Context(), filepath.Join(dir, ".drt"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	j := &engine.Job{Name: "rows", Model: model, Source: source, Destination: d, Mode: engine.ModeFull, BatchSize: 10_000, OnError: engine.OnErrorFail}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p := engine.Run(t.Context(), j, store, engine.Options{RunID: uuid.Must(uuid.NewV7()).String()})
	runtime.ReadMemStats(&after)
	if p.Status != engine.StatusSuccess || p.RowsSynced == nil || *p.RowsSynced != int64(rows) {
		t.Fatalf("%s: %v, %v rows", p.Status, p.Err, p.RowsSynced)
	}
	return after.Mallocs - before.Mallocs
}

const allocationsModel = "SELECT id, name, score, amount, active, born, seen FROM t"

func openSQLite(t *testing.T, dir string, rows int) (sources.Source, string) {
	t.Helper()
	conn, err := sqlite.OpenConn(filepath.Join(dir, "t.db"), sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		t.Fatal(err)
	}
	err = sqlitex.ExecuteScript(conn, fmt.Sprintf(`CREATE TABLE t (id BIGINT, name TEXT, score DOUBLE, amount DECIMAL(18,2), active BOOLEAN, born DATE, seen TIMESTAMP);
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		INSERT INTO t SELECT i, 'customer ' || i, i / 7.0, i || '.25', i %% 2, '2026-01-02', '2026-01-02 03:04:05' FROM n;`, rows), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := sqlitesource.New(sqlitesource.Config{Database: "t.db"}, connector.Env{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return s, allocationsModel
}

func openDuckDB(t *testing.T, dir string, rows int) (sources.Source, string) {
	t.Helper()
	s, err := duckdb.New(duckdb.Defaults(), connector.Env{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return s, fmt.Sprintf(`SELECT i AS id, 'customer ' || i AS name, i / 7.0 AS score, (i + 0.25)::DECIMAL(18,2) AS amount, i %% 2 = 0 AS active,
		DATE '2026-01-02' AS born, TIMESTAMP '2026-01-02 03:04:05' AS seen FROM range(%d) r (i)`, rows)
}

func openCSV(t *testing.T, dir string, rows int) (sources.Source, string) {
	t.Helper()
	var text strings.Builder
	text.WriteString("id,name,score,amount,active,born,seen\n")
	for i := range rows {
		fmt.Fprintf(&text, "%d,customer %d,%v,%d.25,%t,2026-01-02,2026-01-02 03:04:05\n", i, i, float64(i)/7, i, i%2 == 0)
	}
	if err := os.WriteFile(filepath.Join(dir, "t.csv"), []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	c := file.Defaults()
	c.Path = "t.csv"
	c.Columns = map[string]string{"id": "BIGINT", "score": "DOUBLE", "amount": "DECIMAL(18,2)", "active": "BOOLEAN", "born": "DATE", "seen": "TIMESTAMP_NTZ"}
	s, err := file.New(c, connector.Env{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return s, ""
}
