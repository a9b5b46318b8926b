package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/state"
)

// UndoneRun says what Undo did.
type UndoneRun struct {
	Name, SyncRunID, Destination string

	destinations.Undone
	Moved       bool             // the watermark went back
	Before, Now *state.Watermark // nil: none
}

// Undo takes run, one of j's, back: the target is as it was before it, and so is the watermark. It holds the lock of the
// sync and leaves an entry in the history. It is an error of kind conflict if anybody has written to the target since.
//
// The undo is in the journal before it is sent: if its reply is lost, or its process killed, the next run of the sync
// finds out what became of it, and the same call again completes it.
func Undo(ctx context.Context, j *Job, store *state.Store, run state.Run, runID string) (out UndoneRun, err error) {
	d, ok := j.Destination.(destinations.Undoer)
	target := j.Destination.Target().Name
	switch {
	case !ok:
		return out, undoError(connector.KindConfig, "", "%s cannot take runs back: it keeps no versions", target)
	case run.Mode == state.ModeRetry:
		return out, undoError(connector.KindConfig, "mend its rows by hand", "run %s sent dead letters again, which are gone: it cannot be undone", run.SyncRunID)
	}
	begun := state.Run{SyncRunID: uuid.Must(uuid.NewV7()).String(), RunID: runID, Sync: j.Name, Mode: state.ModeUndo, Started: time.Now()}
	u := &undo{job: j, store: store, run: run, begun: begun}
	if u.lease, err = store.Begin(ctx, begun); err != nil {
		return out, err
	}
	defer func() {
		end, stop := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
		defer stop()
		err = errors.Join(err, u.lease.Release(end, state.Ending{Run: ended(begun, err), Open: u.open}))
	}()
	out.Name, out.SyncRunID, out.Destination = j.Name, run.SyncRunID, target
	if err := u.recall(ctx); err != nil {
		return out, err
	}
	if out.Before, err = store.Watermark(ctx, j.Name); err != nil {
		return out, err
	}
	if out.Undone, err = u.send(ctx, d); err != nil {
		return out, err
	}
	if err := u.save(ctx, target); err != nil {
		return out, err
	}
	out.Moved = u.back != nil
	out.Now, err = store.Watermark(ctx, j.Name)
	return out, err
}

// undo is one run being taken back. It is used by one goroutine.
type undo struct {
	job   *Job
	store *state.Store
	lease *state.Lease
	run   state.Run
	begun state.Run

	changes   []destinations.Change // that the run has, or may have, committed
	back      *state.Watermark      // in force afterwards; nil: the watermark stays, without a value: none
	earlier   []string              // undos of the run whose outcome is not known
	announced bool
	open      bool // nobody knows whether the target was brought back
}

// recall reads in the journal what the run has done.
func (u *undo) recall(ctx context.Context) error {
	if err := u.settled(ctx); err != nil {
		return err
	}
	changes, err := u.store.Changes(ctx, u.run.SyncRunID)
	if err != nil {
		return err
	}
	undone := false
	for _, c := range changes {
		undone = undone || c.Outcome == state.OutcomeUndone
		change, err := changeOf(c)
		if err != nil {
			return err
		}
		// A run that failed at its second statement has committed the first, which the target's log knows if it is signed.
		committed := c.Outcome == state.OutcomeCommitted
		if !committed && (c.Outcome != state.OutcomeNotCommitted || change.Signature == "") {
			continue
		}
		u.changes = append(u.changes, change)
		if committed && c.Watermark != nil && u.back == nil {
			if u.back = c.Previous; u.back == nil {
				u.back = &state.Watermark{Field: c.Watermark.Field}
			}
		}
	}
	switch {
	case len(u.changes) > 0:
		return nil
	case undone:
		return undoError(connector.KindConflict, "", "run %s was undone already", u.run.SyncRunID)
	}
	return undoError(connector.KindNotFound, "", "run %s ended as %s and has committed nothing: there is nothing to undo", u.run.SyncRunID, u.run.Status)
}

// settled refuses to guess: what is not known of the sync has to be found out first, but for an earlier try to undo the run.
func (u *undo) settled(ctx context.Context) error {
	open, err := u.store.Unsettled(ctx, u.job.Name)
	if err != nil {
		return err
	}
	for _, c := range open {
		change, err := changeOf(c)
		if err != nil {
			return err
		}
		if change.Undoes != u.run.SyncRunID {
			return undoError(connector.KindConflict, fmt.Sprintf("drt run %s finds it out; or record what you see: drt state resolve %s", u.job.Name, u.job.Name),
				"the outcome of run %s of the same sync is not known", c.SyncRunID)
		}
		u.earlier = append(u.earlier, c.SyncRunID)
	}
	return nil
}

func changeOf(c state.Change) (out destinations.Change, err error) {
	if err := json.Unmarshal(c.Change, &out); err != nil {
		return out, undoError(connector.KindPermanent, "", "the journal of run %s is damaged", c.SyncRunID)
	}
	return out, nil
}

func (u *undo) send(ctx context.Context, d destinations.Undoer) (done destinations.Undone, err error) {
	err = guard("undo", func() (err error) {
		done, err = d.Undo(ctx, destinations.UndoRun{Sync: u.job.Name, SyncRunID: u.run.SyncRunID, Changes: u.changes, Announce: u.announce})
		return err
	})
	if kind := connector.KindOf(err); u.announced && (kind == connector.KindUnknown || kind == connector.KindCanceled || kind == connector.KindInternal) {
		u.open = true
	}
	return done, err
}

// announce writes the undo into the journal, with the watermark that is in force if it is committed.
func (u *undo) announce(ctx context.Context, c destinations.Change) error {
	c.Undoes = u.run.SyncRunID
	text, err := json.Marshal(c)
	if err == nil {
		err = u.lease.Announce(ctx, state.Change{Mode: state.ModeUndo, Change: text, Watermark: u.back})
	}
	u.announced = u.announced || err == nil
	return err
}

// save stores the undo, which a signal does not stop.
func (u *undo) save(ctx context.Context, target string) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
	defer stop()
	evidence := "drt undo, " + time.Now().UTC().Format(time.RFC3339)
	err := u.lease.Undo(ctx, ended(u.begun, nil), u.run.SyncRunID, u.back, evidence)
	for _, earlier := range u.earlier {
		if err == nil {
			err = u.lease.Settle(ctx, earlier, state.OutcomeCommitted, evidence)
		}
	}
	if err == nil {
		return nil
	}
	u.open = true
	return &connector.Error{
		Kind: connector.KindOf(err), Op: "undo", Err: err, Message: fmt.Sprintf("%s is as before run %s, but state could not be saved: %s", target, u.run.SyncRunID, err),
		Hint: "run the same command again before the next run of the sync",
	}
}

func undoError(kind connector.Kind, hint, message string, args ...any) error {
	return &connector.Error{Kind: kind, Op: "undo", Message: fmt.Sprintf(message, args...), Hint: hint}
}
