package duckdb_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	dbsql "github.com/databricks/databricks-sql-go"

	"github.com/drt-go/drt/sandbox"
	"github.com/drt-go/drt/sandbox/duckdb"
)

// TestDriver: what the engine makes of descriptions arrives through the real driver with its types.
func TestDriver(t *testing.T) {
	e, err := duckdb.New(duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	srv, err := sandbox.Start(t.Context(), sandbox.Options{Engine: e})
	if err != nil {
		t.Fatal(err)
	}
	connector, err := dbsql.NewConnector(dbsql.WithServerHostname("http://127.0.0.1"), dbsql.WithPort(srv.Port), dbsql.WithHTTPPath(srv.HTTPPath),
		dbsql.WithAccessToken(srv.Token), dbsql.WithSessionParams(map[string]string{"ANSI_MODE": "true", "TIMEZONE": "UTC", "QUERY_TAGS": "team:data"}))
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	defer func() {
		_ = db.Close()
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, s := range []string{"CREATE TABLE t (k BIGINT, v STRING) PARTITIONED BY (v) TBLPROPERTIES ('a' = 'b')", "INSERT INTO t VALUES (1, 'x')", "ALTER TABLE t ADD COLUMN n INT"} {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	for _, c := range []struct{ sql, types, want string }{
		{"DESCRIBE HISTORY t LIMIT 1", "BIGINT TIMESTAMP STRING STRING STRING MAP STRUCT STRUCT STRING BIGINT STRING BOOLEAN MAP STRING STRING", "ADD COLUMNS"},
		{"DESCRIBE DETAIL t", "STRING STRING STRING STRING STRING TIMESTAMP TIMESTAMP ARRAY ARRAY BIGINT BIGINT MAP INT INT ARRAY", `["v"]`},
		{"DESCRIBE TABLE t", "STRING STRING STRING", "bigint"},
		{"SHOW TABLES", "STRING STRING BOOLEAN", "t"},
		{"SELECT table_name, ordinal_position FROM information_schema.columns", "STRING INT", "t"},
		{"SHOW CREATE TABLE t", "STRING", "PARTITIONED BY (v)"},
		{"RESTORE TABLE t TO VERSION AS OF 1", "BIGINT BIGINT BIGINT BIGINT BIGINT BIGINT", "<nil>"},
		{"SET timezone", "STRING STRING", "UTC"},
	} {
		types, text := rowsOf(t, db, c.sql)
		if types != c.types {
			t.Errorf("%s: types %s, want %s", c.sql, types, c.types)
		}
		if !strings.Contains(text, c.want) {
			t.Errorf("%s: %s, want %s in it", c.sql, text, c.want)
		}
	}
}

func rowsOf(t *testing.T, db *sql.DB, text string) (types, out string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer rows.Close()
	columns, err := rows.ColumnTypes()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range columns {
		names = append(names, c.DatabaseTypeName())
	}
	cells := make([]any, len(columns))
	for i := range cells {
		cells[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(cells...); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		for _, c := range cells {
			out += fmt.Sprint(*c.(*any), "|")
		}
		out += "\n"
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return strings.Join(names, " "), out
}
