package duckdb_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/drt-go/drt/sandbox/duckdb"
)

// operations are what DESCRIBE HISTORY names the commits of t, the newest first.
func (w *warehouse) operations() string {
	w.t.Helper()
	var out []string
	for _, line := range strings.Split(w.run("DESCRIBE HISTORY t"), "\n") {
		out = append(out, strings.Split(line, "|")[4])
	}
	return strings.Join(out, ", ")
}

func TestAlterColumns(t *testing.T) {
	w := open(t, duckdb.Options{})
	w.run("CREATE TABLE t (k INT NOT NULL, name VARCHAR(3))")
	w.run("INSERT INTO t VALUES (1, 'a')")
	w.run("ALTER TABLE t ADD COLUMNS (`tenant` STRING, score DOUBLE COMMENT 'c')")
	w.is("1|a|(null)|(null)", "SELECT * FROM t")
	w.is("1|a", "SELECT * FROM t VERSION AS OF 1")
	w.run("INSERT INTO t VALUES (2, 'b', 'x', 1.5)")
	w.fails("FIELD_ALREADY_EXISTS", "ALTER TABLE t ADD COLUMN TENANT STRING")
	w.fails("UNSUPPORTED_IN_SANDBOX", "ALTER TABLE t ADD COLUMN z STRING NOT NULL")
	w.fails("WRONG_COLUMN_DEFAULTS_FOR_DELTA_ALTER_TABLE_ADD_COLUMN_NOT_SUPPORTED", "ALTER TABLE t ADD COLUMN z STRING DEFAULT 'x'")
	w.fails("DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES", "ALTER TABLE t ADD COLUMN `a b` STRING")

	w.fails("DELTA_NEW_NOT_NULL_VIOLATION", "ALTER TABLE t ALTER COLUMN tenant SET NOT NULL")
	w.run("UPDATE t SET tenant = 'y' WHERE k = 1")
	w.run("ALTER TABLE t ALTER COLUMN tenant SET NOT NULL")
	w.fails("DELTA_NOT_NULL_CONSTRAINT_VIOLATED", "INSERT INTO t VALUES (3, 'c', NULL, 1)")
	w.run("ALTER TABLE t ALTER COLUMN tenant DROP NOT NULL")
	w.run("INSERT INTO t VALUES (3, 'c', NULL, 1)")

	w.fails("WRONG_COLUMN_DEFAULTS_FOR_DELTA_FEATURE_NOT_ENABLED", "ALTER TABLE t ALTER COLUMN name SET DEFAULT 'd'")
	w.run("ALTER TABLE t SET TBLPROPERTIES ('delta.feature.allowColumnDefaults' = 'supported')")
	w.run("ALTER TABLE t ALTER COLUMN name SET DEFAULT 'd'")
	w.fails("INVALID_DEFAULT_VALUE.UNRESOLVED_EXPRESSION", "ALTER TABLE t ALTER COLUMN name SET DEFAULT nothing")
	w.run("INSERT INTO t (k) VALUES (4)")
	w.is("d", "SELECT name FROM t WHERE k = 4")
	w.run("ALTER TABLE t ALTER COLUMN name DROP DEFAULT")
	w.run("ALTER TABLE t ALTER COLUMN name COMMENT 'of a user'")
	w.is("col_name|name\ndata_type|string\ncomment|of a user", "DESCRIBE TABLE t name")

	w.fails("DELTA_EXCEED_CHAR_VARCHAR_LIMIT", "INSERT INTO t (k, name) VALUES (5, 'long')")
	w.run("ALTER TABLE t ALTER COLUMN name TYPE VARCHAR(5)")
	w.run("INSERT INTO t (k, name) VALUES (5, 'long')")
	w.fails("DELTA_UNSUPPORTED_ALTER_TABLE_CHANGE_COL_OP", "ALTER TABLE t ALTER COLUMN k TYPE BIGINT")
	w.run("ALTER TABLE t SET TBLPROPERTIES ('delta.enableTypeWidening' = 'true')")
	w.fails("DELTA_UNSUPPORTED_ALTER_TABLE_CHANGE_COL_OP", "ALTER TABLE t ALTER COLUMN k TYPE SMALLINT")
	w.run("ALTER TABLE t ALTER COLUMN k TYPE BIGINT")
	w.run("INSERT INTO t (k) VALUES (9223372036854775807)")
	w.is("1\n2\n3\n4\n5\n9223372036854775807", "SELECT k FROM t ORDER BY k")
	w.is("bigint", "SELECT full_data_type FROM information_schema.columns WHERE table_name = 't' AND column_name = 'k'")
	w.is("1\n2", "SELECT k FROM t VERSION AS OF 4 ORDER BY k")
	w.fails("UNRESOLVED_COLUMN.WITH_SUGGESTION", "ALTER TABLE t ALTER COLUMN nothing COMMENT 'x'")
}

