package sim

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/state"
	"github.com/drt-go/drt/tests/sim/warehouse"
)

// process is one invocation of drt: one run of the sync, on one of two hosts.
type process struct {
	world   *world
	host    *host
	store   *state.Store
	run     *run
	rand    *rand.Rand // of the way to the warehouse
	reading *rand.Rand // of the source, which another goroutine reads
	faults  plan
	signal  context.CancelFunc

	dead chan struct{} // closed when it is killed

	mu          sync.Mutex
	killed      bool
	statements  int
	commits     int
	settles     int
	failedAt    time.Time // when a statement failed last; zero: the last one did not
	offlineTill time.Time
}

// run is what is known of one invocation. It may take several attempts, each under an id of its own.
type run struct {
	name   string
	report *engine.Report // of the last attempt; nil: it was killed

	mu       sync.Mutex
	attempts []*attempt
	ended    bool // or killed
}

// attempt is a try of a run: what it read, and what it did to the target.
type attempt struct {
	name string

	mu      sync.Mutex
	id      string // sync run id; "" until a session was asked for
	batch   []row  // what the source had for it
	ended   bool   // the source said that it was all
	commits []commit
	counted map[string]bool // keys that the target had when it last counted what would be deleted
}

// attempt begins another try.
func (r *run) attempt() *attempt {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := &attempt{name: fmt.Sprintf("%s.%d", r.name, len(r.attempts))}
	r.attempts = append(r.attempts, a)
	return a
}

// now is the present try. Before the source is opened that is one which only settles.
func (r *run) now() *attempt {
	r.mu.Lock()
	n := len(r.attempts)
	r.mu.Unlock()
	if n == 0 {
		return r.attempt()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.attempts[n-1]
}

func (r *run) all() []*attempt {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.attempts)
}

// over says whether the run has ended, or was killed.
func (r *run) over() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended
}

func (r *run) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
}

func (a *attempt) called() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.id
}

func (a *attempt) call(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.id = id
}

func (a *attempt) reads(rows []row) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.batch = rows
}

func (a *attempt) complete() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended = true
}

func (a *attempt) done() []commit {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.commits)
}

// commit is a change of the target that a run made.
type commit struct {
	operation string
	removed   int
	added     int
	gone      int // of removed: rows whose key is not among those added
}

var errKilled = errors.New("the process was killed")

// wait lets time pass. A killed process goes no further: it stands still until all is over.
func (p *process) wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return p.alive()
	case <-ctx.Done():
		if err := p.alive(); err != nil {
			return err
		}
		return ctx.Err()
	case <-p.dead:
		return p.alive()
	}
}

// alive returns at once in a process that lives. In a killed one it returns when the simulation ends, with an error.
func (p *process) alive() error {
	select {
	case <-p.dead:
		<-p.world.over
		return errKilled
	default:
		return nil
	}
}

// kill ends the process as SIGKILL does: it says nothing more to the warehouse, and its state's files are closed, so
// that neither a heartbeat nor a result is written. What it has sent goes on.
func (p *process) kill() {
	p.mu.Lock()
	was, known := p.killed, p.rand.IntN(2) == 0
	p.killed = true
	p.mu.Unlock()
	if was {
		return
	}
	p.world.story.tell("%s is killed", p.run.name)
	p.host.lose(p.store, known)
	p.run.end()
	close(p.dead)
	p.world.buried(p)
}

// start runs the sync in a goroutine; done is closed when it has ended, or is dead.
func (p *process) start() (done chan struct{}) {
	done = make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	p.signal = cancel
	p.world.story.tell("%s begins on %s: %s", p.run.name, p.host.name, p.faults)
	p.store = p.host.open()
	ended := make(chan *engine.Report, 1)
	p.world.runs.Go(func() {
		defer cancel()
		ended <- engine.Run(ctx, p.world.variant.job(p), p.store, engine.Options{
			RunID: "01890a5d-ac96-774b-bcce-b302099a8000", Rebuild: p.world.variant.rebuilds,
		})
	})
	p.world.runs.Go(func() {
		defer close(done)
		p.watch(ended)
	})
	return done
}

// watch waits for the run to end, and does to it in between what its plan says.
func (p *process) watch(ended <-chan *engine.Report) {
	var kill, stop <-chan time.Time
	if p.faults.killAt > 0 {
		kill = time.After(p.faults.killAt)
	}
	if p.faults.stopAt > 0 {
		stop = time.After(p.faults.stopAt)
	}
	for {
		select {
		case r := <-ended:
			p.run.end()
			select {
			case <-p.dead:
			default:
				p.host.free(p.store)
				p.run.report = r
				p.world.story.tell("%s ends: %s at %s: %v %v %v", p.run.name, r.Status, r.Stage, r.Err, r.Warnings, r.Notes)
			}
			return
		case <-p.dead:
			return
		case <-kill:
			p.kill()
		case <-stop:
			p.world.story.tell("%s gets a signal", p.run.name)
			p.signal()
		}
	}
}

// result is a statement's outcome as the server has it.
type result struct {
	warehouse.Result
	err error
}
