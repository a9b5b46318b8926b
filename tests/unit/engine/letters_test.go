package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/state"
)

// newLetterWorld is a sync that skips rejected rows and keeps them.
func newLetterWorld(t *testing.T, mode engine.Mode, write destinations.Mode) *world {
	w := newWorld(t, mode, write)
	w.job.OnError = engine.OnErrorSkip
	w.job.DeadLetters = engine.DeadLetters{Values: true, KeepDays: 30, MaxRows: 100}
	return w
}

// letters are the dead letters of the sync: the values if they are kept, else the reason.
func (w *world) letters() (out []string) {
	w.t.Helper()
	list, err := w.store.Letters(w.t.Context(), "users")
	if err != nil {
		w.t.Fatal(err)
	}
	rows, err := engine.KeptRows(w.t.Context(), w.store, list)
	if err != nil {
		w.t.Fatal(err)
	}
	for i, x := range list {
		if rows[i].Values == nil {
			out = append(out, x.Reject.Reason)
			continue
		}
		var texts []string
		for _, v := range rows[i].Values {
			text := "NULL"
			if v != nil {
				text = *v
			}
			texts = append(texts, text)
		}
		out = append(out, fmt.Sprintf("%s@%s=%s", texts[0], texts[1], texts[2]))
	}
	return out
}

func (w *world) retry() *engine.Report {
	w.t.Helper()
	w.target.calls = nil
	return engine.Retry(w.t.Context(), w.job, w.store, w.options())
}

func TestE1_WatermarkPassesARejectedRowThatIsKept(t *testing.T) {
	for _, order := range [][]row{
		{{1, at(1), "a"}, {2, at(2), "tie"}, {3, at(2), "bad"}, {4, at(3), "c"}, {5, at(4), "bad too"}},
		{{5, at(4), "bad too"}, {4, at(3), "c"}, {3, at(2), "bad"}, {2, at(2), "tie"}, {1, at(1), "a"}},
	} {
		w := newLetterWorld(t, engine.ModeIncremental, destinations.ModeInsert)
		w.source.rows = order
		p := w.run()
		w.want(p, engine.StatusPartial)
		if p.RowsFailed != 2 || p.DeadLetters != 2 || w.watermark() != "4" || len(p.Warnings) != 0 {
			t.Errorf("failed %d, kept %d, watermark %s, warnings %q", p.RowsFailed, p.DeadLetters, w.watermark(), p.Warnings)
		}
		if got := w.letters(); len(got) != 2 || !strings.Contains(strings.Join(got, " "), "3@2=bad") || !strings.Contains(strings.Join(got, " "), "5@4=bad too") {
			t.Errorf("letters %q", got)
		}
		// Neither is read again, not even the one at the watermark.
		p = w.run()
		w.want(p, engine.StatusSuccess)
		if p.RowsSkipped != 5 || w.target.calls != nil {
			t.Errorf("skipped %d, calls %q", p.RowsSkipped, w.target.calls)
		}
		w.target.mended = true
		w.want(w.retry(), engine.StatusSuccess)
		same(t, "letters after the retry", nil, w.letters())
		w.want(w.run(), engine.StatusSuccess)
		if len(w.target.rows) != 5 || w.watermark() != "4" {
			t.Errorf("target %q, watermark %s", w.values(), w.watermark())
		}
	}
}

// What is not kept holds the watermark, as if there were no dead letters.
func TestE1_WatermarkDoesNotPassARowThatIsNotKept(t *testing.T) {
	for name, change := range map[string]func(*world){
		"without values": func(w *world) { w.job.DeadLetters.Values = false },
		"no room":        func(w *world) { w.job.DeadLetters.MaxRows = 0 },
		"too large":      func(w *world) { w.source.rows[1].Val = "bad" + strings.Repeat("x", 5<<20) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newLetterWorld(t, engine.ModeIncremental, destinations.ModeInsert)
			w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "bad"}, {3, at(3), "c"}}
			change(w)
			w.want(w.run(), engine.StatusPartial)
			for range 2 {
				w.want(w.run(), engine.StatusPartial)
				if from := w.source.query.Cursor.From; from.Text != "2" {
					t.Errorf("reading began at %s, behind the row", from.Text)
				}
			}
			want := []string{"not good"}
			if w.job.DeadLetters.MaxRows == 0 {
				want = nil
			}
			same(t, "letters", want, w.letters()) // once, though it was rejected three times
			w.target.mended = true
			w.want(w.run(), engine.StatusSuccess)
			same(t, "letters after it was taken", nil, w.letters())
			if len(w.target.rows) != 3 {
				t.Errorf("%d rows in the target", len(w.target.rows))
			}
		})
	}
}

