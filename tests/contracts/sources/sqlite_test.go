package sources_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	zsqlite "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/sources/sourcetest"
	"github.com/drt-go/drt/sources/sqlite"
)

// TestSQLite writes its databases with zombiezen.com/go/sqlite.
func TestSQLite(t *testing.T) {
	for _, mode := range []string{"delete", "wal"} {
		t.Run(mode, func(t *testing.T) {
			sourcetest.Run(t, sqliteHarness(mode))
		})
	}
}

func sqliteHarness(journal string) sourcetest.Harness {
	load := func(t testing.TB, rows arrow.RecordBatch) sourcetest.Place { return loadSQLite(t, journal, rows) }
	model := func(t testing.TB, name, model string) sourcetest.Place {
		p := loadSQLite(t, journal, twoColumns(t, 3))
		p.Name, p.Model = name, model
		return p
	}
	return sourcetest.Harness{
		Spec: sqlite.Spec(),
		Types: []arrow.DataType{
			arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Float64, arrow.BinaryTypes.String, arrow.BinaryTypes.Binary,
			arrow.FixedWidthTypes.Boolean, arrow.FixedWidthTypes.Date32, arrow.FixedWidthTypes.Timestamp_us,
			&arrow.TimestampType{Unit: arrow.Microsecond},
			&arrow.Decimal128Type{Precision: 15, Scale: 2}, &arrow.Decimal128Type{Precision: 18},
		},
		NoNaN: true,
		Load:  load,
		BadQueries: func(t testing.TB) []sourcetest.Place {
			return []sourcetest.Place{
				model(t, "no table", "SELECT * FROM nope"),
				model(t, "no column", "SELECT nope FROM t"),
				model(t, "syntax", "SELEKT 1"),
				model(t, "empty", "-- nothing"),
				model(t, "two statements", "SELECT 1; SELECT 2"),
				model(t, "a marker", "SELECT * FROM t WHERE id = ?"),
				model(t, "two names", "SELECT id, id FROM t"),
			}
		},
		Missing: func(t testing.TB) sourcetest.Place {
			return sourcetest.Place{Config: "database: nope.db", Env: connector.Env{Dir: t.TempDir()}, Model: "SELECT 1"}
		},
		Broken: func(t testing.TB) []sourcetest.Place {
			cut := loadSQLite(t, "delete", twoColumns(t, 5000))
			cut.Name = "cut file"
			cutHalf(t, filepath.Join(cut.Env.Dir, "t.db"))
			notADatabase := model(t, "not a database", "SELECT 1")
			write(t, filepath.Join(notADatabase.Env.Dir, "t.db"), strings.Repeat("not a database ", 100))
			return []sourcetest.Place{
				cut, notADatabase,
				model(t, "late error", "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT 5000) SELECT x, json_extract(CASE WHEN x = 3000 THEN 'no json' ELSE '{}' END, '$.a') FROM c"),
			}
		},
		Endless: func(t testing.TB) sourcetest.Place {
			return model(t, "endless", "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT x FROM c WHERE x < 0")
		},
		Writes: func(t testing.TB) []sourcetest.Place {
			return []sourcetest.Place{
				model(t, "delete", "DELETE FROM t"),
				model(t, "returning", "DELETE FROM t RETURNING *"),
				model(t, "with", "WITH a AS (SELECT 1) DELETE FROM t RETURNING id"),
				model(t, "create", "CREATE TABLE u(a)"),
				model(t, "attach", "ATTACH 'other.db' AS o"),
				model(t, "pragma", "PRAGMA journal_mode = delete"),
				model(t, "vacuum", "VACUUM INTO 'other.db'"),
			}
		},
		BadRow: func(t testing.TB) (sourcetest.Place, string) {
			p := model(t, "", "SELECT id, when_ FROM bad")
			execSQLite(t, filepath.Join(p.Env.Dir, "t.db"), "CREATE TABLE bad(id INTEGER, when_ DATE)",
				"INSERT INTO bad VALUES (1, '2024-01-01'), (2, 'yesterday'), (3, NULL)")
			return p, "when_"
		},
	}
}

// sqliteTypes are the declared types that the source maps to the Arrow type.
func sqliteType(dt arrow.DataType) string {
	switch dt := dt.(type) {
	case *arrow.Int64Type:
		return "BIGINT"
	case *arrow.Float64Type:
		return "DOUBLE"
	case *arrow.StringType:
		return "TEXT"
	case *arrow.BinaryType:
		return "BLOB"
	case *arrow.BooleanType:
		return "BOOLEAN"
	case *arrow.Date32Type:
		return "DATE"
	case *arrow.TimestampType:
		if dt.TimeZone == "" {
			return "TIMESTAMP WITHOUT TIME ZONE"
		}
		return "TIMESTAMPTZ"
	case *arrow.Decimal128Type:
		return fmt.Sprintf("DECIMAL(%d,%d)", dt.Precision, dt.Scale)
	}
	panic("no SQLite type for " + dt.String())
}

func loadSQLite(t testing.TB, journal string, rows arrow.RecordBatch) sourcetest.Place {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "t.db")
	conn, err := zsqlite.OpenConn(path, zsqlite.OpenReadWrite|zsqlite.OpenCreate)
	must(t, err)
	must(t, sqlitex.ExecuteTransient(conn, "PRAGMA journal_mode = "+journal, nil))
	must(t, sqlitex.ExecuteTransient(conn, "BEGIN", nil))
	var columns, marks []string
	for _, f := range rows.Schema().Fields() {
		columns = append(columns, `"`+strings.ReplaceAll(f.Name, `"`, `""`)+`" `+sqliteType(f.Type))
		marks = append(marks, "?")
	}
	must(t, sqlitex.ExecuteTransient(conn, "CREATE TABLE t("+strings.Join(columns, ", ")+")", nil))
	stmt, err := conn.Prepare("INSERT INTO t VALUES (" + strings.Join(marks, ", ") + ")")
	must(t, err)
	for i := range int(rows.NumRows()) {
		for c, col := range rows.Columns() {
			bindSQLite(stmt, c+1, col, i)
		}
		_, err := stmt.Step()
		must(t, err)
		must(t, stmt.Reset())
	}
	must(t, sqlitex.ExecuteTransient(conn, "COMMIT", nil))
	must(t, conn.Close())
	return sourcetest.Place{Config: "database: t.db", Env: connector.Env{Dir: dir}, Model: "SELECT * FROM t ORDER BY rowid",
		Fingerprint: func(t testing.TB) string { return folder(t, dir) }}
}

func bindSQLite(stmt *zsqlite.Stmt, at int, col arrow.Array, i int) {
	if col.IsNull(i) {
		stmt.BindNull(at)
		return
	}
	switch col := col.(type) {
	case *array.Int64:
		stmt.BindInt64(at, col.Value(i))
	case *array.Float64:
		stmt.BindFloat(at, col.Value(i))
	case *array.Binary:
		stmt.BindBytes(at, col.Value(i))
	case *array.Boolean:
		stmt.BindBool(at, col.Value(i))
	default:
		stmt.BindText(at, textOf(col, i))
	}
}

func execSQLite(t testing.TB, path string, statements ...string) {
	t.Helper()
	conn, err := zsqlite.OpenConn(path, zsqlite.OpenReadWrite)
	must(t, err)
	for _, s := range statements {
		must(t, sqlitex.ExecuteTransient(conn, s, nil))
	}
	must(t, conn.Close())
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, path, text string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(text), 0o600))
}
