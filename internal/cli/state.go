package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/drt-go/drt/state"
)

func newStateCommand(app *App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "state",
		Short: "look at what drt remembers, move it, mend it",
		Long: "The state of a project is .drt/state.db: how far incremental syncs have come, the history of runs, locks, and a journal of\n" +
			"the statements whose outcome is not known yet.",
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	cmd.AddCommand(
		newStateShowCommand(app), newStateResetCommand(app), newStateResolveCommand(app), newStateRebuildCommand(app),
		newStateExportCommand(app), newStateImportCommand(app),
	)
	return cmd
}

// oneSync is the check of commands that are about one sync.
func oneSync(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return &usageError{fmt.Errorf("%s: name a sync", strings.TrimPrefix(cmd.CommandPath(), "drt "))}
	}
	return maxArgs(1)(cmd, args)
}

// knownSync refuses a sync that nothing is known of: most likely its name is misspelled.
func knownSync(ctx context.Context, store *state.Store, sync string) error {
	names, err := store.Names(ctx)
	if err != nil {
		return err
	}
	for _, n := range names {
		if n == sync {
			return nil
		}
	}
	there := strings.Join(names, ", ")
	if there == "" {
		there = "none"
	}
	return &usageError{fmt.Errorf("the state knows no sync %q; it knows: %s", sync, there)}
}
