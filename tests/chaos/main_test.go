package chaos

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/drt-go/drt/tests/built"
)

var (
	full   = flag.Bool("full", false, "TestExhaustive takes every mode with every loader; else every mode, and every loader")
	update = flag.Bool("update", false, "write RESULTS.md instead of comparing with it")
	kills  = flag.Int("kills", 40, "how many runs TestKills kills")
	seed   = flag.Uint64("seed", 0, "of the instants of TestKills; 0 takes one from the clock and prints it")
)

// binary is the drt that TestMain built.
var binary string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

// temporary makes the folder for everything, in memory where the system has a place for that: every run syncs its state
// to the disk several times, which is not what is tested here.
func temporary() (string, error) {
	parent := ""
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() && os.Getenv("TMPDIR") == "" {
		parent = "/dev/shm"
	}
	dir, err := os.MkdirTemp(parent, "drt-chaos-")
	if err != nil && parent != "" {
		dir, err = os.MkdirTemp("", "drt-chaos-")
	}
	if err != nil {
		return "", err
	}
	return dir, os.Setenv("TMPDIR", dir)
}

func run(m *testing.M) int {
	// Most of a case is waiting for a retry: more cases than processors run side by side, unless -parallel is given.
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		if err := flag.Set("test.parallel", "8"); err != nil {
			fmt.Println(err)
			return 1
		}
	}
	dir, err := temporary()
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
