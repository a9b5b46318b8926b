package chaos

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/state"
)

// place is a project of one scenario, with a warehouse of its own, and what is there before a disturbed run.
type place struct {
	*scenario
	w    *warehouse
	dir  string
	env  map[string]string
	kept []byte // the state before
	runs int    // in the history then
}

const keptTable = schema + ".kept"

// newPlace makes the project of s and runs its sync once on the old source.
func newPlace(t *testing.T, w *warehouse, s scenario) *place {
	t.Helper()
	p := &place{scenario: &s, w: w, dir: t.TempDir()}
	sources := t.TempDir()
	writeSources(t, sources)
	for name, text := range s.files(sources) {
		path := filepath.Join(p.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.env = map[string]string{
		"DATABRICKS_HOST": w.Host, "DATABRICKS_HTTP_PATH": w.HTTPPath, "DATABRICKS_TOKEN": w.Token, "HOME": t.TempDir(),
	}
	w.rows(t, "DROP TABLE IF EXISTS "+target)
	w.rows(t, createTarget())
	if r := p.run(t.Context(), t, "old"); r.status != "success" {
		t.Fatalf("the first run: %s", r)
	}
	want, _ := appends(generation("old"), nil, 0)
	if diff := cmp.Diff(want, p.target(t)); diff != "" {
		t.Fatalf("after the first run (-want +got):\n%s", diff)
	}
	w.rows(t, "DROP TABLE IF EXISTS "+keptTable)
	w.rows(t, "CREATE TABLE "+keptTable+" USING DELTA AS SELECT * FROM "+target)
	var err error
	if p.kept, err = os.ReadFile(p.stateFile()); err != nil {
		t.Fatal(err)
	}
	p.runs = 1
	return p
}

func (p *place) stateFile() string { return filepath.Join(p.dir, ".drt", "state.db") }

// reset brings target and state back to what they were after the first run.
func (p *place) reset(t testing.TB) {
	t.Helper()
	p.w.Faults.Clear()
	p.w.settled(t)
	p.w.sweep(t)
	for _, sql := range []string{"DROP TABLE " + target, createTarget(), "INSERT INTO " + target + " SELECT * FROM " + keptTable} {
		p.w.rows(t, sql)
	}
	if err := os.RemoveAll(filepath.Dir(p.stateFile())); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Dir(p.stateFile()), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.stateFile(), p.kept, 0o600); err != nil {
		t.Fatal(err)
	}
	p.w.Log.Reset()
}

// target reads the rows of the target, sorted.
func (p *place) target(t testing.TB) []string {
	t.Helper()
	rows := p.w.rows(t, readTarget)
	slices.Sort(rows)
	return rows
}

// open opens the state for looking into it.
func (p *place) open(t testing.TB) *state.Store {
	t.Helper()
	store, err := state.Open(context.Background(), filepath.Dir(p.stateFile()))
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// verdicts are what state says of the runs since reset, the oldest first.
func (p *place) verdicts(t testing.TB) []verdict {
	t.Helper()
	store := p.open(t)
	defer func() { _ = store.Close() }()
	runs, err := store.Runs(context.Background(), state.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(runs)
	var out []verdict
	for _, r := range runs[p.runs:] {
		v := verdict{status: r.Status}
		changes, err := store.Changes(context.Background(), r.SyncRunID)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			if v.outcome = c.Outcome; c.Outcome == "" {
				v.outcome = "open"
			}
		}
		out = append(out, v)
	}
	return out
}

// verdict is what state says of a run: how it ended, and what became of the last change that it sent.
type verdict struct{ status, outcome string }

// committed reports whether state says that the run's rows are in the target.
func (v verdict) committed() bool {
	return v.status == "success" || v.status == "partial" || v.outcome == state.OutcomeCommitted
}

// watermark is the one in state, "" if there is none.
func (p *place) watermark(t testing.TB) string {
	t.Helper()
	store := p.open(t)
	defer func() { _ = store.Close() }()
	m, err := store.Watermark(context.Background(), "t")
	if err != nil {
		t.Fatal(err)
	}
	if m == nil || m.Value == nil {
		return ""
	}
	return m.Value.Text
}
