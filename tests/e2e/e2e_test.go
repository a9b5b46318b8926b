// Package e2e runs the built drt binary: scripts in testdata/*.txtar, the README's commands, and faults that need a
// real process. The warehouse is the sandbox, reached through the real driver.
package e2e

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	_ "modernc.org/sqlite"

	"github.com/drt-go/drt/tests/built"
)

// binDir holds the drt that TestMain built.
var binDir string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "drt-e2e-")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if _, err := built.Drt(dir); err != nil {
		fmt.Println(err)
		return 1
	}
	binDir = dir
	return m.Run()
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", binDir+string(os.PathListSeparator)+os.Getenv("PATH"))
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("NO_COLOR", "1")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"sqlite":   runSQLite,
			"examples": copyExample,
			"lines":    countLines,
		},
	})
}

// runSQLite executes SQL in a SQLite file: sqlite data/crm.db 'CREATE TABLE ...'.
func runSQLite(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sqlite FILE SQL")
	}
	path := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
	db, err := sql.Open("sqlite", path)
	ts.Check(err)
	defer func() { ts.Check(db.Close()) }()
	_, err = db.Exec(args[1])
	ts.Check(err)
}

// copyExample copies a project of examples/ into the working directory: examples quickstart.
func copyExample(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: examples NAME")
	}
	ts.Check(copyExamples(ts.MkAbs("."), args[0]))
}

// copyExamples copies a folder of examples/, or with "." all of it. What a run of command 1 left in this checkout is no part of it.
func copyExamples(to, name string) error {
	if err := os.CopyFS(to, os.DirFS(filepath.Join(repository(), "examples", name))); err != nil {
		return err
	}
	left, err := filepath.Glob(filepath.Join(to, "*", ".drt"))
	for _, dir := range append(left, filepath.Join(to, ".drt")) {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	return err
}

// countLines compares the number of lines of a file: lines out.csv 4.
func countLines(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: lines FILE N")
	}
	n := strings.Count(ts.ReadFile(args[0]), "\n")
	if (fmt.Sprint(n) == args[1]) == neg {
		ts.Fatalf("%s has %d lines", args[0], n)
	}
}

// repository is the root of the checkout: tests run in their package's folder.
func repository() string {
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		panic(err)
	}
	return dir
}
