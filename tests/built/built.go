// Package built makes the drt binary for tests that run it as users do.
package built

import (
	"fmt"
	"os/exec"
	"path/filepath"

	// What the binary consists of, so that `go test` takes no result of an older one from its cache: it does not see what a
	// test builds by itself.
	_ "github.com/drt-go/drt"
	_ "github.com/drt-go/drt/destinations/databricks"
	_ "github.com/drt-go/drt/destinations/file"
	_ "github.com/drt-go/drt/sources/duckdb"
	_ "github.com/drt-go/drt/sources/file"
	_ "github.com/drt-go/drt/sources/sqlite"
)

// Drt builds dir/drt and returns its path.
func Drt(dir string) (path string, err error) {
	path = filepath.Join(dir, "drt")
	if out, err := exec.Command("go", "build", "-o", path, "github.com/drt-go/drt/cmd/drt").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building drt: %w\n%s", err, out)
	}
	return path, nil
}