func TestLettersOfABoundedNumber(t *testing.T) {
	w := newLetterWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.job.DeadLetters.MaxRows = 2
	w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "bad"}, {3, at(3), "bad"}, {4, at(4), "bad"}, {5, at(5), "e"}}
	p := w.run()
	w.want(p, engine.StatusPartial)
	same(t, "letters", []string{"2@2=bad", "3@3=bad"}, w.letters())
	if len(p.Warnings) != 2 || !strings.Contains(strings.Join(p.Warnings, " "), "max_rows: 2") {
		t.Errorf("warnings %q", p.Warnings)
	}
	w.target.mended = true
	w.want(w.retry(), engine.StatusSuccess)
	w.want(w.run(), engine.StatusSuccess)
	same(t, "target", []string{"1@1=a", "5@5=e", "2@2=bad", "3@3=bad", "4@4=bad"}, w.values())
}

// Equal rows of an append are as many rows, in one run and in several.
func TestEqualRejectedRowsAreKeptEach(t *testing.T) {
	w := newLetterWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "bad"}, {2, at(2), "bad"}}
	w.want(w.run(), engine.StatusPartial)
	w.source.rows = append(w.source.rows, row{2, at(2), "bad"}, row{3, at(2), "c"})
	w.want(w.run(), engine.StatusPartial)
	same(t, "letters", []string{"2@2=bad", "2@2=bad", "2@2=bad"}, w.letters())
	w.target.mended = true
	w.want(w.retry(), engine.StatusSuccess)
	if len(w.target.rows) != 5 {
		t.Errorf("target %q", w.values())
	}
}

func TestNewestRowOfAKeyDecidesOverItsLetter(t *testing.T) {
	for name, c := range map[string]struct{ first, second, want []row }{
		"rejected again":                   {[]row{{1, at(1), "a"}, {2, at(2), "bad"}}, []row{{2, at(3), "bad 2"}, {1, at(4), "a"}}, []row{{2, at(3), "bad 2"}}},
		"taken later":                      {[]row{{1, at(1), "a"}, {2, at(2), "bad"}}, []row{{2, at(3), "good"}}, nil},
		"taken later in the same run":      {[]row{{2, at(2), "bad"}, {1, at(1), "a"}, {2, at(3), "good"}}, nil, nil},
		"taken later in the same batch":    {[]row{{2, at(2), "bad"}, {2, at(3), "good"}}, nil, nil},
		"rejected later":                   {[]row{{2, at(2), "good"}, {1, at(1), "a"}, {2, at(3), "bad"}}, nil, []row{{2, at(3), "bad"}}},
		"rejected later in the same batch": {[]row{{2, at(2), "good"}, {2, at(3), "bad"}}, nil, []row{{2, at(3), "bad"}}},
		"rejected twice in one run":        {[]row{{2, at(2), "bad"}, {1, at(1), "a"}, {2, at(3), "bad 2"}}, nil, []row{{2, at(3), "bad 2"}}},
		"rejected, taken, rejected":        {[]row{{1, at(1), "a"}, {2, at(2), "bad"}}, []row{{2, at(3), "good"}, {2, at(4), "bad 2"}}, []row{{2, at(4), "bad 2"}}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newLetterWorld(t, engine.ModeIncremental, destinations.ModeMerge)
			w.source.rows = c.first
			w.run()
			if c.second != nil {
				w.source.rows = append(c.first, c.second...)
				w.run()
			}
			if want := texts(c.want); len(want)+len(w.letters()) > 0 {
				same(t, "letters", want, w.letters())
			}
		})
	}
}

