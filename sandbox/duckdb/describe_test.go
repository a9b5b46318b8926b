package duckdb_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/drt-go/drt/sandbox/duckdb"
	"github.com/drt-go/drt/sandbox/wire"
)

func TestSession(t *testing.T) {
	w := open(t, duckdb.Options{})
	w.is("main|default", "SHOW CURRENT SCHEMA")
	w.run("CREATE SCHEMA Sales COMMENT 'of 2024'")
	w.run("USE SALES")
	w.is("main.sales", "SELECT concat(current_catalog(), '.', current_schema())")
	w.run("CREATE CATALOG dev")
	w.run("USE CATALOG dev")
	w.is("dev|default", "SHOW CURRENT SCHEMA")
	w.run("USE main.sales")
	w.is("main|sales", "SHOW CURRENT SCHEMA")
	w.is("dev\nhive_metastore\nmain", "SHOW CATALOGS")
	w.is("default\nsales\ninformation_schema", "SHOW SCHEMAS")
	w.is("default", "SHOW SCHEMAS IN `hive_metastore`")
	w.is("sales", "SHOW SCHEMAS LIKE 's*|x'")
	w.run("CREATE SCHEMA IF NOT EXISTS sales")
	w.fails("SCHEMA_ALREADY_EXISTS", "CREATE SCHEMA sales")
	w.fails("CATALOG_ALREADY_EXISTS", "CREATE CATALOG main")
	w.fails("INVALID_PARAMETER_VALUE", "CREATE SCHEMA `a b`")
	w.fails("CATALOG_NOT_FOUND", "CREATE SCHEMA nowhere.s")
	w.fails("SCHEMA_NOT_FOUND", "USE nowhere")
	w.fails("CATALOG_NOT_FOUND", "USE CATALOG nowhere")
	w.run("CREATE TABLE t (a INT)")
	w.fails("SCHEMA_NOT_EMPTY", "DROP SCHEMA sales")
	w.run("DROP SCHEMA sales CASCADE")
	w.fails("SCHEMA_NOT_FOUND", "DROP SCHEMA sales")
	w.run("DROP SCHEMA IF EXISTS sales")
	w.run("DROP CATALOG dev CASCADE")
	w.run("DROP CATALOG IF EXISTS dev")
	w.fails("CATALOG_NOT_FOUND", "DROP CATALOG dev")
}

