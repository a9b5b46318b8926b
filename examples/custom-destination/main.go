// This drt knows one destination more. In a module of your own only the import path of lookup differs.
package main

import (
	"os"

	"github.com/drt-go/drt"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/examples/custom-destination/lookup"
	"github.com/drt-go/drt/sources"
	"github.com/drt-go/drt/sources/file"
)

func main() {
	os.Exit(drt.Main(sources.NewRegistry(file.Spec()), destinations.NewRegistry(lookup.Spec())))
}
