package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

func newConnectorsCommand(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "connectors [NAME]",
		Short: "list the sources and destinations of this binary, or the fields of one",
		Args:  maxArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return runConnectors(app)
			}
			return runConnector(app, args[0])
		},
	}
}

func runConnectors(app *App) error {
	app.Out.Print("sources:")
	for _, s := range app.Sources.Specs() {
		app.Out.Print("  %s", s.Name())
	}
	app.Out.Print("destinations:")
	for _, s := range app.Destinations.Specs() {
		app.Out.Print("  %s", s.Name())
	}
	return nil
}

func runConnector(app *App, name string) error {
	source, isSource := app.Sources.Lookup(name)
	destination, isDestination := app.Destinations.Lookup(name)
	if !isSource && !isDestination {
		return &usageError{fmt.Errorf("no connector is named %q: `drt connectors` lists them", name)}
	}
	if isSource {
		app.Out.Print("source %s: a profile in profiles.yml", name)
		app.printFields(source.Fields())
	}
	if isDestination {
		app.Out.Print("destination %s: `destination:` in syncs/*.yml", name)
		app.printFields(destination.Fields())
		app.printCapabilities(destination.Defaults())
	}
	return nil
}

func (a *App) printFields(fields []connector.Field) {
	w := tabwriter.NewWriter(a.Out.stdout, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "  field\ttype\tdefault\tmeaning")
	printFieldRows(w, "  ", fields)
	_ = w.Flush()
}

func printFieldRows(w *tabwriter.Writer, indent string, fields []connector.Field) {
	for _, f := range fields {
		kind, def := f.Type, f.Default
		if len(f.Enum) > 0 {
			kind = strings.Join(f.Enum, ", ")
		}
		switch {
		case f.Required:
			def = "required"
		case def == "":
			def = "-"
		}
		_, _ = fmt.Fprintf(w, "%s%s\t%s\t%s\t%s\n", indent, f.Name, kind, def, f.Doc)
		printFieldRows(w, indent+"  ", f.Fields)
	}
}

func (a *App) printCapabilities(defaults any) {
	c, ok := defaults.(destinations.Capable)
	if !ok {
		return
	}
	can := c.Capabilities()
	a.Out.Print("  modes: %s", join(can.Modes))
	if len(can.Options) > 0 {
		a.Out.Print("  options: %s", join(can.Options))
	}
}

func join[S ~string](list []S) string {
	parts := make([]string, len(list))
	for i, s := range list {
		parts[i] = string(s)
	}
	return strings.Join(parts, ", ")
}
