package bind

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/native"
	"github.com/drt-go/drt/sandbox/duckdb/parse"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
	"github.com/drt-go/drt/sandbox/wire"
)

// everyTable is what any name of FROM means here: a column of each kind.
func everyTable(*ast.TableName) (Relation, error) {
	types := []string{"BIGINT", "STRING", "DECIMAL(18,2)", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP", "BINARY", "ARRAY<STRING>", "MAP<STRING,INT>", "STRUCT<x:INT,y:STRING>", "VARIANT"}
	r := Relation{SQL: "everything", Name: []string{"main", "default", "t"}}
	for i, text := range types {
		t, err := sqltype.ParseText(text)
		if err != nil {
			return r, err
		}
		name := string(rune('a' + i))
		r.Cols = append(r.Cols, Column{Name: name, Type: t, SQL: "p_" + name})
	}
	return r, nil
}

// FuzzTranslate: a query is refused as clients know it, or becomes SQL that DuckDB can read: no name or text of a user
// leaves its quotes on the way.
func FuzzTranslate(f *testing.F) {
	for _, sql := range []string{
		"SELECT 1", "SELECT `a`, 'it''s', \"x\\\"y\" FROM t WHERE a = ? AND b LIKE '%\\'%'", "SELECT a AS `x\"y;--`, count(*) OVER (PARTITION BY b ORDER BY c) FROM t",
		"WITH `c\"` AS (SELECT a, b FROM t) SELECT * EXCEPT (a) FROM `c\"` JOIN t USING (b)", "SELECT CAST(b AS DECIMAL(10,2)), try_cast(b AS DATE), d::INT FROM t",
		"SELECT from_json(b, 'array<array<string>>', map('mode', 'FAILFAST')) FROM t", "SELECT transform(i, x -> concat(x, '\"')), j['k'], k.x, l:p[0] FROM t",
		"SELECT posexplode(from_json(?, 'array<array<string>>')) AS (pos, r)", "SELECT CASE WHEN a IN (SELECT a FROM t) THEN x'00' ELSE NULL END, a BETWEEN 1 AND 2 FROM t",
		"SELECT named_struct('a\"', 1, 'b', array(1, 2)), date_format(g, 'yyyy-MM''x'), INTERVAL 1 DAY + f FROM t LIMIT 3", "VALUES (1, 'a'), (2, NULL) ORDER BY 1",
		"SELECT named_struct('', 1)", "SELECT CAST(NULL AS STRUCT<``:INT>)", "SELECT named_struct('\xdd', 1)", "SELECT named_struct('a\\0b', 1)", "SELECT CAST(NULL AS STRUCT<`a\x00b`:INT>)", "SELECT from_json(b, 'struct<``:int>') FROM t",
		"SELECT a FROM t UNION ALL SELECT 1 EXCEPT SELECT 2 ORDER BY a NULLS LAST", "SELECT explode(i) FROM t LATERAL VIEW explode(j) v AS m, n QUALIFY row_number() OVER (ORDER BY a) = 1",
	} {
		f.Add(sql)
	}
	files, err := filepath.Glob("../../../destinations/databricks/testdata/*.sql")
	if err != nil || len(files) == 0 {
		f.Fatal("no statements to begin with", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	read := reader(f)
	functions := NewFunctions()
	f.Fuzz(func(t *testing.T, sql string) {
		parsed, err := parse.Statement(sql)
		if err != nil {
			return
		}
		query, ok := parsed.Stmt.(*ast.Query)
		if !ok {
			return
		}
		e := &Env{Functions: functions, Zone: "Europe/Berlin", Now: time.Unix(1700000000, 0), User: "u", Catalog: "main", Schema: "default", Table: everyTable}
		e.File = func(string, string) (Relation, error) { return everyTable(nil) }
		e.Texts = func(native.Texts) (string, error) { return "texts", nil }
		for range parsed.Params {
			e.Params = append(e.Params, ast.Literal{Text: `{"x":"it's \" y"}`, Type: sqltype.Of(sqltype.String)})
		}
		bound, err := e.Query(query)
		if err != nil {
			var w *wire.Error
			if !errors.As(err, &w) || w.Class == "" || len(w.SQLState) != 5 {
				t.Fatalf("%q: %#v is no error as clients know them", sql, err)
			}
			return
		}
		if message := read(bound.SQL); message != "" {
			t.Fatalf("%q\nbecomes %q,\nwhich DuckDB does not read: %s", sql, bound.SQL, message)
		}
	})
}

// reader returns a function that lets DuckDB read a query, without running or binding it, and says why it cannot.
func reader(f *testing.F) func(sql string) string {
	db, err := native.Open("", nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(db.Close)
	c, err := db.Connect()
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(c.Close)
	return func(sql string) string {
		rows, err := c.Strings(context.Background(), "SELECT CAST(json_serialize_sql('"+strings.ReplaceAll(sql, "'", "''")+"') AS VARCHAR)", 1)
		if err != nil {
			return err.Error()
		}
		var answer struct {
			Failed  bool   `json:"error"`
			Kind    string `json:"error_type"`
			Message string `json:"error_message"`
		}
		if err := json.Unmarshal([]byte(*rows[0][0]), &answer); err != nil {
			return err.Error()
		}
		if answer.Failed && answer.Kind == "parser" {
			return answer.Message
		}
		return ""
	}
}
