// Package wire_test drives the wire front with the real, unmodified driver against an engine made of Go functions.
package wire_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"log"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	dbsql "github.com/databricks/databricks-sql-go"
	dbsqllog "github.com/databricks/databricks-sql-go/logger"

	"github.com/drt-go/drt/sandbox"
	"github.com/drt-go/drt/sandbox/wire"
)

func TestMain(m *testing.M) {
	dbsqllog.SetLogOutput(io.Discard)
	log.SetOutput(io.Discard) // net/http notes there that the driver returns responses with errors
	m.Run()
}

// answer is what the fake engine does with a statement.
type answer func(ctx context.Context, params []wire.Param) (*wire.Result, error)

// fakeEngine answers statements by their text, and remembers what came.
type fakeEngine struct {
	answers map[string]answer

	mu       sync.Mutex
	executed []string
	params   []wire.Param // of the latest statement
	opened   int
	closed   int
	catalog  string
	schema   string
	conf     map[string]string
}

func (e *fakeEngine) Open(_ context.Context, catalog, schema string, conf map[string]string) (wire.Session, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.opened++
	e.catalog, e.schema, e.conf = catalog, schema, conf
	if catalog == "missing" {
		return nil, &wire.Error{Class: "NO_SUCH_CATALOG_EXCEPTION", SQLState: "42704", Message: "Catalog 'missing' was not found."}
	}
	return &fakeSession{e}, nil
}

func (e *fakeEngine) Close() error { return nil }

func (e *fakeEngine) count(sql string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for _, s := range e.executed {
		if s == sql {
			n++
		}
	}
	return n
}

type fakeSession struct{ e *fakeEngine }

func (s *fakeSession) Execute(ctx context.Context, sql string, params []wire.Param) (*wire.Result, error) {
	s.e.mu.Lock()
	s.e.executed, s.e.params = append(s.e.executed, sql), params
	s.e.mu.Unlock()
	switch {
	case sql == "select 1":
		return table([]wire.Column{{Name: "1", Type: "INT"}}, `[{"1": 1}]`)
	case strings.HasPrefix(sql, "SHOW SCHEMAS IN"):
		return table([]wire.Column{{Name: "databaseName", Type: "STRING"}}, `[{"databaseName": "default"}, {"databaseName": "other"}]`)
	case sql == "SELECT concat(current_catalog(), '.', current_schema())":
		return table([]wire.Column{{Name: "c", Type: "STRING"}}, `[{"c": "main.default"}]`)
	}
	if a := s.e.answers[sql]; a != nil {
		return a(ctx, params)
	}
	return nil, &wire.Error{Class: "PARSE_SYNTAX_ERROR", SQLState: "42601", Message: "the fake engine does not know " + sql}
}

func (s *fakeSession) Close() error {
	s.e.mu.Lock()
	defer s.e.mu.Unlock()
	s.e.closed++
	return nil
}

// table builds a result from rows as JSON, in the Arrow types that an engine should use.
func table(columns []wire.Column, rows ...string) (*wire.Result, error) {
	fields := make([]arrow.Field, len(columns))
	for i := range columns {
		t, err := wire.ArrowType(columns[i].Type)
		if err != nil {
			return nil, err
		}
		columns[i].Arrow = t
		fields[i] = arrow.Field{Name: columns[i].Name, Type: t, Nullable: true}
	}
	schema := arrow.NewSchema(fields, nil)
	var batches []arrow.RecordBatch
	for _, r := range rows {
		b, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(r))
		if err != nil {
			return nil, err
		}
		batches = append(batches, b)
	}
	reader, err := array.NewRecordReader(schema, batches)
	return &wire.Result{Columns: columns, Rows: reader, Modified: -1}, err
}

func returns(columns []wire.Column, rows ...string) answer {
	return func(context.Context, []wire.Param) (*wire.Result, error) { return table(columns, rows...) }
}

// modifies answers as DML does.
func modifies(n int64) answer {
	return func(context.Context, []wire.Param) (*wire.Result, error) {
		res, err := table([]wire.Column{{Name: "num_affected_rows", Type: "BIGINT"}}, `[{"num_affected_rows": 7}]`)
		if err == nil {
			res.Modified = n
		}
		return res, err
	}
}

func ddl(context.Context, []wire.Param) (*wire.Result, error) { return &wire.Result{Modified: -1}, nil }

func fails(e *wire.Error) answer {
	return func(context.Context, []wire.Param) (*wire.Result, error) { return nil, e }
}

// blocks runs until it is cancelled, and tells of both.
func blocks(started, cancelled chan struct{}) answer {
	return func(ctx context.Context, _ []wire.Param) (*wire.Result, error) {
		close(started)
		<-ctx.Done()
		close(cancelled)
		return nil, ctx.Err()
	}
}

// start runs a sandbox over the engine until the test ends, and checks that every session was closed then.
func start(t *testing.T, e *fakeEngine, change ...func(*sandbox.Options)) *sandbox.Server {
	t.Helper()
	o := sandbox.Options{Engine: e, VolumesDir: t.TempDir()}
	for _, c := range change {
		c(&o)
	}
	srv, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if e.closed != e.opened && e.catalog != "missing" {
			t.Errorf("engine sessions: %d opened, %d closed", e.opened, e.closed)
		}
	})
	return srv
}

// connect opens a pool on srv. Retries are off unless asked for: faults shall be seen as they are.
func connect(t *testing.T, srv *sandbox.Server, more ...dbsql.ConnOption) *sql.DB {
	t.Helper()
	c, err := dbsql.NewConnector(append([]dbsql.ConnOption{
		dbsql.WithServerHostname("http://127.0.0.1"), dbsql.WithPort(srv.Port), dbsql.WithHTTPPath(srv.HTTPPath),
		dbsql.WithAccessToken(srv.Token), dbsql.WithRetries(-1, 0, 0),
	}, more...)...)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(c)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// pinned takes one connection out of a new pool.
func pinned(t *testing.T, srv *sandbox.Server, more ...dbsql.ConnOption) *sql.Conn {
	t.Helper()
	conn, err := connect(t, srv, more...).Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func wait(t *testing.T, c <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(20 * time.Second):
		t.Fatalf("%s did not happen", what)
	}
}

var errFake = errors.New("fake")
