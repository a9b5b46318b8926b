package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/drt-go/drt/record"
)

// over is the run id as it ended.
func over(id string) Run {
	r := run(id)
	r.Status, r.Finished = StatusSuccess, time.Now()
	return r
}

// exported is a state with a watermark, a run that ended and one whose outcome is not known.
func exported(t *testing.T) (*Store, []byte) {
	t.Helper()
	s := openState(t)
	l := begin(t, s, "first")
	w := fixtureWatermark()
	must(t, l.Announce(t.Context(), announced(`{"kind":"MERGE"}`)))
	must(t, l.Save(t.Context(), over("first"), &w))
	must(t, l.Release(t.Context(), Ending{Run: over("first")}))
	l = begin(t, s, "second")
	must(t, l.Announce(t.Context(), announced(`{"kind":"INSERT","version":7}`)))
	must(t, l.Release(t.Context(), Ending{Run: over("second"), Open: true}))
	var b bytes.Buffer
	if _, err := s.Export(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return s, b.Bytes()
}

func TestExportAndImportCarryWhatRunsRelyOn(t *testing.T) {
	from, text := exported(t)
	to := openState(t)
	got, err := to.Import(t.Context(), text, false)
	must(t, err)
	if diff := cmp.Diff(Carried{Watermarks: 1, Runs: 1, Changes: 1}, got); diff != "" {
		t.Errorf("carried (-want +got):\n%s", diff)
	}
	sync := run("first").Sync
	for name, read := range map[string]func(*Store) (any, error){
		"watermark": func(s *Store) (any, error) { return s.Watermark(t.Context(), sync) },
		"unsettled": func(s *Store) (any, error) { return s.Unsettled(t.Context(), sync) },
		"last runs": func(s *Store) (any, error) { return s.LastRuns(t.Context()) },
	} {
		want, err := read(from)
		must(t, err)
		got, err := read(to)
		must(t, err)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got, err = to.Import(t.Context(), text, false); err != nil || got.Runs+got.Changes != 0 {
		t.Errorf("the same again stores %s, %v", got, err)
	}
}

func TestE6_ImportRefusesWhatIsNoWholeExport(t *testing.T) {
	_, text := exported(t)
	whole := string(text)
	for name, c := range map[string]struct{ text, says string }{
		"empty":         {" \n", "it is empty"},
		"cut in half":   {whole[:len(whole)/2], "it is cut off"},
		"cut at end":    {strings.TrimSuffix(strings.TrimSpace(whole), "}"), "it is cut off"},
		"no end":        {strings.Replace(whole, exportEnd, "", 1), "its end is missing"},
		"foreign":       {`{"name": "something else"}`, "it is no export"},
		"newer":         {strings.Replace(whole, `"version": 1`, `"version": 2`, 1), "newer drt"},
		"version 0":     {strings.Replace(whole, `"version": 1`, `"version": 0`, 1), "which no drt has written"},
		"unknown field": {strings.Replace(whole, `"runs"`, `"more": 1, "runs"`, 1), "it is damaged"},
		"twice":         {whole + whole, "it is cut off, or no JSON"},
		"disordered":    {strings.Replace(whole, `"type": "int64"`, `"type": "date"`, 1), "values that have no order"},
		"no column":     {strings.Replace(whole, `"cursor_field": "id"`, `"cursor_field": ""`, 1), "no cursor column"},
		"same twice":    {strings.Replace(whole, `"watermarks": [`, `"watermarks": [`+firstElement(t, whole)+`,`, 1), "twice"},
		"outcome":       {strings.Replace(whole, `"outcome": ""`, `"outcome": "maybe"`, 1), "known outcome"},
		"not a report":  {strings.Replace(whole, `"report": {}`, `"report": 7`, 1), "a run has no"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.text == whole {
				t.Fatal("the case changes nothing")
			}
			s := openState(t)
			_, err := s.Import(t.Context(), []byte(c.text), true)
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "nothing was imported") {
				t.Errorf("error %v, want one that says %q", err, c.says)
			}
			if names, err := s.Names(t.Context()); err != nil || len(names) > 0 {
				t.Errorf("it left %v behind, %v", names, err)
			}
		})
	}
}

func firstElement(t *testing.T, whole string) string {
	t.Helper()
	var e struct{ Watermarks []json.RawMessage }
	must(t, json.Unmarshal([]byte(whole), &e))
	return string(e.Watermarks[0])
}

