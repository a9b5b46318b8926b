package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/drt-go/drt/project"
)

type listOptions struct {
	projectOptions
	selection
	Output string
}

func newListCommand(app *App) *cobra.Command {
	var o listOptions
	cmd := &cobra.Command{
		Use:   "list [SYNC ...]",
		Short: "list the project's syncs",
		RunE: func(_ *cobra.Command, args []string) error {
			o.Names = args
			return runList(app, o)
		},
	}
	o.projectOptions.register(cmd)
	o.selection.register(cmd)
	registerOutput(cmd, &o.Output)
	return cmd
}

type listedSync struct {
	Name        string   `json:"name"`
	Mode        string   `json:"mode"`
	Source      string   `json:"source"`
	Destination string   `json:"destination"`
	Tags        []string `json:"tags"`
	Description string   `json:"description"`
}

func runList(app *App, o listOptions) error {
	if err := checkOutput(o.Output); err != nil {
		return err
	}
	p, err := app.load(o.projectOptions, nil)
	if err != nil {
		return err
	}
	picked, err := o.pick(p.Syncs)
	if err != nil {
		return err
	}
	if o.Output == "json" {
		listed := make([]listedSync, len(picked))
		for i, y := range picked {
			listed[i] = newListedSync(y)
		}
		return app.Out.JSON(listed)
	}
	w := tabwriter.NewWriter(app.Out.stdout, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "sync\tmode\tfrom\tto\ttags")
	for _, y := range picked {
		l := newListedSync(y)
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", l.Name, l.Mode, l.Source, l.Destination, strings.Join(l.Tags, ", "))
	}
	return w.Flush()
}

func newListedSync(y *project.Sync) listedSync {
	return listedSync{
		Name: y.Name, Mode: string(newJob(y).Mode), Source: y.Source.Describe(), Destination: y.Destination.Target().Name,
		Tags: append([]string{}, y.Tags...), Description: y.Description,
	}
}
