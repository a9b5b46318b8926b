package engine_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/state"
)

func five() []row {
	return []row{{1, at(1), "a"}, {2, at(2), "b"}, {3, at(3), "c"}, {4, at(4), "d"}, {5, at(5), "e"}}
}

func TestRunWritesCommitsAndCloses(t *testing.T) {
	w := newWorld(t, engine.ModeFull, destinations.ModeInsert)
	w.source.rows = five()
	p := w.run()
	w.want(p, engine.StatusSuccess)
	same(t, "calls", []string{"open", "write", "write", "write", "commit", "close"}, w.target.calls)
	same(t, "target", []string{"1@1=a", "2@2=b", "3@3=c", "4@4=d", "5@5=e"}, w.values())
	if p.RowsExtracted != 5 || *p.RowsSynced != 5 || p.RowsStaged != nil || p.Statements != nil || p.Bytes == 0 {
		t.Errorf("report: %+v", p)
	}
	last, _, err := w.store.LastRun(t.Context(), "users")
	if err != nil {
		t.Fatal(err)
	}
	again, err := engine.ReportOf(last)
	if err != nil {
		t.Fatal(err)
	}
	p.Started, again.Started = time.Time{}, time.Time{}
	if diff := cmp.Diff(p, again, cmp.Comparer(func(a, b time.Duration) bool { return (a - b).Abs() < time.Microsecond })); diff != "" {
		t.Errorf("the history (-report +history):\n%s", diff)
	}
}

func TestEmptySourceOpensNoConnection(t *testing.T) {
	w := newWorld(t, engine.ModeFull, destinations.ModeInsert)
	p := w.run()
	w.want(p, engine.StatusSuccess)
	same(t, "calls", nil, w.target.calls)
	if *p.RowsSynced != 0 || *p.Statements != 0 || len(p.Warnings) != 0 || w.lastStatus() != "success" {
		t.Errorf("report: %+v, history %s", p, w.lastStatus())
	}
}

func TestW9_EmptySourceDeletesNothing(t *testing.T) {
	for _, mode := range []engine.Mode{engine.ModeMirror, engine.ModeReplace} {
		t.Run(string(mode), func(t *testing.T) {
			w := newWorld(t, mode, destinations.ModeMerge)
			w.target.rows = five()
			p := w.run()
			w.want(p, engine.StatusSuccess)
			same(t, "calls", nil, w.target.calls)
			same(t, "warnings", []string{"source is empty: nothing was deleted"}, p.Warnings)
			if len(w.target.rows) != 5 {
				t.Errorf("target %q", w.values())
			}
			w.job.AllowEmpty = true
			w.want(w.run(), engine.StatusSuccess)
			same(t, "calls with allow_empty", []string{"open", "commit", "close"}, w.target.calls)
			if len(w.target.rows) != 0 || !w.target.plan.AllowEmpty {
				t.Errorf("target %q", w.values())
			}
		})
	}
}

func TestW27_EveryRowRejectedIsNoSuccess(t *testing.T) {
	for _, mode := range []engine.Mode{engine.ModeIncremental, engine.ModeMirror} {
		t.Run(string(mode), func(t *testing.T) {
			w := newWorld(t, mode, destinations.ModeMerge)
			w.job.OnError = engine.OnErrorSkip
			w.target.rows = five()[:1]
			w.source.rows = []row{{1, at(1), "bad"}, {2, at(2), "bad"}, {3, at(3), "bad"}}
			p := w.run()
			w.want(p, engine.StatusFailed)
			same(t, "calls", []string{"open", "write", "write", "close"}, w.target.calls)
			if kindOf(p) != connector.KindRejected || w.watermark() != "" || len(w.target.rows) != 1 || p.RowsFailed != 3 {
				t.Errorf("%v, watermark %q, target %q, failed %d", p.Err, w.watermark(), w.values(), p.RowsFailed)
			}
		})
	}
}

func TestRejectedRows(t *testing.T) {
	rows := []row{{1, at(1), "a"}, {2, at(2), "bad"}, {3, at(3), "c"}, {4, at(4), "bad too"}, {5, at(5), "e"}}
	w := newWorld(t, engine.ModeFull, destinations.ModeInsert)
	w.source.rows = rows
	p := w.run()
	w.want(p, engine.StatusFailed)
	same(t, "calls with on_error: fail", []string{"open", "write", "close"}, w.target.calls)
	if p.Stage != "load" || kindOf(p) != connector.KindRejected || p.Err.Error() != "row 2, column val: not good" || len(w.target.rows) != 0 {
		t.Errorf("stage %s, %v, target %q", p.Stage, p.Err, w.values())
	}

	w.job.OnError = engine.OnErrorSkip
	w.source.rejects = map[int][]record.Reject{1: {{Row: 3, Column: "at", Reason: "not a BIGINT"}}}
	p = w.run()
	w.want(p, engine.StatusPartial)
	want := []record.Reject{
		{Row: 2, Column: "val", Reason: "not good", Key: "***"},
		{Row: 3, Column: "at", Reason: "not a BIGINT"},
		{Row: 5, Column: "val", Reason: "not good", Key: "***"}, // the fourth that is in a batch
	}
	if diff := cmp.Diff(want, p.Rejects); diff != "" {
		t.Errorf("rejects (-want +got):\n%s", diff)
	}
	if p.RowsExtracted != 6 || p.RowsFailed != 3 || *p.RowsSynced != 3 || w.target.commit.Unobserved != 1 || !w.target.plan.SkipErrors {
		t.Errorf("report %+v, commit %+v", p, w.target.commit)
	}
}

