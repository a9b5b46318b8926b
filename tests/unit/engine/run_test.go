package engine_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/record"
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

// TestBrokenReadIsNotTheEnd: a connection that drops is io.EOF to many libraries. Taken for the end of the data, it would
// lose the rows behind it, and a mirror would delete them.
func TestBrokenReadIsNotTheEnd(t *testing.T) {
	w := newWorld(t, engine.ModeMirror, destinations.ModeMerge)
	w.source.rows, w.source.per = five(), 2
	w.want(w.run(), engine.StatusSuccess)
	before := w.values()
	w.source.hook = func(_ context.Context, batch int) error {
		if batch == 1 {
			return fmt.Errorf("read a page: %w", io.EOF)
		}
		return nil
	}
	w.want(w.run(), engine.StatusFailed)
	same(t, "target", before, w.values())
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
