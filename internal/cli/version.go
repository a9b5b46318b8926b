package cli

import (
	"runtime"

	"github.com/spf13/cobra"
)

func newVersionCommand(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "print the version of drt",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			app.Out.Print("drt %s (%s, %s/%s)", app.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
}
