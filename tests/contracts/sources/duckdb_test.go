package sources_test

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	goduckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/sources/duckdb"
	"github.com/drt-go/drt/sources/sourcetest"
)

// TestDuckDB writes its databases through database/sql.
func TestDuckDB(t *testing.T) {
	sourcetest.Run(t, duckdbHarness())
}

func duckdbHarness() sourcetest.Harness {
	model := func(t testing.TB, name, model string) sourcetest.Place {
		p := loadDuckDB(t, twoColumns(t, 3))
		p.Name, p.Model = name, model
		return p
	}
	// inOne are models that share a database.
	inOne := func(t testing.TB) func(t testing.TB, name, model string) sourcetest.Place {
		p := loadDuckDB(t, twoColumns(t, 3))
		return func(_ testing.TB, name, model string) sourcetest.Place {
			p.Name, p.Model = name, model
			return p
		}
	}
	return sourcetest.Harness{
		Spec: duckdb.Spec(),
		Types: []arrow.DataType{
			arrow.FixedWidthTypes.Boolean,
			arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64,
			arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Uint32, arrow.PrimitiveTypes.Uint64,
			arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64, arrow.BinaryTypes.String, arrow.BinaryTypes.Binary,
			arrow.FixedWidthTypes.Date32, arrow.FixedWidthTypes.Timestamp_us, &arrow.TimestampType{Unit: arrow.Microsecond},
			&arrow.Decimal128Type{Precision: 4, Scale: 1}, &arrow.Decimal128Type{Precision: 9, Scale: 2},
			&arrow.Decimal128Type{Precision: 18, Scale: 2}, &arrow.Decimal128Type{Precision: 38, Scale: 10}, &arrow.Decimal128Type{Precision: 38},
		},
		Load: loadDuckDB,
		BadQueries: func(t testing.TB) []sourcetest.Place {
			model := inOne(t)
			return []sourcetest.Place{
				model(t, "no table", "SELECT * FROM nope"),
				model(t, "no column", "SELECT nope FROM t"),
				model(t, "syntax", "SELEKT 1"),
				model(t, "empty", "-- nothing"),
				model(t, "two statements", "SELECT 1; SELECT 2"),
				model(t, "a marker", "SELECT * FROM t WHERE id = ?"),
				model(t, "two names", "SELECT id, id FROM t"),
				model(t, "another file", "SELECT * FROM read_csv('other.csv')"),
				model(t, "the network", "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')"),
				model(t, "a union", "SELECT union_value(k := 1) AS u"),
			}
		},
		Missing: func(t testing.TB) sourcetest.Place {
			return sourcetest.Place{Config: "database: nope.duckdb", Env: connector.Env{Dir: t.TempDir()}, Model: "SELECT 1"}
		},
		Broken: func(t testing.TB) []sourcetest.Place {
			cut := model(t, "cut file", "SELECT * FROM big")
			execDuckDB(t, filepath.Join(cut.Env.Dir, "t.duckdb"), "CREATE TABLE big AS SELECT i AS id, md5(i::VARCHAR) AS name FROM range(200000) r(i)")
			cutHalf(t, filepath.Join(cut.Env.Dir, "t.duckdb"))
			notADatabase := model(t, "not a database", "SELECT 1")
			write(t, filepath.Join(notADatabase.Env.Dir, "t.duckdb"), strings.Repeat("not a database ", 1000))
			return []sourcetest.Place{
				cut, notADatabase,
				model(t, "late error", "SELECT CASE WHEN i = 900000 THEN error('late') ELSE i END AS x FROM range(1000000) r(i)"),
			}
		},
		Endless: func(t testing.TB) sourcetest.Place {
			return model(t, "endless", "SELECT count(*) AS n FROM range(1000000000) a(i), range(1000000000) b(j) WHERE i * j % 7 = 3")
		},
		Writes: func(t testing.TB) []sourcetest.Place {
			model := inOne(t)
			return []sourcetest.Place{
				model(t, "delete", "DELETE FROM t"),
				model(t, "returning", "DELETE FROM t RETURNING *"),
				model(t, "create", "CREATE TABLE u(a INT)"),
				model(t, "attach", "ATTACH 'other.duckdb' AS o"),
				model(t, "copy", "COPY t TO 'other.csv'"),
				model(t, "pragma", "SET memory_limit = '4GB'"),
				model(t, "install", "INSTALL httpfs"),
				model(t, "checkpoint", "CHECKPOINT"),
			}
		},
		BadRow: func(t testing.TB) (sourcetest.Place, string) {
			return model(t, "", "SELECT * FROM (VALUES (1, '2024-01-01'::TIMESTAMP), (2, 'infinity'), (3, NULL)) v(id, seen)"), "seen"
		},
	}
}