func TestRenameAndDropColumns(t *testing.T) {
	w := open(t, duckdb.Options{})
	w.run("CREATE TABLE t (k INT, a STRING, b STRING GENERATED ALWAYS AS (upper(a)), p INT) CLUSTER BY (p)")
	w.run("INSERT INTO t (k, a) VALUES (1, 'x')")
	w.fails("DELTA_UNSUPPORTED_RENAME_COLUMN", "ALTER TABLE t RENAME COLUMN k TO id")
	w.fails("DELTA_UNSUPPORTED_DROP_COLUMN", "ALTER TABLE t DROP COLUMN k")
	w.run("ALTER TABLE t SET TBLPROPERTIES ('DELTA.columnmapping.mode' = 'name')")
	w.run("ALTER TABLE t RENAME COLUMN k TO `the id`")
	w.is("1|x|X|(null)", "SELECT `the id`, a, b, p FROM t")
	w.fails("UNRESOLVED_COLUMN.WITH_SUGGESTION", "SELECT k FROM t")
	w.is("1", "SELECT k FROM t VERSION AS OF 1")
	w.fails("FIELD_ALREADY_EXISTS", "ALTER TABLE t RENAME COLUMN p TO b")
	w.fails("DELTA_GENERATED_COLUMNS_DEPENDENT_COLUMN_CHANGE", "ALTER TABLE t DROP COLUMN a")
	w.fails("DELTA_UNSUPPORTED_DROP_PARTITION_COLUMN", "ALTER TABLE t DROP COLUMN p")
	w.run("ALTER TABLE t DROP COLUMNS (b)")
	w.run("ALTER TABLE t ADD COLUMN b INT")
	w.run("INSERT INTO t VALUES (2, 'y', 3, 4)")
	w.is("1|x|(null)|(null)\n2|y|3|4", "SELECT * FROM t ORDER BY 1")
	w.fails("DELTA_UNSUPPORTED_COLUMN_MAPPING_MODE_CHANGE", "ALTER TABLE t SET TBLPROPERTIES ('delta.columnMapping.mode' = 'none')")
	w.run("ALTER TABLE t CLUSTER BY NONE")
	if got := w.operations(); !strings.HasPrefix(got, "CLUSTER BY, WRITE, ADD COLUMNS, DROP COLUMNS, RENAME COLUMN, SET TBLPROPERTIES, WRITE") {
		t.Error(got)
	}
}

func TestConstraintsAndProperties(t *testing.T) {
	w := open(t, duckdb.Options{})
	w.run("CREATE TABLE t (k INT, n INT)")
	w.run("INSERT INTO t VALUES (1, 5), (2, -1)")
	w.fails("DELTA_NEW_CHECK_CONSTRAINT_VIOLATION", "ALTER TABLE t ADD CONSTRAINT positive CHECK (n > 0)")
	w.run("DELETE FROM t WHERE n < 0")
	w.run("ALTER TABLE t ADD CONSTRAINT Positive CHECK (n > 0)")
	w.fails("DELTA_CONSTRAINT_ALREADY_EXISTS", "ALTER TABLE t ADD CONSTRAINT positive CHECK (n > 1)")
	w.fails("DELTA_VIOLATE_CONSTRAINT_WITH_VALUES", "INSERT INTO t VALUES (3, 0)")
	w.fails("DELTA_VIOLATE_CONSTRAINT_WITH_VALUES", "INSERT INTO t VALUES (3, NULL)")
	w.is("delta.constraints.positive|n > 0", "SHOW TBLPROPERTIES t ('delta.constraints.positive')")
	w.fails("DELTA_ADD_CONSTRAINTS", "ALTER TABLE t SET TBLPROPERTIES ('delta.constraints.x' = 'n > 1')")
	w.fails("DELTA_CONSTRAINT_DOES_NOT_EXIST", "ALTER TABLE t DROP CONSTRAINT nothing")
	w.run("ALTER TABLE t DROP CONSTRAINT IF EXISTS nothing")
	w.run("ALTER TABLE t DROP CONSTRAINT positive")
	w.run("INSERT INTO t VALUES (3, 0)")

	w.run("ALTER TABLE t SET TBLPROPERTIES ('drt.fence' = 'run-1', 'comment' = 'c')")
	w.is("drt.fence|run-1", "SHOW TBLPROPERTIES t ('drt.fence')")
	w.run("ALTER TABLE t UNSET TBLPROPERTIES ('drt.fence')")
	w.fails("UNSET_NONEXISTENT_PROPERTIES", "ALTER TABLE t UNSET TBLPROPERTIES ('drt.fence')")
	w.run("ALTER TABLE t UNSET TBLPROPERTIES IF EXISTS ('drt.fence')")
	w.fails("DELTA_UNKNOWN_CONFIGURATION", "ALTER TABLE t SET TBLPROPERTIES ('delta.nothing' = '1')")
	w.fails("DELTA_UNKNOWN_CONFIGURATION", "CREATE TABLE u (a INT) TBLPROPERTIES ('delta.nothing' = '1')")
	w.run("COMMENT ON TABLE t IS 'rows'")
	w.is("rows", "SELECT comment FROM information_schema.tables WHERE table_name = 't'")
	w.run("ALTER TABLE t SET TBLPROPERTIES ('delta.appendOnly' = 'true')")
	w.fails("DELTA_CANNOT_MODIFY_APPEND_ONLY", "DELETE FROM t")
	w.run("INSERT INTO t VALUES (9, 9)")
	if got := w.run("DESCRIBE HISTORY t LIMIT 1"); !strings.Contains(got, "WRITE") {
		t.Error(got)
	}

	w.run("ALTER TABLE t RENAME TO Renamed")
	w.fails("TABLE_OR_VIEW_NOT_FOUND", "SELECT * FROM t")
	w.is("3", "SELECT count(*) FROM renamed")
	w.run("CREATE TABLE other (a INT)")
	w.fails("TABLE_OR_VIEW_ALREADY_EXISTS", "ALTER TABLE renamed RENAME TO other")
	w.fails("TABLE_OR_VIEW_NOT_FOUND", "ALTER TABLE nowhere ADD COLUMN a INT")
}

