package duckdb_test

import (
	"context"
	"database/sql"
	"io"
	"testing"
	"time"

	dbsql "github.com/databricks/databricks-sql-go"
	dbsqllog "github.com/databricks/databricks-sql-go/logger"

	"github.com/drt-go/drt/sandbox"
	"github.com/drt-go/drt/sandbox/duckdb"
	"github.com/drt-go/drt/sandbox/wire"
)

// TestW17_TheFenceStopsAStatementInFlight: a statement whose client has gone on and that commits behind its back fails
// if a property of its table was set since it began, as on Delta; without the fence it lands.
func TestW17_TheFenceStopsAStatementInFlight(t *testing.T) {
	dbsqllog.SetLogOutput(io.Discard)
	engine, err := duckdb.New(duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = engine.Close() }()
	srv, err := sandbox.Start(t.Context(), sandbox.Options{Engine: engine})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = srv.Close() }()
	cn, err := dbsql.NewConnector(dbsql.WithServerHostname("http://127.0.0.1"), dbsql.WithPort(srv.Port), dbsql.WithHTTPPath(srv.HTTPPath),
		dbsql.WithAccessToken(srv.Token), dbsql.WithRetries(-1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(cn)
	defer func() { _ = db.Close() }()
	exec := func(text string) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	exec("CREATE TABLE s (k INT, v STRING)")
	exec("INSERT INTO s VALUES (2, 'b')")
	for name, late := range map[string]string{
		"INSERT":           "INSERT INTO t SELECT * FROM s",
		"INSERT OVERWRITE": "INSERT OVERWRITE t SELECT * FROM s",
		"MERGE":            "MERGE INTO t USING s ON t.k = s.k WHEN NOT MATCHED THEN INSERT *",
		"DELETE":           "DELETE FROM t WHERE k = 1",
	} {
		for _, fenced := range []bool{false, true} {
			exec("CREATE OR REPLACE TABLE t (k INT, v STRING)")
			exec("INSERT INTO t VALUES (1, 'a')")
			begun, release := make(chan struct{}), make(chan struct{})
			srv.Faults.Clear()
			fault := wire.Fault{Match: "^" + late[:6], Do: wire.Late, Begun: true, Hook: func(wire.Event) { close(begun); <-release }}
			if _, err := srv.Faults.Add(fault); err != nil {
				t.Fatal(err)
			}
			if _, err := db.ExecContext(t.Context(), late); err == nil {
				t.Fatalf("%s: the reply was not lost", name)
			}
			<-begun
			if fenced {
				exec("ALTER TABLE t SET TBLPROPERTIES ('drt.fence' = 'a run')")
			}
			close(release)
			want := map[bool]string{true: "DELTA_METADATA_CHANGED", false: "connection dropped"}[fenced]
			if got := ended(t, srv.Log, late); got != want {
				t.Errorf("%s, fenced %v: ended with %q, want %q", name, fenced, got, want)
			}
		}
	}
}

// ended waits for the last statement of that text, and returns the class of its error.
func ended(t *testing.T, log *wire.Log, text string) string {
	t.Helper()
	for ctx := t.Context(); ctx.Err() == nil; time.Sleep(time.Millisecond) {
		entries := log.Entries()
		for i := len(entries) - 1; i >= 0; i-- {
			if e := entries[i]; e.Text == text {
				if e.Done {
					return e.Class
				}
				break
			}
		}
	}
	t.Fatal(context.Cause(t.Context()))
	return ""
}