func duckdbType(dt arrow.DataType) string {
	switch dt := dt.(type) {
	case *arrow.BooleanType:
		return "BOOLEAN"
	case *arrow.Int8Type:
		return "TINYINT"
	case *arrow.Int16Type:
		return "SMALLINT"
	case *arrow.Int32Type:
		return "INTEGER"
	case *arrow.Int64Type:
		return "BIGINT"
	case *arrow.Uint8Type:
		return "UTINYINT"
	case *arrow.Uint16Type:
		return "USMALLINT"
	case *arrow.Uint32Type:
		return "UINTEGER"
	case *arrow.Uint64Type:
		return "UBIGINT"
	case *arrow.Float32Type:
		return "FLOAT"
	case *arrow.Float64Type:
		return "DOUBLE"
	case *arrow.StringType:
		return "VARCHAR"
	case *arrow.BinaryType:
		return "BLOB"
	case *arrow.Date32Type:
		return "DATE"
	case *arrow.TimestampType:
		if dt.TimeZone != "" {
			return "TIMESTAMPTZ"
		}
		return "TIMESTAMP"
	case *arrow.Decimal128Type:
		if dt.Precision == 38 && dt.Scale == 0 {
			return "HUGEINT"
		}
		return fmt.Sprintf("DECIMAL(%d,%d)", dt.Precision, dt.Scale)
	}
	panic("no DuckDB type for " + dt.String())
}

func loadDuckDB(t testing.TB, rows arrow.RecordBatch) sourcetest.Place {
	t.Helper()
	dir := t.TempDir()
	db, err := sql.Open("duckdb", filepath.Join(dir, "t.duckdb"))
	must(t, err)
	defer db.Close()
	var columns []string
	for _, f := range rows.Schema().Fields() {
		columns = append(columns, `"`+strings.ReplaceAll(f.Name, `"`, `""`)+`" `+duckdbType(f.Type))
	}
	_, err = db.Exec("CREATE TABLE t(" + strings.Join(columns, ", ") + ")")
	must(t, err)
	if rows.NumRows() > 100 {
		appendDuckDB(t, db, rows)
	} else if rows.NumRows() > 0 {
		insertDuckDB(t, db, rows)
	}
	return sourcetest.Place{Config: "database: t.duckdb", Env: connector.Env{Dir: dir}, Model: "SELECT * FROM t ORDER BY rowid",
		Fingerprint: func(t testing.TB) string { return folder(t, dir) }}
}

func execDuckDB(t testing.TB, path, statement string) {
	t.Helper()
	db, err := sql.Open("duckdb", path)
	must(t, err)
	defer db.Close()
	_, err = db.Exec(statement)
	must(t, err)
}

// appendDuckDB takes BIGINT and VARCHAR only: an INSERT of thousands of rows takes DuckDB a second.
func appendDuckDB(t testing.TB, db *sql.DB, rows arrow.RecordBatch) {
	t.Helper()
	conn, err := db.Conn(t.Context())
	must(t, err)
	defer conn.Close()
	must(t, conn.Raw(func(raw any) error {
		a, err := goduckdb.NewAppenderFromConn(raw.(driver.Conn), "", "t")
		if err != nil {
			return err
		}
		for i := range int(rows.NumRows()) {
			ids, names := rows.Column(0).(*array.Int64), rows.Column(1).(*array.String)
			if err := a.AppendRow(ids.Value(i), names.Value(i)); err != nil {
				return err
			}
		}
		return a.Close()
	}))
}

func insertDuckDB(t testing.TB, db *sql.DB, rows arrow.RecordBatch) {
	t.Helper()
	var sqlText strings.Builder
	var args []any
	sqlText.WriteString("INSERT INTO t VALUES ")
	for i := range int(rows.NumRows()) {
		if i > 0 {
			sqlText.WriteString(", ")
		}
		sqlText.WriteString("(")
		for c, col := range rows.Columns() {
			if c > 0 {
				sqlText.WriteString(", ")
			}
			fmt.Fprintf(&sqlText, "CAST(? AS %s)", duckdbType(col.DataType()))
			args = append(args, duckdbValue(col, i))
		}
		sqlText.WriteString(")")
	}
	_, err := db.Exec(sqlText.String(), args...)
	must(t, err)
}

func duckdbValue(col arrow.Array, i int) any {
	if col.IsNull(i) {
		return nil
	}
	switch col := col.(type) {
	case *array.Binary:
		return append([]byte{}, col.Value(i)...)
	case *array.Float64:
		return col.Value(i)
	case *array.Float32:
		return col.Value(i)
	}
	return textOf(col, i)
}
