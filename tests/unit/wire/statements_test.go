package wire_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	dbsql "github.com/databricks/databricks-sql-go"
	dbsqlerr "github.com/databricks/databricks-sql-go/errors"
	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/sandbox"
	"github.com/drt-go/drt/sandbox/wire"
)

// TestModifiedRows: DML has a row of counts for queries and RowsAffected for Exec; DDL has neither.
func TestModifiedRows(t *testing.T) {
	srv := start(t, &fakeEngine{answers: map[string]answer{"dml": modifies(7), "ddl": ddl}})
	db := connect(t, srv)
	for stmt, want := range map[string]int64{"dml": 7, "ddl": 0} {
		res, err := db.ExecContext(t.Context(), stmt)
		if err != nil {
			t.Fatalf("%s: %v", stmt, err)
		}
		if n, err := res.RowsAffected(); n != want || err != nil {
			t.Errorf("%s: RowsAffected = %d, %v; want %d", stmt, n, err, want)
		}
	}
	if diff := cmp.Diff([][]any{{int64(7)}}, scan(t, db, "dml")); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if rows := scan(t, db, "ddl"); len(rows) != 0 {
		t.Errorf("DDL returned rows: %v", rows)
	}
}

// TestErrorHasClassAndState: both reach the caller, by text and by type.
func TestErrorHasClassAndState(t *testing.T) {
	e := &wire.Error{Class: "TABLE_OR_VIEW_NOT_FOUND", SQLState: "42P01", Message: "The table or view `t` cannot be found."}
	srv := start(t, &fakeEngine{answers: map[string]answer{"bad": fails(e)}})
	db := connect(t, srv)
	_, execErr := db.ExecContext(t.Context(), "bad")
	_, queryErr := db.QueryContext(t.Context(), "bad") //nolint:rowserrcheck,sqlclosecheck // there are no rows
	for name, err := range map[string]error{"exec": execErr, "query": queryErr} {
		var execution dbsqlerr.DBExecutionError
		if !errors.As(err, &execution) || execution.SqlState() != "42P01" || execution.QueryId() == "" {
			t.Errorf("%s: no execution error with SQLSTATE and query id: %v", name, err)
		}
		if err == nil || !strings.Contains(err.Error(), "[TABLE_OR_VIEW_NOT_FOUND] The table or view `t` cannot be found. SQLSTATE: 42P01") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestPings(t *testing.T) {
	if err := connect(t, start(t, &fakeEngine{})).PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestOpenPassesNamespaceAndConf(t *testing.T) {
	e := &fakeEngine{}
	srv := start(t, e)
	db := connect(t, srv, dbsql.WithInitialNamespace("main", "crm"), dbsql.WithSessionParams(map[string]string{"ansi_mode": "true"}))
	if err := db.PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	if e.catalog != "main" || e.schema != "crm" || e.conf["ansi_mode"] != "true" {
		t.Errorf("opened with %q.%q, %v", e.catalog, e.schema, e.conf)
	}
	err := connect(t, srv, dbsql.WithInitialNamespace("missing", "")).PingContext(t.Context())
	if err == nil || !strings.Contains(err.Error(), "NO_SUCH_CATALOG_EXCEPTION") {
		t.Errorf("a missing catalog: %v", err)
	}
}

// TestParameters: what database/sql binds arrives with its type, untouched.
func TestParameters(t *testing.T) {
	e := &fakeEngine{answers: map[string]answer{"SELECT ?, ?, ?, ?, ?": ddl, "SELECT '?', ?": ddl}}
	db := connect(t, start(t, e))
	if _, err := db.ExecContext(t.Context(), "SELECT ?, ?, ?, ?, ?", "it's", int64(1)<<60, 0.1, true, nil); err != nil {
		t.Fatal(err)
	}
	want := []wire.Param{{Type: "STRING", Text: "it's"}, {Type: "BIGINT", Text: "1152921504606846976"}, {Type: "DOUBLE", Text: "0.1"},
		{Type: "BOOLEAN", Text: "true"}, {Type: "VOID", Null: true}}
	if diff := cmp.Diff(want, e.params); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
	if _, err := db.ExecContext(t.Context(), "SELECT '?', ?", 1); err != nil {
		t.Errorf("a question mark in a string is no marker: %v", err)
	}
}

func TestParametersRefused(t *testing.T) {
	const many = "many"
	e := &fakeEngine{answers: map[string]answer{many: ddl, "SELECT ?, ?": ddl}}
	db := connect(t, start(t, e))
	for _, c := range []struct {
		name, sql, want string
		args            []any
	}{
		{"256", many, "TOO_MANY_PARAMETERS", make([]any, 256)},
		{"more than 1 MiB", many, "PARAMETERS_TOO_LARGE", []any{strings.Repeat("x", 1<<20), "y"}},
		{"unbound", "SELECT ?, ?", "UNBOUND_SQL_PARAMETER", []any{1}},
		{"named", many, "UNSUPPORTED_IN_SANDBOX", []any{dbsql.Parameter{Name: "a", Value: "x"}}},
	} {
		if c.name == "named" {
			c.args = []any{sql.Named("a", "x")}
		}
		_, err := db.ExecContext(t.Context(), c.sql, c.args...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
	if len(e.executed) != 0 {
		t.Errorf("executed all the same: %v", e.executed)
	}
	if _, err := db.ExecContext(t.Context(), many, make([]any, 255)...); err != nil {
		t.Errorf("255 parameters: %v", err)
	}
}

// TestPages reads more rows than fit into a page, and rows too large for one.
func TestPages(t *testing.T) {
	const n = 250_003
	srv := start(t, &fakeEngine{answers: map[string]answer{"numbers": numbers(n, nil), "large": large(40)}})
	for name, db := range map[string]*sql.DB{"arrow": connect(t, srv), "columns": inColumns(t, srv), "small pages": connect(t, srv, dbsql.WithMaxRows(999))} {
		rows, err := db.QueryContext(t.Context(), "numbers")
		if err != nil {
			t.Fatal(err)
		}
		var want, got int64
		for ; rows.Next(); want++ {
			if err := rows.Scan(&got); err != nil || got != want {
				t.Fatalf("%s: row %d is %d, %v", name, want, got, err)
			}
		}
		if rows.Err() != nil || want != n {
			t.Errorf("%s: %d rows, error %v", name, want, rows.Err())
		}
	}
	if rows := scan(t, connect(t, srv), "large"); len(rows) != 40 || len(rows[39][0].(string)) != 1<<20 {
		t.Errorf("large rows: %d", len(rows))
	}
}

// TestShortReadIsAnError: rows that fail to come never look like the end.
func TestShortReadIsAnError(t *testing.T) {
	srv := start(t, &fakeEngine{answers: map[string]answer{"late": numbers(150_000, errFake), "early": numbers(0, errFake)}})
	rows, err := connect(t, srv).QueryContext(t.Context(), "late")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for rows.Next() {
		n++
	}
	if rows.Err() == nil || !strings.Contains(rows.Err().Error(), "fake") {
		t.Errorf("after %d rows: error %v", n, rows.Err())
	}
	if _, err := connect(t, srv).QueryContext(t.Context(), "early"); err == nil { //nolint:rowserrcheck,sqlclosecheck // there are no rows
		t.Error("a query that fails at its first row succeeded")
	}
}

// TestTwoResultsOfOneSession: a statement does not cut off rows of the one before.
func TestTwoResultsOfOneSession(t *testing.T) {
	srv := start(t, &fakeEngine{answers: map[string]answer{"numbers": numbers(120_000, nil), "dml": modifies(1)}})
	conn := pinned(t, srv)
	var n int
	err := conn.Raw(func(c any) error {
		rows, err := query(t.Context(), c, "numbers")
		if err != nil {
			return err
		}
		if _, err := query(t.Context(), c, "dml"); err != nil {
			return err
		}
		n, err = drain(rows)
		return err
	})
	if err != nil || n != 120_000 {
		t.Errorf("%d rows, %v", n, err)
	}
}

// TestLongStatement: the client is told to poll, and finds the result in the end.
func TestLongStatement(t *testing.T) {
	release := make(chan struct{})
	slow := func(res answer) answer {
		return func(ctx context.Context, p []wire.Param) (*wire.Result, error) {
			<-release
			return res(ctx, p)
		}
	}
	srv := start(t, &fakeEngine{answers: map[string]answer{"q": slow(numbers(3, nil)), "dml": slow(modifies(7)), "bad": slow(fails(
		&wire.Error{Class: "DIVIDE_BY_ZERO", SQLState: "22012", Message: "Division by zero."}))}}, quickly)
	polled, err := srv.Faults.Add(wire.Fault{On: wire.Status, Times: wire.Always, Hook: func(wire.Event) {
		select {
		case <-release:
		default:
			close(release)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	db := connect(t, srv)
	if rows := scan(t, db, "q"); len(rows) != 3 {
		t.Errorf("rows: %v", rows)
	}
	if srv.Faults.Fired(polled) == 0 {
		t.Error("the client was never told to poll")
	}
	res, err := db.ExecContext(t.Context(), "dml")
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := res.RowsAffected(); n != 7 {
		t.Errorf("RowsAffected = %d", n)
	}
	var execution dbsqlerr.DBExecutionError
	if _, err := db.ExecContext(t.Context(), "bad"); !errors.As(err, &execution) || execution.SqlState() != "22012" {
		t.Errorf("error after polling: %v", err)
	}
}

func quickly(o *sandbox.Options) { o.RunningAfter = time.Millisecond }

// TestCancel: a context that ends stops the engine, while the request is open and while the client polls. Between the
// two, when the answer RUNNING is on its way, the driver forgets the operation: it runs on until the session closes.
func TestCancel(t *testing.T) {
	for name, change := range map[string]func(*sandbox.Options){"request": func(*sandbox.Options) {}, "polling": quickly} {
		t.Run(name, func(t *testing.T) {
			started, cancelled := make(chan struct{}), make(chan struct{})
			srv := start(t, &fakeEngine{answers: map[string]answer{"long": blocks(started, cancelled)}}, change)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if name == "polling" {
				inject(t, srv, wire.Fault{On: wire.Status, Hook: func(wire.Event) { cancel() }})
			} else {
				go func() { <-started; cancel() }()
			}
			if _, err := pinned(t, srv).ExecContext(ctx, "long"); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			wait(t, cancelled, "cancelling the engine")
		})
	}
}

func TestQueryTimeout(t *testing.T) {
	started, cancelled := make(chan struct{}), make(chan struct{})
	srv := start(t, &fakeEngine{answers: map[string]answer{"long": blocks(started, cancelled)}})
	_, err := connect(t, srv, dbsql.WithTimeout(time.Second)).ExecContext(t.Context(), "long")
	if err == nil || !strings.Contains(err.Error(), "TIMEDOUT") {
		t.Errorf("got %v", err)
	}
	wait(t, cancelled, "stopping the engine")
}

// numbers yields 0 to n-1 in batches, then err if it is not nil.
func numbers(n int64, err error) answer {
	return func(context.Context, []wire.Param) (*wire.Result, error) {
		r := &generator{n: n, end: err, schema: arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Int64}}, nil)}
		r.fill = func(b *array.RecordBuilder, i int64) { b.Field(0).(*array.Int64Builder).Append(i) }
		return &wire.Result{Columns: []wire.Column{{Name: "n", Type: "BIGINT", Arrow: arrow.PrimitiveTypes.Int64}}, Rows: r, Modified: -1}, nil
	}
}

// large yields rows of a megabyte.
func large(n int64) answer {
	return func(context.Context, []wire.Param) (*wire.Result, error) {
		r := &generator{n: n, schema: arrow.NewSchema([]arrow.Field{{Name: "s", Type: arrow.BinaryTypes.String}}, nil)}
		r.fill = func(b *array.RecordBuilder, _ int64) {
			b.Field(0).(*array.StringBuilder).Append(strings.Repeat("x", 1<<20))
		}
		return &wire.Result{Columns: []wire.Column{{Name: "s", Type: "STRING", Arrow: arrow.BinaryTypes.String}}, Rows: r, Modified: -1}, nil
	}
}

// generator is a RecordReader that makes its rows up.
type generator struct {
	array.RecordReader // nil: what is not below is not called
	n, at              int64
	end                error
	schema             *arrow.Schema
	fill               func(b *array.RecordBuilder, i int64)
	batch              arrow.RecordBatch
}

func (g *generator) Next() bool {
	if g.at >= g.n {
		return false
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, g.schema)
	defer b.Release()
	for end := min(g.at+4096, g.n); g.at < end; g.at++ {
		g.fill(b, g.at)
	}
	g.batch = b.NewRecordBatch()
	return true
}

func (g *generator) RecordBatch() arrow.RecordBatch { return g.batch }
func (g *generator) Schema() *arrow.Schema          { return g.schema }
func (g *generator) Release()                       {}

func (g *generator) Err() error {
	if g.end != nil && g.at >= g.n {
		return fmt.Errorf("reading: %w", g.end)
	}
	return nil
}
