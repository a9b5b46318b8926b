package engine_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/state"
)

func TestW10_SecondRunOfASyncIsRefused(t *testing.T) {
	w := newWorld(t, engine.ModeFull, destinations.ModeInsert)
	w.source.rows = five()
	l, err := w.store.Begin(t.Context(), state.Run{SyncRunID: "other", Sync: "users", Started: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	p := w.run()
	w.want(p, engine.StatusFailed)
	if p.Stage != "lock" || kindOf(p) != connector.KindConflict || w.source.opened != 0 {
		t.Errorf("%v at %s, source opened %d times", p.Err, p.Stage, w.source.opened)
	}
	if err := l.Release(t.Context(), state.Ending{Run: state.Run{Status: "success", Finished: time.Now()}}); err != nil {
		t.Fatal(err)
	}
	w.want(w.run(), engine.StatusSuccess)
}

func TestE9_StateThatCannotBeSavedIsNotGreen(t *testing.T) {
	for mode, table := range map[engine.Mode]string{engine.ModeIncremental: "watermarks", engine.ModeFull: "runs"} {
		t.Run(string(mode), func(t *testing.T) {
			w := newWorld(t, mode, destinations.ModeInsert)
			w.source.rows = five()
			w.target.onCommit = func(_ context.Context, apply func()) error {
				apply()
				return breakTable(w.dir, table)
			}
			p := w.run()
			w.want(p, engine.StatusFailed)
			if p.Stage != "state" || !strings.Contains(p.Err.Error(), "5 rows are in fake (table), but state could not be saved") || p.Watermark != nil {
				t.Errorf("%v at %s, watermark %v", p.Err, p.Stage, p.Watermark)
			}
			var e *connector.Error
			if !errors.As(p.Err, &e) || !strings.Contains(e.Hint, "drt state resolve users") {
				t.Errorf("hint: %+v", e)
			}
			if w.watermark() != "" {
				t.Errorf("watermark %q", w.watermark())
			}
		})
	}
}

// breakTable makes every insert into a table of the state fail, as a full disk would.
func breakTable(dir, table string) error {
	return execute(dir, "CREATE TRIGGER broken BEFORE INSERT ON "+table+" BEGIN SELECT RAISE(ABORT, 'broken'); END")
}

func execute(dir, sql string) error {
	conn, err := sqlite.OpenConn(dir+"/state.db", sqlite.OpenReadWrite)
	if err != nil {
		return err
	}
	defer conn.Close()
	return sqlitex.ExecuteTransient(conn, sql, nil)
}

func TestW10_RunThatLostItsLockDoesNotCommit(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.source.rows = five()
	w.target.onWrite = func(context.Context) error { return execute(w.dir, "UPDATE locks SET sync_run_id = 'of another host'") }
	p := w.run()
	w.want(p, engine.StatusFailed)
	if p.Stage != "lock" || kindOf(p) != connector.KindConflict || slices.Contains(w.target.calls, "commit") || w.watermark() != "" {
		t.Errorf("%v at %s, calls %v, watermark %q", p.Err, p.Stage, w.target.calls, w.watermark())
	}
}

func TestLeftScratchIsGivenToTheNextRun(t *testing.T) {
	w := newWorld(t, engine.ModeFull, destinations.ModeInsert)
	w.source.rows = five()
	w.target.onClose = func() error { return errors.New("drop failed") }
	p := w.run()
	w.want(p, engine.StatusSuccess)
	if len(p.Warnings) != 1 {
		t.Errorf("warnings %q", p.Warnings)
	}
	w.target.onClose = nil
	w.want(w.run(), engine.StatusSuccess)
	same(t, "dead runs of the second run", []string{p.SyncRunID}, w.target.plan.DeadRuns)
	w.want(w.run(), engine.StatusSuccess)
	same(t, "dead runs of the third run, which ended just now", []string{p.SyncRunID}, w.target.plan.DeadRuns)
}

// A source that has nothing new does not keep a warehouse from being rid of what a dead run left behind.
func TestW11_ARunWithNothingToWriteSweeps(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.source.rows = five()
	w.target.onClose = func() error { return errors.New("scratch stays") }
	p := w.run()
	w.want(p, engine.StatusSuccess)
	w.target.onClose, w.target.calls = nil, nil
	w.want(w.run(), engine.StatusSuccess)
	same(t, "dead runs of a run with nothing new", []string{p.SyncRunID}, w.target.plan.DeadRuns)
	if slices.Contains(w.target.calls, "commit") {
		t.Errorf("calls %v", w.target.calls)
	}
}
