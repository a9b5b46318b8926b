package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

type rootCommand struct{ cmd *cobra.Command }

func newRootCommand(app *App) rootCommand {
	cmd := &cobra.Command{
		Use:   "drt",
		Short: "move rows from where they are into a warehouse, exactly and fast",
		Long: "drt reads sync specs from YAML files (drt_project.yml, profiles.yml, syncs/*.yml) and moves the rows of a\n" +
			"source into a destination: appended, merged or mirrored.",
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       app.Version,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			return app.setDir()
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
		Args: cobra.ArbitraryArgs,
	}
	cmd.PersistentFlags().StringVarP(&app.Dir, "directory", "C", "", "folder of the project (default: the working directory)")
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	cmd.SetOut(app.Out.stdout)
	cmd.SetErr(app.Out.stderr)
	cmd.SetVersionTemplate("drt {{.Version}}\n")
	cmd.AddCommand(
		newInitCommand(app), newValidateCommand(app), newRunCommand(app), newRetryCommand(app), newListCommand(app), newStatusCommand(app),
		newCheckCommand(app), newCleanCommand(app), newStateCommand(app), newDiffCommand(app), newUndoCommand(app), newConnectorsCommand(app), newSandboxCommand(app), newVersionCommand(app),
	)
	return rootCommand{cmd}
}

func (r rootCommand) execute(ctx context.Context, args []string) error {
	r.cmd.SetArgs(args)
	return r.cmd.ExecuteContext(ctx)
}

func (a *App) setDir() error {
	dir := a.Dir
	a.given = a.Dir
	if dir == "" {
		dir = "."
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("folder of the project: %w", err)
	}
	if info, err := os.Stat(abs); err != nil || !info.IsDir() {
		return &usageError{fmt.Errorf("-C %s: no such folder", a.Dir)}
	}
	a.Dir = abs
	return nil
}

func unknownCommand(cmd *cobra.Command, name string) error {
	msg := fmt.Sprintf("unknown command %q", name)
	if near := cmd.SuggestionsFor(name); len(near) > 0 {
		msg += fmt.Sprintf(", did you mean %q?", near[0])
	}
	return &usageError{errors.New(msg)}
}

// noArgs and maxArgs are cobra's checks with our kind of error, so that they end with the usage code.
func noArgs(cmd *cobra.Command, args []string) error { return maxArgs(0)(cmd, args) }

func maxArgs(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > n {
			return &usageError{fmt.Errorf("%s: unexpected argument %q", strings.TrimPrefix(cmd.CommandPath(), "drt "), args[n])}
		}
		return nil
	}
}
