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

type retryOptions struct {
	projectOptions
	Sync       string
	DryRun     bool
	List       bool
	ShowValues bool
	Discard    []string
	Output     string
}

func newRetryCommand(app *App) *cobra.Command {
	var o retryOptions
	cmd := &cobra.Command{
		Use:   "retry SYNC",
		Short: "send the rows again that a sync has left out",
		Long: "retry sends the dead letters of a sync again: the rows that on_error: skip has left out, as they were then. It updates and\n" +
			"inserts them by key, or appends them if the sync appends; it never deletes, whatever the sync's mode. What the target takes\n" +
			"leaves the dead letters, what it refuses stays, with the new reason. Exit codes are those of `drt run`.",
		Args: oneSync,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Sync = args[0]
			if err := o.check(); err != nil {
				return err
			}
			switch {
			case len(o.Discard) > 0:
				return runDiscard(cmd.Context(), app, o)
			case o.List:
				return runLetters(cmd.Context(), app, o)
			case o.DryRun:
				return runRetryDry(cmd.Context(), app, o)
			}
			return runRetry(cmd.Context(), app, o)
		},
	}
	o.register(cmd)
	f := cmd.Flags()
	f.BoolVar(&o.List, "list", false, "list the rows and why they were left out, and send nothing")
	f.BoolVar(&o.DryRun, "dry-run", false, "list them, and say which would be sent")
	f.BoolVar(&o.ShowValues, "show-values", false, "with --list or --dry-run: the values too, but those of sync.sensitive and of columns that are named like a secret")
	f.StringSliceVar(&o.Discard, "discard", nil, "remove rows for good: their numbers in --list, or all")
	registerOutput(cmd, &o.Output)
	return cmd
}

func (o retryOptions) check() error {
	switch {
	case len(o.Discard) > 0 && (o.List || o.DryRun):
		return &usageError{fmt.Errorf("--discard removes rows: leave --list and --dry-run out")}
	case o.List && o.DryRun:
		return &usageError{fmt.Errorf("--list and --dry-run: one of them")}
	case o.ShowValues && !o.List && !o.DryRun:
		return &usageError{fmt.Errorf("--show-values goes with --list or --dry-run")}
	}
	return checkOutput(o.Output)
}

func runRetry(ctx context.Context, app *App, o retryOptions) (err error) {
	runID := uuid.Must(uuid.NewV7()).String()
	view := newReportView(app.Out, o.Output, runID)
	options := engine.Options{RunID: runID, Version: app.Version, Progress: view.Progress}
	jobs, closeSandbox, err := app.jobs(ctx, o.projectOptions, selection{Names: []string{o.Sync}}, &options)
	if err != nil {
		return view.Mistakes(err)
	}
	defer func() { err = firstError(err, closeSandbox()) }()
	if len(jobs) != 1 {
		return &usageError{fmt.Errorf("retry is for one sync, %q fits %d: name it", o.Sync, len(jobs))}
	}
	store, err := state.Open(ctx, app.stateDir())
	if err != nil {
		return view.Mistakes(err)
	}
	defer func() { err = firstError(err, store.Close()) }()
	began := time.Now()
	report := engine.Retry(ctx, jobs[0], store, options)
	return view.Reports([]*engine.Report{report}, time.Since(began))
}

// runRetryDry lists the rows, and asks the model for nothing but its columns.
func runRetryDry(ctx context.Context, app *App, o retryOptions) (err error) {
	jobs, closeSandbox, err := app.jobs(ctx, o.projectOptions, selection{Names: []string{o.Sync}}, &engine.Options{})
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, closeSandbox()) }()
	if len(jobs) != 1 {
		return &usageError{fmt.Errorf("retry is for one sync, %q fits %d: name it", o.Sync, len(jobs))}
	}
	o.Sync = jobs[0].Name
	store, err := state.OpenExisting(ctx, app.stateDir())
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, store.Close()) }()
	list, err := app.readLetters(ctx, store, o)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		model, err := engine.ModelSchema(ctx, jobs[0])
		if err != nil {
			return err
		}
		for i := range list {
			list[i].judge(model)
		}
	}
	return app.printLetters(list, o)
}