func TestRestore(t *testing.T) {
	w := open(t, duckdb.Options{})
	w.run("CREATE TABLE t (k INT, v STRING)")
	w.run("INSERT INTO t VALUES (1, 'a'), (2, 'b')") // 1
	w.run("UPDATE t SET v = 'B' WHERE k = 2")        // 2
	w.run("DELETE FROM t WHERE k = 1")               // 3
	w.run("ALTER TABLE t ADD COLUMN n INT")          // 4
	w.run("INSERT INTO t VALUES (3, 'c', 3)")        // 5
	w.is("(null)|(null)|1|1|(null)|(null)", "RESTORE TABLE t TO VERSION AS OF 1")
	w.is("1|a\n2|b", "SELECT * FROM t ORDER BY k")
	w.is("2|B|(null)\n3|c|3", "SELECT * FROM t VERSION AS OF 5 ORDER BY k")
	w.run("ALTER TABLE t ADD COLUMN n STRING")
	w.run("INSERT INTO t VALUES (4, 'd', 'n')")
	w.is("1|a|(null)\n2|b|(null)\n4|d|n", "SELECT * FROM t ORDER BY k")
	w.run("CREATE OR REPLACE TABLE t (z INT)") // 9
	w.run("INSERT INTO t VALUES (7)")          // 10
	w.run("RESTORE TABLE t TO VERSION AS OF 8")
	w.is("1|a|(null)\n2|b|(null)\n4|d|n", "SELECT * FROM t ORDER BY k")
	w.run("RESTORE TABLE t TO VERSION AS OF 10")
	w.is("7", "SELECT * FROM t")
	w.is("RESTORE, RESTORE, WRITE, CREATE OR REPLACE TABLE, WRITE, ADD COLUMNS, RESTORE, WRITE, ADD COLUMNS, DELETE, UPDATE, WRITE, CREATE TABLE", "SELECT ?", w.operations())
	w.fails("DELTA_CANNOT_RESTORE_TABLE_VERSION", "RESTORE TABLE t TO VERSION AS OF 99")
	w.fails("DELTA_CANNOT_RESTORE_TIMESTAMP_GREATER", "RESTORE TABLE t TO TIMESTAMP AS OF '2999-01-01'")
	w.fails("DELTA_TIMESTAMP_GREATER_THAN_COMMIT", "SELECT * FROM t TIMESTAMP AS OF '2999-01-01'")
	w.fails("DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION", "SELECT * FROM t TIMESTAMP AS OF '1999-01-01'")
	at := regexp.MustCompile(`(?m)^5\|([^|]+)\|`).FindStringSubmatch(w.run("DESCRIBE HISTORY t"))[1]
	w.run("RESTORE TABLE t TO TIMESTAMP AS OF '" + at + "'")
	w.is("2|B|(null)\n3|c|3", "SELECT * FROM t ORDER BY k")
}

func TestMaintenanceAndExplain(t *testing.T) {
	w := open(t, duckdb.Options{})
	w.run("CREATE TABLE t (k INT)")
	w.run("OPTIMIZE t")
	w.run("VACUUM t")
	w.run("ANALYZE TABLE t COMPUTE STATISTICS")
	w.fails("TABLE_OR_VIEW_NOT_FOUND", "OPTIMIZE nowhere")
	if got := w.run("EXPLAIN SELECT * FROM t"); !strings.HasPrefix(got, "== Physical Plan") {
		t.Error(got)
	}
	w.fails("TABLE_OR_VIEW_NOT_FOUND", "EXPLAIN SELECT * FROM nowhere")
	w.fails("UNSUPPORTED_IN_SANDBOX", "EXPLAIN DELETE FROM t")
}
