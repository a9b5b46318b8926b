package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/state"
)

// Rebuilt says what Rebuild found and stored.
type Rebuilt struct {
	From   destinations.Remembered
	Before *state.Watermark // nil: none
	Now    *state.Watermark
}

// Rebuild takes the watermark of j from the log of its target: what the newest signed commit of the sync says of itself.
// It holds the lock of the sync meanwhile, and leaves an entry in the history. A watermark in state that is beyond the one
// of the log is kept, and is an error.
func Rebuild(ctx context.Context, j *Job, store *state.Store, runID string) (out Rebuilt, err error) {
	d, ok := j.Destination.(destinations.Historian)
	switch {
	case j.Mode != ModeIncremental:
		return out, rebuildError(connector.KindConfig, "", "sync.mode %s keeps no watermark: there is nothing to rebuild", j.Mode)
	case !ok:
		return out, rebuildError(connector.KindConfig, "`drt state import` reads a backup", "%s does not remember the runs that wrote to it", j.Destination.Target().Name)
	}
	begun := state.Run{SyncRunID: uuid.Must(uuid.NewV7()).String(), RunID: runID, Sync: j.Name, Mode: state.ModeRebuild, Started: time.Now()}
	l, err := store.Begin(ctx, begun)
	if err != nil {
		return out, err
	}
	defer func() {
		end, stop := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
		defer stop()
		err = errors.Join(err, l.Release(end, state.Ending{Run: ended(begun, err)}))
	}()
	if out, err = remembered(ctx, j, d); err != nil {
		return out, err
	}
	if out.Before, err = store.Watermark(ctx, j.Name); err != nil {
		return out, err
	}
	if err := beyond(j, out.Before, out.Now); err != nil {
		return out, err
	}
	return out, l.Save(ctx, ended(begun, nil), out.Now)
}

// ended is the entry of the history of what a command did under the lock of a sync.
func ended(r state.Run, err error) state.Run {
	r.Status, r.Finished = string(StatusSuccess), time.Now()
	if err != nil {
		r.Status, r.Error, r.ErrorType, r.ErrorSuggestion = string(StatusFailed), err.Error(), string(connector.KindOf(err)), hintOf(err)
	}
	return r
}

// remembered asks the target, and reads what it says.
func remembered(ctx context.Context, j *Job, d destinations.Historian) (out Rebuilt, err error) {
	var found *destinations.Remembered
	err = guard("read the target's log", func() (err error) {
		found, err = d.Remembered(ctx, j.Name)
		return err
	})
	target := j.Destination.Target().Name
	switch {
	case err != nil:
		return out, err
	case found == nil:
		return out, rebuildError(connector.KindNotFound, "the log may have been cut; `drt state import` reads a backup", "the log of %s has no signed commit of sync %s", target, j.Name)
	case found.Watermark == "":
		return out, rebuildError(connector.KindNotFound, "`drt state import` reads a backup", "the newest commit of sync %s in the log of %s (version %d) carries no watermark", j.Name, target, found.Version)
	}
	out.From = *found
	if out.Now, err = readRemembered(j, found); err != nil {
		return out, err
	}
	if !strings.EqualFold(out.Now.Field, j.CursorField) {
		return out, rebuildError(connector.KindConfig, "mend sync.cursor_field, or run the sync once with --full-refresh",
			"version %d of %s carries a watermark of column %s, but cursor_field is %s", found.Version, target, out.Now.Field, j.CursorField)
	}
	return out, nil
}

// beyond refuses to go back: rows that were sent since would be sent again.
func beyond(j *Job, before, now *state.Watermark) error {
	if before == nil || before.Value == nil || now.Value == nil {
		return nil
	}
	order, err := record.Compare(*before.Value, *now.Value)
	if err == nil && order <= 0 {
		return nil
	}
	return rebuildError(connector.KindConflict, fmt.Sprintf("if the state is wrong, forget it first: drt state reset %s", j.Name),
		"the state knows a watermark beyond the one of the log: %s = %s, the log says %s", before.Field, before.Value.Text, now.Value.Text)
}

func rebuildError(kind connector.Kind, hint, message string, args ...any) error {
	return &connector.Error{Kind: kind, Op: "rebuild state", Message: fmt.Sprintf(message, args...), Hint: hint}
}
