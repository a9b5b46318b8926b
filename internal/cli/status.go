package cli

import (
	"context"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/drt-go/drt/state"
)

type statusOptions struct {
	Failed  bool
	History int
	Output  string
}

func newStatusCommand(app *App) *cobra.Command {
	var o statusOptions
	cmd := &cobra.Command{
		Use:   "status [SYNC]",
		Short: "how the last runs ended, and what runs now",
		Long: "status shows the last run of every sync; with a sync's name, its history, with the ids that `drt undo`\n" +
			"takes. It reads .drt/state.db only.",
		Args: maxArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			sync := ""
			if len(args) == 1 {
				sync = args[0]
			}
			return runStatus(cmd.Context(), app, sync, o)
		},
	}
	cmd.Flags().BoolVar(&o.Failed, "failed", false, "only syncs whose last run did not succeed; with a sync's name, only such runs")
	cmd.Flags().IntVar(&o.History, "history", 20, "with a sync's name: how many runs, newest first")
	registerOutput(cmd, &o.Output)
	return cmd
}

func runStatus(ctx context.Context, app *App, sync string, o statusOptions) (err error) {
	if err := checkOutput(o.Output); err != nil {
		return err
	}
	store, err := state.OpenExisting(ctx, app.stateDir())
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, store.Close()) }()
	runs, err := statusRuns(ctx, store, sync, o.History)
	if err != nil {
		return err
	}
	if o.Failed {
		runs = slices.DeleteFunc(runs, func(r state.Run) bool { return !didNotSucceed(r) })
	}
	locks, err := store.Locks(ctx)
	if err != nil {
		return err
	}
	letters, err := store.LetterCounts(ctx)
	if err != nil {
		return err
	}
	if o.Output == "json" {
		return app.Out.JSON(newStatusJSON(runs, locks, letters))
	}
	if o.Failed && len(runs) == 0 {
		app.Out.Print("%s", nothingFailed)
		return nil
	}
	return printStatus(app.Out, runs, locks, letters, sync != "")
}

func statusRuns(ctx context.Context, store *state.Store, sync string, history int) ([]state.Run, error) {
	if sync == "" {
		return store.LastRuns(ctx)
	}
	runs, err := store.Runs(ctx, state.Filter{Sync: sync, Limit: history})
	if err == nil && len(runs) == 0 {
		err = fmt.Errorf("status: no run of %q is in the history", sync)
	}
	return runs, err
}

func printStatus(out *output, runs []state.Run, locks []state.Lock, letters map[string]int64, ids bool) error {
	if len(runs) == 0 {
		out.Print("no run yet")
		return nil
	}
	w := tabwriter.NewWriter(out.stdout, 0, 4, 2, ' ', 0)
	head, id := "", ""
	if ids {
		head = "run\t"
	}
	_, _ = fmt.Fprintln(w, "sync\tstatus\tmode\tstarted\ttime\tdead letters\t"+head+"what")
	for _, r := range runs {
		took := ""
		if !r.Finished.IsZero() {
			took = duration(r.Finished.Sub(r.Started))
		}
		if ids {
			id = r.SyncRunID + "\t"
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s%s\n", r.Sync, r.Status, r.Mode, r.Started.Local().Format(time.DateTime), took,
			thousands(letters[r.Sync]), id, statusText(r, locks))
	}
	return w.Flush()
}

// statusText says who runs it, or why it failed.
func statusText(r state.Run, locks []state.Lock) string {
	held := slices.IndexFunc(locks, func(l state.Lock) bool { return l.SyncRunID == r.SyncRunID && l.Live })
	switch {
	case held >= 0:
		return fmt.Sprintf("pid %d on %s since %s", locks[held].PID, locks[held].Host, locks[held].Since.Local().Format(time.DateTime))
	case r.ErrorStage != "":
		return r.ErrorStage + ": " + r.Error
	default:
		return r.Error
	}
}

type statusJSON struct {
	Runs []statusRunJSON `json:"runs"`
}

type statusRunJSON struct {
	Name            string     `json:"name"`
	SyncRunID       string     `json:"sync_run_id"`
	RunID           string     `json:"run_id"`
	Status          string     `json:"status"`
	Mode            string     `json:"mode"`
	Started         time.Time  `json:"started_at"`
	Finished        *time.Time `json:"finished_at"`
	Error           *string    `json:"error"`
	ErrorType       *string    `json:"error_type"`
	ErrorStage      *string    `json:"error_stage"`
	ErrorSuggestion *string    `json:"error_suggestion"`
	Holder          *string    `json:"held_by"`
	DeadLetters     int64      `json:"dead_letters"` // of the sync, now
}

func newStatusJSON(runs []state.Run, locks []state.Lock, letters map[string]int64) statusJSON {
	out := statusJSON{Runs: make([]statusRunJSON, len(runs))}
	for i, r := range runs {
		j := statusRunJSON{
			Name: r.Sync, SyncRunID: r.SyncRunID, RunID: r.RunID, Status: r.Status, Mode: r.Mode, Started: r.Started,
			Error: text(r.Error), ErrorType: text(r.ErrorType), ErrorStage: text(r.ErrorStage), ErrorSuggestion: text(r.ErrorSuggestion),
			DeadLetters: letters[r.Sync],
		}
		if !r.Finished.IsZero() {
			j.Finished = &r.Finished
		}
		for _, l := range locks {
			if l.SyncRunID == r.SyncRunID && l.Live {
				j.Holder = text(fmt.Sprintf("pid %d on %s", l.PID, l.Host))
			}
		}
		out.Runs[i] = j
	}
	return out
}
