package state

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"zombiezen.com/go/sqlite"

	"github.com/drt-go/drt/record"
)

func fixtureLetters() Letters {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	return Letters{Batches: []LetterBatch{
		{Rows: []byte("values"), Letters: []Letter{
			{Identity: []byte{1}, Reject: record.Reject{Row: 17, Column: "age", Reason: "not an INT", Key: "id=4***"}, Rejected: at},
			{Identity: []byte{2}, Reject: record.Reject{Row: 18, Reason: "too long"}, Place: 1, Rejected: at},
		}},
		{Letters: []Letter{{Identity: []byte{3}, Reject: record.Reject{Row: 5, Reason: "torn"}, ReadAgain: true, Rejected: at}}},
	}}
}

func checkFixtureLetters(t *testing.T, s *Store, version int) {
	t.Helper()
	got, err := s.Letters(t.Context(), "users")
	must(t, err)
	if version < 3 {
		if len(got) > 0 {
			t.Errorf("dead letters out of nowhere: %+v", got)
		}
		return
	}
	var want []Letter
	for _, b := range fixtureLetters().Batches {
		want = append(want, b.Letters...)
	}
	for i := range want {
		want[i].Sync, want[i].SyncRunID = "users", fixtureRun().SyncRunID
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Letter{}, "ID", "Batch")); diff != "" {
		t.Errorf("dead letters (-want +got):\n%s", diff)
	}
	if rows, err := s.LetterRows(t.Context(), got[0].Batch); err != nil || string(rows) != "values" || got[0].Batch != got[1].Batch || got[2].Batch != 0 {
		t.Errorf("values %q of batches %d, %d, %d (%v)", rows, got[0].Batch, got[1].Batch, got[2].Batch, err)
	}
}

// letter is a batch of one letter, told by its reason; its identity is id.
func letter(id byte, reason string) LetterBatch {
	return LetterBatch{Rows: []byte("values of " + reason), Letters: []Letter{{Identity: []byte{id}, Reject: record.Reject{Row: 1, Reason: reason}, Rejected: time.Now()}}}
}

func letterReasons(t *testing.T, s *Store) (reasons []string) {
	t.Helper()
	letters, err := s.Letters(t.Context(), "users")
	must(t, err)
	for _, x := range letters {
		reasons = append(reasons, x.Reject.Reason)
		rows, err := s.LetterRows(t.Context(), x.Batch)
		if must(t, err); x.Batch != 0 && string(rows) != "values of "+x.Reject.Reason {
			t.Errorf("letter %q has the values %q", x.Reject.Reason, rows)
		}
	}
	return reasons
}

func wantLetters(t *testing.T, s *Store, what string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, letterReasons(t, s), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
	counts, err := s.LetterCounts(t.Context())
	if must(t, err); counts["users"] != int64(len(want)) {
		t.Errorf("%s: %d are counted, want %d", what, counts["users"], len(want))
	}
}

// commitLetters is a run that puts letters and commits.
func commitLetters(t *testing.T, s *Store, id string, put Letters) {
	t.Helper()
	l := begin(t, s, id)
	must(t, l.PutLetters(t.Context(), put))
	must(t, l.Save(t.Context(), run(id), nil))
	must(t, l.Release(t.Context(), Ending{Run: run(id)}))
}

func TestE1_LettersComeIntoForceWithTheCommit(t *testing.T) {
	s := openState(t)
	l := begin(t, s, "first")
	must(t, l.PutLetters(t.Context(), Letters{Batches: []LetterBatch{letter(9, "put before")}}))
	must(t, l.PutLetters(t.Context(), Letters{Batches: []LetterBatch{letter(1, "a")}}))
	wantLetters(t, s, "before the commit")
	must(t, l.Save(t.Context(), run("first"), nil))
	wantLetters(t, s, "after it", "a")
	must(t, l.Release(t.Context(), Ending{Run: run("first")}))
	wantLetters(t, s, "after the run", "a")
}

func TestE1_LettersOfARunThatDidNotCommitAreForgotten(t *testing.T) {
	s := openState(t)
	commitLetters(t, s, "first", Letters{Batches: []LetterBatch{letter(1, "a")}})
	l := begin(t, s, "second")
	must(t, l.PutLetters(t.Context(), Letters{Whole: true, Batches: []LetterBatch{letter(2, "b")}}))
	must(t, l.Release(t.Context(), Ending{Run: run("second")}))
	wantLetters(t, s, "after a run that failed", "a")
	commitLetters(t, s, "third", Letters{})
	wantLetters(t, s, "after one that put nothing", "a")
}

