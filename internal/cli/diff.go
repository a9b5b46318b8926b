package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/state"
)

type diffOptions struct {
	projectOptions
	Rows        int
	Limit       int64
	FullRefresh bool
	Output      string
}

func newDiffCommand(app *App) *cobra.Command {
	var o diffOptions
	cmd := &cobra.Command{
		Use:   "diff SYNC",
		Short: "show which rows a run would change, before and after",
		Long: "diff stages the rows of a sync as a dry run does, has the warehouse compare them with the target, and shows rows that would be\n" +
			"inserted, updated or deleted, with old and new values. Nothing changes: not the target, not the state. Values of columns in\n" +
			"sync.sensitive, and of columns that are named like a secret, are shown as ***.",
		Args: oneSync,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return runDiff(cmd.Context(), app, args[0], o)
		},
	}
	o.register(cmd)
	f := cmd.Flags()
	f.IntVar(&o.Rows, "rows", 20, "show at most so many rows; 0 only counts")
	f.Int64Var(&o.Limit, "limit", 0, "read at most so many rows of the source")
	f.BoolVar(&o.FullRefresh, "full-refresh", false, "incremental syncs: compare all rows, as drt run --full-refresh would")
	registerOutput(cmd, &o.Output)
	return cmd
}

func (o diffOptions) check() error {
	switch {
	case o.Rows < 0:
		return &usageError{fmt.Errorf("--rows %d: a number of rows", o.Rows)}
	case o.Limit < 0:
		return &usageError{fmt.Errorf("--limit %d: a number of rows, from 1 on", o.Limit)}
	}
	return checkOutput(o.Output)
}

func runDiff(ctx context.Context, app *App, sync string, o diffOptions) (err error) {
	progress := newProgressView(app.Out, time.Now)
	options := engine.Options{
		RunID: uuid.Must(uuid.NewV7()).String(), Limit: o.Limit, FullRefresh: o.FullRefresh, DryRun: true, Version: app.Version, Progress: progress.Update,
	}
	jobs, stop, err := app.jobs(ctx, o.projectOptions, selection{Names: []string{sync}}, &options)
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, stop()) }()
	j, err := only(jobs, sync)
	if err != nil {
		return err
	}
	store, err := state.OpenExisting(ctx, app.stateDir())
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, store.Close()) }()
	d, err := engine.Diff(ctx, j, store, options, o.Rows)
	progress.Done()
	if err != nil {
		return fmt.Errorf("%s: %w", sync, err)
	}
	app.Out.printDiffRemarks(d)
	if o.Output == "json" {
		return app.Out.JSON(newDiffJSON(d))
	}
	app.Out.printDiff(d)
	return nil
}