func TestRunThatReadsEverythingEndsEarlierLetters(t *testing.T) {
	for mode, write := range map[engine.Mode]destinations.Mode{
		engine.ModeFull: destinations.ModeInsert, engine.ModeUpsert: destinations.ModeMerge, engine.ModeMirror: destinations.ModeMirror, engine.ModeReplace: destinations.ModeReplace,
	} {
		t.Run(string(mode), func(t *testing.T) {
			w := newLetterWorld(t, mode, write)
			w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "bad"}, {3, at(3), "bad"}}
			w.want(w.run(), engine.StatusPartial)
			same(t, "letters", []string{"2@2=bad", "3@3=bad"}, w.letters())
			w.source.rows = []row{{1, at(1), "a"}, {3, at(3), "bad"}} // row 2 is gone
			w.want(w.run(), engine.StatusPartial)
			same(t, "letters of the second run", []string{"3@3=bad"}, w.letters())
			o := w.options()
			o.Limit = 1
			if mode == engine.ModeFull || mode == engine.ModeUpsert {
				w.want(w.runWith(o), engine.StatusSuccess)
				same(t, "letters after a run with --limit", []string{"3@3=bad"}, w.letters())
			}
			w.source.rows = w.source.rows[:1]
			w.want(w.run(), engine.StatusSuccess)
			same(t, "letters at last", nil, w.letters())
		})
	}
}

// TestW27_RunThatRejectsEverythingKeepsNothing: it committed nothing, and the next one reads all of it again.
func TestW27_RunThatRejectsEverythingKeepsNothing(t *testing.T) {
	w := newLetterWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.source.rows = []row{{1, at(1), "bad"}, {2, at(2), "bad"}}
	w.want(w.run(), engine.StatusFailed)
	if w.watermark() != "" || w.letters() != nil {
		t.Errorf("watermark %q, letters %q", w.watermark(), w.letters())
	}
}

func TestLettersOfARunThatFailsAreForgotten(t *testing.T) {
	w := newLetterWorld(t, engine.ModeUpsert, destinations.ModeMerge)
	w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "bad"}}
	w.want(w.run(), engine.StatusPartial)
	w.target.onCommit = func(context.Context, func()) error {
		return &connector.Error{Kind: connector.KindPermanent, Message: "no"}
	}
	w.source.rows = []row{{1, at(1), "a"}, {3, at(2), "bad"}}
	w.want(w.run(), engine.StatusFailed)
	same(t, "letters", []string{"2@2=bad"}, w.letters())
}

// TestW17_LettersAreSettledWithTheirRun: the reply of the commit was lost, and the next run finds out.
func TestW17_LettersAreSettledWithTheirRun(t *testing.T) {
	for says, want := range map[destinations.Outcome][]string{destinations.Committed: {"2@2=bad"}, destinations.NotCommitted: nil} {
		t.Run(string(says), func(t *testing.T) {
			w := newLetterWorld(t, engine.ModeIncremental, destinations.ModeInsert)
			w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "bad"}}
			s := w.lose(says == destinations.Committed)
			w.want(w.run(), engine.StatusUnknown)
			same(t, "letters while nobody knows", nil, w.letters())
			s.says = says
			w.source.rows = nil
			w.want(w.run(), engine.StatusSuccess)
			same(t, "letters when it is settled", want, w.letters())
		})
	}
}

func TestRowsThatNobodyHasTheValuesOfAreKeptWithoutThem(t *testing.T) {
	w := newLetterWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.source.rows = []row{{1, at(1), "a"}, {2, nil, "b"}, {3, at(3), "c"}}
	w.source.rejects = map[int][]record.Reject{0: {{Row: 2, Column: "at", Reason: "not a BIGINT"}}}
	w.want(w.run(), engine.StatusPartial)
	w.want(w.run(), engine.StatusPartial)
	same(t, "letters", []string{"not a BIGINT", "it is NULL, so it cannot be told whether the row is new"}, w.letters())
	p := w.retry()
	w.want(p, engine.StatusSuccess)
	if len(p.Notes) != 1 || !strings.Contains(p.Notes[0], "2 rows were not kept") || w.target.calls != nil {
		t.Errorf("notes %q, calls %q", p.Notes, w.target.calls)
	}
	w.source.rows, w.source.rejects = []row{{1, at(1), "a"}, {3, at(3), "c"}, {4, at(4), "d"}}, nil
	w.want(w.run(), engine.StatusSuccess)
	same(t, "letters after a run that could read everything", nil, w.letters())
}

