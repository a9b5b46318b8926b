package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// dltPackages are what compare_dlt.py needs. connectorx is dlt's fastest backend.
const dltPackages = "dlt[parquet]==1.31.* connectorx sqlalchemy<2.1"

// installDLT makes a virtual environment with dlt, once, and returns its python; "" if that cannot be.
func installDLT(o options) string {
	if !o.dlt {
		return ""
	}
	dir := filepath.Join(o.keep, "dlt-venv")
	python := filepath.Join(dir, "bin", "python")
	if exec.Command(python, "-c", "import dlt, connectorx, sqlalchemy, pyarrow").Run() == nil {
		return python
	}
	for _, cmd := range []*exec.Cmd{
		exec.Command("python3", "-m", "venv", dir),
		exec.Command(python, append([]string{"-m", "pip", "install", "--quiet"}, strings.Fields(dltPackages)...)...),
	} {
		if out, err := cmd.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "without dlt: %v: %v\n%s", cmd.Args, err, out)
			return ""
		}
	}
	return python
}
