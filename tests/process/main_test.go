// Package process runs the built drt binary as cron does, against a warehouse of the test's own: the sandbox, whose
// hooks tell the test where the run is. So signals arrive at exact moments, and every failure can be brought about.
package process

import (
	"flag"
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/databricks/databricks-sql-go/logger"

	"github.com/drt-go/drt/tests/built"
)

// binary is the drt under test.
var binary string

func TestMain(m *testing.M) {
	if how := os.Getenv(asPanicking); how != "" {
		os.Exit(mainPanicking(how))
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	flag.Parse()
	_ = flag.Set("test.parallel", "4") // they wait for each other's processes more than they work
	logger.SetLogOutput(io.Discard)    // of the tests' own connections
	dir, err := os.MkdirTemp("", "drt-process-")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if binary, err = built.Drt(dir); err != nil {
		fmt.Println(err)
		return 1
	}
	return m.Run()
}
