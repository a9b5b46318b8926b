package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/state"
)

type stateResolveOptions struct{ Committed, NotCommitted bool }

func newStateResolveCommand(app *App) *cobra.Command {
	var o stateResolveOptions
	cmd := &cobra.Command{
		Use:   "resolve SYNC --committed | --not-committed",
		Short: "record what became of a run whose outcome drt cannot prove",
		Long: "A run that ended as unknown has sent a statement whose reply was lost. The next run looks for proof in the target; where there\n" +
			"is none, look at the target yourself and record what you see. --committed: its rows are there, the watermark moves past\n" +
			"them. --not-committed: they are not, the next run sends them.",
		Args: oneSync,
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.Committed == o.NotCommitted {
				return &usageError{errors.New("state resolve: say either --committed or --not-committed")}
			}
			return runStateResolve(cmd.Context(), app, args[0], o)
		},
	}
	cmd.Flags().BoolVar(&o.Committed, "committed", false, "its rows are in the target")
	cmd.Flags().BoolVar(&o.NotCommitted, "not-committed", false, "its rows are not in the target, and never will be")
	return cmd
}

func runStateResolve(ctx context.Context, app *App, sync string, o stateResolveOptions) (err error) {
	store, err := state.OpenExisting(ctx, app.stateDir())
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, store.Close()) }()
	if err := knownSync(ctx, store, sync); err != nil {
		return err
	}
	open, err := store.Unsettled(ctx, sync)
	if err != nil {
		return err
	}
	if len(open) == 0 {
		app.Out.Print("%s: nothing to resolve: the outcome of every run is known", sync)
		return nil
	}
	outcome := state.OutcomeCommitted
	if o.NotCommitted {
		outcome = state.OutcomeNotCommitted
	}
	runs, err := store.Resolve(ctx, sync, outcome, "recorded by hand with drt state resolve")
	if err != nil {
		return heldError(err, "a live run settles what it sent itself")
	}
	for _, c := range open {
		app.Out.Print("%s: %s", sync, unsettledLine(newShownUnsettled(c)))
	}
	w, err := store.Watermark(ctx, sync)
	if err != nil {
		return err
	}
	what := "the next run sends the rows again"
	if o.Committed {
		what = "the next run goes on after them"
	}
	app.Out.Print("%s: recorded: %s; watermark: %s; %s", sync, outcomeWords(outcome, runs), watermarkText(w), what)
	return nil
}

func outcomeWords(outcome string, runs int) string {
	words := outcome
	if outcome == state.OutcomeNotCommitted {
		words = "not committed"
	}
	if runs == 1 {
		return "1 run is " + words
	}
	return fmt.Sprintf("%d runs are %s", runs, words)
}

// watermarkText is a watermark in a sentence.
func watermarkText(w *state.Watermark) string {
	switch {
	case w == nil:
		return "none"
	case w.Value == nil:
		return w.Field + ", nothing was passed yet"
	}
	return w.Field + " = " + w.Value.Text
}

// heldError turns the lock of a live run into an error that says what to do.
func heldError(err error, why string) error {
	var held *state.HeldError
	if !errors.As(err, &held) {
		return err
	}
	return &connector.Error{
		Kind: connector.KindConflict, Message: held.Error(), Err: err,
		Hint: fmt.Sprintf("%s: wait for it, or stop process %d on host %s", why, held.Lock.PID, held.Lock.Host),
	}
}
