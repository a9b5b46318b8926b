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

type runOptions struct {
	projectOptions
	selection

	Limit int64
	// AllowDeletes is -1 if it is not given.
	AllowDeletes int64
	Failed       bool
	DryRun       bool
	FullRefresh  bool
	FailFast     bool
	Threads      int
	Grace        time.Duration
	Output       string
}

func newRunCommand(app *App) *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use:   "run [SYNC ...]",
		Short: "run syncs: all of the project, or those named",
		Long: "run reads each sync's source, stages its rows at the destination and commits them once the source has ended.\n" +
			"Exit code: 0 all good; 1 any sync failed, partial, interrupted or unknown, or the config is wrong; 2 usage;\n" +
			"130 after SIGINT, 143 after SIGTERM.",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Names = args
			if err := o.check(); err != nil {
				return err
			}
			return runRun(cmd.Context(), app, o)
		},
	}
	o.projectOptions.register(cmd)
	o.selection.register(cmd)
	f := cmd.Flags()
	f.Int64Var(&o.Limit, "limit", 0, "read at most so many rows of each sync; the watermark stays")
	f.Int64Var(&o.AllowDeletes, "allow-deletes", -1, "let the guards of the one sync named pass up to so many deletes, this once")
	f.BoolVar(&o.Failed, "failed", false, "of the syncs selected, only those whose last run did not succeed")
	f.BoolVar(&o.DryRun, "dry-run", false, "say what would be written, and write nothing")
	f.BoolVar(&o.FullRefresh, "full-refresh", false, "incremental syncs: read from the beginning")
	f.BoolVar(&o.FailFast, "fail-fast", false, "start no further sync after one failed")
	f.IntVar(&o.Threads, "threads", 1, "how many syncs run side by side")
	f.DurationVar(&o.Grace, "grace", engine.DefaultGrace, "after SIGTERM or SIGINT: how long the run may take to stop")
	registerOutput(cmd, &o.Output)
	return cmd
}

func (o runOptions) check() error {
	switch {
	case o.Limit < 0:
		return &usageError{fmt.Errorf("--limit %d: a number of rows, from 1 on", o.Limit)}
	case o.AllowDeletes < -1:
		return &usageError{fmt.Errorf("--allow-deletes %d: a number of rows", o.AllowDeletes)}
	case o.Threads < 1:
		return &usageError{fmt.Errorf("--threads %d: at least 1", o.Threads)}
	case o.Grace <= 0:
		return &usageError{fmt.Errorf("--grace %s: a time above 0, such as 25s", o.Grace)}
	}
	return checkOutput(o.Output)
}

func runRun(ctx context.Context, app *App, o runOptions) (err error) {
	runID := uuid.Must(uuid.NewV7()).String()
	view := newReportView(app.Out, o.Output, runID)
	options := engine.Options{
		RunID: runID, Limit: o.Limit, DryRun: o.DryRun, FullRefresh: o.FullRefresh, Version: app.Version,
		Grace: o.Grace, Progress: view.Progress,
	}
	app.signals.grace.Store(int64(o.Grace))
	if o.AllowDeletes >= 0 {
		options.AllowDeletes = &o.AllowDeletes
	}
	jobs, closeSandbox, err := app.jobs(ctx, o.projectOptions, o.selection, &options)
	if err != nil {
		return view.Mistakes(err)
	}
	defer func() { err = firstError(err, closeSandbox()) }()
	if options.AllowDeletes != nil && len(jobs) != 1 {
		return &usageError{fmt.Errorf("--allow-deletes is for one sync, %d are selected: name it", len(jobs))}
	}
	store, err := state.Open(ctx, app.stateDir())
	if err != nil {
		return view.Mistakes(err)
	}
	defer func() { err = firstError(err, store.Close()) }()
	if o.Failed {
		if jobs, err = failedJobs(ctx, store, jobs); err != nil {
			return view.Mistakes(err)
		}
		if len(jobs) == 0 {
			return view.Nothing(nothingFailed)
		}
	}
	began := time.Now()
	reports := engine.RunAll(ctx, jobs, store, options, engine.Schedule{Threads: o.Threads, FailFast: o.FailFast})
	err = view.Reports(reports, time.Since(began))
	if o.Sandbox && o.Output != "json" {
		app.Out.printLookAtIt(reports, app.given)
	}
	return err
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
