package engine_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/state"
)

// jobs returns n syncs of one state; the third fails, if it is asked to.
func jobs(t *testing.T, n int, thirdFails bool) (*world, []*engine.Job) {
	w := newWorld(t, engine.ModeFull, destinations.ModeInsert)
	var list []*engine.Job
	for i := range n {
		j := *w.job
		j.Name = fmt.Sprint("sync", i)
		s, d := *w.source, *w.target
		s.faults, d.faults = &faults{}, &faults{}
		s.rows = five()
		if i == 2 && thirdFails {
			s.faults.nth = 1
		}
		j.Source, j.Destination = &s, &d
		list = append(list, &j)
	}
	return w, list
}

func outcomes(reports []*engine.Report) (out []string) {
	for _, p := range reports {
		out = append(out, fmt.Sprint(p.Name, " ", p.Status))
	}
	return out
}

func TestRunAllKeepsTheOrderOfJobs(t *testing.T) {
	for _, threads := range []int{1, 3, 100} {
		t.Run(fmt.Sprint(threads), func(t *testing.T) {
			w, list := jobs(t, 6, true)
			var mu sync.Mutex
			done := map[string]bool{}
			o := w.options()
			o.Progress = func(p engine.Progress) {
				mu.Lock()
				defer mu.Unlock()
				if p.Done {
					done[p.Sync] = true
				}
			}
			got := outcomes(engine.RunAll(t.Context(), list, w.store, o, engine.Schedule{Threads: threads}))
			want := []string{"sync0 success", "sync1 success", "sync2 failed", "sync3 success", "sync4 success", "sync5 success"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("reports (-want +got):\n%s", diff)
			}
			if len(done) != 6 {
				t.Errorf("progress was told of the end of %v", done)
			}
		})
	}
}

func TestRunAllFailFastStartsNoOther(t *testing.T) {
	w, list := jobs(t, 5, true)
	reports := engine.RunAll(t.Context(), list, w.store, w.options(), engine.Schedule{Threads: 1, FailFast: true})
	want := []string{"sync0 success", "sync1 success", "sync2 failed", "sync3 skipped", "sync4 skipped"}
	if diff := cmp.Diff(want, outcomes(reports)); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
	if _, found, err := w.store.LastRun(t.Context(), "sync3"); found || err != nil {
		t.Errorf("a sync that was not started is in the history (%v)", err)
	}
}

func TestRunAllStartsNothingAfterASignal(t *testing.T) {
	w, list := jobs(t, 3, false)
	ctx, cancel := context.WithCancel(t.Context())
	list[0].Source.(*source).hook = func(context.Context, int) error {
		cancel()
		return nil
	}
	got := outcomes(engine.RunAll(ctx, list, w.store, w.options(), engine.Schedule{Threads: 1}))
	if diff := cmp.Diff([]string{"sync0 interrupted", "sync1 skipped", "sync2 skipped"}, got); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
}

func TestRunAllPrunesTheHistory(t *testing.T) {
	w, list := jobs(t, 1, false)
	o := w.options()
	o.History = &state.Retention{Runs: 1}
	for range 3 {
		engine.RunAll(t.Context(), list, w.store, o, engine.Schedule{})
	}
	runs, err := w.store.Runs(t.Context(), state.Filter{})
	if err != nil || len(runs) != 1 {
		t.Errorf("%d runs are kept, %v; want the last", len(runs), err)
	}
}
