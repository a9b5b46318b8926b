package engine_test

import (
	"context"
	"errors"
	"path/filepath"
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

// undoing is a target that can be taken back, and settled.
type undoing struct {
	*settling
	before []row // of the run
	asked  []destinations.UndoRun
	fail   func(ctx context.Context, run destinations.UndoRun) error // instead of the undo
}

func (u *undoing) Undo(ctx context.Context, run destinations.UndoRun) (destinations.Undone, error) {
	u.asked = append(u.asked, run)
	if u.fail != nil {
		if err := u.fail(ctx, run); err != nil {
			return destinations.Undone{}, err
		}
	}
	if err := run.Announce(ctx, destinations.Change{Kind: "RESTORE", Target: "fake (table)"}); err != nil {
		return destinations.Undone{}, err
	}
	u.rows = u.before
	return destinations.Undone{From: 9, To: 8}, nil
}

// twoRuns have sent a row each; it returns the second.
func twoRuns(t *testing.T) (*world, *undoing, state.Run) {
	t.Helper()
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.source.rows = []row{{1, at(1), "a"}}
	u := &undoing{settling: w.journaling()}
	w.job.Destination = u
	w.want(w.run(), engine.StatusSuccess)
	u.before = w.target.rows
	w.source.rows = append(w.source.rows, row{2, at(2), "b"})
	w.want(w.run(), engine.StatusSuccess)
	last, _, err := w.store.LastRun(t.Context(), "users")
	if err != nil {
		t.Fatal(err)
	}
	return w, u, last
}

// journaling is the target of w, whose commits are in the journal.
func (w *world) journaling() *settling {
	w.target.onCommit = func(ctx context.Context, apply func()) error {
		if err := w.target.plan.Announce(ctx, destinations.Change{Kind: "MERGE", Target: "fake (table)", Staged: 1}); err != nil {
			return err
		}
		apply()
		return nil
	}
	return &settling{target: w.target}
}

func (w *world) undo(run state.Run) (engine.UndoneRun, error) {
	w.t.Helper()
	return engine.Undo(w.t.Context(), w.job, w.store, run, "invocation")
}

func TestUndoTakesTargetAndWatermarkBack(t *testing.T) {
	w, u, last := twoRuns(t)
	done, err := w.undo(last)
	if err != nil {
		t.Fatal(err)
	}
	if done.To != 8 || !done.Moved || done.Before.Value.Text != "2" || w.watermark() != "1" {
		t.Errorf("%+v, watermark %q", done, w.watermark())
	}
	if len(u.asked[0].Changes) != 1 || u.asked[0].SyncRunID != last.SyncRunID {
		t.Errorf("asked %+v", u.asked)
	}
	if _, err := w.undo(last); connector.KindOf(err) != connector.KindConflict || !strings.Contains(err.Error(), "undone already") {
		t.Errorf("twice: %v", err)
	}
	if s := w.lastStatus(); s != "success" {
		t.Errorf("a refused undo hides how the last run ended: %s", s)
	}
	w.want(w.run(), engine.StatusSuccess)
	same(t, "target after the next run", []string{"1@1=a", "2@2=b"}, w.values())
}

// TestUndoOfTheFirstRunForgetsTheWatermark: before it there was none.
func TestUndoOfTheFirstRunForgetsTheWatermark(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.source.rows = []row{{1, at(1), "a"}}
	w.job.Destination = &undoing{settling: w.journaling()}
	w.want(w.run(), engine.StatusSuccess)
	last, _, err := w.store.LastRun(t.Context(), "users")
	if err != nil {
		t.Fatal(err)
	}
	if done, err := w.undo(last); err != nil || done.Now != nil {
		t.Errorf("%+v, %v", done, err)
	}
	w.want(w.run(), engine.StatusSuccess)
	same(t, "target after the next run", []string{"1@1=a"}, w.values())
}

// TestW17_UndoWhoseReplyIsLost: the next run finds out what became of it, and goes on where the target is.
func TestW17_UndoWhoseReplyIsLost(t *testing.T) {
	for _, c := range []struct {
		says  destinations.Outcome
		again bool // drt undo is called again, instead of a run
	}{{destinations.Committed, false}, {destinations.NotCommitted, false}, {destinations.Committed, true}} {
		w, u, last := twoRuns(t)
		u.fail = func(ctx context.Context, run destinations.UndoRun) error {
			if err := run.Announce(ctx, destinations.Change{Kind: "RESTORE", Target: "fake (table)"}); err != nil {
				return err
			}
			if c.says == destinations.Committed {
				u.rows = u.before
			}
			return &connector.Error{Kind: connector.KindUnknown, Message: "the reply was lost"}
		}
		if _, err := w.undo(last); connector.KindOf(err) != connector.KindUnknown {
			t.Fatalf("%v", err)
		}
		if w.watermark() != "2" {
			t.Errorf("the watermark went back before the undo is known: %q", w.watermark())
		}
		u.fail, u.says = nil, c.says
		if c.again {
			if _, err := w.undo(last); err != nil || w.watermark() != "1" {
				t.Errorf("the same again: %v, watermark %q", err, w.watermark())
			}
		}
		w.want(w.run(), engine.StatusSuccess)
		same(t, "target after the next run ("+string(c.says)+")", []string{"1@1=a", "2@2=b"}, w.values())
		if open, err := w.store.Unsettled(t.Context(), "users"); err != nil || len(open) > 0 {
			t.Errorf("left unsettled: %+v, %v", open, err)
		}
		if c.says == destinations.Committed {
			if _, err := w.undo(last); err == nil || !strings.Contains(err.Error(), "undone already") {
				t.Errorf("the journal does not know that it was undone: %v", err)
			}
		}
	}
}

func TestUndoIsRefused(t *testing.T) {
	w, u, last := twoRuns(t)
	u.fail = func(context.Context, destinations.UndoRun) error {
		return &connector.Error{Kind: connector.KindConflict, Message: "others have written"}
	}
	if _, err := w.undo(last); connector.KindOf(err) != connector.KindConflict || w.watermark() != "2" {
		t.Errorf("others have written: %v, watermark %q", err, w.watermark())
	}
	u.fail = nil
	retry := last
	retry.Mode = state.ModeRetry
	if _, err := w.undo(retry); connector.KindOf(err) != connector.KindConfig {
		t.Errorf("a retry: %v", err)
	}
	if _, err := w.undo(state.Run{SyncRunID: "none", Sync: "users"}); connector.KindOf(err) != connector.KindNotFound {
		t.Errorf("a run without changes: %v", err)
	}
	l, err := w.store.Begin(t.Context(), state.Run{SyncRunID: "live", Sync: "users", Started: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	var held *state.HeldError
	if _, err := w.undo(last); !errors.As(err, &held) {
		t.Errorf("beside a live run: %v", err)
	}
	if err := l.Announce(t.Context(), state.Change{Mode: "insert", Change: []byte(`{"kind":"INSERT"}`)}); err != nil {
		t.Fatal(err)
	}
	if err := l.Release(t.Context(), state.Ending{Open: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.undo(last); connector.KindOf(err) != connector.KindConflict || !strings.Contains(err.Error(), "is not known") {
		t.Errorf("with an outcome that is not known: %v", err)
	}
	w.job.Destination = w.target
	if _, err := w.undo(last); connector.KindOf(err) != connector.KindConfig {
		t.Errorf("a target without versions: %v", err)
	}
}

// TestE9_UndoWhoseStateCannotBeSaved says so, and the same again completes it.
func TestE9_UndoWhoseStateCannotBeSaved(t *testing.T) {
	w, _, last := twoRuns(t)
	conn, err := sqlite.OpenConn(filepath.Join(w.dir, "state.db"), sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	exec := func(sql string) {
		if err := sqlitex.ExecuteTransient(conn, sql, nil); err != nil {
			t.Fatal(err)
		}
	}
	exec(`CREATE TRIGGER full BEFORE UPDATE ON commits WHEN NEW.outcome = 'undone' BEGIN SELECT raise(FAIL, 'the disk is full'); END`)
	_, err = w.undo(last)
	if err == nil || !strings.Contains(err.Error(), "state could not be saved") || w.watermark() != "2" {
		t.Errorf("%v, watermark %q", err, w.watermark())
	}
	exec(`DROP TRIGGER full`)
	if _, err := w.undo(last); err != nil || w.watermark() != "1" {
		t.Errorf("the same again: %v, watermark %q", err, w.watermark())
	}
}
