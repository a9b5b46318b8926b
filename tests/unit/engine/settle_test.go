package engine_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/state"
)

// settling is a target that announces its changes and can say what became of them.
type settling struct {
	*target
	says  destinations.Outcome
	err   error
	asked []destinations.Unsettled
}

func (s *settling) Settle(_ context.Context, u destinations.Unsettled) (destinations.Settlement, error) {
	s.asked = append(s.asked, u)
	return destinations.Settlement{Outcome: s.says, Evidence: "as the log shows"}, s.err
}

// lose makes the next commit of w lose its reply, after its effect or without one.
func (w *world) lose(applied bool) *settling {
	s := &settling{target: w.target}
	w.job.Destination = s
	w.target.onCommit = func(ctx context.Context, apply func()) error {
		w.target.onCommit = nil
		if err := w.target.plan.Announce(ctx, destinations.Change{Kind: "MERGE", Target: "fake (table)", Staged: 2}); err != nil {
			return err
		}
		if applied {
			apply()
		}
		return &connector.Error{Kind: connector.KindUnknown, Message: "the reply was lost"}
	}
	return s
}

// A commit that is cut off before it has announced a change has changed nothing, and says so.
func TestE13_ACommitThatIsCutOffWhileItStagesIsNotUnknown(t *testing.T) {
	for announces, status := range map[bool]engine.Status{false: engine.StatusInterrupted, true: engine.StatusUnknown} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
			w.source.rows = five()
			w.lose(false)
			ctx, cancel := context.WithCancel(t.Context())
			w.target.onCommit = func(late context.Context, _ func()) error {
				if announces {
					if err := w.target.plan.Announce(late, destinations.Change{Kind: "MERGE", Target: "fake (table)"}); err != nil {
						return err
					}
				}
				cancel()
				<-late.Done()
				return &connector.Error{Kind: connector.KindCanceled, Message: "interrupted", Err: late.Err()}
			}
			p := engine.Run(ctx, w.job, w.store, w.options())
			w.want(p, status)
			if p.Stage != "commit" || w.lastStatus() != string(status) || (p.RowsSynced == nil) != announces {
				t.Errorf("announced %v: %v at %s, synced %v", announces, p.Err, p.Stage, p.RowsSynced)
			}
		})
	}
}

func TestW17_NextRunSettlesALostReply(t *testing.T) {
	for _, c := range []struct {
		says    destinations.Outcome
		applied bool
	}{{destinations.Committed, true}, {destinations.NotCommitted, false}} {
		t.Run(string(c.says), func(t *testing.T) {
			w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
			w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "b"}}
			s := w.lose(c.applied)
			w.want(w.run(), engine.StatusUnknown)
			if w.watermark() != "" {
				t.Errorf("the watermark was saved before the commit is known: %q", w.watermark())
			}
			w.source.rows = append(w.source.rows, row{3, at(3), "c"})
			s.says = c.says
			dry := w.options()
			dry.DryRun = true
			p := w.runWith(dry)
			w.want(p, engine.StatusSuccess)
			if len(s.asked) > 0 || !strings.Contains(strings.Join(p.Warnings, "\n"), "may have been committed or not: the next run finds out first") {
				t.Errorf("a dry run asked %+v and warned %q", s.asked, p.Warnings)
			}
			p = w.run()
			w.want(p, engine.StatusSuccess)
			same(t, "target", []string{"1@1=a", "2@2=b", "3@3=c"}, w.values())
			if len(s.asked) != 1 || s.asked[0].Change.Staged != 2 || s.asked[0].Sync != "users" {
				t.Errorf("asked %+v", s.asked)
			}
			if !strings.Contains(strings.Join(p.Notes, "\n"), "as the log shows") {
				t.Errorf("the report does not say it: %q", p.Notes)
			}
			w.want(w.run(), engine.StatusSuccess)
			if len(s.asked) != 1 {
				t.Error("settled twice")
			}
		})
	}
}