func TestShowAndInformationSchema(t *testing.T) {
	w := open(t, duckdb.Options{})
	w.is("", "SELECT * FROM main.information_schema.tables")
	w.run("CREATE TABLE User_Scores (K BIGINT NOT NULL PRIMARY KEY, name VARCHAR(10) COMMENT 'it''s', amount DECIMAL(10,2), tags ARRAY<STRING>) " +
		"USING DELTA CLUSTER BY (k) COMMENT 'scores' TBLPROPERTIES ('owner' = 'me')")
	w.run("CREATE TABLE __drt_staging_x (a INT)")
	w.is("K|bigint|NO|(null)|NO|(null)|NO\nname|varchar(10)|YES|(null)|NO|(null)|NO\namount|decimal(10,2)|YES|(null)|NO|(null)|NO\ntags|array<string>|YES|(null)|NO|(null)|NO",
		"SELECT column_name, full_data_type, is_nullable, column_default, is_identity, identity_generation, is_generated FROM `Main`.information_schema.columns "+
			"WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position", "default", "user_scores")
	w.is("K|LONG|64|2|0\nname|VARCHAR|(null)|(null)|(null)\namount|DECIMAL|10|10|2\ntags|ARRAY|(null)|(null)|(null)",
		"SELECT column_name, data_type, numeric_precision, numeric_precision_radix, numeric_scale FROM information_schema.columns WHERE table_name = 'user_scores' ORDER BY ordinal_position")
	w.is("user_scores|MANAGED|scores|DELTA", "SELECT table_name, table_type, comment, data_source_format FROM information_schema.tables WHERE comment IS NOT NULL")
	w.is("default\ninformation_schema", "SELECT schema_name FROM information_schema.schemata ORDER BY 1")
	w.is("main", "SELECT catalog_name FROM information_schema.catalogs")
	w.is("user_scores_pk|PRIMARY KEY", "SELECT constraint_name, constraint_type FROM information_schema.table_constraints")
	w.is("K|1", "SELECT column_name, ordinal_position FROM information_schema.key_column_usage")
	w.fails("UNSUPPORTED_IN_SANDBOX", "SELECT * FROM information_schema.volumes")
	w.fails("TABLE_OR_VIEW_NOT_FOUND", "SELECT * FROM information_schema.nothing")
	w.fails("TABLE_OR_VIEW_NOT_FOUND", "SELECT * FROM hive_metastore.information_schema.columns")
	w.fails("PERMISSION_DENIED", "DELETE FROM information_schema.columns")

	w.is("default|user_scores|false", "SHOW TABLES LIKE 'USER*'")
	w.is("default|__drt_staging_x|false", "SHOW TABLES IN `main`.`default` LIKE '__drt_staging_*'")
	w.fails("SCHEMA_NOT_FOUND", "SHOW TABLES IN main.nowhere")
	w.is("", "SHOW VIEWS")
	w.is("K\nname\namount\ntags", "SHOW COLUMNS IN user_scores")
	w.is("delta.minReaderVersion|1\ndelta.minWriterVersion|7\nowner|me", "SHOW TBLPROPERTIES user_scores")
	w.is("x|Table main.default.user_scores does not have property: x", "SHOW TBLPROPERTIES user_scores ('x')")
	w.is("CREATE TABLE main.default.user_scores (\n  K BIGINT NOT NULL,\n  name VARCHAR(10) COMMENT 'its',\n  amount DECIMAL(10,2),\n  tags ARRAY<STRING>,\n"+
		"  CONSTRAINT user_scores_pk PRIMARY KEY (K))\nUSING delta\nCLUSTER BY (k)\nCOMMENT 'scores'\nTBLPROPERTIES (\n  'delta.minReaderVersion' = '1',\n"+
		"  'delta.minWriterVersion' = '7',\n  'owner' = 'me')\n", "SHOW CREATE TABLE user_scores")
}

func TestDescribe(t *testing.T) {
	w := open(t, duckdb.Options{})
	w.run("CREATE TABLE t (k BIGINT NOT NULL, name VARCHAR(10) COMMENT 'n', p DATE) PARTITIONED BY (p) COMMENT 'scores'")
	columns := "k|bigint|(null)\nname|string|n\np|date|(null)\n# Partition Information||\n# col_name|data_type|comment\np|date|(null)"
	w.is(columns, "DESCRIBE TABLE `main`.`default`.`t`")
	if got := w.run("DESCRIBE TABLE EXTENDED t"); !strings.HasPrefix(got, columns+"\n||\n# Detailed Table Information||\nCatalog|main|\nDatabase|default|\nTable|t|\n") {
		t.Error(got)
	}
	w.is("col_name|name\ndata_type|string\ncomment|n", "DESCRIBE TABLE t name")
	w.fails("UNRESOLVED_COLUMN.WITH_SUGGESTION", "DESCRIBE TABLE t nothing")
	w.fails("TABLE_OR_VIEW_NOT_FOUND", "DESCRIBE TABLE nowhere")
	w.is("a|int|(null)\nb|decimal(3,1)|(null)", "DESCRIBE QUERY SELECT 1 AS a, 12.5 AS b")
	w.is("Catalog Name|main\nNamespace Name|default\nComment|\nOwner|sandbox@localhost", "DESCRIBE SCHEMA default")
	w.is("Catalog Name|main\nComment|\nOwner|sandbox@localhost", "DESCRIBE CATALOG main")
	w.fails("CATALOG_NOT_FOUND", "DESCRIBE CATALOG nowhere")
	w.run("INSERT INTO t VALUES (1, 'a', DATE '2024-01-01')")
	w.run("DELETE FROM t WHERE k = 1")

	history := "[0-9TZ:.-]+"
	got := strings.Split(w.run("DESCRIBE HISTORY t LIMIT 2"), "\n")
	for i, want := range []string{
		`2\|` + history + `\|1\|sandbox@localhost\|DELETE\|\[{"key":"predicate","value":"\["\(k#\d+L = 1\)"\]"}\]\|\(null\)\|\(null\)\|\(null\)\|1\|WriteSerializable\|false\|.*numDeletedRows.*\|\(null\)\|drt-sandbox`,
		`1\|` + history + `\|1\|sandbox@localhost\|WRITE\|.*"Append".*\|0\|WriteSerializable\|true\|.*"numOutputRows","value":"1".*`,
	} {
		if len(got) != 2 || !regexp.MustCompile("^"+want+"$").MatchString(strings.ReplaceAll(got[i], `\"`, `"`)) {
			t.Errorf("history %d: %q, want %s", i, got, want)
		}
	}
	if got := w.run("DESCRIBE DETAIL t"); !regexp.MustCompile(`^delta\|[0-9a-f-]{36}\|main.default.t\|scores\|\(null\)\|` + history + `\|` + history + `\|\["p"\]\|\[\]\|\(null\)\|\(null\)\|\[\]\|1\|2\|\["appendOnly","invariants"\]$`).MatchString(got) {
		t.Error(got)
	}
}

