package databricks_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
	"github.com/drt-go/drt/sandbox"
	"github.com/drt-go/drt/sandbox/wire"
)

// scripted is an engine that knows the answers to one merge and keeps what it was asked: what the driver and the
// transport do to a statement shows in how often it runs.
type scripted struct {
	rows int64 // that are merged; 0 is one
	mu   sync.Mutex
	ran  []string
}

func (e *scripted) Open(context.Context, string, string, map[string]string) (wire.Session, error) {
	return e, nil
}
func (e *scripted) Close() error { return nil }

func (e *scripted) Execute(_ context.Context, sql string, _ []wire.Param) (*wire.Result, error) {
	verb, _, _ := strings.Cut(sql, " ")
	n := max(e.rows, 1)
	e.mu.Lock()
	e.ran = append(e.ran, verb)
	e.mu.Unlock()
	switch {
	case strings.HasPrefix(sql, "SELECT column_name"):
		return table([]string{"column_name", "full_data_type", "is_nullable", "column_default", "is_identity", "identity_generation", "is_generated"},
			[]any{"user_id", "bigint", "YES", nil, "NO", nil, "NO"}, []any{"score", "double", "YES", nil, "NO", nil, "NO"}), nil
	case strings.HasPrefix(sql, "SELECT CAST"):
		return table([]string{"staged", "different", "key_only"}, []any{n, n, int64(0)}), nil
	case verb == "DESCRIBE":
		return table([]string{"version", "operation"}, []any{int64(6), "WRITE"}), nil
	case verb == "INSERT":
		return table([]string{"num_affected_rows"}, []any{n}), nil
	case verb == "MERGE":
		return table([]string{"num_affected_rows", "num_updated_rows", "num_deleted_rows", "num_inserted_rows"},
			[]any{n, int64(0), int64(0), n}), nil
	}
	return &wire.Result{Modified: -1}, nil
}

func (e *scripted) count(verb string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for _, v := range e.ran {
		if v == verb {
			n++
		}
	}
	return n
}