func TestRejectsAreBounded(t *testing.T) {
	w := newWorld(t, engine.ModeFull, destinations.ModeInsert)
	w.job.OnError = engine.OnErrorSkip
	w.source.rows = []row{{0, at(0), "good"}}
	for i := range 3 * engine.MaxRejects {
		w.source.rows = append(w.source.rows, row{int64(i), at(1), "bad"})
	}
	p := w.run()
	w.want(p, engine.StatusPartial)
	if p.RowsFailed != 3*engine.MaxRejects || len(p.Rejects) != engine.MaxRejects || p.Rejects[99].Row != 101 {
		t.Errorf("failed %d, kept %d, last %v", p.RowsFailed, len(p.Rejects), p.Rejects[len(p.Rejects)-1])
	}
}

func TestW8_InterruptedRunCommitsNothing(t *testing.T) {
	for _, mode := range []engine.Mode{engine.ModeMirror, engine.ModeReplace, engine.ModeIncremental} {
		t.Run(string(mode), func(t *testing.T) {
			w := newWorld(t, mode, destinations.ModeMerge)
			w.source.rows, w.target.rows = five(), []row{{9, at(9), "old"}}
			ctx, cancel := context.WithCancelCause(t.Context())
			w.source.hook = func(_ context.Context, batch int) error {
				if batch == 2 {
					cancel(errors.New("SIGTERM"))
				}
				return nil
			}
			p := engine.Run(ctx, w.job, w.store, w.options())
			w.want(p, engine.StatusInterrupted)
			if slices.Contains(w.target.calls, "commit") || (len(w.target.calls) > 0 && w.target.calls[len(w.target.calls)-1] != "close") {
				t.Errorf("calls %v", w.target.calls)
			}
			same(t, "target", []string{"9@9=old"}, w.values())
			if w.watermark() != "" || kindOf(p) != connector.KindCanceled || !strings.Contains(p.Err.Error(), "SIGTERM") || w.lastStatus() != "interrupted" {
				t.Errorf("watermark %q, %v, history %s", w.watermark(), p.Err, w.lastStatus())
			}
		})
	}
}

func TestW8_SignalAfterTheLastBatchCommitsNothing(t *testing.T) {
	w := newWorld(t, engine.ModeMirror, destinations.ModeMerge)
	w.source.rows = five()
	ctx, cancel := context.WithCancel(t.Context())
	writes := 0
	w.target.onWrite = func(context.Context) error {
		if writes++; writes == 3 {
			cancel()
		}
		return nil
	}
	w.want(engine.Run(ctx, w.job, w.store, w.options()), engine.StatusInterrupted)
	if slices.Contains(w.target.calls, "commit") {
		t.Errorf("calls %v", w.target.calls)
	}
}

func TestTimeoutInterruptsARunThatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, engine.ModeFull, destinations.ModeInsert)
		w.source.rows = five()
		w.job.Timeout = time.Hour
		w.source.hook = func(ctx context.Context, batch int) error {
			if batch == 1 {
				<-ctx.Done()
				return errors.New("driver: bad connection")
			}
			return nil
		}
		p := w.run()
		w.want(p, engine.StatusInterrupted)
		if p.Duration < time.Hour || !strings.Contains(p.Err.Error(), "sync.timeout of 1h0m0s is over") || len(w.target.rows) != 0 {
			t.Errorf("after %s: %v, target %q", p.Duration, p.Err, w.values())
		}
	})
}

func TestCommitIsGivenGrace(t *testing.T) {
	for _, test := range []struct {
		name   string
		takes  time.Duration
		status engine.Status
		rows   int
	}{{"it ends in time", 9 * time.Second, engine.StatusSuccess, 5}, {"it does not", 11 * time.Second, engine.StatusUnknown, 0}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
				w.source.rows = five()
				ctx, cancel := context.WithCancel(t.Context())
				w.target.onCommit = func(late context.Context, apply func()) error {
					cancel()
					select {
					case <-late.Done():
						return late.Err()
					case <-time.After(test.takes):
						apply()
						return nil
					}
				}
				p := engine.Run(ctx, w.job, w.store, w.options())
				w.want(p, test.status)
				if len(w.target.rows) != test.rows || (w.watermark() != "") != (test.rows > 0) || (p.RowsSynced == nil) != (test.rows == 0) {
					t.Errorf("target %q, watermark %q, synced %v", w.values(), w.watermark(), p.RowsSynced)
				}
				if test.status == engine.StatusUnknown && (kindOf(p) != connector.KindUnknown || p.Stage != "commit" || w.lastStatus() != "unknown") {
					t.Errorf("%v at %s, history %s", p.Err, p.Stage, w.lastStatus())
				}
			})
		})
	}
}

