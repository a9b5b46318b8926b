package chaos

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"time"
)

// TestKills kills the real binary at random instants of its runs (E5); the runs after it converge to the model. Every
// scenario has its share. Which instant a kill meets depends on the machine, so a seed replays the instants, and no more.
func TestKills(t *testing.T) {
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	t.Logf("replay: go test ./tests/chaos -run TestKills -kills %d -seed %d", *kills, *seed)
	all := killed()
	tally := &killTally{}
	name, start := "sandbox", newWarehouse
	if dir := os.Getenv("DRT_SPARK_DIR"); dir != "" {
		spark := newSpark(t, dir) // one for all: it takes a minute to start, and 2 GB
		name, start = "Spark + Delta", func(*testing.T) *warehouse { return spark }
	}
	t.Run("runs", func(t *testing.T) {
		for i, s := range all {
			share := *kills / len(all)
			if i < *kills%len(all) {
				share++
			}
			if share == 0 {
				continue
			}
			t.Run(s.name(), func(t *testing.T) {
				if name == "sandbox" {
					t.Parallel()
				}
				k := &killer{place: newPlace(t, start(t), s), random: rand.New(rand.NewPCG(*seed, uint64(i))), tally: tally}
				k.run(t, share)
			})
		}
	})
	t.Log(tally)
	tally.record(t, name)
}

// killed are the scenarios of TestKills: those in which a run can change the target.
func killed() []scenario {
	return slices.DeleteFunc(scenarios(), func(s scenario) bool { return s.ends == "failed" })
}

// killer kills runs of one scenario.
type killer struct {
	*place
	random *rand.Rand
	tally  *killTally
	calm   calm
	takes  time.Duration // an undisturbed run of the binary
}

func (k *killer) run(t *testing.T, times int) {
	k.calm = k.undisturbed(t)
	k.reset(t)
	began := time.Now()
	if e := k.start(t, runArgs(k.source)...).end(); e.status != k.calm.first {
		t.Fatalf("undisturbed: %s", e)
	}
	k.takes = time.Since(began)
	for range times {
		// A little beyond the end: some kills meet the exit.
		after := time.Duration(k.random.Int64N(int64(k.takes) * 11 / 10))
		t.Run("one", func(t *testing.T) {
			t.Logf("killed after %s of about %s", after, k.takes)
			k.once(t, after)
		})
	}
}

// once is one kill and the runs after it. Nothing waits for what the warehouse may still do for the killed run.
func (k *killer) once(t *testing.T, after time.Duration) {
	k.reset(t)
	x := k.start(t, runArgs(k.source)...)
	timer := time.NewTimer(after)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-x.exited:
	}
	x.kill()
	first := x.end()
	was := k.phase(t, first)
	d := &disturbed{T: t, place: k.place, calm: k.calm, release: func() {}}
	next := d.converge()
	d.idle()
	k.tally.add(was, len(next))
}

// phase is what state says of a run that was killed.
func (k *killer) phase(t *testing.T, first ended) string {
	v := k.verdicts(t)
	switch {
	case first.status != "killed":
		return "ended"
	case len(v) == 0:
		return "not yet locked"
	case v[0].outcome == "":
		return "before a change was sent"
	case v[0].outcome == "open":
		return "with a change of unknown outcome"
	}
	return "after the outcome was stored"
}

// killTally counts kills by what the run was at, and the runs that it took to converge. It is safe for concurrent use.
type killTally struct {
	mu     sync.Mutex // guards what follows
	phases map[string]int
	runs   map[int]int
	total  int
}

func (k *killTally) add(phase string, runs int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.phases == nil {
		k.phases, k.runs = map[string]int{}, map[int]int{}
	}
	k.phases[phase]++
	k.runs[runs]++
	k.total++
}

// phases in the order of a run.
func phases() []string {
	return []string{"not yet locked", "before a change was sent", "with a change of unknown outcome", "after the outcome was stored", "ended"}
}

func (k *killTally) String() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	out := fmt.Sprintf("%d kills", k.total)
	for _, p := range phases() {
		out += fmt.Sprintf("; %s: %d", p, k.phases[p])
	}
	return out + fmt.Sprintf("; converged after 1 run: %d, after 2: %d", k.runs[1], k.runs[2])
}