// TestE5_KilledBetweenCommitAndSaveLosesNoLetter: the journal settles the letters of a run whose process was killed.
func TestE5_KilledBetweenCommitAndSaveLosesNoLetter(t *testing.T) {
	for outcome, want := range map[string][]string{OutcomeCommitted: {"b again", "c"}, OutcomeNotCommitted: {"a", "b"}} {
		t.Run(outcome, func(t *testing.T) {
			s := openState(t)
			commitLetters(t, s, "first", Letters{Batches: []LetterBatch{letter(1, "a"), letter(2, "b")}})
			earlier, err := s.Letters(t.Context(), "users")
			must(t, err)

			l := begin(t, s, "killed")
			must(t, l.PutLetters(t.Context(), Letters{Ended: []int64{earlier[0].ID}, Batches: []LetterBatch{letter(2, "b again"), letter(3, "c")}}))
			must(t, l.Announce(t.Context(), announced(`{}`)))
			die(l)
			must(t, s.Prune(t.Context(), DefaultRetention()))
			wantLetters(t, s, "while the outcome is unknown", "a", "b")

			s.holder.started = "later" // what holds the lock is not a process any more
			next := begin(t, s, "next")
			must(t, s.Prune(t.Context(), DefaultRetention()))
			must(t, next.Settle(t.Context(), "killed", outcome, "version 7"))
			wantLetters(t, s, "settled", want...)
			must(t, next.Release(t.Context(), Ending{Run: run("next")}))
		})
	}
}

func TestWholeReadEndsTheLettersOfEarlierRunsOnly(t *testing.T) {
	s := openState(t)
	commitLetters(t, s, "first", Letters{Batches: []LetterBatch{letter(1, "a"), letter(2, "b")}})
	other := Run{SyncRunID: "other", Sync: "orders", Started: time.Now()}
	l, err := s.Begin(t.Context(), other)
	must(t, err)
	must(t, l.PutLetters(t.Context(), Letters{Batches: []LetterBatch{letter(1, "of another sync")}}))
	must(t, l.Save(t.Context(), other, nil))
	must(t, l.Release(t.Context(), Ending{Run: other}))

	commitLetters(t, s, "second", Letters{Whole: true, Batches: []LetterBatch{letter(2, "b again")}})
	wantLetters(t, s, "after a run that read everything", "b again")
	if left, err := s.Letters(t.Context(), "orders"); err != nil || len(left) != 1 {
		t.Errorf("the other sync has %+v (%v)", left, err)
	}
}

// Nothing stays in the file of values that no letter needs.
func TestValuesGoWithTheirLetters(t *testing.T) {
	s := openState(t)
	batch := LetterBatch{Rows: []byte("canary"), Letters: fixtureLetters().Batches[0].Letters}
	commitLetters(t, s, "first", Letters{Batches: []LetterBatch{batch}})
	letters, err := s.Letters(t.Context(), "users")
	must(t, err)
	for i, left := range []int64{6, 0} {
		n, err := s.DiscardLetters(t.Context(), "users", []int64{letters[i].ID, 4711})
		if must(t, err); n != 1 {
			t.Errorf("%d letters were discarded, want 1", n)
		}
		if size, err := s.LetterBytes(t.Context(), "users"); err != nil || size != left {
			t.Errorf("%d bytes of values are left, want %d (%v)", size, left, err)
		}
		file, err := os.ReadFile(s.path)
		if must(t, err); bytes.Contains(file, batch.Rows) != (left > 0) {
			t.Errorf("with %d bytes of values left, the file has them: %t", left, left == 0)
		}
	}
}

func TestLettersExpire(t *testing.T) {
	s := openState(t)
	old, young, eternal := letter(1, "old"), letter(2, "young"), letter(3, "eternal")
	old.Letters[0].Expires, young.Letters[0].Expires = time.Now().Add(-time.Second), time.Now().Add(time.Hour)
	commitLetters(t, s, "first", Letters{Batches: []LetterBatch{old, young, eternal}})
	l := begin(t, s, "second")
	if n, err := l.ExpireLetters(t.Context()); err != nil || n != 1 {
		t.Errorf("%d expired (%v), want 1", n, err)
	}
	wantLetters(t, s, "after that", "young", "eternal")
	must(t, l.PutLetters(t.Context(), Letters{Batches: []LetterBatch{old}}))
	must(t, l.Save(t.Context(), run("second"), nil))
	must(t, l.Release(t.Context(), Ending{Run: run("second")}))
	must(t, s.Prune(t.Context(), DefaultRetention()))
	wantLetters(t, s, "of a sync that is run no more", "young", "eternal")
}