// TestImportIsAllOrNothing: the newer watermark of one sync keeps everything of the export out.
func TestImportIsAllOrNothing(t *testing.T) {
	_, text := exported(t)
	var e export
	must(t, json.Unmarshal(text, &e))
	other := e.Watermarks[0]
	other.Sync = "a_first"
	e.Watermarks = append([]exportedWatermark{other}, e.Watermarks...)
	text, err := json.Marshal(e)
	must(t, err)

	s, err := Open(t.Context(), t.TempDir())
	must(t, err)
	defer func() { must(t, s.Close()) }()
	l := begin(t, s, "third")
	newer := Watermark{Field: "id", Value: &record.Value{Type: "int64", Text: "99"}, Sent: map[record.Hash]uint32{}}
	must(t, l.Save(t.Context(), over("third"), &newer))
	_, err = s.Import(t.Context(), text, false)
	var held *HeldError
	if !errors.As(err, &held) {
		t.Errorf("while the sync runs: %v", err)
	}
	must(t, l.Release(t.Context(), Ending{Run: over("third")}))
	if _, err = s.Import(t.Context(), text, false); err == nil || !strings.Contains(err.Error(), "after the one of the export") {
		t.Errorf("over a newer watermark: %v", err)
	}
	if w, err := s.Watermark(t.Context(), "a_first"); w != nil || err != nil {
		t.Errorf("half of it was imported: %+v, %v", w, err)
	}
	_, err = s.Import(t.Context(), text, true)
	must(t, err)
	w, err := s.Watermark(t.Context(), run("third").Sync)
	if err != nil || w.Value.Text == "99" {
		t.Errorf("forced: %+v, %v", w, err)
	}
}

// TestImportDoesNotReopenWhatIsSettled: a change of the export that a later run has left behind would be settled a
// second time, and take the watermark back.
func TestImportDoesNotReopenWhatIsSettled(t *testing.T) {
	s, text := exported(t)
	sync := run("second").Sync
	_, err := s.Resolve(t.Context(), sync, OutcomeCommitted, "by hand")
	must(t, err)
	r := run("third")
	r.Started = time.Now()
	l, err := s.Begin(t.Context(), r)
	must(t, err)
	must(t, l.Release(t.Context(), Ending{Run: over("third")}))
	must(t, s.Prune(t.Context(), Retention{Runs: 1}))
	_, err = s.Import(t.Context(), text, true)
	must(t, err)
	if open, err := s.Unsettled(t.Context(), sync); err != nil || len(open) > 0 {
		t.Errorf("unsettled again: %+v, %v", open, err)
	}
}

func TestImportedRunIsNotRunning(t *testing.T) {
	s := openState(t)
	l := begin(t, s, "first")
	var b bytes.Buffer
	_, err := s.Export(t.Context(), &b)
	must(t, err)
	to := openState(t)
	_, err = to.Import(t.Context(), b.Bytes(), false)
	must(t, err)
	must(t, l.Release(t.Context(), Ending{Run: over("first")}))
	last, _, err := to.LastRun(t.Context(), run("first").Sync)
	if err != nil || last.Status != StatusInterrupted || last.Finished.IsZero() {
		t.Errorf("%+v, %v", last, err)
	}
}

// FuzzImport: whatever a file says, it is refused with everything as before, or it is stored and exported as it was.
func FuzzImport(f *testing.F) {
	f.Add([]byte(`{"format": "drt state", "version": 1, "exported_at": "2026-01-02T03:04:05Z", "watermarks": [{"sync": "s", "watermark": {"cursor_field": "id",
		"type": "decimal", "value": "1.50", "open": ["-3", "1.5"], "columns": ["a"], "sent": "AQAAAAAAAAAAAAAAAAAAAAAB"}, "sync_run_id": "r", "saved_at": "2026-01-02T03:04:05.000001Z"}],
		"runs": [{"sync_run_id": "r", "run_id": "i", "sync": "s", "mode": "full", "status": "success", "started_at": "2026-01-02T03:04:05Z", "host": "h", "pid": 1, "report": {}}],
		"changes": [{"sync_run_id": "r", "n": 1, "sync": "s", "mode": "insert", "change": {}, "sent_at": "2026-01-02T03:04:05Z", "outcome": ""}], "end": "of drt state"}`))
	f.Add([]byte(`{"format": "drt state", "version": 2}`))
	f.Add([]byte(`{"format": "drt state", "version": 1, "watermarks": [{"sync": "s", "watermark": {"sent": "AA=="}}]}`))
	dir := f.TempDir()
	s, err := Open(f.Context(), dir)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = s.Close() })
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := decodeExport(text); err != nil {
			return
		}
		if _, err := s.Import(t.Context(), text, true); err != nil {
			t.Fatalf("what was read could not be stored: %v", err)
		}
		var first, second bytes.Buffer
		for _, b := range []*bytes.Buffer{&first, &second} {
			if _, err := s.Export(t.Context(), b); err != nil {
				t.Fatalf("what was stored could not be exported: %v", err)
			}
			if _, err := decodeExport(b.Bytes()); err != nil {
				t.Fatalf("what was exported cannot be read: %v\n%s", err, b)
			}
		}
	})
}
