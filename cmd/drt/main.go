// Command drt moves rows from a source into a destination: see `drt --help`.
package main

import (
	"os"

	"github.com/drt-go/drt"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
	filedestination "github.com/drt-go/drt/destinations/file"
	"github.com/drt-go/drt/sources"
	"github.com/drt-go/drt/sources/duckdb"
	"github.com/drt-go/drt/sources/file"
	"github.com/drt-go/drt/sources/sqlite"
)

func main() {
	os.Exit(drt.Main(
		sources.NewRegistry(duckdb.Spec(), file.Spec(), sqlite.Spec()),
		destinations.NewRegistry(databricks.Spec(), filedestination.Spec()),
	))
}
