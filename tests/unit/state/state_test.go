// Package state_test holds the state to what the engine and the commands rely on, from outside.
package state_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/state"
)

func open(t *testing.T, dir string) *state.Store {
	t.Helper()
	s, err := state.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func newRun(sync string) state.Run {
	return state.Run{SyncRunID: uuid.Must(uuid.NewV7()).String(), RunID: "invocation", Sync: sync, Mode: "incremental", Started: time.Now()}
}

func begin(t *testing.T, s *state.Store, r state.Run) *state.Lease {
	t.Helper()
	l, err := s.Begin(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// ended is r as it ended with status.
func ended(r state.Run, status string) state.Run {
	r.Status, r.Finished = status, time.Now()
	return r
}

func release(t *testing.T, l *state.Lease, r state.Run, swept ...string) {
	t.Helper()
	if err := l.Release(t.Context(), state.Ending{Run: r, Swept: swept}); err != nil {
		t.Fatal(err)
	}
}

func TestHistoryKeepsWhatWasReported(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	r := newRun("users")
	l := begin(t, s, r)
	running, found, err := s.LastRun(t.Context(), "users")
	if err != nil || !found || running.Status != state.StatusRunning {
		t.Fatalf("while it runs: %+v, %t, %v", running, found, err)
	}
	r = ended(r, "failed")
	r.Error, r.ErrorType, r.ErrorStage, r.ErrorSuggestion = "boom", "permanent", "load", "look"
	r.Report = []byte(`{"rows_failed":3}`)
	release(t, l, r)

	got, _, err := open(t, dir).LastRun(t.Context(), "users")
	if err != nil {
		t.Fatal(err)
	}
	host, _ := os.Hostname()
	r.Host, r.PID = host, os.Getpid()
	if diff := cmp.Diff(r, got, cmpopts.EquateApproxTime(time.Microsecond)); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
}

func TestE2_EveryRunIsInTheHistory(t *testing.T) {
	s := open(t, t.TempDir())
	for _, status := range []string{"success", "failed"} {
		r := newRun("users")
		release(t, begin(t, s, r), ended(r, status))
	}
	if err := s.Record(t.Context(), ended(newRun("orders"), "failed")); err != nil {
		t.Fatal(err)
	}
	last, err := s.LastRuns(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range last {
		got[r.Sync] = r.Status
	}
	if diff := cmp.Diff(map[string]string{"users": "failed", "orders": "failed"}, got); diff != "" {
		t.Errorf("last runs (-want +got):\n%s", diff)
	}
	runs, err := s.Runs(t.Context(), state.Filter{Sync: "users", Limit: 1})
	if err != nil || len(runs) != 1 || runs[0].Status != "failed" {
		t.Errorf("the newest run of users: %+v, %v", runs, err)
	}
}

func TestW10_SecondRunIsRefusedWithWhoHoldsIt(t *testing.T) {
	dir := t.TempDir()
	first, second := open(t, dir), open(t, dir)
	r := newRun("users")
	l := begin(t, first, r)
	_, err := second.Begin(t.Context(), newRun("users"))
	var held *state.HeldError
	if !errors.As(err, &held) {
		t.Fatalf("the second run: %v", err)
	}
	host, _ := os.Hostname()
	if held.Lock.Host != host || held.Lock.PID != os.Getpid() || time.Since(held.Lock.Since) > time.Minute || held.Lock.SyncRunID != r.SyncRunID {
		t.Errorf("the holder: %+v", held.Lock)
	}
	for _, part := range []string{`sync "users"`, fmt.Sprint("process ", os.Getpid()), "host " + host, "since 2"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
	other := begin(t, second, newRun("orders"))
	locks, err := first.Locks(t.Context())
	if err != nil || len(locks) != 2 || !locks[0].Live || locks[0].Sync != "orders" {
		t.Errorf("locks: %+v, %v", locks, err)
	}
	release(t, other, ended(newRun("orders"), "success"))
	release(t, l, ended(r, "success"))
	release(t, begin(t, second, newRun("users")), ended(newRun("users"), "success"))
}

func TestWatermarkIsSavedWithTheHistory(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if w, err := s.Watermark(t.Context(), "users"); w != nil || err != nil {
		t.Fatalf("before the first run: %v, %v", w, err)
	}
	want := &state.Watermark{
		Sync: "users", Field: "updated_at",
		Value: &record.Value{Type: record.TypeTimestamp, Text: "2026-01-02T03:04:05.000006Z"},
		Open:  []record.Value{{Type: record.TypeTimestamp, Text: "2025-01-01T00:00:00Z"}, {Type: record.TypeTimestamp, Text: "2026-01-02T03:04:05.000006Z"}},
		Ahead: true, Columns: []string{"id", "name"},
		Sent: map[record.Hash]uint32{{1}: 1, {2, 3}: 300},
	}
	r := newRun("users")
	l := begin(t, s, r)
	if err := l.Save(t.Context(), ended(r, "success"), want); err != nil {
		t.Fatal(err)
	}
	// The process dies here, as far as another one can see: the watermark must be there without Release.
	got, err := open(t, dir).Watermark(t.Context(), "users")
	if err != nil {
		t.Fatal(err)
	}
	want.SyncRunID = r.SyncRunID
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(state.Watermark{}, "Saved")); diff != "" {
		t.Errorf("watermark (-want +got):\n%s", diff)
	}
	if from := got.From(); from.Text != "2025-01-01T00:00:00Z" {
		t.Errorf("reading begins at %v, want the lowest open value", from)
	}
	release(t, l, ended(r, "success"))
}

// A statement of a run that has ended may still be under way and make scratch after it was swept, so that the runs which
// follow soon sweep again.
func TestDeadRunsAreSweptUntilTheyAreOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, t.TempDir())
		r := newRun("users")
		left := ended(r, "failed")
		left.Scratch = true
		release(t, begin(t, s, r), left)
		for _, want := range [][]string{{r.SyncRunID}, {r.SyncRunID}, {r.SyncRunID}, nil} {
			next := newRun("users")
			l := begin(t, s, next)
			dead, err := s.DeadRuns(t.Context(), "users")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, dead); diff != "" {
				t.Fatalf("dead runs, while another one runs (-want +got):\n%s", diff)
			}
			release(t, l, ended(next, "success"), dead...)
			time.Sleep(6 * time.Minute)
		}
	})
}