// table is a result of text and int64 columns.
func table(names []string, rows ...[]any) *wire.Result {
	r := &wire.Result{Modified: -1}
	var fs []arrow.Field
	for i, n := range names {
		c := wire.Column{Name: n, Type: "STRING", Arrow: arrow.BinaryTypes.String}
		if _, ok := rows[0][i].(int64); ok {
			c.Type, c.Arrow = "BIGINT", arrow.PrimitiveTypes.Int64
		}
		r.Columns = append(r.Columns, c)
		fs = append(fs, arrow.Field{Name: n, Type: c.Arrow, Nullable: true})
	}
	schema := arrow.NewSchema(fs, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for _, row := range rows {
		for i, v := range row {
			switch v := v.(type) {
			case nil:
				b.Field(i).AppendNull()
			case int64:
				b.Field(i).(*array.Int64Builder).Append(v)
			case string:
				b.Field(i).(*array.StringBuilder).Append(v)
			}
		}
	}
	batch := b.NewRecordBatch()
	defer batch.Release()
	reader, err := array.NewRecordReader(schema, []arrow.RecordBatch{batch})
	if err != nil {
		panic(err)
	}
	r.Rows = reader
	return r
}

// overTheWire merges one row over the real driver while faults strike.
func overTheWire(t *testing.T, faults ...wire.Fault) (*scripted, destinations.Result, error) {
	t.Helper()
	engine := &scripted{}
	srv, err := sandbox.Start(t.Context(), sandbox.Options{Engine: engine, RunningAfter: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	for _, f := range faults {
		if _, err := srv.Faults.Add(f); err != nil {
			t.Fatal(err)
		}
	}
	cfg := databricks.Defaults()
	cfg.Catalog, cfg.Schema, cfg.Table, cfg.UpsertKey = "main", "default", "user_scores", []string{"user_id"}
	d, err := databricks.New(cfg, connector.Env{Warehouse: &connector.Warehouse{
		Host: srv.Host, HTTPPath: srv.HTTPPath, Token: connector.NewSecret(srv.Token),
	}})
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{T: t, plan: destinations.Plan{
		Sync: "scores", RunID: syncRun, SyncRunID: syncRun, Mode: destinations.ModeMerge,
		Schema: fields("user_id", arrow.PrimitiveTypes.Int64, "score", arrow.PrimitiveTypes.Float64),
	}}
	if f.session, err = d.Open(t.Context(), f.plan); err != nil {
		return engine, destinations.Result{}, err
	}
	var r destinations.Result
	if err = f.write([]any{"1", "0.5"}); err == nil {
		r, err = f.commit()
	}
	// A CREATE whose reply was lost may make its table after the DROP, which Close must say.
	lost := slices.ContainsFunc(faults, func(f wire.Fault) bool { return f.Match == "^CREATE" && f.After })
	if cerr := f.session.Close(); (cerr != nil) != lost {
		t.Errorf("close: %v", cerr)
	}
	if left := srv.Faults.Unfired(); len(left) > 0 {
		t.Errorf("faults that never struck: %q", left)
	}
	return engine, r, err
}

func TestMergeOverTheDriver(t *testing.T) {
	engine, r, err := overTheWire(t)
	if err != nil {
		t.Fatal(err)
	}
	if *r.Inserted != 1 || *r.Updated != 0 || *r.Staged != 1 {
		t.Errorf("%v", shown(r))
	}
	if got := strings.Join(engine.ran, " "); got != "SELECT CREATE INSERT MERGE DROP" {
		t.Errorf("statements: %s", got)
	}
}

// W17: a MERGE whose reply is lost ran once and is never sent again; the run says that nobody knows. One that never
// arrived is sent again.
func TestW17_LostReplies(t *testing.T) {
	for name, c := range map[string]struct {
		fault wire.Fault
		kind  connector.Kind
		runs  int
	}{
		"503 after":          {wire.Fault{Do: wire.Fail, Status: 503, After: true}, connector.KindUnknown, 1},
		"429 after":          {wire.Fault{Do: wire.Fail, Status: 429, After: true}, connector.KindUnknown, 1},
		"502 after":          {wire.Fault{Do: wire.Fail, Status: 502, After: true}, connector.KindUnknown, 1},
		"reset after":        {wire.Fault{Do: wire.Drop, After: true}, connector.KindUnknown, 1},
		"cut answer":         {wire.Fault{Do: wire.Cut}, connector.KindUnknown, 1},
		"lost session after": {wire.Fault{Do: wire.LoseSession, After: true}, connector.KindUnknown, 1},
		"503 before":         {wire.Fault{Do: wire.Fail, Status: 503}, connector.KindUnknown, 0},
		"403":                {wire.Fault{Do: wire.Fail, Status: 403}, connector.KindAuth, 0},
		"conflict": {wire.Fault{Do: wire.Fail, Error: &wire.Error{Class: "DELTA_CONCURRENT_APPEND", SQLState: "2D521", Message: "Conflict."}},
			"", 1},
		"refused": {wire.Fault{Do: wire.Fail, Error: &wire.Error{Class: "DELTA_VIOLATE_CONSTRAINT_WITH_VALUES", SQLState: "23001", Message: "CHECK constraint c (x) violated by row with values: canary"}},
			connector.KindRejected, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.fault.Match = "^MERGE"
			engine, _, err := overTheWire(t, c.fault)
			if got := connector.KindOf(err); got != c.kind {
				t.Errorf("kind %q, want %q: %v", got, c.kind, err)
			}
			if got := engine.count("MERGE"); got != c.runs {
				t.Errorf("the MERGE ran %d times, want %d", got, c.runs)
			}
			if got := engine.count("DROP"); got != 1 {
				t.Errorf("scratch was dropped %d times, want once", got)
			}
			if err != nil && strings.Contains(err.Error(), "canary") {
				t.Errorf("the error shows a value: %v", err)
			}
		})
	}
}

// A lost reply while staging is no unknown outcome: the target is as before.
func TestLostReplyWhileStaging(t *testing.T) {
	for _, match := range []string{"^INSERT", "^CREATE"} {
		engine, _, err := overTheWire(t, wire.Fault{Match: match, Do: wire.Drop, After: true})
		if connector.KindOf(err) != connector.KindTransient || engine.count("MERGE") != 0 || engine.count("DROP") != 1 {
			t.Errorf("%s: %s, ran %v: %v", match, connector.KindOf(err), engine.ran, err)
		}
	}
}

// Reads are asked again; polls are repeated while the statement goes on.
func TestReadsAndPollsAreRepeated(t *testing.T) {
	for name, faults := range map[string][]wire.Fault{
		"read":  {{Match: "^SELECT", Do: wire.Fail, Status: 503, Times: 2}},
		"reset": {{Match: "^SELECT", Do: wire.Drop, After: true}},
		"poll":  {{Match: "^MERGE", Delay: 100 * time.Millisecond}, {On: wire.Status, Do: wire.Fail, Status: 503, Times: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, _, err := overTheWire(t, faults...); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestColdStartOverTheDriver(t *testing.T) {
	if _, _, err := overTheWire(t, wire.Fault{On: wire.Open, Do: wire.Fail, Status: 503, RetryAfter: time.Second}); err != nil {
		t.Error(err)
	}
}

// A run that is stopped while the MERGE is under way does not know how it ended.
func TestW8_InterruptedDuringTheMerge(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	engine := &scripted{}
	srv, err := sandbox.Start(t.Context(), sandbox.Options{Engine: engine})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = srv.Close() }()
	if _, err := srv.Faults.Add(wire.Fault{Match: "^MERGE", Do: wire.Hang, Hook: func(wire.Event) { cancel() }}); err != nil {
		t.Fatal(err)
	}
	cfg := databricks.Defaults()
	cfg.Catalog, cfg.Schema, cfg.Table, cfg.UpsertKey = "main", "default", "user_scores", []string{"user_id"}
	d, err := databricks.New(cfg, connector.Env{Warehouse: &connector.Warehouse{Host: srv.Host, HTTPPath: srv.HTTPPath, Token: connector.NewSecret(srv.Token)}})
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{T: t, plan: destinations.Plan{SyncRunID: syncRun, Mode: destinations.ModeMerge,
		Schema: fields("user_id", arrow.PrimitiveTypes.Int64, "score", arrow.PrimitiveTypes.Float64)}}
	if f.session, err = d.Open(ctx, f.plan); err != nil {
		t.Fatal(err)
	}
	f.mustWrite([]any{"1", "0.5"})
	_, err = f.session.Commit(ctx, destinations.Commit{})
	f.kind(err, connector.KindUnknown)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the cause is lost: %v", err)
	}
	if err := f.session.Close(); err != nil || engine.count("DROP") != 1 {
		t.Errorf("close: %v, ran %v", err, engine.ran)
	}
}
