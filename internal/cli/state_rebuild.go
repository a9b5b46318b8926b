package cli

import (
	"context"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/state"
)

func newStateRebuildCommand(app *App) *cobra.Command {
	var o projectOptions
	cmd := &cobra.Command{
		Use:   "rebuild SYNC",
		Short: "take the watermark of a sync from the log of its target",
		Long: "The commits that drt signs carry the watermark that belongs to them. rebuild reads the newest one in the history of the target\n" +
			"and goes on from there: for a machine that was lost, or whose state was. A watermark beyond it is not taken back.",
		Args: oneSync,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runStateRebuild(cmd.Context(), app, args[0], o)
		},
	}
	o.register(cmd)
	return cmd
}

func runStateRebuild(ctx context.Context, app *App, sync string, o projectOptions) (err error) {
	jobs, stop, err := app.jobs(ctx, o, selection{Names: []string{sync}}, &engine.Options{})
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, stop()) }()
	j, err := only(jobs, sync)
	if err != nil {
		return err
	}
	store, err := state.Open(ctx, app.stateDir())
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, store.Close()) }()
	done, err := engine.Rebuild(ctx, j, store, uuid.Must(uuid.NewV7()).String())
	if err != nil {
		return heldError(err, "its end saves a watermark")
	}
	app.Out.Print("%s: watermark %s, from version %d of %s, which run %s wrote at %s; before: %s", sync, watermarkText(done.Now),
		done.From.Version, j.Destination.Target().Name, done.From.SyncRunID, local(done.From.At), watermarkText(done.Before))
	return nil
}
