// Package drt builds the drt command with connectors of your choice:
//
//	func main() {
//		os.Exit(drt.Main(
//			sources.NewRegistry(sqlite.Spec()),
//			destinations.NewRegistry(databricks.Spec(), mine.Spec()),
//		))
//	}
package drt

import (
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/internal/cli"
	"github.com/drt-go/drt/sources"
)

// Main runs the drt command line of this process and returns its exit code: 0 all good; 1 any sync failed,
// partial, interrupted by itself or unknown, or the config is wrong; 2 usage; 130 SIGINT, 143 SIGTERM.
func Main(from *sources.Registry, to *destinations.Registry) int {
	return cli.Main(from, to)
}
