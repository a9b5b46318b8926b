package cli

import (
	"github.com/spf13/cobra"

	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/project"
)

type validateOptions struct {
	projectOptions
	EmitSchema bool
}

func newValidateCommand(app *App) *cobra.Command {
	var o validateOptions
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "check the project's files without touching anything",
		Long: "validate reads drt_project.yml, profiles.yml and syncs/*.yml and tells every mistake in them with its place. It\n" +
			"opens no source and no destination. --emit-schema prints a JSON Schema for editors instead.",
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return runValidate(app, o) },
	}
	o.register(cmd)
	cmd.Flags().BoolVar(&o.EmitSchema, "emit-schema", false, "print a JSON Schema of the project's files")
	return cmd
}

func runValidate(app *App, o validateOptions) error {
	if o.EmitSchema {
		schema, err := project.Schema(app.Sources, app.Destinations)
		if err != nil {
			return err
		}
		app.Out.Print("%s", schema)
		return nil
	}
	p, err := app.load(o.projectOptions, nil)
	if err != nil {
		return err
	}
	if _, err := checkedJobs(p.Syncs, engine.Options{Rebuild: p.State.Rebuild}); err != nil {
		return err
	}
	if len(p.Syncs) == 1 {
		app.Out.Print("1 sync is valid: %s", names(p.Syncs))
		return nil
	}
	app.Out.Print("%d syncs are valid: %s", len(p.Syncs), names(p.Syncs))
	return nil
}
