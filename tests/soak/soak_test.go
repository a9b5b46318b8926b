// Package soak runs syncs for hours, one a second, with faults at random, and looks at what grows: memory, goroutines, open
// files, the state database.
//
//	go test ./tests/soak -count=1 -timeout 0 -v -soak 2h [-seed N]
//
// What is measured is drt: the engine, the state, the destination and the real driver are in this process; the warehouse is
// the sandbox in another one, because a Delta table grows with each of its versions, and so does what the sandbox keeps of
// it. The syncs get new tables every few hundred runs for the same reason. Without -soak it is a short try.
package soak

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/state"
)

var (
	lasts = flag.Duration("soak", 0, "how long to run syncs, one a second; 0 is ten seconds without pauses")
	seed  = flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the faults")
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(asWarehouse); dir != "" {
		if err := serveWarehouse(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	log.SetOutput(io.Discard) // as drt does
	os.Exit(m.Run())
}

const (
	shortTry    = 10 * time.Second
	slow        = 8 * time.Second // the deadline of a run, its grace, and some more
	runsOfTable = 200             // after which syncs get new tables
)

func TestSoak(t *testing.T) {
	pace, length := time.Second, *lasts
	if length == 0 {
		pace, length = 0, shortTry
	}
	t.Logf("replay: go test ./tests/soak -count=1 -timeout 0 -v -soak %s -seed %d", length, *seed)
	s := newSoak(t, rand.New(rand.NewPCG(*seed, 1)))
	var series []sample
	began := time.Now()
	for n := 0; time.Since(began) < length; n++ {
		next := time.Now().Add(pace)
		s.round(n)
		series = append(series, s.measure(time.Since(began)))
		time.Sleep(time.Until(next))
	}
	t.Logf("%d runs: %s", len(series), s.outcomes())
	t.Logf("faults armed %d, struck %d", s.armed, s.struck)
	t.Logf("the series, medians of tenths:\n%s", table(series))
	if s.struck == 0 || s.statuses[engine.StatusSuccess] == 0 {
		t.Errorf("nothing was tried: %s, %d faults struck", s.outcomes(), s.struck)
	}
	s.settled()
	if *lasts > 0 {
		for _, g := range growths(series) {
			t.Error(g)
		}
	}
}

// soak is the syncs that are run, and what became of them.
type soak struct {
	t         *testing.T
	random    *rand.Rand
	warehouse *warehouse
	store     *state.Store
	dir       string
	table     int // number of the tables in use
	statuses  map[engine.Status]int
	kinds     map[connector.Kind]int
	armed     int
	struck    int
}

// round runs one of the syncs, most of the time with a fault.
func (s *soak) round(n int) {
	if n%runsOfTable == 0 {
		s.newTables()
	}
	s.write()
	j := s.job(n)
	fault := fault{}
	if s.random.IntN(3) > 0 {
		s.armed++
		fault = faultOf(s.random)
		s.warehouse.arm(s.t, fault)
	}
	ctx, stop := context.WithCancelCause(s.t.Context())
	if s.random.IntN(10) == 0 {
		time.AfterFunc(time.Duration(s.random.IntN(300))*time.Millisecond, func() { stop(errors.New("stopped by SIGTERM")) })
	}
	report := s.run(ctx, j)
	stop(nil)
	s.struck += s.warehouse.disarm(s.t)
	s.statuses[report.Status]++
	s.kinds[connector.KindOf(report.Err)]++
	if connector.KindOf(report.Err) == connector.KindInternal {
		s.t.Errorf("run %d of %s: %v", n, j.Name, report.Err)
	}
	if took := time.Since(report.Started); took > slow {
		s.t.Logf("run %d of %s took %s: %s, %v, after %+v", n, j.Name, took.Round(time.Second), report.Status, report.Err, fault)
	}
}

// run is what `drt run` does with one sync.
func (s *soak) run(ctx context.Context, j *engine.Job) *engine.Report {
	keep := state.Retention{Runs: 10} // so that the history is full soon
	reports := engine.RunAll(ctx, []*engine.Job{j}, s.store, engine.Options{RunID: newID(), Grace: 2 * time.Second, History: &keep}, engine.Schedule{})
	return reports[0]
}

// settled checks that after all of it each sync still comes to its end.
func (s *soak) settled() {
	for n := range syncs {
		j := s.job(n)
		report := s.run(s.t.Context(), j)
		for try := 0; try < 3 && report.Status != engine.StatusSuccess && report.Status != engine.StatusPartial; try++ {
			report = s.run(s.t.Context(), j)
		}
		if report.Status != engine.StatusSuccess && report.Status != engine.StatusPartial {
			s.t.Errorf("%s does not come to its end any more: %s, %v", j.Name, report.Status, report.Err)
		}
	}
	s.clean()
	if left := s.warehouse.scratch(s.t); len(left) > 0 {
		s.t.Errorf("scratch is left: %v", left)
	}
}

// clean is `drt clean` for the tables that the syncs do not write any more: no run looks for scratch of a table that its
// sync had before.
func (s *soak) clean() {
	d := s.job(0).Destination.(destinations.Cleaner)
	found, err := d.Leftovers(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, l := range found {
		if l.Location != "table" || s.inUse(l.Name) {
			continue
		}
		if err := d.Remove(s.t.Context(), l); err != nil {
			s.t.Error(err)
		}
	}
}

// inUse says whether scratch belongs to a table of now.
func (s *soak) inUse(scratch string) bool {
	for n := range syncs {
		if strings.HasPrefix(scratch, "main.default.__drt_staging_"+s.tableOf(n)+"_") {
			return true
		}
	}
	return false
}

func (s *soak) outcomes() string {
	var parts []string
	for status, n := range s.statuses {
		parts = append(parts, fmt.Sprintf("%d %s", n, status))
	}
	for kind, n := range s.kinds {
		parts = append(parts, fmt.Sprintf("%d %s", n, cmp.Or(string(kind), "without error")))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}
