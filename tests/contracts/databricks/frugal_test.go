package databricks_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
	"github.com/drt-go/drt/sandbox"
	"github.com/drt-go/drt/sandbox/wire"
)

// onTheWire opens a session over the real driver; srv's log says what arrived.
func onTheWire(t *testing.T, engine *scripted, mode destinations.Mode) (*fixture, *sandbox.Server) {
	t.Helper()
	srv, err := sandbox.Start(t.Context(), sandbox.Options{Engine: engine})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	d, err := databricks.New(config(func(c *databricks.Config) { c.UpsertKey = []string{"user_id"} }), connector.Env{Warehouse: &connector.Warehouse{
		Host: srv.Host, HTTPPath: srv.HTTPPath, Token: connector.NewSecret(srv.Token),
	}})
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{T: t, plan: destinations.Plan{
		Sync: "scores", RunID: syncRun, SyncRunID: syncRun, Mode: mode,
		Schema:   fields("user_id", arrow.PrimitiveTypes.Int64, "score", arrow.PrimitiveTypes.Float64),
		Progress: func(destinations.Progress) {},
		Announce: func(context.Context, destinations.Change) error { return nil }, // as the engine does
	}}
	if f.session, err = d.Open(t.Context(), f.plan); err != nil {
		t.Fatal(err)
	}
	return f, srv
}

// A warehouse takes 0.3 to 2 seconds a statement: these are what a small run may cost, all of them, in one session.
func TestSmallRunsAreFrugal(t *testing.T) {
	for _, c := range []struct {
		name string
		mode destinations.Mode
		rows int
		most int
	}{
		{"nothing new, merge", destinations.ModeMerge, 0, 1},
		{"nothing new, mirror", destinations.ModeMirror, 0, 1},
		{"1,000 rows, merge", destinations.ModeMerge, 1000, 6},
		{"1,000 rows, mirror", destinations.ModeMirror, 1000, 7},
		{"1,000 rows, insert", destinations.ModeInsert, 1000, 3},
		{"1,000 rows, replace", destinations.ModeReplace, 1000, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, srv := onTheWire(t, &scripted{rows: int64(c.rows)}, c.mode)
			rows := make([][]any, c.rows)
			for i := range rows {
				rows[i] = []any{fmt.Sprint(i), "0.5"}
			}
			f.mustWrite(rows...)
			f.mustCommit()
			if err := f.session.Close(); err != nil {
				t.Error(err)
			}
			var statements, sessions int
			for _, e := range srv.Log.Entries() {
				switch e.Point {
				case wire.Statement:
					statements++
				case wire.Open:
					sessions++
				}
			}
			if statements > c.most || sessions != 1 {
				t.Errorf("%d statements in %d sessions, want at most %d in one", statements, sessions, c.most)
			}
		})
	}
}

// Scratch is dropped while the run saves its state and reports; Close waits for it.
func TestScratchIsDroppedOffTheCriticalPath(t *testing.T) {
	engine := &scripted{}
	f, srv := onTheWire(t, engine, destinations.ModeMerge)
	committed := make(chan struct{})
	inside := make(chan bool, 1)
	if _, err := srv.Faults.Add(wire.Fault{Match: "^DROP", Hook: func(wire.Event) {
		select {
		case <-committed:
			inside <- false
		case <-time.After(10 * time.Second): // only if Commit waits for this
			inside <- true
		}
	}}); err != nil {
		t.Fatal(err)
	}
	f.mustWrite([]any{"1", "0.5"})
	f.mustCommit()
	close(committed)
	if err := f.session.Close(); err != nil {
		t.Error(err)
	}
	if <-inside {
		t.Error("Commit waits for the DROP")
	}
	if n := engine.count("DROP"); n != 1 {
		t.Errorf("after Close scratch was dropped %d times, want once", n)
	}
}