func TestW17_LostReplyIsUnknown(t *testing.T) {
	for name, err := range map[string]error{
		"as the destination says": &connector.Error{Kind: connector.KindUnknown, Message: "reply lost"},
		"a deadline of its own":   context.DeadlineExceeded,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
			w.source.rows = five()
			w.target.onCommit = func(_ context.Context, apply func()) error {
				apply()
				return err
			}
			p := w.run()
			w.want(p, engine.StatusUnknown)
			if w.watermark() != "" || p.RowsSynced != nil || kindOf(p) != connector.KindUnknown {
				t.Errorf("watermark %q, synced %v, %v", w.watermark(), p.RowsSynced, p.Err)
			}
		})
	}
}

func TestPanicsAreBugsNotCrashes(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.source.rows = five()
	w.source.hook = func(_ context.Context, batch int) error {
		if batch == 1 {
			panic("oh no")
		}
		return nil
	}
	p := w.run()
	w.want(p, engine.StatusFailed)
	if kindOf(p) != connector.KindInternal || p.Stage != "extract" || !strings.Contains(p.Err.Error(), "run_test.go:") {
		t.Errorf("reader: %v at %s", p.Err, p.Stage)
	}
	w.source.hook = nil
	w.target.onWrite = func(context.Context) error { panic("oh no") }
	p = w.run()
	w.want(p, engine.StatusFailed)
	if kindOf(p) != connector.KindInternal || p.Stage != "load" {
		t.Errorf("writer: %v at %s", p.Err, p.Stage)
	}
	w.target.onWrite = nil
	w.target.onCommit = func(context.Context, func()) error { panic("oh no") }
	p = w.run()
	w.want(p, engine.StatusUnknown)
	if kindOf(p) != connector.KindUnknown || w.watermark() != "" {
		t.Errorf("commit: %v, watermark %q", p.Err, w.watermark())
	}
}

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
	if err := l.Release(t.Context(), state.Run{Status: "success", Finished: time.Now()}, nil); err != nil {
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
			if !errors.As(p.Err, &e) || !strings.Contains(e.Hint, "send them again") {
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
	same(t, "dead runs of the third run", nil, w.target.plan.DeadRuns)
}

func TestE14_DryRunWritesNothing(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeMerge)
	w.source.rows = five()
	o := w.options()
	o.DryRun = true
	p := w.runWith(o)
	w.want(p, engine.StatusSuccess)
	same(t, "calls of a destination that has no dry run", nil, w.target.calls)
	same(t, "notes", []string{"dry run: fake (table) cannot tell what would be inserted, updated or deleted"}, p.Notes)
	if p.RowsInserted != nil || p.RowsExtracted != 5 {
		t.Errorf("inserted %v, extracted %d", p.RowsInserted, p.RowsExtracted)
	}

	w.target.can.Options = []destinations.Option{destinations.OptionDryRun}
	w.target.result = destinations.Result{Inserted: destinations.Count(5)}
	w.target.onCommit = func(context.Context, func()) error { return nil }
	p = w.runWith(o)
	w.want(p, engine.StatusSuccess)
	if !w.target.plan.DryRun || *p.RowsInserted != 5 || *p.RowsSynced != 0 {
		t.Errorf("plan %+v, report %+v", w.target.plan, p)
	}
	if w.lastStatus() != "none" || w.watermark() != "" {
		t.Errorf("history %s, watermark %q", w.lastStatus(), w.watermark())
	}
}

func TestKeyColumnIsCheckedBeforeTheDestinationIsOpened(t *testing.T) {
	w := newWorld(t, engine.ModeUpsert, destinations.ModeInsert)
	w.source.rows = five()
	w.want(w.run(), engine.StatusSuccess) // "ID" is "id" (W5)
	w.target.target.Key = []string{"user_id"}
	p := w.run()
	w.want(p, engine.StatusFailed)
	if p.Stage != "config" || w.target.calls != nil || !strings.Contains(p.Err.Error(), "user_id is no column of the model, which has: id, at, val") {
		t.Errorf("%v at %s, calls %v", p.Err, p.Stage, w.target.calls)
	}
}

func TestMergeWithoutDuplicatesReportedDoesNotGuess(t *testing.T) {
	w := newWorld(t, engine.ModeUpsert, destinations.ModeInsert)
	w.source.rows = five()
	if p := w.run(); p.RowsSynced != nil {
		t.Errorf("synced %d: nobody said how many were duplicates", *p.RowsSynced)
	}
	w.target.result.Duplicates = destinations.Count(2)
	if p := w.run(); p.RowsSynced == nil || *p.RowsSynced != 3 {
		t.Errorf("synced %v, want 3", p.RowsSynced)
	}
}
