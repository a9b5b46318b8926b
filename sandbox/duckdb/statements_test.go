package duckdb_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/drt-go/drt/sandbox/duckdb"
	"github.com/drt-go/drt/sandbox/duckdb/parse"
	"github.com/drt-go/drt/sandbox/wire"
)

// TestStatementsOfTheDestination: each statement that the Databricks destination is known to send is understood. Most run
// on empty tables; the others name tables that are not there.
func TestStatementsOfTheDestination(t *testing.T) {
	files, err := filepath.Glob("../../destinations/databricks/testdata/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no statements: %v", err)
	}
	ran := 0
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			sql, args := golden(string(text))
			if verb, _, _ := strings.Cut(sql, " "); verb == "PUT" || verb == "REMOVE" || verb == "LIST" {
				t.Skip("the front answers it")
			}
			if _, err := parse.Statement(sql); err != nil {
				t.Fatal(err)
			}
			w := open(t, duckdb.Options{})
			target, columns := "tenant STRING, user_id BIGINT, score DECIMAL(18,2), name STRING", "c0 BIGINT, c1 DECIMAL(18,2), c2 STRING"
			switch {
			case strings.Contains(f, "_types"):
				target = "id BIGINT, b BOOLEAN, t TINYINT, f FLOAT, v STRING, bin BINARY, d DATE, ts TIMESTAMP, ntz TIMESTAMP_NTZ, arr ARRAY<INT>, m MAP<STRING, INT>, st STRUCT<a: INT, b: STRING>, va VARIANT"
				columns = "c0 BIGINT, c1 BOOLEAN, c2 TINYINT, c3 FLOAT, c4 STRING, c5 BINARY, c6 DATE, c7 TIMESTAMP, c8 TIMESTAMP_NTZ, c9 ARRAY<INT>, c10 MAP<STRING, INT>, c11 STRUCT<a: INT, b: STRING>, c12 VARIANT"
			case strings.Contains(f, "_fixed") && strings.Contains(sql, "`code`"):
				target, columns = "code CHAR(3), name STRING", "c0 CHAR(3), c1 STRING"
			case strings.Contains(sql, "`tenant`"), strings.Contains(sql, "`c3`"):
				columns = "c0 STRING, c1 BIGINT, c2 DECIMAL(18,2), c3 STRING"
			}
			target += ", _drt_synced_at TIMESTAMP, _drt_run_id STRING, _drt_deleted_at TIMESTAMP"
			if !strings.HasPrefix(sql, "CREATE") && !strings.Contains(sql, "ADD COLUMNS") {
				w.run("CREATE TABLE user_scores (" + target + ")")
			} else {
				w.run("CREATE TABLE IF NOT EXISTS user_scores (first INT)")
			}
			if !strings.HasPrefix(sql, "CREATE") {
				w.run("CREATE TABLE " + scratch + " (_drt_row BIGINT, " + columns + ")")
				w.run("CREATE TABLE " + scratch + "_probe LIKE user_scores")
			}
			_, err = w.try(sql, args...)
			var we *wire.Error
			switch {
			case err == nil, errors.As(err, &we) && we.Class == "CAST_INVALID_INPUT": // the files' values are of one kind for all
				ran++
			case !errors.As(err, &we) || we.Class != "TABLE_OR_VIEW_NOT_FOUND" && we.Class != "CATALOG_NOT_FOUND" && we.Class != "PATH_NOT_FOUND":
				t.Error(err)
			default:
				t.Log(err)
			}
		})
	}
	if ran < 30 {
		t.Errorf("%d of %d statements ran", ran, len(files))
	}
}

// scratch is the scratch table that the statements name.
const scratch = "__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057"

// golden cuts a file into the statement and its parameters, which stand in comments behind it: -- ?1 string text.
func golden(text string) (sql string, args []any) {
	var lines []string
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if rest, ok := strings.CutPrefix(line, "-- ?"); ok {
			_, rest, _ = strings.Cut(rest, " ")
			if kind, value, _ := strings.Cut(rest, " "); kind == "NULL" {
				args = append(args, nil)
			} else {
				args = append(args, value)
			}
			continue
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), args
}