func TestW17_WhatCannotBeToldWaitsForAPerson(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.source.rows = five()
	s := w.lose(true)
	w.want(w.run(), engine.StatusUnknown)
	rows := w.values()
	s.says = destinations.Ambiguous
	for range 2 {
		p := w.run()
		w.want(p, engine.StatusUnknown)
		var e *connector.Error
		if !errors.As(p.Err, &e) || !strings.Contains(e.Hint, "drt state resolve users --committed") || p.Stage != "settle" || w.source.opened != 1 {
			t.Errorf("%+v at %s, source opened %d times", e, p.Stage, w.source.opened)
		}
	}
	if _, err := w.store.Resolve(t.Context(), "users", state.OutcomeCommitted, "decided by a person"); err != nil {
		t.Fatal(err)
	}
	w.want(w.run(), engine.StatusSuccess)
	same(t, "target", rows, w.values())
}

// TestE5_CommitThatStateMissed: the rows are in the target, the state could not be saved.
func TestE5_CommitThatStateMissed(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.source.rows = five()
	s := &settling{target: w.target, says: destinations.Committed}
	w.job.Destination = s
	w.target.onCommit = func(ctx context.Context, apply func()) error {
		if err := w.target.plan.Announce(ctx, destinations.Change{Kind: "MERGE"}); err != nil {
			return err
		}
		apply()
		return breakTable(w.dir, "watermarks")
	}
	w.want(w.run(), engine.StatusFailed)
	if err := execute(w.dir, "DROP TRIGGER broken"); err != nil {
		t.Fatal(err)
	}
	w.target.onCommit = nil
	w.want(w.run(), engine.StatusSuccess)
	same(t, "target", texts(five()), w.values())
	if len(s.asked) != 1 {
		t.Errorf("settled %d times", len(s.asked))
	}
}

// TestW17_SentAgainOnlyIfItSurelyDidNotHappen: a commit that is settled as not committed is repeated by the same run.
func TestW17_SentAgainOnlyIfItSurelyDidNotHappen(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.source.rows = five()
	lost := 0
	w.target.onCommit = func(_ context.Context, apply func()) error {
		if lost++; lost <= 2 {
			return &connector.Error{Kind: connector.KindTransient, Message: "it was not committed", Err: destinations.ErrNotCommitted}
		}
		apply()
		return nil
	}
	p := w.run()
	w.want(p, engine.StatusSuccess)
	same(t, "target", texts(five()), w.values())
	if lost != 3 || len(p.Notes) != 2 {
		t.Errorf("%d commits, notes %q", lost, p.Notes)
	}
	lost = -10
	w.source.rows = append(w.source.rows, row{9, at(9), "z"})
	w.want(w.run(), engine.StatusFailed)
	if lost != -7 {
		t.Errorf("sent %d times, want 3", lost+10)
	}
}

// What passes by itself before any change was sent costs an attempt, not the run.
func TestTransientFailuresWhileStagingAreRepeated(t *testing.T) {
	for name, c := range map[string]struct {
		kind     connector.Kind
		broken   int // attempts
		attempts int
		status   engine.Status
	}{
		"once":         {connector.KindTransient, 1, 2, engine.StatusSuccess},
		"twice":        {connector.KindTransient, 2, 3, engine.StatusSuccess},
		"for good":     {connector.KindTransient, 99, 3, engine.StatusFailed},
		"not of those": {connector.KindPermanent, 1, 1, engine.StatusFailed},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
			w.source.rows = five()
			attempts := func() (n int) {
				for _, call := range w.target.calls {
					if call == "open" {
						n++
					}
				}
				return n
			}
			w.target.onWrite = func(context.Context) error {
				if attempts() <= c.broken {
					return &connector.Error{Kind: c.kind, Message: "503"}
				}
				return nil
			}
			p := w.run()
			w.want(p, c.status)
			if attempts() != c.attempts || len(p.Notes) != c.attempts-1 {
				t.Errorf("%d attempts, notes %q", attempts(), p.Notes)
			}
			if c.status == engine.StatusSuccess {
				same(t, "target", texts(five()), w.values())
			}
		})
	}
}

