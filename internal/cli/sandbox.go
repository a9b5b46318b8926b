package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/drt-go/drt/sandbox"
)

func newSandboxCommand(app *App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "a Databricks SQL warehouse on this machine, for trying and testing",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSandboxStartCommand(app), newSandboxSQLCommand(app))
	return cmd
}

type sandboxStartOptions struct {
	Port int
}

func newSandboxStartCommand(app *App) *cobra.Command {
	var o sandboxStartOptions
	cmd := &cobra.Command{
		Use:   "start",
		Short: "keep a warehouse up until a signal, and print how to reach it",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runSandboxStart(cmd.Context(), app, o) },
	}
	cmd.Flags().IntVar(&o.Port, "port", 0, "port on 127.0.0.1 (default: one that is free)")
	return cmd
}

func runSandboxStart(ctx context.Context, app *App, o sandboxStartOptions) (err error) {
	if e, ok := app.runningSandbox(ctx); ok {
		return fmt.Errorf("sandbox: one is up already in this project: %s, pid %d", e.Host, e.PID)
	}
	s, err := app.startSandbox(ctx, sandbox.Options{Port: o.Port})
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, s.Close()) }()
	remove, err := app.writeEndpoint(s.endpoint())
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	defer remove()
	app.Out.Print("export DATABRICKS_HOST=%s", s.Host)
	app.Out.Print("export DATABRICKS_HTTP_PATH=%s", s.HTTPPath)
	app.Out.Print("export DATABRICKS_TOKEN=%s", s.Token)
	app.Out.Note("sandbox is up, data in %s; stop it with Ctrl-C", app.stateDir())
	<-ctx.Done()
	return nil
}

func newSandboxSQLCommand(app *App) *cobra.Command {
	var form string
	cmd := &cobra.Command{
		Use:   "sql STATEMENT",
		Short: "run one statement on the sandbox and print what it returns",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{fmt.Errorf(`sandbox sql: one statement, quoted: drt sandbox sql "SELECT 1"`)}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runSandboxSQL(cmd.Context(), app, args[0], form) },
	}
	registerOutput(cmd, &form)
	return cmd
}
