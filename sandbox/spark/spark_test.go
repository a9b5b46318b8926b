package spark_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/drt-go/drt/sandbox/spark"
	"github.com/drt-go/drt/sandbox/wire"
)

var server *spark.Server

func TestMain(m *testing.M) {
	install := os.Getenv("DRT_SPARK_DIR")
	if install == "" {
		fmt.Println("real Spark + Delta is not asked for: `make delta` installs it (Python, Java 17, Maven) and runs these tests")
		return
	}
	log, err := os.CreateTemp("", "drt-spark-*.log")
	if err != nil {
		panic(err)
	}
	server, err = spark.Start(context.Background(), install, log)
	if err != nil {
		text, _ := os.ReadFile(log.Name())
		fmt.Println(err, string(text))
		os.Exit(1)
	}
	code := m.Run()
	_ = server.Close()
	_ = os.Remove(log.Name())
	os.Exit(code)
}

type client struct {
	t *testing.T
	s wire.Session
}

func open(t *testing.T) client {
	t.Helper()
	s, err := spark.New(server, nil).Open(context.Background(), "main", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	schema := "t_" + strings.ToLower(t.Name())
	c := client{t, s}
	c.run("CREATE SCHEMA main." + schema)
	c.run("USE main." + schema)
	return c
}

// run executes sql and returns its rows, each joined by |.
func (c client) run(sql string, params ...wire.Param) []string {
	c.t.Helper()
	r, err := c.s.Execute(context.Background(), sql, params)
	if err != nil {
		c.t.Fatalf("%s\n%v", sql, err)
	}
	var out []string
	if r.Rows == nil {
		return nil
	}
	defer r.Rows.Release()
	for r.Rows.Next() {
		b := r.Rows.RecordBatch()
		for i := range int(b.NumRows()) {
			parts := make([]string, b.NumCols())
			for j := range parts {
				parts[j] = b.Column(j).ValueStr(i)
			}
			out = append(out, strings.Join(parts, "|"))
		}
	}
	return out
}

func (c client) want(sql string, want ...string) {
	c.t.Helper()
	if got := c.run(sql); strings.Join(got, "\n") != strings.Join(want, "\n") {
		c.t.Errorf("%s\n got %q\nwant %q", sql, got, want)
	}
}

func (c client) wantClass(sql, class string) {
	c.t.Helper()
	_, err := c.s.Execute(context.Background(), sql, nil)
	var e *wire.Error
	if !errors.As(err, &e) || e.Class != class {
		c.t.Errorf("%s\n got %v\nwant class %s", sql, err, class)
	}
}

func TestWritesReportTheirCounts(t *testing.T) {
	c := open(t)
	c.run("CREATE TABLE t (k BIGINT NOT NULL, v VARCHAR(5), PRIMARY KEY (k))")
	c.want("INSERT INTO t VALUES (1, 'a'), (2, 'b')", "2|2")
	c.want("INSERT INTO t SELECT * FROM t WHERE k > 99", "0|0")
	c.want("MERGE INTO t USING (SELECT 2 AS k, 'x' AS v UNION ALL SELECT 3, 'c') s ON t.k = s.k WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT *", "2|1|0|1")
	c.want("SELECT * FROM t ORDER BY k", "1|a", "2|x", "3|c")
}

func TestParametersBecomeLiterals(t *testing.T) {
	c := open(t)
	hostile := "'; DROP \\ */ -- \x00 \n ${x} é"
	params := make([]wire.Param, 7)
	for i := range params {
		params[i] = wire.Param{Type: "STRING", Text: fmt.Sprint(hostile, i)}
	}
	got := c.run("SELECT ?, ?, ?, ?, ?, ?, ?", params...)
	var want []string
	for _, p := range params {
		want = append(want, p.Text)
	}
	if len(got) != 1 || got[0] != strings.Join(want, "|") {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if got := c.run("SELECT ? + 1", wire.Param{Type: "BIGINT", Text: "-9223372036854775808"}); got[0] != "-9223372036854775807" {
		t.Error(got)
	}
}

func TestDeleteNotInSubquery(t *testing.T) {
	c := open(t)
	c.run("CREATE TABLE t (k BIGINT, v STRING)")
	c.run("CREATE TABLE g (c0 BIGINT)")
	c.run("INSERT INTO t VALUES (1,'a'), (2,'b'), (NULL,'n')")
	c.run("INSERT INTO g VALUES (1), (1)")
	c.want("DELETE FROM main.t_testdeletenotinsubquery.t WHERE k NOT IN (SELECT c0 FROM g)", "1")
	c.want("SELECT v FROM t ORDER BY v", "a", "n")
	c.run("INSERT INTO g VALUES (NULL)")
	c.want("DELETE FROM t WHERE k NOT IN (SELECT c0 FROM g)", "0")
	c.run("TRUNCATE TABLE g")
	c.want("DELETE FROM t WHERE k NOT IN (SELECT c0 FROM g)", "2")
	c.wantClass("DELETE FROM t WHERE EXISTS (SELECT 1 FROM g)", "DELTA_UNSUPPORTED_SUBQUERY")
}

func TestErrorsCarryTheirTellingClass(t *testing.T) {
	c := open(t)
	c.run("CREATE TABLE t (k BIGINT NOT NULL)")
	c.wantClass("SELECT * FROM nowhere", "TABLE_OR_VIEW_NOT_FOUND")
	c.wantClass("INSERT INTO t SELECT CAST(x AS BIGINT) FROM (SELECT 'x' AS x)", "CAST_INVALID_INPUT")
	c.wantClass("SELEC 1", "PARSE_SYNTAX_ERROR")
	c.run("CREATE TABLE u AS SELECT 1 AS a")
	c.wantClass("CREATE TABLE w AS SELECT CAST(CAST(a AS STRING) || 'x' AS BIGINT) AS b FROM u", "CAST_INVALID_INPUT")
	c.run("CREATE TABLE w AS SELECT 1 AS b")
}

func TestInformationSchemaShowsWhatDescribeHides(t *testing.T) {
	c := open(t)
	c.run("CREATE TABLE t (k BIGINT NOT NULL, v VARCHAR(5), d DECIMAL(10,2), s STRUCT<a:INT,b:ARRAY<STRING>>, g BIGINT GENERATED ALWAYS AS (k + 1))")
	c.want("SELECT column_name, full_data_type, is_nullable, is_generated FROM `main`.information_schema.columns WHERE table_schema = 't_testinformationschemashowswhatdescribehides' AND table_name = 't' ORDER BY ordinal_position",
		"k|bigint|NO|NEVER", "v|varchar(5)|YES|NEVER", "d|decimal(10,2)|YES|NEVER", "s|struct<a:int,b:array<string>>|YES|NEVER", "g|bigint|YES|ALWAYS")
	c.want("SELECT column_name FROM main.information_schema.columns WHERE table_schema = 'nothing'")
}
