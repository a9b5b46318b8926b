package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/state"
)

// differing is a target that can compare.
type differing struct {
	*target
	session *comparing
}

type comparing struct {
	*session
	found  destinations.Diff
	rows   int
	commit destinations.Commit
}

func (d *differing) OpenDiff(ctx context.Context, p destinations.Plan) (destinations.DiffSession, error) {
	s, err := d.target.Open(ctx, p)
	if err != nil {
		return nil, err
	}
	d.session.session = s.(*session)
	return d.session, nil
}

func (c *comparing) Diff(_ context.Context, commit destinations.Commit, rows int) (destinations.Diff, error) {
	c.target.calls = append(c.target.calls, "diff")
	c.rows, c.commit = rows, commit
	return c.found, nil
}

func say(values ...string) []*string {
	out := make([]*string, len(values))
	for i, v := range values {
		if v != "NULL" {
			out[i] = &v
		}
	}
	return out
}

func compare(w *world, found destinations.Diff, rows int) (*engine.Difference, *comparing, error) {
	w.t.Helper()
	w.target.calls = nil
	d := &differing{target: w.target, session: &comparing{found: found}}
	w.job.Destination = d
	got, err := engine.Diff(w.t.Context(), w.job, w.store, w.options(), rows)
	return got, d.session, err
}

func TestE14_DiffTouchesNothing(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeMerge)
	w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "b"}}
	w.want(w.run(), engine.StatusSuccess)
	w.source.rows = append(w.source.rows, row{3, at(3), "c"})
	l, err := w.store.Begin(t.Context(), state.Run{SyncRunID: "live", Sync: "users", Started: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	found := destinations.Diff{Inserted: destinations.Count(1), Columns: []string{"id", "at", "val"}}
	d, s, err := compare(w, found, 7)
	if err != nil {
		t.Fatalf("beside a live run: %v", err)
	}
	same(t, "calls", []string{"open", "write", "diff", "close"}, w.target.calls)
	if d.RowsExtracted != 3 || d.RowsSkipped != 2 || *d.Inserted != 1 || d.Updated != nil || s.rows != 7 {
		t.Errorf("%+v, asked for %d rows", d, s.rows)
	}
	if !s.closed {
		t.Error("the session was left open")
	}
	if err := l.Release(t.Context(), state.Ending{}); err != nil {
		t.Fatal(err)
	}
	runs, err := w.store.Runs(t.Context(), state.Filter{Sync: "users"})
	if err != nil || len(runs) != 2 || w.watermark() != "2" {
		t.Errorf("the state changed: %d runs, watermark %q, %v", len(runs), w.watermark(), err)
	}
}

func TestE12_DiffHidesSensitiveValues(t *testing.T) {
	w := newWorld(t, engine.ModeUpsert, destinations.ModeMerge)
	w.source.rows = []row{{1, at(1), "a"}}
	w.job.Sensitive = []string{"VAL", "id"}
	d, _, err := compare(w, destinations.Diff{Columns: []string{"id", "at", "val"}, Rows: []destinations.RowDiff{
		{Change: "update", Key: say("1"), Old: say("1", "NULL", "canary-1"), New: say("1", "7", "canary-2")},
		{Change: "update", Key: say("1"), Old: say("1", "7", "NULL"), New: say("1", "7", "canary-2")},
		{Change: "delete", Key: say("1"), Old: say("1", "7", "canary-3")},
	}}, 9)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range d.Rows {
		got = append(got, fmt.Sprintf("%s %s %s -> %s %v", r.Change, *r.Key[0].Value, join(r.Old), join(r.New), r.Changed))
	}
	same(t, "rows", []string{
		"update *** ***,NULL,*** -> ***,7,*** [false true true]", "update *** ***,7,NULL -> ***,7,*** [false false true]",
		"delete *** ***,7,*** ->  [true true true]",
	}, got)
	w.job.Sensitive = []string{"vall"}
	if _, _, err := compare(w, destinations.Diff{}, 9); connector.KindOf(err) != connector.KindConfig || !strings.Contains(err.Error(), "vall is no column") {
		t.Errorf("a misspelled column would be shown: %v", err)
	}
}

func join(values []*string) string {
	var parts []string
	for _, v := range values {
		text := "NULL"
		if v != nil {
			text = *v
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ",")
}

func TestDiffShowsSomeOfEachKind(t *testing.T) {
	w := newWorld(t, engine.ModeUpsert, destinations.ModeMerge)
	w.source.rows = []row{{1, at(1), "a"}}
	var rows []destinations.RowDiff
	for i := range 9 {
		rows = append(rows, destinations.RowDiff{Change: "insert", New: say(fmt.Sprint(i))})
	}
	rows = append(rows, destinations.RowDiff{Change: "update", Old: say("u"), New: say("v")})
	for i := range 9 {
		rows = append(rows, destinations.RowDiff{Change: "delete", Old: say(fmt.Sprint(i))})
	}
	d, _, err := compare(w, destinations.Diff{Columns: []string{"id"}, Rows: rows}, 6)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range d.Rows {
		got = append(got, r.Change+join(r.Old)+join(r.New))
	}
	same(t, "rows", []string{"insert0", "insert1", "insert2", "updateuv", "delete0", "delete1"}, got)
}

func TestDiffWhereNothingWouldBeCommitted(t *testing.T) {
	w := newWorld(t, engine.ModeMirror, destinations.ModeMerge)
	d, _, err := compare(w, destinations.Diff{}, 9)
	if err != nil || *d.Deleted != 0 || len(w.target.calls) > 0 || !strings.Contains(strings.Join(d.Warnings, ""), "the source is empty") {
		t.Errorf("an empty mirror: %+v, %v, calls %v", d, err, w.target.calls)
	}
	w.job.AllowEmpty = true
	if _, _, err = compare(w, destinations.Diff{}, 9); err != nil {
		t.Fatal(err)
	}
	same(t, "calls of an empty mirror that is meant", []string{"open", "diff", "close"}, w.target.calls)

	w.job.OnError = engine.OnErrorSkip
	w.source.rows = []row{{1, at(1), "bad"}, {2, at(2), "good"}}
	d, _, err = compare(w, destinations.Diff{}, 9)
	if err != nil || d.RowsFailed != 1 || len(d.Rejects) != 1 {
		t.Errorf("a rejected row: %+v, %v", d, err)
	}
	w.source.rows = w.source.rows[:1]
	if _, _, err = compare(w, destinations.Diff{}, 9); connector.KindOf(err) != connector.KindRejected {
		t.Errorf("nothing but rejected rows: %v", err)
	}
}

func TestDiffIsRefusedWhereTheTargetCannotTell(t *testing.T) {
	w := newWorld(t, engine.ModeUpsert, destinations.ModeMerge)
	_, err := engine.Diff(t.Context(), w.job, w.store, w.options(), 9)
	if connector.KindOf(err) != connector.KindConfig || !strings.Contains(err.Error(), "cannot tell") {
		t.Errorf("%v", err)
	}
}
