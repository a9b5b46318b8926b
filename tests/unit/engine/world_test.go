package engine_test

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/state"
)

// world is a sync with all that it touches.
type world struct {
	t      *testing.T
	dir    string
	store  *state.Store
	source *source
	target *target
	faults *faults
	job    *engine.Job
}

func newWorld(t *testing.T, mode engine.Mode, write destinations.Mode) *world {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	t.Cleanup(func() { mem.AssertSize(t, 0) })
	w := &world{t: t, faults: &faults{}, dir: t.TempDir()}
	store, err := state.Open(t.Context(), w.dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	w.store = store
	w.source = &source{mem: mem, faults: w.faults, per: 2}
	w.target = &target{faults: w.faults, target: destinations.Target{Name: "fake (table)", Mode: write, Key: []string{"ID"}}}
	w.target.can.Modes = []destinations.Mode{destinations.ModeInsert, destinations.ModeMerge, destinations.ModeMirror, destinations.ModeReplace}
	w.job = &engine.Job{Name: "users", Mode: mode, Source: w.source, Destination: w.target, BatchSize: 2, OnError: engine.OnErrorFail}
	if mode == engine.ModeIncremental {
		w.job.CursorField = "AT"
	}
	return w
}

func (w *world) options() engine.Options { return engine.Options{RunID: "invocation"} }

func (w *world) run() *engine.Report { return w.runWith(w.options()) }

func (w *world) runWith(o engine.Options) *engine.Report {
	w.t.Helper()
	w.target.calls = nil
	return engine.Run(w.t.Context(), w.job, w.store, o)
}

// want fails the test unless the run ended with status.
func (w *world) want(p *engine.Report, status engine.Status) {
	w.t.Helper()
	if p.Status != status {
		w.t.Fatalf("status %s at %q (%v), want %s", p.Status, p.Stage, p.Err, status)
	}
}

// values are the rows of the target, as text.
func (w *world) values() []string { return texts(w.target.rows) }

func texts(rows []row) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r.String()
	}
	return out
}

// watermark is the value in state, "" if there is none.
func (w *world) watermark() string {
	w.t.Helper()
	m, err := w.store.Watermark(w.t.Context(), "users")
	if err != nil {
		w.t.Fatal(err)
	}
	if m == nil || m.Value == nil {
		return ""
	}
	return m.Value.Text
}

func (w *world) lastStatus() string {
	w.t.Helper()
	r, found, err := w.store.LastRun(w.t.Context(), "users")
	if err != nil {
		w.t.Fatal(err)
	}
	if !found {
		return "none"
	}
	return r.Status
}

func kindOf(p *engine.Report) connector.Kind { return connector.KindOf(p.Err) }
