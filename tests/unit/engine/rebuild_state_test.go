package engine_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/state"
)

// logged is a target whose log knows a commit.
type logged struct {
	*target
	found *destinations.Remembered
	err   error
}

func (r *logged) Remembered(context.Context, string) (*destinations.Remembered, error) {
	return r.found, r.err
}

func rebuild(w *world, mark string) (engine.Rebuilt, error) {
	w.t.Helper()
	w.job.Destination = &logged{target: w.target, found: &destinations.Remembered{SyncRunID: "r", Version: 7, At: time.Now(), Watermark: mark}}
	return engine.Rebuild(w.t.Context(), w.job, w.store, "invocation")
}

// TestRebuiltStateGoesOnWhereTheTargetIs: the state is lost between two runs; nothing is lost, nothing sent twice.
func TestRebuiltStateGoesOnWhereTheTargetIs(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "b"}}
	w.want(w.run(), engine.StatusSuccess)
	signed := w.target.commit.Watermark
	if _, err := w.store.Forget(t.Context(), "users"); err != nil {
		t.Fatal(err)
	}
	done, err := rebuild(w, signed)
	if err != nil {
		t.Fatal(err)
	}
	if done.Before != nil || done.From.Version != 7 || w.watermark() != "2" {
		t.Errorf("rebuilt %+v, in state %q", done, w.watermark())
	}
	w.source.rows = append(w.source.rows, row{3, at(2), "late tie"}, row{4, at(3), "d"})
	w.want(w.run(), engine.StatusSuccess)
	same(t, "target", []string{"1@1=a", "2@2=b", "3@2=late tie", "4@3=d"}, w.values())
}

func TestRebuildRefusesWhatItCannotGoOnFrom(t *testing.T) {
	for name, c := range map[string]struct {
		mark string
		mode engine.Mode
		says string
	}{
		"no watermark":     {"", engine.ModeIncremental, "carries no watermark"},
		"garbage":          {"{", engine.ModeIncremental, "cannot be read"},
		"no value":         {`{"cursor_field":"at","type":"int64","text":"7"}`, engine.ModeIncremental, "cannot be read"},
		"other column":     {`{"cursor_field":"seen","type":"int64","value":"7"}`, engine.ModeIncremental, "cursor_field is AT"},
		"going back":       {`{"cursor_field":"at","type":"int64","value":"1"}`, engine.ModeIncremental, "beyond the one of the log"},
		"other type":       {`{"cursor_field":"at","type":"string","value":"9"}`, engine.ModeIncremental, "beyond the one of the log"},
		"no mode for that": {`{"cursor_field":"at","type":"int64","value":"7"}`, engine.ModeUpsert, "keeps no watermark"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, engine.ModeIncremental, destinations.ModeMerge)
			w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "b"}}
			w.want(w.run(), engine.StatusSuccess)
			w.job.Mode = c.mode
			if _, err := rebuild(w, c.mark); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want one that says %q", err, c.says)
			}
			if w.watermark() != "2" {
				t.Errorf("the watermark moved to %q", w.watermark())
			}
			if s := w.lastStatus(); s != "success" {
				t.Errorf("it hides how the last run ended: %s", s)
			}
		})
	}
}

func TestRebuildNeedsALogAndTheLock(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeMerge)
	if _, err := engine.Rebuild(t.Context(), w.job, w.store, "invocation"); err == nil || !strings.Contains(err.Error(), "does not remember") {
		t.Errorf("without a log: %v", err)
	}
	w.job.Destination = &logged{target: w.target}
	if _, err := engine.Rebuild(t.Context(), w.job, w.store, "invocation"); err == nil || !strings.Contains(err.Error(), "no signed commit") {
		t.Errorf("an empty log: %v", err)
	}
	broken := errors.New("the warehouse is down")
	w.job.Destination = &logged{target: w.target, err: broken}
	if _, err := engine.Rebuild(t.Context(), w.job, w.store, "invocation"); !errors.Is(err, broken) {
		t.Errorf("a log that cannot be read: %v", err)
	}
	l, err := w.store.Begin(t.Context(), state.Run{SyncRunID: "live", Sync: "users", Started: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	var held *state.HeldError
	if _, err := rebuild(w, `{"cursor_field":"at","type":"int64","value":"7"}`); !errors.As(err, &held) {
		t.Errorf("beside a live run: %v", err)
	}
	if err := l.Release(t.Context(), state.Ending{}); err != nil {
		t.Fatal(err)
	}
	// The lock of each of them was given back.
	if _, err := rebuild(w, `{"cursor_field":"at","type":"int64","value":"7"}`); err != nil || w.watermark() != "7" {
		t.Errorf("%v, watermark %q", err, w.watermark())
	}
}
