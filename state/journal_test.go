package state

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func announced(text string) Change {
	w := fixtureWatermark()
	return Change{Mode: "merge", Change: json.RawMessage(text), Watermark: &w}
}

// TestW17_JournalOutlivesTheRun: what was announced stays unsettled after a run that does not know its outcome, and the
// watermark comes into force only when the change is settled as committed.
func TestW17_JournalOutlivesTheRun(t *testing.T) {
	for _, c := range []struct {
		outcome string
		moved   bool
	}{{OutcomeCommitted, true}, {OutcomeNotCommitted, false}} {
		t.Run(c.outcome, func(t *testing.T) {
			s := openState(t)
			l := begin(t, s, "first")
			must(t, l.Announce(t.Context(), announced(`{"kind":"MERGE"}`)))
			r := run("first")
			r.Status, r.Error = "unknown", "the reply was lost"
			must(t, l.Release(t.Context(), Ending{Run: r, Open: true}))

			open, err := s.Unsettled(t.Context(), r.Sync)
			must(t, err)
			want := announced(`{"kind":"MERGE"}`)
			want.SyncRunID, want.N, want.Sync = r.SyncRunID, 1, r.Sync
			ignore := cmpopts.IgnoreFields(Change{}, "Sent")
			if diff := cmp.Diff([]Change{want}, open, ignore, cmpopts.IgnoreFields(Watermark{}, "Sync", "SyncRunID", "Saved")); diff != "" {
				t.Fatalf("unsettled (-want +got):\n%s", diff)
			}
			must(t, s.Prune(t.Context(), Retention{Runs: 1}))

			l = begin(t, s, "second")
			must(t, l.Settle(t.Context(), r.SyncRunID, c.outcome, "version 7"))
			must(t, l.Release(t.Context(), Ending{Run: run("second")}))
			w, err := s.Watermark(t.Context(), r.Sync)
			must(t, err)
			if (w != nil) != c.moved {
				t.Errorf("watermark %+v after %s", w, c.outcome)
			}
			if open, err = s.Unsettled(t.Context(), r.Sync); err != nil || len(open) > 0 {
				t.Errorf("still unsettled: %v, %v", open, err)
			}
			runs, err := s.Runs(t.Context(), Filter{Sync: r.Sync})
			must(t, err)
			if first := runs[len(runs)-1]; !strings.Contains(first.Error, c.outcome+" (version 7)") {
				t.Errorf("the history does not say it: %q", first.Error)
			}
		})
	}
}

// TestPruneKeepsTheLastCommit: a run looks for the author of the target's newest commit in its own history; many runs that
// found nothing new may have come since.
func TestPruneKeepsTheLastCommit(t *testing.T) {
	s := openState(t)
	for _, name := range []string{"first", "second"} {
		l := begin(t, s, name)
		must(t, l.Announce(t.Context(), announced(`{"kind":"MERGE"}`)))
		must(t, l.Save(t.Context(), run(name), nil))
		must(t, l.Release(t.Context(), Ending{Run: run(name)}))
	}
	for _, name := range []string{"third", "fourth"} {
		must(t, begin(t, s, name).Release(t.Context(), Ending{Run: run(name)}))
	}
	must(t, s.Prune(t.Context(), Retention{Runs: 1}))
	for name, want := range map[string]bool{"first": false, "second": true, "third": false, "fourth": true} {
		if got, err := s.HasRun(t.Context(), run(name).SyncRunID); err != nil || got != want {
			t.Errorf("run %s is kept: %v, %v; want %v", name, got, err, want)
		}
	}
}

// TestJournalIsClosedByTheRun: what a run knows is closed with it.
func TestJournalIsClosedByTheRun(t *testing.T) {
	s := openState(t)
	l := begin(t, s, "first")
	must(t, l.Announce(t.Context(), announced(`{"kind":"MERGE"}`)))
	must(t, l.Save(t.Context(), run("first"), nil))
	must(t, l.Announce(t.Context(), announced(`{"kind":"DELETE"}`)))
	must(t, l.Release(t.Context(), Ending{Run: run("first")}))
	changes, err := s.Changes(t.Context(), run("first").SyncRunID)
	must(t, err)
	var got []string
	for _, c := range changes {
		got = append(got, c.Outcome)
	}
	if diff := cmp.Diff([]string{OutcomeCommitted, OutcomeNotCommitted}, got); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}

func TestResolveIsRefusedWhileTheSyncRuns(t *testing.T) {
	dir := t.TempDir()
	s, l := elsewhere(t, dir, "b"), begin(t, elsewhere(t, dir, "a"), "first")
	must(t, l.Announce(t.Context(), announced(`{}`)))
	_, err := s.Resolve(t.Context(), run("first").Sync, OutcomeCommitted, "decided by hand")
	var held *HeldError
	if !errors.As(err, &held) {
		t.Fatalf("resolved during the run: %v", err)
	}
	must(t, l.Release(t.Context(), Ending{Run: run("first"), Open: true}))
	if n, err := s.Resolve(t.Context(), run("first").Sync, OutcomeCommitted, "decided by hand"); n != 1 || err != nil {
		t.Fatalf("%d runs resolved, %v", n, err)
	}
}

func openState(t *testing.T) *Store {
	t.Helper()
	return elsewhere(t, t.TempDir(), "a")
}

func begin(t *testing.T, s *Store, id string) *Lease {
	t.Helper()
	l, err := s.Begin(t.Context(), run(id))
	must(t, err)
	return l
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A run of several changes knows what became of each before it announces the next; and of one that the target took no row
// of. Found by tests/sim: a mirror whose DELETE failed had its MERGE in the journal as not committed.
func TestEachChangeOfARunHasAnOutcomeOfItsOwn(t *testing.T) {
	s := openState(t)
	l := begin(t, s, "first")
	must(t, l.Announce(t.Context(), announced(`{"kind":"MERGE"}`)))
	next := announced(`{"kind":"MERGE"}`)
	next.Earlier = OutcomeNotCommitted
	must(t, l.Announce(t.Context(), next))
	next = announced(`{"kind":"DELETE"}`)
	next.Earlier = OutcomeCommitted
	must(t, l.Announce(t.Context(), next))
	must(t, l.Release(t.Context(), Ending{Run: run("first")}))
	wantOutcomes(t, s, "first", OutcomeNotCommitted, OutcomeCommitted, OutcomeNotCommitted)

	l = begin(t, s, "second")
	must(t, l.Announce(t.Context(), announced(`{"kind":"INSERT"}`)))
	must(t, l.Refused(t.Context(), "every row"))
	must(t, l.Save(t.Context(), run("second"), nil))
	must(t, l.Release(t.Context(), Ending{Run: run("second")}))
	wantOutcomes(t, s, "second", OutcomeNotCommitted)
}

func wantOutcomes(t *testing.T, s *Store, run string, want ...string) {
	t.Helper()
	changes, err := s.Changes(t.Context(), run)
	must(t, err)
	var got []string
	for _, c := range changes {
		got = append(got, c.Outcome)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outcomes of run %s (-want +got):\n%s", run, diff)
	}
}
