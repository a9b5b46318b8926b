// Package cli is the drt command line: one file a command, output.go says how we speak, exit.go holds the exit codes.
package cli

import (
	"context"
	"io"
	"log"
	"os"
	"runtime/debug"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/sources"
)

// App is what all commands share. It is read-only once the command line is parsed.
type App struct {
	Sources      *sources.Registry
	Destinations *destinations.Registry
	Stdin        io.Reader
	Out          *output
	Lookup       func(string) (string, bool)

	// Dir is where the project lies: -C, or the working directory.
	Dir     string
	given   string // -C as it was written
	Version string
	signals *stopper
}

// Main runs the command line of this process.
func Main(from *sources.Registry, to *destinations.Registry) int {
	boundHeap()
	log.SetOutput(io.Discard) // net/http's remarks about the driver: what matters comes back as an error
	app := &App{
		Sources:      from,
		Destinations: to,
		Stdin:        os.Stdin,
		Out:          newOutput(os.Stdout, os.Stderr, os.LookupEnv),
		Lookup:       os.LookupEnv,
		Version:      version(),
	}
	var ctx context.Context
	ctx, app.signals = watchSignals(context.Background(), os.Stderr, os.Exit)
	defer app.signals.stop()
	err := newRootCommand(app).execute(ctx, os.Args[1:])
	app.Out.Error(err)
	return exitCode(err, app.signals.received())
}

// version is the module's version as the go command stamped it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "dev"
	}
	return info.Main.Version
}

// boundHeap lets the garbage collector run when the heap has grown by half instead of doubled. Rows allocate nothing, so
// it costs nothing that shows: merging 1 M rows by JSON took 130 MB instead of 188, in the same time.
func boundHeap() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
}
