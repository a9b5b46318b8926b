package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/project"
	"github.com/drt-go/drt/state"
)

type stateResetOptions struct {
	projectOptions
	Yes bool
}

func newStateResetCommand(app *App) *cobra.Command {
	var o stateResetOptions
	cmd := &cobra.Command{
		Use:   "reset SYNC",
		Short: "forget the watermark of a sync, so that its next run reads everything",
		Long: "reset forgets how far an incremental sync has come. It says what the next run will do, and asks before it forgets anything.\n" +
			"The history stays. It is refused while the sync runs.",
		Args: oneSync,
		RunE: func(cmd *cobra.Command, args []string) error { return runStateReset(cmd.Context(), app, args[0], o) },
	}
	o.register(cmd)
	cmd.Flags().BoolVar(&o.Yes, "yes", false, "do not ask")
	return cmd
}

func runStateReset(ctx context.Context, app *App, sync string, o stateResetOptions) (err error) {
	store, err := state.OpenExisting(ctx, app.stateDir())
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, store.Close()) }()
	if err := knownSync(ctx, store, sync); err != nil {
		return err
	}
	w, err := store.Watermark(ctx, sync)
	if err != nil {
		return err
	}
	if w == nil {
		app.Out.Print("%s: nothing to forget: it has no watermark", sync)
		return nil
	}
	app.Out.Print("%s: watermark %s", sync, watermarkLine(newShownWatermark(w)))
	app.Out.Print("%s: without it, %s", sync, app.afterReset(o.projectOptions, sync))
	if !o.Yes {
		if sure, err := app.confirm("forget it?"); err != nil || !sure {
			return err
		}
	}
	if _, err = store.Forget(ctx, sync); err != nil {
		return heldError(err, "its end would save a watermark again")
	}
	app.Out.Print("%s: forgotten", sync)
	return nil
}

// afterReset says what the next run of sync does without a watermark. The project may be broken, or not have the sync any
// more: forgetting must work then, too.
func (a *App) afterReset(o projectOptions, sync string) string {
	p, err := a.load(o, nil)
	if err != nil {
		return "the next run reads everything; an append-only sync would send every row again (the project cannot be read, so its mode is not known)"
	}
	i := slices.IndexFunc(p.Syncs, func(y *project.Sync) bool { return y.Name == sync })
	if i < 0 {
		return "nothing changes: the project has no sync of that name"
	}
	j := newJob(p.Syncs[i])
	target := j.Destination.Target().Name
	switch {
	case j.Mode != engine.ModeIncremental:
		return fmt.Sprintf("nothing changes: sync.mode %s uses no watermark", j.Mode)
	case j.WriteMode() == destinations.ModeInsert:
		return fmt.Sprintf("the next run reads everything and appends every row again: empty %s first, or rows are in it twice", target)
	}
	return fmt.Sprintf("the next run reads everything and merges it into %s: rows that are there and do not differ stay as they are", target)
}

// confirm asks a person. Without a terminal nobody can answer, and --yes has to be given.
func (a *App) confirm(question string) (bool, error) {
	f, ok := a.Stdin.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return false, &usageError{errors.New("nobody is there to be asked: say --yes")}
	}
	_, _ = fmt.Fprintf(a.Out.stderr, "drt: %s [y/N] ", question)
	answer, err := bufio.NewReader(f).ReadString('\n')
	if err != nil {
		return false, fmt.Errorf("no answer, nothing was changed: %w", err)
	}
	if sure := strings.EqualFold(strings.TrimSpace(answer), "y") || strings.EqualFold(strings.TrimSpace(answer), "yes"); sure {
		return true, nil
	}
	a.Out.Print("nothing was changed")
	return false, nil
}
