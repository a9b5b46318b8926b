package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/state"
)

// remembering is a target whose log holds the watermark of each commit.
type remembering struct {
	*target
}

func (r *remembering) Remembered(context.Context, string) (*destinations.Remembered, error) {
	if r.commit.Watermark == "" {
		return nil, nil
	}
	return &destinations.Remembered{SyncRunID: r.plan.SyncRunID, Version: 1, Watermark: r.commit.Watermark}, nil
}

// forget gives the world a new state, as a runner has that keeps no files.
func (w *world) forget() {
	w.t.Helper()
	w.openIn(w.t.TempDir())
}

// openIn gives the world the state in dir.
func (w *world) openIn(dir string) {
	w.t.Helper()
	w.dir = dir
	store, err := state.Open(w.t.Context(), w.dir)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = store.Close() })
	w.store = store
}

// TestStateIsRebuiltFromTheTarget deletes the state between any two runs: nothing is lost, nothing is sent twice.
func TestStateIsRebuiltFromTheTarget(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.job.ExactlyOnce = true
	w.target.can.Options = []destinations.Option{destinations.OptionExactlyOnce}
	w.job.Destination = &remembering{target: w.target}
	o := w.options()
	o.Rebuild = true
	for i, arrives := range [][]row{
		{{1, at(1), "a"}, {2, at(2), "b"}},
		{{3, at(2), "a late tie"}, {4, at(3), "c"}},
		nil,
		{{5, at(3), "another"}, {6, at(7), "d"}},
	} {
		w.source.rows = append(w.source.rows, arrives...)
		if i > 0 {
			w.forget()
		}
		p := w.runWith(o)
		w.want(p, engine.StatusSuccess)
		same(t, "target", texts(w.source.rows), w.values())
		if told := strings.Contains(strings.Join(p.Notes, "\n"), "rebuilt"); told != (i > 0) {
			t.Errorf("run %d: notes %q", i, p.Notes)
		}
	}
}

func TestTooManyTiesForTheLog(t *testing.T) {
	for _, mode := range []destinations.Mode{destinations.ModeInsert, destinations.ModeMerge} {
		t.Run(string(mode), func(t *testing.T) {
			w := newWorld(t, engine.ModeIncremental, mode)
			w.job.ExactlyOnce = mode == destinations.ModeInsert
			w.target.can.Options = []destinations.Option{destinations.OptionExactlyOnce}
			w.job.Destination = &remembering{target: w.target}
			for i := range int64(501) {
				w.source.rows = append(w.source.rows, row{i, at(5), "tie"})
			}
			w.want(w.run(), engine.StatusSuccess)
			if n := len(w.target.commit.Watermark); n > 1000 {
				t.Errorf("the signature is %d bytes long", n)
			}
			w.forget()
			o := w.options()
			o.Rebuild = true
			p := w.runWith(o)
			if mode == destinations.ModeMerge {
				w.want(p, engine.StatusSuccess)
			} else if w.want(p, engine.StatusFailed); !strings.Contains(p.Err.Error(), "501 rows were sent at or beyond at = 5") || connector.KindOf(p.Err) != connector.KindPermanent {
				t.Errorf("%v", p.Err)
			}
			if len(w.target.rows) != 501 {
				t.Errorf("%d rows in the target", len(w.target.rows))
			}
		})
	}
}

func TestRebuildIsRefusedWhereItCannotWork(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	o := w.options()
	o.Rebuild = true
	if m := w.job.Check(o); len(m) != 1 || m[0].Field != "sync.mode" {
		t.Errorf("a target without a log: %v", m)
	}
	w.job.Destination = &remembering{target: w.target}
	if m := w.job.Check(o); len(m) != 1 || m[0].Field != "sync.exactly_once" {
		t.Errorf("a plain insert: %v", m)
	}
}

// TestUnreadableSignatureIsRefused: what cannot be read is never taken for no watermark.
func TestUnreadableSignatureIsRefused(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeMerge)
	d := &remembering{target: w.target}
	w.job.Destination = d
	w.source.rows = five()
	text, _ := json.Marshal("no watermark")
	d.commit.Watermark = string(text)
	o := w.options()
	o.Rebuild = true
	p := w.runWith(o)
	w.want(p, engine.StatusFailed)
	if len(w.target.rows) > 0 || !strings.Contains(p.Err.Error(), "cannot be read") {
		t.Errorf("%v, %d rows sent", p.Err, len(w.target.rows))
	}
}

// TestStateIsRebuiltAfterAFailedRun: a run that failed on a fresh state does not make the next one begin anew; nor does a
// first run that could not pass a row that the source could not read.
func TestStateIsRebuiltAfterAFailedRun(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.job.ExactlyOnce, w.job.OnError = true, engine.OnErrorSkip
	w.target.can.Options = []destinations.Option{destinations.OptionExactlyOnce}
	w.job.Destination = &remembering{target: w.target}
	o := w.options()
	o.Rebuild = true
	w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "b"}}
	w.source.rejects = map[int][]record.Reject{0: {{Row: 1, Reason: "torn"}}}
	w.want(w.runWith(o), engine.StatusPartial)
	w.source.rejects = nil
	w.source.rows = append(w.source.rows, row{3, at(3), "c"})
	w.forget()
	w.target.onWrite = func(context.Context) error { return errors.New("the network dropped") }
	w.want(w.runWith(o), engine.StatusFailed)
	w.target.onWrite = nil
	w.want(w.runWith(o), engine.StatusSuccess)
	same(t, "target", texts(w.source.rows), w.values())
}

// TestRebuiltStateIsKeptByARunThatCommitsNothing: the run has only rows that are rejected, and the next one finds a state
// that knows of a run. Found by tests/sim.
func TestRebuiltStateIsKeptByARunThatCommitsNothing(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.job.ExactlyOnce, w.job.OnError = true, engine.OnErrorSkip
	w.target.can.Options = []destinations.Option{destinations.OptionExactlyOnce}
	w.job.Destination = &remembering{target: w.target}
	o := w.options()
	o.Rebuild = true
	w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "b"}}
	w.want(w.runWith(o), engine.StatusSuccess)
	w.forget()
	w.source.rejects = map[int][]record.Reject{0: {{Row: 1, Reason: "torn"}}}
	w.want(w.runWith(o), engine.StatusPartial)
	w.source.rejects = nil
	w.want(w.runWith(o), engine.StatusSuccess)
	same(t, "target", texts(w.source.rows), w.values())
}