func TestPruneKeepsTheLastRunAndWhatIsNotSwept(t *testing.T) {
	s := open(t, t.TempDir())
	record := func(sync string, age time.Duration, scratch bool) string {
		r := ended(newRun(sync), "success")
		r.Started, r.Finished, r.Scratch = time.Now().Add(-age), time.Now().Add(-age), scratch
		if err := s.Record(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		return r.SyncRunID
	}
	const day = 24 * time.Hour
	record("users", 40*day, false)
	keep := []string{record("users", 39*day, true), record("users", 2*day, false), record("users", day, false), record("idle", 400*day, false)}
	record("users", 3*day, false)
	if err := s.Prune(t.Context(), state.Retention{}); err != nil {
		t.Fatal(err)
	}
	if runs, err := s.Runs(t.Context(), state.Filter{}); err != nil || len(runs) != 6 {
		t.Errorf("without a bound: %d runs, %v; want all 6", len(runs), err)
	}
	if err := s.Prune(t.Context(), state.Retention{Days: 30, Runs: 2}); err != nil {
		t.Fatal(err)
	}
	runs, err := s.Runs(t.Context(), state.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, r := range runs {
		got[r.SyncRunID] = true
	}
	want := map[string]bool{}
	for _, id := range keep {
		want[id] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kept runs (-want +got):\n%s", diff)
	}
}

func TestOpenExistingMakesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".drt")
	s, err := state.OpenExisting(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if runs, err := s.Runs(t.Context(), state.Filter{}); err != nil || len(runs) != 0 {
		t.Errorf("runs: %v, %v", runs, err)
	}
	if w, err := s.Watermark(t.Context(), "users"); err != nil || w != nil {
		t.Errorf("watermark: %v, %v", w, err)
	}
	if _, err := s.Begin(t.Context(), newRun("users")); err == nil {
		t.Error("a lock was taken in a state that does not exist")
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder was made: %v", err)
	}
}

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".drt")
	open(t, dir)
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "state.db"): 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", filepath.Base(path), got, want)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != 1 {
		t.Errorf("files: %v, %v", left, err)
	}
}

func TestManyOpenersMakeOneState(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".drt")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			s, err := state.Open(context.Background(), dir)
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if err := s.Record(context.Background(), ended(newRun(fmt.Sprint("sync", i)), "success")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	runs, err := open(t, dir).LastRuns(t.Context())
	if err != nil || len(runs) != 8 {
		t.Errorf("%d runs, %v; want 8: a state was replaced by another", len(runs), err)
	}
}

func TestOneOfManyGetsTheLock(t *testing.T) {
	dir := t.TempDir()
	stores := []*state.Store{open(t, dir), open(t, dir)}
	var mu sync.Mutex
	var leases []*state.Lease
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			l, err := stores[i%2].Begin(context.Background(), newRun("users"))
			var held *state.HeldError
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				leases = append(leases, l)
			case !errors.As(err, &held):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(leases) != 1 {
		t.Errorf("%d runs have the lock", len(leases))
	}
	for _, l := range leases {
		release(t, l, ended(newRun("users"), "success"))
	}
}
