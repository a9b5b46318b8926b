package wire_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	dbsql "github.com/databricks/databricks-sql-go"
	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/sandbox/wire"
)

// every has a column of every type.
func every() []wire.Column {
	return []wire.Column{
		{Name: "b", Type: "BOOLEAN"}, {Name: "i8", Type: "TINYINT"}, {Name: "i16", Type: "SMALLINT"}, {Name: "i32", Type: "INT"},
		{Name: "i64", Type: "BIGINT"}, {Name: "f32", Type: "FLOAT"}, {Name: "f64", Type: "DOUBLE"}, {Name: "s", Type: "STRING"},
		{Name: "vc", Type: "VARCHAR(10)"}, {Name: "bin", Type: "BINARY"}, {Name: "dec", Type: "DECIMAL(38,10)"}, {Name: "d", Type: "DATE"},
		{Name: "ts", Type: "TIMESTAMP"}, {Name: "ntz", Type: "TIMESTAMP_NTZ"}, {Name: "arr", Type: "ARRAY<INT>"},
		{Name: "m", Type: "MAP<STRING,INT>"}, {Name: "st", Type: "STRUCT<a: INT, b: ARRAY<STRING>>"}, {Name: "v", Type: "VARIANT"}, {Name: "n", Type: "VOID"},
	}
}

const (
	full = `{"b": true, "i8": -128, "i16": -32768, "i32": -2147483648, "i64": -9223372036854775808, "f32": 1.5, "f64": 1e300,
	"s": "ü\u0000'\\ \"", "vc": "abc", "bin": "AP8=", "dec": "-1234567890123456789012345678.0123456789", "d": "1582-10-15",
	"ts": "2024-02-29 23:59:59.123456", "ntz": "1899-12-31 00:00:00.000001", "arr": [1, null, 3], "m": [{"key": "k\"", "value": 1}],
	"st": {"a": 1, "b": ["x", null]}, "v": "{\"a\":1}", "n": null}`
	empty = `{"b": null, "i8": null, "i16": null, "i32": null, "i64": null, "f32": null, "f64": null, "s": null, "vc": null, "bin": null,
	"dec": null, "d": null, "ts": null, "ntz": null, "arr": null, "m": null, "st": null, "v": null, "n": null}`
)

func wantFull() []any {
	return []any{true, int8(-128), int16(-32768), int32(-2147483648), int64(-9223372036854775808), float32(1.5), 1e300,
		"ü\x00'\\ \"", "abc", []byte{0, 255}, "-1234567890123456789012345678.0123456789", day(1582, 10, 15),
		time.Date(2024, 2, 29, 23, 59, 59, 123456000, time.UTC), time.Date(1899, 12, 31, 0, 0, 0, 1000, time.UTC),
		`[1,null,3]`, `{"k\"":1}`, `{"a":1,"b":["x",null]}`, `{"a":1}`, nil}
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// TestScanEveryType reads every type by the driver, once in Arrow and once in columns.
func TestScanEveryType(t *testing.T) {
	srv := start(t, &fakeEngine{answers: map[string]answer{"q": returns(every(), "["+full+","+empty+"]", "["+empty+","+full+"]")}})
	nulls := make([]any, len(every()))
	want := [][]any{wantFull(), nulls, nulls, wantFull()}
	t.Run("arrow", func(t *testing.T) {
		if diff := cmp.Diff(want, scan(t, connect(t, srv), "q")); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
	})
	t.Run("arrow, native decimal", func(t *testing.T) {
		if diff := cmp.Diff(want, scan(t, connect(t, srv, dbsql.WithArrowNativeDecimal(true)), "q")); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
	})
	t.Run("columns", func(t *testing.T) {
		if diff := cmp.Diff(want, scan(t, inColumns(t, srv), "q")); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
	})
}

func TestColumnTypeNames(t *testing.T) {
	srv := start(t, &fakeEngine{answers: map[string]answer{"q": returns(every(), "["+full+"]")}})
	rows, err := connect(t, srv).QueryContext(t.Context(), "q")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range types {
		got = append(got, c.DatabaseTypeName())
	}
	want := []string{"BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "STRING", "STRING", "BINARY", "DECIMAL", "DATE",
		"TIMESTAMP", "TIMESTAMP", "ARRAY", "MAP", "STRUCT", "STRING", "NULL"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("types (-want +got):\n%s", diff)
	}
}

// TestEmptyResult: no rows is no error, in both formats, and the columns are known.
func TestEmptyResult(t *testing.T) {
	srv := start(t, &fakeEngine{answers: map[string]answer{"q": returns(every()), "r": returns(every(), "[]")}})
	for _, q := range []string{"q", "r"} {
		for name, db := range map[string]*sql.DB{"arrow": connect(t, srv), "columns": inColumns(t, srv)} {
			rows, err := db.QueryContext(t.Context(), q)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			columns, err := rows.Columns()
			if err != nil || len(columns) != len(every()) {
				t.Errorf("%s: columns %v, %v", name, columns, err)
			}
			if rows.Next() || rows.Err() != nil {
				t.Errorf("%s: a row, or error %v", name, rows.Err())
			}
			_ = rows.Close()
		}
	}
}

// TestSessionZone: a TIMESTAMP is an instant, whatever the zone of the session.
func TestSessionZone(t *testing.T) {
	cols := []wire.Column{{Name: "ts", Type: "TIMESTAMP"}}
	srv := start(t, &fakeEngine{answers: map[string]answer{"q": func(ctx context.Context, p []wire.Param) (*wire.Result, error) {
		return inZone(cols, "Asia/Tokyo", `[{"ts": "2024-01-01 12:00:00"}]`)
	}}})
	want := time.Date(2024, 1, 1, 12, 0, 0, 0, time.UTC)
	zone := dbsql.WithSessionParams(map[string]string{"timezone": "Asia/Tokyo"})
	for name, db := range map[string]*sql.DB{"arrow": connect(t, srv, zone), "columns": inColumns(t, srv, zone)} {
		got, ok := scan(t, db, "q")[0][0].(time.Time)
		if !ok || !got.Equal(want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

func scan(t *testing.T, db *sql.DB, query string) [][]any {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var out [][]any
	for rows.Next() {
		row, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			to[i] = &row[i]
		}
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		for i := range row {
			if at, ok := row[i].(time.Time); ok {
				row[i] = at.UTC()
			}
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
