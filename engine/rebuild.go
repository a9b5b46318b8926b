package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/state"
)

// signedWatermark is a watermark in the log of a table.
type signedWatermark struct {
	state.Watermark
	Omitted int64 // rows at its open values whose hashes were too many for a log
}

// MarshalJSON implements json.Marshaler.
func (w signedWatermark) MarshalJSON() ([]byte, error) {
	text, err := json.Marshal(w.Watermark)
	if err != nil || w.Omitted == 0 {
		return text, err
	}
	return append(text[:len(text)-1], fmt.Sprintf(`,"omitted":%d}`, w.Omitted)...), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (w *signedWatermark) UnmarshalJSON(text []byte) error {
	var more struct {
		Omitted int64 `json:"omitted"`
	}
	if err := json.Unmarshal(text, &more); err != nil {
		return err
	}
	w.Omitted = more.Omitted
	return json.Unmarshal(text, &w.Watermark)
}

// readRemembered reads the watermark that a commit in the target's log carries. An append-only sync whose sent rows were
// too many for the log is refused: it would send some twice.
func readRemembered(j *Job, found *destinations.Remembered) (*state.Watermark, error) {
	var w signedWatermark
	err := json.Unmarshal([]byte(found.Watermark), &w)
	if err == nil {
		err = w.Check()
	}
	if err != nil {
		return nil, &connector.Error{
			Kind: connector.KindPermanent, Op: "rebuild state", Message: fmt.Sprintf("version %d of the target has a signature that cannot be read", found.Version),
			Hint: "run the sync with --full-refresh if reading everything again does no harm", Err: err,
		}
	}
	if w.Omitted > 0 && j.WriteMode() == destinations.ModeInsert {
		return nil, &connector.Error{
			Kind:    connector.KindPermanent,
			Op:      "rebuild state",
			Message: fmt.Sprintf("%d rows were sent at or beyond %s, too many for the target's log to tell which", w.Omitted, markWords(&w.Watermark)),
			Hint:    "import the state of the host that ran the sync last (drt state export there, drt state import here); a finer cursor_field keeps it from happening again",
		}
	}
	w.Sync, w.SyncRunID, w.Saved = j.Name, found.SyncRunID, found.At
	return &w.Watermark, nil
}

// rebuild looks for the watermark in the target if no run that this state knows of has committed. Runs that failed do not
// count: the first run on a fresh state may have. After `drt state reset` there is one that has.
func (r *run) rebuild(ctx context.Context) error {
	if !r.options.Rebuild || r.mark != nil || r.lease == nil {
		return nil
	}
	if anew, err := r.startsAnew(ctx); err != nil || !anew {
		return err
	}
	h, ok := r.job.Destination.(destinations.Historian)
	if !ok {
		return nil // Check has refused it
	}
	r.tally.doing("looking for the watermark in the target")
	var found *destinations.Remembered
	err := guard("read the target's log", func() (err error) {
		found, err = h.Remembered(ctx, r.job.Name)
		return err
	})
	if err != nil || found == nil || found.Watermark == "" {
		return err
	}
	if r.mark, err = readRemembered(r.job, found); err != nil {
		return err
	}
	// At once: this run may have nothing to commit, and then the next one takes this state for one that knows.
	if err := r.lease.Save(ctx, state.Run{Status: state.StatusRunning, Scratch: true}, r.mark); err != nil {
		return err
	}
	r.report.Notes = append(r.report.Notes, fmt.Sprintf("state was rebuilt from the target: run %s had come to %s", r.mark.SyncRunID, markWords(r.mark)))
	return nil
}

// startsAnew says whether no run that this state knows of has committed.
func (r *run) startsAnew(ctx context.Context) (bool, error) {
	runs, err := r.store.Runs(ctx, state.Filter{Sync: r.job.Name})
	return !slices.ContainsFunc(runs, hasCommitted), err
}

func hasCommitted(r state.Run) bool {
	return r.Status == string(StatusSuccess) || r.Status == string(StatusPartial)
}

func markWords(w *state.Watermark) string {
	if w.Value == nil {
		return "no value of " + w.Field + " that it could pass"
	}
	return w.Field + " = " + w.Value.Text
}
