// Package process runs the built drt binary as cron does, against a warehouse of the test's own: the sandbox, whose
// hooks tell the test where the run is. So signals arrive at exact moments, and every failure can be brought about.
package process

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/databricks/databricks-sql-go/logger"
)

// drt is the binary under test.
var drt string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	logger.SetLogOutput(io.Discard) // of the tests' own connections
	dir, err := os.MkdirTemp("", "drt-process-")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	drt = filepath.Join(dir, "drt")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", drt, "github.com/drt-go/drt/cmd/drt")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Printf("building drt: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}
