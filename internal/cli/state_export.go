package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/drt-go/drt/state"
)

func newStateExportCommand(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "export [FILE]",
		Short: "write the state as JSON: for a backup, or to move to another machine",
		Long: "export writes watermarks, the last run of each sync, and what is not settled; to stdout, or to FILE, which is replaced in one\n" +
			"step. Locks are not in it. It holds values of cursor columns, and no other values of rows.",
		Args: maxArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runStateExport(cmd.Context(), app, strings.Join(args, ""))
		},
	}
}

func runStateExport(ctx context.Context, app *App, file string) (err error) {
	store, err := state.OpenExisting(ctx, app.stateDir())
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, store.Close()) }()
	var b bytes.Buffer
	carried, err := store.Export(ctx, &b)
	if err != nil {
		return err
	}
	if err := app.warnOfLetters(ctx, store); err != nil {
		return err
	}
	if file == "" || file == "-" {
		_, err = app.Out.stdout.Write(b.Bytes())
		return err
	}
	if err := writeWhole(file, b.Bytes()); err != nil {
		return fmt.Errorf("state export: %w", err)
	}
	app.Out.Print("exported to %s: %s", file, carried)
	return nil
}

// warnOfLetters says that rows stay behind which a watermark of the export has passed.
func (a *App) warnOfLetters(ctx context.Context, store *state.Store) error {
	letters, err := store.LetterCounts(ctx)
	for _, sync := range slices.Sorted(maps.Keys(letters)) {
		if n := letters[sync]; n > 0 {
			a.Out.Warn("%s dead letters of %s are not in the export, and its watermark may be past them: send them first with drt retry %s", thousands(n), sync, sync)
		}
	}
	return err
}

func newStateImportCommand(app *App) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "take over what `drt state export` wrote",
		Long: "import stores an export, all of it or nothing; - reads stdin. A file that is cut off, foreign or of a newer drt is refused, and so\n" +
			"is one whose watermark is older than the one that is here, and anything about a sync that runs.",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &usageError{errors.New("state import: name a file, or - for stdin")}
			}
			return maxArgs(1)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return runStateImport(cmd.Context(), app, args[0], force)
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace newer watermarks, too: rows sent since are sent again")
	return cmd
}

func runStateImport(ctx context.Context, app *App, file string, force bool) (err error) {
	text, err := app.readWhole(file)
	if err != nil {
		return fmt.Errorf("state import: %w", err)
	}
	store, err := state.Open(ctx, app.stateDir())
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, store.Close()) }()
	carried, err := store.Import(ctx, text, force)
	if err != nil {
		return heldError(err, "its state changes while it runs")
	}
	app.Out.Print("imported from %s: %s", file, carried)
	return nil
}

func (a *App) readWhole(file string) ([]byte, error) {
	from := a.Stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		from = f
	}
	text, err := io.ReadAll(io.LimitReader(from, state.MaxExport+1))
	if err == nil && len(text) > state.MaxExport {
		err = fmt.Errorf("%s is larger than %s: it is no export", file, bytesText(state.MaxExport))
	}
	return text, err
}