// TestW16_RowsThatOnlyTheTargetRefuses are found at the commit: they are rejected like others, and read again.
func TestW16_RowsThatOnlyTheTargetRefuses(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.job.OnError = engine.OnErrorSkip
	w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "bad"}, {3, at(3), "c"}, {4, at(4), "d"}}
	w.target.result.Rejects = []destinations.Reject{{Row: 2, Reason: "violates a CHECK constraint"}} // of what Write saw: 3
	w.target.onCommit = func(_ context.Context, apply func()) error {
		if _, err := w.target.commit.Revise(w.target.result.Rejects); err != nil {
			return err
		}
		w.target.apply([]row{{1, at(1), "a"}, {4, at(4), "d"}})
		return nil
	}
	p := w.run()
	w.want(p, engine.StatusPartial)
	if p.RowsFailed != 2 || p.RowsExtracted != 4 || *p.RowsSynced != 2 || len(p.Rejects) != 2 || p.Rejects[1].Row != 3 {
		t.Errorf("%d of %d failed, synced %d, rejects %+v", p.RowsFailed, p.RowsExtracted, *p.RowsSynced, p.Rejects)
	}
	w.target.result.Rejects, w.target.onCommit = nil, nil
	w.source.rows[1].Val = "mended"
	w.want(w.run(), engine.StatusSuccess)
	same(t, "target", []string{"1@1=a", "4@4=d", "2@2=mended", "3@3=c"}, w.values())
}

// TestW27_TargetThatRefusesAll: nothing is a success of which nothing arrived.
func TestW27_TargetThatRefusesAll(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.job.OnError = engine.OnErrorSkip
	w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "b"}}
	w.target.result.Rejects = []destinations.Reject{{Row: 0, Reason: "no"}, {Row: 1, Reason: "no"}}
	w.target.onCommit = func(context.Context, func()) error { return nil }
	p := w.run()
	w.want(p, engine.StatusFailed)
	if w.watermark() != "" || p.RowsFailed != 2 {
		t.Errorf("watermark %q, %d failed", w.watermark(), p.RowsFailed)
	}
}

// TestW27_TargetThatRefusesAllThatIsNew: the journal must not say that this was committed.
func TestW27_TargetThatRefusesAllThatIsNew(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.job.OnError = engine.OnErrorSkip
	w.source.rows = []row{{1, at(1), "a"}}
	w.want(w.run(), engine.StatusSuccess)
	w.source.rows = append(w.source.rows, row{2, at(2), "b"})
	w.target.result.Rejects = []destinations.Reject{{Row: 0, Reason: "no"}}
	w.target.onCommit = func(context.Context, func()) error { return nil }
	p := w.run()
	w.want(p, engine.StatusPartial)
	changes, err := w.store.Changes(t.Context(), p.SyncRunID)
	if err != nil || len(changes) != 1 || changes[0].Outcome != state.OutcomeNotCommitted || w.watermark() != "1" || w.lastStatus() != "partial" {
		t.Errorf("watermark %q, the history says %s, the journal %+v (%v)", w.watermark(), w.lastStatus(), changes, err)
	}
}

// TestW10_AnotherHostIsNoticed: its signature is in the target's log, its run is not in this state.
func TestW10_AnotherHostIsNoticed(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.source.rows = five()
	last := ""
	w.job.Destination = &settling{target: w.target}
	w.target.onCommit = func(ctx context.Context, apply func()) error {
		apply()
		return w.target.plan.Announce(ctx, destinations.Change{Kind: "MERGE", LastRun: last})
	}
	first := w.run()
	w.want(first, engine.StatusSuccess)
	for run, warned := range map[string]bool{first.SyncRunID: false, "0195d5f2-0000-7000-8000-00000000000f": true} {
		last = run
		w.source.rows = append(w.source.rows, row{9, at(int64(100 + len(w.source.rows))), "z"})
		p := w.run()
		if got := strings.Contains(strings.Join(p.Warnings, "\n"), "is the sync run by another host"); got != warned {
			t.Errorf("last run %s: warnings %q", run, p.Warnings)
		}
	}
}
