package cli

import (
	"context"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/spf13/cobra"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/sources"
)

type checkOptions struct {
	projectOptions
	selection
}

func newCheckCommand(app *App) *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use:   "check [SYNC ...]",
		Short: "connect to sources and destinations, and say what is missing",
		Long: "check opens each sync's model and its destination, compares the model's columns with the target's, and names the\n" +
			"GRANT, ALTER or setting that mends what is missing. It writes nothing.",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Names = args
			return runCheck(cmd.Context(), app, o)
		},
	}
	o.projectOptions.register(cmd)
	o.selection.register(cmd)
	return cmd
}

func runCheck(ctx context.Context, app *App, o checkOptions) (err error) {
	jobs, stop, err := app.jobs(ctx, o.projectOptions, o.selection, &engine.Options{})
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, stop()) }()
	bad := 0
	for _, j := range jobs {
		app.Out.Print("%s", j.Name)
		for _, f := range checkJob(ctx, j) {
			app.printFinding(f)
			if !f.OK {
				bad++
			}
		}
	}
	if bad > 0 {
		return fmt.Errorf("check: %d of the above would stop a run", bad)
	}
	return nil
}

func (a *App) printFinding(f destinations.Finding) {
	mark := "ok  "
	if !f.OK {
		mark = "FAIL"
	}
	line := "  " + mark + "  " + f.Subject
	if f.Detail != "" {
		line += ": " + f.Detail
	}
	a.Out.Print("%s", line)
	if f.Hint != "" {
		a.Out.Print("        %s", f.Hint)
	}
}

// checkJob looks at the source first: the destination's columns are compared with the model's.
func checkJob(ctx context.Context, j *engine.Job) []destinations.Finding {
	schema, err := modelSchema(ctx, j)
	found := []destinations.Finding{finding(j.Source.Describe(), "the model runs", err)}
	c, ok := j.Destination.(destinations.Checker)
	if !ok {
		return append(found, destinations.Finding{OK: true, Subject: j.Destination.Target().Name, Detail: "has nothing to check"})
	}
	more, err := c.Check(ctx, schema)
	found = append(found, more...)
	if err != nil {
		found = append(found, finding(j.Destination.Target().Name, "", err))
	}
	return found
}

func finding(subject, detail string, err error) destinations.Finding {
	if err != nil {
		return destinations.Finding{Subject: subject, Detail: err.Error(), Hint: hintOf(err)}
	}
	return destinations.Finding{OK: true, Subject: subject, Detail: detail}
}

// modelSchema opens the model for a single row.
func modelSchema(ctx context.Context, j *engine.Job) (*arrow.Schema, error) {
	if c, ok := j.Source.(sources.Checker); ok {
		if err := c.Check(ctx); err != nil {
			return nil, err
		}
	}
	return engine.ModelSchema(ctx, j)
}
