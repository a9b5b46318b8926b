package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/state"
)

// TestE8_RetryNeverDeletes: whatever the mode, a retry adds and updates its rows, and leaves all others alone.
func TestE8_RetryNeverDeletes(t *testing.T) {
	for mode, write := range map[engine.Mode]destinations.Mode{
		engine.ModeFull: destinations.ModeMerge, engine.ModeUpsert: destinations.ModeMerge, engine.ModeMirror: destinations.ModeMirror, engine.ModeReplace: destinations.ModeReplace,
	} {
		for _, key := range [][]string{{"ID"}, nil} {
			if key == nil && mode != engine.ModeReplace {
				continue
			}
			t.Run(string(mode)+strings.Join(key, ""), func(t *testing.T) {
				w := newLetterWorld(t, mode, write)
				w.target.target.Key = key
				w.job.AllowEmpty = mode == engine.ModeMirror || mode == engine.ModeReplace
				w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "bad"}, {3, at(3), "c"}}
				w.want(w.run(), engine.StatusPartial)
				w.target.rows = append(w.target.rows, row{9, at(9), "of somebody else"})
				w.source.rows = nil // what the source has now does not matter
				w.target.mended = true
				w.want(w.retry(), engine.StatusSuccess)
				same(t, "target", []string{"1@1=a", "3@3=c", "9@9=of somebody else", "2@2=bad"}, w.values())
				want := destinations.ModeMerge
				if key == nil {
					want = destinations.ModeInsert
				}
				if p := w.target.plan; p.Mode != want || p.AllowEmpty || p.InsertWhere != "" {
					t.Errorf("plan %+v, want mode %s", p, want)
				}
				same(t, "letters", nil, w.letters())
			})
		}
	}
}

func TestE8_RetryForgetsWhatCouldDelete(t *testing.T) {
	w := newLetterWorld(t, engine.ModeFull, destinations.ModeInsert)
	w.target.can.Options = []destinations.Option{destinations.OptionInsertWhere, destinations.OptionMirrorScope, destinations.OptionMirrorSoft}
	w.job.InsertWhere = "day = 1"
	w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "bad"}}
	w.want(w.run(), engine.StatusPartial)
	w.target.mended = true
	w.want(w.retry(), engine.StatusSuccess)
	if p := w.target.plan; p.InsertWhere != "" || p.Mode != destinations.ModeInsert {
		t.Errorf("plan %+v", p)
	}
}

func TestRetryKeepsWhatFailsAgain(t *testing.T) {
	w := newLetterWorld(t, engine.ModeIncremental, destinations.ModeMerge)
	w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "bad"}, {3, at(3), "bad"}, {4, at(4), "bad"}}
	w.want(w.run(), engine.StatusPartial)
	before := w.watermark()

	w.target.mended = true
	w.target.result.Rejects = []destinations.Reject{{Row: 1, Reason: "the target says no"}} // of the three that Write sees
	w.target.onCommit = func(_ context.Context, apply func()) error {
		if _, err := w.target.commit.Revise(w.target.result.Rejects); err != nil {
			return err
		}
		apply()
		w.target.rows = slices.DeleteFunc(w.target.rows, func(r row) bool { return r.ID == 3 })
		return nil
	}
	p := w.retry()
	w.want(p, engine.StatusPartial)
	if p.Mode != engine.ModeRetry || p.RowsExtracted != 3 || p.RowsFailed != 1 || p.DeadLetters != 1 {
		t.Errorf("report %+v", p)
	}
	same(t, "letters", []string{"3@3=bad"}, w.letters())
	letters, err := w.store.Letters(t.Context(), "users")
	if err != nil || letters[0].Reject.Reason != "the target says no" || letters[0].Retried.IsZero() || letters[0].Reject.Row != 3 {
		t.Errorf("%+v, %v", letters, err)
	}
	if w.watermark() != before {
		t.Errorf("the retry moved the watermark from %s to %s", before, w.watermark())
	}
	// It is signed all the same, for a runner that keeps no state.
	if !strings.Contains(w.target.commit.Watermark, `"value":"4"`) {
		t.Errorf("the commit was told %q", w.target.commit.Watermark)
	}
	// The last run is the run, not its repair: `drt run --failed` must see it.
	if last := w.lastStatus(); last != string(engine.StatusPartial) {
		t.Errorf("the last run is %s", last)
	}
}

func TestRetryThatFailsKeepsEverything(t *testing.T) {
	w := newLetterWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "bad"}}
	w.want(w.run(), engine.StatusPartial)
	w.want(w.retry(), engine.StatusFailed) // it is still bad
	w.target.mended = true
	w.target.onCommit = func(context.Context, func()) error {
		return &connector.Error{Kind: connector.KindPermanent, Message: "no"}
	}
	w.want(w.retry(), engine.StatusFailed)
	same(t, "letters", []string{"2@2=bad"}, w.letters())
}