func TestSet(t *testing.T) {
	w := open(t, duckdb.Options{})
	w.is("timezone|UTC", "SET timezone")
	w.is("TIMEZONE|Europe/Berlin", "SET TIMEZONE = Europe/Berlin")
	w.is("2024-07-01 14:00:00", "SELECT CAST(TIMESTAMP '2024-07-01T12:00:00Z' AS STRING)")
	w.run("SET TIME ZONE 'UTC'")
	w.is("spark.sql.session.timeZone|UTC", "SET spark.sql.session.timeZone")
	w.run("SET STATEMENT_TIMEOUT = 60")
	w.run("RESET STATEMENT_TIMEOUT")
	w.is("STATEMENT_TIMEOUT|172800", "SET STATEMENT_TIMEOUT")
	w.run("SET use_cached_result = false")
	w.run("RESET")
	if got := w.run("SET"); !strings.Contains(got, "USE_CACHED_RESULT|true") {
		t.Error(got)
	}
	w.fails("CONFIG_NOT_AVAILABLE", "SET spark.databricks.delta.commitInfo.userMetadata = x")
	w.fails("CONFIG_NOT_AVAILABLE", "SET spark.sql.shuffle.partitions")
	w.fails("CONFIG_NOT_AVAILABLE", "RESET nothing")
	w.fails("UNSUPPORTED_IN_SANDBOX", "SET ansi_mode = false")
	w.fails("UNSUPPORTED_IN_SANDBOX", "SET legacy_time_parser_policy = legacy")
	w.fails("INVALID_CONF_VALUE.TIME_ZONE", "SET TIME ZONE 'Nowhere'")
	w.run("SET statement_timeout = 1")
	w.fails("QUERY_EXECUTION_TIMEOUT_EXCEEDED", "SELECT max(a.id * b.id % 7) FROM range(10000000) a CROSS JOIN range(10000000) b")
	w.fails("INVALID_CONF_VALUE", "SET ansi_mode = perhaps")
	w.fails("INVALID_CONF_VALUE", "SET statement_timeout = -1")
	w.fails("INVALID_CONF_VALUE", "SET legacy_time_parser_policy = x")
}

func TestOpenSession(t *testing.T) {
	e, err := duckdb.New(duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		catalog, schema string
		conf            map[string]string
		class           string
	}{
		{"", "", map[string]string{"ANSI_MODE": "true", "TIMEZONE": "UTC", "QUERY_TAGS": "team:data", "spark.thriftserver.arrowBasedRowSet.timestampAsString": "false"}, ""},
		{"MAIN", "Default", nil, ""},
		{"hive_metastore", "", nil, ""},
		{"main", "information_schema", nil, ""},
		{"nowhere", "", nil, "CATALOG_NOT_FOUND"},
		{"main", "nowhere", nil, "SCHEMA_NOT_FOUND"},
		{"", "", map[string]string{"ansi_mode": "false"}, "UNSUPPORTED_IN_SANDBOX"},
		{"", "", map[string]string{"spark.executor.memory": "1g"}, "CONFIG_NOT_AVAILABLE"},
	} {
		s, err := e.Open(t.Context(), c.catalog, c.schema, c.conf)
		if err == nil {
			_ = s.Close()
		}
		var we *wire.Error
		if errors.As(err, &we); c.class == "" && err != nil || c.class != "" && (we == nil || we.Class != c.class) {
			t.Errorf("%v: %v, want %s", c, err, c.class)
		}
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}