func TestLettersOfAnUndoneRunGo(t *testing.T) {
	s := openState(t)
	commitLetters(t, s, "first", Letters{Batches: []LetterBatch{letter(1, "a")}})
	commitLetters(t, s, "second", Letters{Batches: []LetterBatch{letter(2, "b")}})
	must(t, s.write(t.Context(), func(conn *sqlite.Conn) error { return closeChanges(conn, "second", OutcomeUndone, "") }))
	wantLetters(t, s, "after the second run was undone", "a")
}

// A run that was killed before it announced anything has changed nothing, and nobody settles it.
func TestE5_LettersOfARunKilledBeforeItSentAnythingAreRemoved(t *testing.T) {
	s := openState(t)
	l := begin(t, s, "killed")
	must(t, l.PutLetters(t.Context(), Letters{Whole: true, Batches: []LetterBatch{letter(1, "a")}}))
	must(t, s.Prune(t.Context(), DefaultRetention()))
	if n, err := s.LetterBytes(t.Context(), "users"); err != nil || n == 0 {
		t.Errorf("of a live run %d bytes are left (%v)", n, err)
	}
	die(l)
	s.holder.started = "later"
	next := begin(t, s, "next")
	must(t, s.Prune(t.Context(), DefaultRetention()))
	if n, err := s.LetterBytes(t.Context(), "users"); err != nil || n != 0 {
		t.Errorf("%d bytes are left (%v)", n, err)
	}
	must(t, next.Release(t.Context(), Ending{Run: run("next")}))
}

func TestRetriedLettersHaveTheNewReason(t *testing.T) {
	s := openState(t)
	commitLetters(t, s, "first", Letters{Batches: []LetterBatch{{Letters: letter(1, "a").Letters}}})
	letters, err := s.Letters(t.Context(), "users")
	must(t, err)
	l := begin(t, s, "retry")
	letters[0].Reject.Reason, letters[0].Reject.Column = "still bad", "age"
	must(t, l.MarkRetried(t.Context(), letters))
	must(t, l.Release(t.Context(), Ending{Run: run("retry")}))
	after, err := s.Letters(t.Context(), "users")
	must(t, err)
	letters[0].Retried = after[0].Retried
	if diff := cmp.Diff(letters, after); diff != "" || after[0].Retried.IsZero() {
		t.Errorf("retried %v (-want +got):\n%s", after[0].Retried, diff)
	}
}

// How the last run ended is what `drt run --failed` goes by: a retry after it neither hides nor replaces it.
func TestRetryDoesNotHideTheLastRun(t *testing.T) {
	s := openState(t)
	failed := run("first")
	failed.Status = "failed"
	must(t, begin(t, s, "first").Release(t.Context(), Ending{Run: failed}))
	retry := run("retry")
	retry.Mode = ModeRetry
	l, err := s.Begin(t.Context(), retry)
	must(t, err)
	retry.Status = StatusSuccess
	must(t, l.Release(t.Context(), Ending{Run: retry}))
	must(t, s.Prune(t.Context(), Retention{Runs: 1}))
	last, found, err := s.LastRun(t.Context(), "users")
	must(t, err)
	lasts, err := s.LastRuns(t.Context())
	must(t, err)
	if !found || last.SyncRunID != "first" || len(lasts) != 1 || lasts[0].Status != "failed" {
		t.Errorf("last run %+v, of all syncs %+v", last, lasts)
	}
	if all, err := s.Runs(t.Context(), Filter{Sync: "users"}); err != nil || len(all) != 2 {
		t.Errorf("the history has %d runs (%v), want the run and the retry", len(all), err)
	}
}

func TestLettersNeedTheLock(t *testing.T) {
	dir := t.TempDir()
	s, l := elsewhere(t, dir, "b"), begin(t, elsewhere(t, dir, "a"), "first")
	var held *HeldError
	if _, err := s.DiscardLetters(t.Context(), "users", nil); !errors.As(err, &held) {
		t.Errorf("discarded during a run: %v", err)
	}
	must(t, l.Release(t.Context(), Ending{Run: run("first")}))
	_, expireErr := l.ExpireLetters(t.Context())
	for i, err := range []error{l.PutLetters(t.Context(), Letters{}), l.MarkRetried(t.Context(), nil), expireErr} {
		if !errors.Is(err, ErrLost) {
			t.Errorf("call %d without the lock: %v", i, err)
		}
	}
	if _, err := s.DiscardLetters(t.Context(), "users", nil); err != nil {
		t.Error(err)
	}
}

func TestStateThatIsNotThereHasNoLetters(t *testing.T) {
	s, err := OpenExisting(t.Context(), t.TempDir())
	must(t, err)
	letters, err := s.Letters(t.Context(), "users")
	counts, countErr := s.LetterCounts(t.Context())
	if err := errors.Join(err, countErr); err != nil || len(letters)+len(counts) > 0 {
		t.Errorf("%v, %v, %v", letters, counts, err)
	}
}
