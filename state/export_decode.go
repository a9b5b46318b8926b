package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// decodeExport reads what Export wrote, whole and of a version that this drt knows, or says what is wrong with it.
func decodeExport(text []byte) (*export, error) {
	var head struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errors.New("it is empty")
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("it is cut off, or no JSON: %w", err)
	}
	switch {
	case head.Format != exportFormat:
		return nil, errors.New("it is no export of `drt state export`")
	case head.Version > exportVersion:
		return nil, fmt.Errorf("it was written by a newer drt: it has format %d, this drt knows up to %d", head.Version, exportVersion)
	case head.Version < 1:
		return nil, fmt.Errorf("it has format %d, which no drt has written", head.Version)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	var e export
	if err := dec.Decode(&e); err != nil {
		return nil, fmt.Errorf("it is damaged: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is something behind its end")
	}
	if e.End != exportEnd {
		return nil, errors.New("it is cut off: its end is missing")
	}
	if err := e.check(); err != nil {
		return nil, err
	}
	for i := range e.Runs {
		e.Runs[i].Report = compact(e.Runs[i].Report)
	}
	for i := range e.Changes {
		e.Changes[i].Change = compact(e.Changes[i].Change)
	}
	return &e, nil
}

// compact takes the line breaks away that make an export readable.
func compact(text json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, text) != nil {
		return text
	}
	return b.Bytes()
}

// check holds e to what a state may contain: what is stored unchecked would stop a run much later.
func (e *export) check() error {
	if !storable(e.Exported) {
		return errors.New("it is damaged: it does not say when it was exported")
	}
	seen := map[string]bool{}
	once := func(what string) error {
		if seen[what] {
			return fmt.Errorf("it is damaged: it has %s twice", what)
		}
		seen[what] = true
		return nil
	}
	for _, w := range e.Watermarks {
		if w.Sync == "" || w.Saved.IsZero() || !storable(w.Saved) {
			return errors.New("it is damaged: a watermark has no sync, or no time")
		}
		if err := errors.Join(once("the watermark of "+w.Sync), damaged(w.Watermark.Check())); err != nil {
			return err
		}
	}
	for _, r := range e.Runs {
		if r.Sync == "" || r.SyncRunID == "" || r.Status == "" || r.Started.IsZero() || !storable(r.Started) || r.Finished != nil && !storable(*r.Finished) || !isObject(r.Report) {
			return errors.New("it is damaged: a run has no sync, id, status, time or report")
		}
		if err := once("run " + r.SyncRunID); err != nil {
			return err
		}
	}
	for _, c := range e.Changes {
		known := []string{"", OutcomeCommitted, OutcomeNotCommitted, OutcomeUndone}
		if c.Sync == "" || c.SyncRunID == "" || c.N < 1 || c.Sent.IsZero() || !storable(c.Sent) || !isObject(c.Change) || !slices.Contains(known, c.Outcome) {
			return errors.New("it is damaged: a change has no sync, run, number, time, content or known outcome")
		}
		if err := errors.Join(once(fmt.Sprintf("change %d of run %s", c.N, c.SyncRunID)), damaged(c.Watermark.Check()), damaged(c.Previous.Check())); err != nil {
			return err
		}
	}
	return nil
}

// storable says whether t can be written as state writes times: a year of four digits, microseconds.
func storable(t time.Time) bool { y := t.UTC().Year(); return y >= 1 && y <= 9999 }

func isObject(text json.RawMessage) bool {
	return json.Valid(text) && bytes.HasPrefix(bytes.TrimSpace(text), []byte("{"))
}

func damaged(err error) error {
	if err != nil {
		err = fmt.Errorf("it is damaged: %w", err)
	}
	return err
}
