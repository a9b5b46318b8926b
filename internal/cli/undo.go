package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/state"
)

type undoOptions struct {
	projectOptions
	Output string
}

func newUndoCommand(app *App) *cobra.Command {
	var o undoOptions
	cmd := &cobra.Command{
		Use:   "undo RUN",
		Short: "bring the target back to what it was before a run, if nobody has written since",
		Long: "undo takes a run of one sync back (sync_run_id), or all of an invocation of `drt run` (run_id): `drt status SYNC` lists them. The\n" +
			"target is restored to its version before the run, and the watermark goes back with it. If anybody has written to the target\n" +
			"since, it is refused, and shows who; what only rewrites files (OPTIMIZE, VACUUM) does not count.",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &usageError{fmt.Errorf("undo: name a run; `drt status SYNC` lists them")}
			}
			return maxArgs(1)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runUndo(cmd.Context(), app, args[0], o) },
	}
	o.register(cmd)
	registerOutput(cmd, &o.Output)
	return cmd
}

func runUndo(ctx context.Context, app *App, id string, o undoOptions) (err error) {
	if err := checkOutput(o.Output); err != nil {
		return err
	}
	store, err := state.OpenExisting(ctx, app.stateDir())
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, store.Close()) }()
	runs, err := runsOf(ctx, store, id)
	if err != nil {
		return err
	}
	names := make([]string, len(runs))
	for i, r := range runs {
		names[i] = r.Sync
	}
	jobs, stop, err := app.jobs(ctx, o.projectOptions, selection{Names: names}, &engine.Options{})
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, stop()) }()
	return app.undoAll(ctx, store, runs, jobs, o)
}

// runsOf are the runs of syncs that id means, the last one first: a later one may have written to the same table.
func runsOf(ctx context.Context, store *state.Store, id string) ([]state.Run, error) {
	all, err := store.Runs(ctx, state.Filter{})
	if err != nil {
		return nil, err
	}
	own := func(r state.Run) bool { return r.Mode == state.ModeUndo || r.Mode == state.ModeRebuild }
	runs := slices.DeleteFunc(all, func(r state.Run) bool {
		return own(r) || plainID(r.SyncRunID) != plainID(id) && plainID(r.RunID) != plainID(id)
	})
	if len(runs) == 0 {
		return nil, &usageError{fmt.Errorf("undo: no run %s is in the history; `drt status SYNC` lists them", id)}
	}
	slices.SortStableFunc(runs, func(a, b state.Run) int {
		return cmp.Or(b.Started.Compare(a.Started), cmp.Compare(b.SyncRunID, a.SyncRunID))
	})
	return runs, nil
}

// undoAll undoes what it can. One that cannot be undone does not keep the others back.
func (a *App) undoAll(ctx context.Context, store *state.Store, runs []state.Run, jobs []*engine.Job, o undoOptions) error {
	runID := uuid.Must(uuid.NewV7()).String()
	var shown []undoJSON
	failed := 0
	for _, r := range runs {
		i := slices.IndexFunc(jobs, func(j *engine.Job) bool { return j.Name == r.Sync })
		if i < 0 {
			return &usageError{fmt.Errorf("undo: the project has no sync %s", r.Sync)}
		}
		done, err := engine.Undo(ctx, jobs[i], store, r, runID)
		if err != nil {
			failed++
			err = fmt.Errorf("%s: %w", r.Sync, heldError(err, "a run in progress writes to the target"))
			if len(runs) == 1 && o.Output != "json" {
				return err
			}
			a.Out.Error(err)
		}
		shown = append(shown, newUndoJSON(r, done, err))
		if err == nil && o.Output != "json" {
			a.Out.printUndone(done)
		}
	}
	if o.Output == "json" {
		if err := a.Out.JSON(map[string]any{"runs": shown}); err != nil {
			return err
		}
	}
	if failed > 0 {
		return errReported
	}
	return nil
}

func (o *output) printUndone(u engine.UndoneRun) {
	o.Print("%s: run %s was undone: %s is as in version %d again (it was at version %d)", u.Name, u.SyncRunID, u.Destination, u.To, u.From)
	if u.Moved {
		o.Print("%s: watermark: %s; before: %s", u.Name, watermarkText(u.Now), watermarkText(u.Before))
	}
	for _, n := range u.Notes {
		o.Print("%s: %s", u.Name, n)
	}
}

type undoJSON struct {
	Name        string   `json:"name"`
	SyncRunID   string   `json:"sync_run_id"`
	Undone      bool     `json:"undone"`
	Destination *string  `json:"destination"`
	FromVersion *int64   `json:"from_version"`
	ToVersion   *int64   `json:"to_version"`
	Watermark   *string  `json:"watermark"` // in force now
	Notes       []string `json:"notes"`
	Error       *string  `json:"error"`
	ErrorType   *string  `json:"error_type"`
	Suggestion  *string  `json:"error_suggestion"`
}

func newUndoJSON(r state.Run, u engine.UndoneRun, err error) undoJSON {
	out := undoJSON{Name: r.Sync, SyncRunID: r.SyncRunID, Undone: err == nil, Destination: text(u.Destination), Notes: append([]string{}, u.Notes...)}
	if err != nil {
		out.Error, out.ErrorType, out.Suggestion = text(err.Error()), text(string(connector.KindOf(err))), text(hintOf(err))
		return out
	}
	out.FromVersion, out.ToVersion = &u.From, &u.To
	if u.Now != nil && u.Now.Value != nil {
		out.Watermark = &u.Now.Value.Text
	}
	return out
}