// TestW17_RetryWhoseReplyWasLostIsSettled: an append must not be sent twice from the letters either.
func TestW17_RetryWhoseReplyWasLostIsSettled(t *testing.T) {
	for _, says := range []destinations.Outcome{destinations.Committed, destinations.NotCommitted} {
		t.Run(string(says), func(t *testing.T) {
			w := newLetterWorld(t, engine.ModeIncremental, destinations.ModeInsert)
			w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "bad"}}
			w.want(w.run(), engine.StatusPartial)
			w.target.mended = true
			s := w.lose(says == destinations.Committed)
			w.want(w.retry(), engine.StatusUnknown)
			s.says = says
			w.want(w.retry(), engine.StatusSuccess)
			same(t, "target", []string{"1@1=a", "2@2=bad"}, w.values())
			same(t, "letters", nil, w.letters())
			if w.watermark() != "2" {
				t.Errorf("watermark %q", w.watermark())
			}
		})
	}
}

func TestRetryNeedsTheLockAndRoomForRows(t *testing.T) {
	w := newLetterWorld(t, engine.ModeReplace, destinations.ModeReplace)
	l, err := w.store.Begin(t.Context(), state.Run{SyncRunID: "other", Sync: "users"})
	if err != nil {
		t.Fatal(err)
	}
	if p := w.retry(); p.Stage != "lock" || kindOf(p) != connector.KindConflict {
		t.Errorf("while another run holds the lock: %s, %v", p.Stage, p.Err)
	}
	if err := l.Release(t.Context(), state.Ending{Run: state.Run{SyncRunID: "other", Sync: "users"}}); err != nil {
		t.Fatal(err)
	}
	w.target.can.Modes = []destinations.Mode{destinations.ModeReplace}
	if p := w.retry(); p.Stage != "config" || kindOf(p) != connector.KindConfig || !strings.Contains(p.Err.Error(), "cannot take single rows") {
		t.Errorf("into a target that can only be replaced: %s, %v", p.Stage, p.Err)
	}
	w.target.can.Modes = []destinations.Mode{destinations.ModeMerge}
	w.want(w.retry(), engine.StatusSuccess)
	if w.target.calls != nil || w.source.opened != 0 {
		t.Errorf("nothing is to be sent: calls %q, %d queries", w.target.calls, w.source.opened)
	}
}

func TestLetterThatDoesNotFitTheModelIsNotSent(t *testing.T) {
	field := func(name string, dt arrow.DataType) arrow.Field {
		return arrow.Field{Name: name, Type: dt, Nullable: true}
	}
	i64, text := arrow.PrimitiveTypes.Int64, arrow.BinaryTypes.String
	for want, model := range map[string][]arrow.Field{
		"column val is not in the model any more":   {field("id", i64), field("at", i64)},
		"column at was BIGINT and is STRING now":    {field("id", i64), field("at", text), field("val", text)},
		"it has no value for the new column tariff": {field("id", i64), field("at", i64), field("val", text), field("tariff", text)},
	} {
		t.Run(want, func(t *testing.T) {
			w := newLetterWorld(t, engine.ModeUpsert, destinations.ModeMerge)
			w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "bad"}}
			w.want(w.run(), engine.StatusPartial)
			w.target.mended = true
			w.source.schema = arrow.NewSchema(model, nil)
			p := w.retry()
			w.want(p, engine.StatusFailed)
			if len(p.Rejects) != 1 || !strings.Contains(p.Rejects[0].Reason, want) {
				t.Errorf("rejects %+v", p.Rejects)
			}
			same(t, "letters", []string{"2@2=bad"}, w.letters())
		})
	}
}

// Columns in another order are the same columns.
func TestLettersFollowTheOrderOfTheModel(t *testing.T) {
	kept := arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Int64}, {Name: "b", Type: arrow.BinaryTypes.String}}, nil)
	model := arrow.NewSchema([]arrow.Field{{Name: "b", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "a", Type: arrow.PrimitiveTypes.Int64}}, nil)
	if why := engine.Misfit(model, kept); why != "" {
		t.Error(why)
	}
}

// onceSource is standard input, so to say.
type onceSource struct{ *source }

func (onceSource) Once() bool { return true }

// What can be read once is not asked for its columns, and a later run of it says nothing of the rows of an earlier one.
func TestLettersOfASourceThatIsReadOnce(t *testing.T) {
	w := newLetterWorld(t, engine.ModeUpsert, destinations.ModeMerge)
	w.job.Source = onceSource{w.source}
	w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "bad"}}
	w.want(w.run(), engine.StatusPartial)
	w.source.rows = []row{{3, at(1), "c"}}
	w.want(w.run(), engine.StatusSuccess)
	same(t, "letters after a run that read something else", []string{"2@2=bad"}, w.letters())
	w.target.mended = true
	opened := w.source.opened
	w.want(w.retry(), engine.StatusSuccess)
	same(t, "target", []string{"1@1=a", "3@1=c", "2@2=bad"}, w.values())
	if w.source.opened != opened {
		t.Error("the source was read by the retry")
	}
}
