package live_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations/databricks"
	"github.com/drt-go/drt/destinations/databricks/delta"
	"github.com/drt-go/drt/destinations/destinationtest"
)

// TestContract holds the destination to the suite that every destination passes, once with each loader. On Spark it takes
// a quarter of an hour for one loader; what Spark alone can tell, what the statements mean, the tests of modes and types
// and tests/delta ask there for all loaders.
func TestContract(t *testing.T) {
	loaders := []string{"json", "values", "volume"}
	if os.Getenv("DRT_SPARK_DIR") != "" {
		if os.Getenv("DRT_SPARK_ALL") == "" {
			t.Skip("the embedded engine runs it in `go test ./...`; `make delta-all` runs it on Spark")
		}
		loaders = loaders[:1]
	}
	for _, loader := range loaders {
		t.Run(loader, func(t *testing.T) {
			destinationtest.Run(t, destinationtest.Harness{
				Spec: databricks.Spec(),
				NewTarget: func(t testing.TB, table destinationtest.Table) destinationtest.Target {
					return newTarget(t, loader, table)
				},
			})
		})
	}
}

// stagedAfter: a chunk of JSON, a statement of values, a file of 64 MB. TestW24_FilesOfDeadRunsAreSwept shows what the last one leaves.
var stagedAfter = map[string]int{"json": 100_000, "values": 1_000, "volume": -1}

var targets atomic.Int64

// newTarget makes a table in a schema of its own.
func newTarget(t testing.TB, loader string, table destinationtest.Table) destinationtest.Target {
	db := connect(t)
	schema := fmt.Sprintf("contract_%d", targets.Add(1))
	mustExec(t, db, "CREATE SCHEMA main."+schema)
	var columns []string
	mapped := ""
	for _, f := range table.Columns.Fields() {
		typ, err := delta.FromArrow(f.Type)
		if err != nil {
			t.Fatal(err)
		}
		columns = append(columns, "`"+strings.ReplaceAll(f.Name, "`", "``")+"` "+typ.SQL())
		if strings.ContainsAny(f.Name, " ,;{}()\n\t=") {
			mapped = " TBLPROPERTIES ('delta.columnMapping.mode' = 'name')"
		}
	}
	mustExec(t, db, "CREATE TABLE main."+schema+".people ("+strings.Join(columns, ", ")+") USING DELTA"+mapped)
	config := "catalog: main\nschema: " + schema + "\ntable: people\nstaging: {loader: " + loader + "}\n"
	if loader == "volume" {
		config = strings.Replace(config, "}\n", ", volume: "+stageVolume+"}\n", 1)
	}
	if len(table.Key) > 0 {
		config += "upsert_key:\n"
		for _, k := range table.Key {
			config += fmt.Sprintf("  - %q\n", k)
		}
	}
	return destinationtest.Target{
		Config: config,
		Env: connector.Env{Warehouse: &connector.Warehouse{
			Host: started.Host, HTTPPath: started.HTTPPath, Token: connector.NewSecret(started.Token),
		}},
		Rows: func(t testing.TB) []destinationtest.Row {
			return readRows(t, db, "SELECT * FROM main."+schema+".people")
		},
		Scratch:     func(t testing.TB) []string { return scratchIn(t, db, schema) },
		StagedAfter: stagedAfter[loader],
		Secrets:     []string{started.Token},
	}
}

func mustExec(t testing.TB, db *sql.DB, text string) {
	t.Helper()
	if _, err := db.ExecContext(context.Background(), text); err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
}

func scratchIn(t testing.TB, db *sql.DB, schema string) []string {
	var out []string
	for _, r := range readRows(t, db, "SHOW TABLES IN main."+schema) {
		if name := fmt.Sprint(r["tableName"]); strings.HasPrefix(name, "__drt_staging_") {
			out = append(out, name)
		}
	}
	return append(out, filesInVolume(t)...)
}

func readRows(t testing.TB, db *sql.DB, query string) []destinationtest.Row {
	t.Helper()
	r, err := db.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatalf("%s\n%v", query, err)
	}
	defer func() { _ = r.Close() }()
	names, err := r.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var out []destinationtest.Row
	for r.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := r.Scan(into...); err != nil {
			t.Fatal(err)
		}
		row := destinationtest.Row{}
		for i, n := range names {
			row[n] = values[i]
		}
		out = append(out, row)
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