// A commit that finds bad rows itself, with a destination that tells before it changes anything and with one that does not.
func TestE1_RowsThatTheCommitRefusesAreReadAgain(t *testing.T) {
	for _, tells := range []bool{true, false} {
		t.Run(fmt.Sprint("tells before: ", tells), func(t *testing.T) {
			w := newLetterWorld(t, engine.ModeIncremental, destinations.ModeInsert)
			w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "bad"}, {3, at(3), "late"}, {4, at(4), "d"}}
			refuses(w, tells, 2)
			w.want(w.run(), engine.StatusPartial)
			same(t, "letters", []string{"2@2=bad", "the target says no"}, w.letters())
			same(t, "target", []string{"1@1=a", "4@4=d"}, w.values())
			w.target.onCommit, w.target.result = nil, destinations.Result{}
			w.want(w.run(), engine.StatusSuccess)
			same(t, "target after it was mended", []string{"1@1=a", "4@4=d", "3@3=late"}, w.values())
			same(t, "letters after it was mended", []string{"2@2=bad"}, w.letters())
		})
	}
}

// refuses makes the commit leave out row n of those that Write saw, whose val is "late".
func refuses(w *world, tells bool, n int64) {
	rejects := []destinations.Reject{{Row: n, Reason: "the target says no"}}
	w.target.result.Rejects = rejects
	w.target.onCommit = func(_ context.Context, apply func()) error {
		if tells {
			if _, err := w.target.commit.Revise(rejects); err != nil {
				return err
			}
		}
		apply()
		kept := w.target.rows[:0]
		for _, r := range w.target.rows {
			if r.Val != "late" {
				kept = append(kept, r)
			}
		}
		w.target.rows = kept
		return nil
	}
}

func TestExpiredLettersAreTold(t *testing.T) {
	w := newLetterWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "bad"}}
	w.want(w.run(), engine.StatusPartial)
	if _, err := w.store.Letters(t.Context(), "users"); err != nil {
		t.Fatal(err)
	}
	expire(t, w)
	p := w.run()
	w.want(p, engine.StatusSuccess)
	if len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0], "1 dead letters were older than") || w.letters() != nil {
		t.Errorf("warnings %q, letters %q", p.Warnings, w.letters())
	}
}

// expire puts a letter whose time is over into the state, in place of those that are there.
func expire(t *testing.T, w *world) {
	t.Helper()
	r := state.Run{SyncRunID: "old", Sync: "users", Started: time.Now()}
	l, err := w.store.Begin(t.Context(), r)
	if err == nil {
		err = l.PutLetters(t.Context(), state.Letters{Whole: true, Batches: []state.LetterBatch{{Letters: []state.Letter{
			{Identity: []byte("x"), Rejected: time.Now(), Expires: time.Now().Add(-time.Minute)},
		}}}})
	}
	if err == nil {
		err = l.Save(t.Context(), r, nil)
	}
	if err := errors.Join(err, l.Release(t.Context(), state.Ending{Run: r})); err != nil {
		t.Fatal(err)
	}
}

func TestRebuiltStateMustNotRelyOnLetters(t *testing.T) {
	w := newLetterWorld(t, engine.ModeIncremental, destinations.ModeMerge)
	w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "bad"}, {3, at(3), "c"}}
	o := w.options()
	o.Rebuild = true
	w.job.Destination = &remembering{target: w.target}
	w.want(w.runWith(o), engine.StatusPartial)
	same(t, "letters", []string{"not good"}, w.letters())
	w.want(w.runWith(o), engine.StatusPartial)
	if from := w.source.query.Cursor.From; from.Text != "2" {
		t.Errorf("reading began at %s, behind a row that only the state has", from.Text)
	}
}
