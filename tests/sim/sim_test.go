package sim

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/drt-go/drt/state"
	"github.com/drt-go/drt/tests/sim/warehouse"
)

var (
	oneSeed      = flag.Uint64("seed", 0, "play the simulation that has this seed, and tell its story")
	manySeeds    = flag.Uint64("seeds", 10_000, "play so many simulations")
	budget       = flag.Duration("budget", 3*time.Minute, "begin no other simulation after so long, unless -seeds is given")
	firstSeed    = flag.Uint64("first", 1, "the seed to begin with")
	mostFailures = flag.Int64("failures", 3, "stop after so many simulations that failed")
	onlyVariants = flag.String("only", "", "play only variants whose name holds this")
)

// TestSimulation plays one small world for each seed. See doc.go for what that proves.
func TestSimulation(t *testing.T) {
	from, until := *firstSeed, *firstSeed+*manySeeds
	if *oneSeed != 0 {
		from, until = *oneSeed, *oneSeed+1
	}
	percent := debug.SetGCPercent(400) // worlds are small and short
	t.Cleanup(func() { debug.SetGCPercent(percent) })
	tools := newTools(t)
	var next atomic.Uint64
	next.Store(from)
	var failed atomic.Int64
	started, late := time.Now(), func() bool { return false }
	if !given("seeds") {
		late = func() bool { return time.Since(started) > *budget }
	}
	t.Cleanup(func() {
		if played := next.Load() - from; played < until-from {
			t.Logf("%d of %d simulations in %s: this machine is slow, or busy", played, until-from, time.Since(started).Round(time.Second))
		}
	})
	for i := range runtime.GOMAXPROCS(0) {
		t.Run(fmt.Sprintf("worker %d", i), func(t *testing.T) {
			t.Parallel()
			disks := newDisks(t, tools, i)
			for {
				seed := next.Add(1) - 1
				if seed >= until || failed.Load() >= *mostFailures || late() {
					next.Add(^uint64(0))
					return
				}
				if !succeeds(t, seed, tools, disks) {
					failed.Add(1)
				}
			}
		})
	}
}

// succeeds is one simulation.
func succeeds(t *testing.T, seed uint64, tools *tools, disks [2]*disk) bool {
	w := play(t, seed, tools, disks)
	if w.failure != "" {
		t.Errorf("seed %d (%s): %s\n%s\nreplay: go test ./tests/sim -run TestSimulation -seed=%d%s", seed, w.variant.name, w.failure, &w.story, seed, only())
	} else if *oneSeed != 0 {
		t.Logf("seed %d\n%s", seed, &w.story)
	}
	return w.failure == ""
}

// play lives through one world in a bubble of its own.
func play(t *testing.T, seed uint64, tools *tools, disks [2]*disk) (w *world) {
	for _, d := range disks {
		if err := d.wipe(); err != nil {
			t.Fatal(err)
		}
	}
	synctest.Test(t, func(*testing.T) {
		w = newWorld(seed, tools, disks)
		w.play()
	})
	return w
}

// given says whether a flag was set.
func given(name string) (yes bool) {
	flag.Visit(func(f *flag.Flag) { yes = yes || f.Name == name })
	return yes
}

// only is the flag that makes a seed play the same world.
func only() string {
	if *onlyVariants == "" {
		return ""
	}
	return fmt.Sprintf(" -only=%q", *onlyVariants)
}

// newTools prepares what all worlds share: among others a state database without a run. It has a write-ahead log, which costs a third less; what a crash of the machine leaves is not the question here.
func newTools(t *testing.T) *tools {
	t.Helper()
	out := &tools{parser: warehouse.NewParser(), scrap: scrap(t)}
	dir := t.TempDir()
	s, err := state.Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "state.db")
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	err = sqlitex.ExecuteScript(conn, elsewhere, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := sqlitex.ExecuteTransient(conn, "PRAGMA journal_mode = WAL", nil); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	if out.template, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	return out
}

// newDisks are the disks of one worker.
func newDisks(t *testing.T, tools *tools, worker int) (disks [2]*disk) {
	for i := range disks {
		d := &disk{folder: filepath.Join(tools.scrap, fmt.Sprintf("%d-%d", worker, i)), template: tools.template}
		t.Cleanup(func() { _ = d.remove() })
		disks[i] = d
	}
	return disks
}

// scrap is a folder in memory, if this system has one: SQLite syncs every commit to disk.
func scrap(t *testing.T) string {
	t.Helper()
	const memory = "/dev/shm"
	if dir, err := os.MkdirTemp(memory, "drt-sim-*"); err == nil {
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		return dir
	}
	return t.TempDir()
}
