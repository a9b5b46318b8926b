package sim

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/drt-go/drt/state"
	"github.com/drt-go/drt/tests/sim/warehouse"
)

// target is the table that the sync writes to.
const target = "main.default.users"

// world is one simulation. Its time is the bubble's.
type world struct {
	seed      uint64
	rand      *rand.Rand
	variant   variant
	story     story
	warehouse *warehouse.Warehouse
	hosts     []*host

	over    chan struct{} // closed at the end: what stands still may go
	runs    sync.WaitGroup
	servers sync.WaitGroup
	serving atomic.Int64 // statements that are under way
	tools   *tools

	mu       sync.Mutex
	table    []row // of the source
	version  int   // of its rows
	clock    int64 // the greatest cursor
	sent     map[string]int
	keysSent map[string]bool
	excused  map[string]bool // rows that were not sent, because an unsigned write was mistaken for another
	foreign  int64
	all      []*run
	failure  string
	dead     []*process
}

// tools are what the worlds of one worker share.
type tools struct {
	parser   *warehouse.Parser
	template []byte // a state database without content
	scrap    string // folder for state
}

func newWorld(seed uint64, tools *tools, disks [2]*disk) *world {
	r := rand.New(rand.NewPCG(seed, 1))
	w := &world{
		seed: seed, rand: r, tools: tools, variant: draw(r), story: story{began: time.Now()}, over: make(chan struct{}),
		sent: map[string]int{}, keysSent: map[string]bool{}, excused: map[string]bool{}, clock: 10,
	}
	w.warehouse = warehouse.New(tools.parser, seed, time.Now)
	w.warehouse.Watched = func(name string) bool { return name == target }
	w.warehouse.Watch = w.judge
	w.warehouse.Dropped = w.judgeDrop
	w.populate()
	for i, name := range []string{"host a", "host b"} {
		if i == 1 && !w.variant.apart {
			w.hosts = append(w.hosts, w.hosts[0])
			continue
		}
		w.hosts = append(w.hosts, newHost(w, name, disks[i]))
	}
	return w
}

// populate makes the target, with rows that nobody will ever send among those that the source has.
func (w *world) populate() {
	v := w.variant
	columns := []warehouse.Column{{Name: "id", Type: "bigint"}, {Name: "at", Type: "bigint"}, {Name: "val", Type: "varchar(20)"}}
	var rows [][]any
	for i := range w.rand.IntN(6) {
		rows = append(rows, []any{int64(i), int64(i), fmt.Sprintf("old %d", i)})
	}
	if v.keyed() && w.rand.IntN(2) == 0 {
		rows = append(rows, []any{nil, int64(1), "no key"})
	}
	w.must(w.warehouse.Create(target, columns, rows, "no_bad_val", "val <> '"+badValue+"'"))
	w.change()
}

// change lets time pass at the source: rows come, go, change, get better.
func (w *world) change() {
	w.mu.Lock()
	defer w.mu.Unlock()
	v := w.variant
	for i := range w.table {
		r := &w.table[i]
		mend := r.quality != good && w.rand.IntN(2) == 0
		if update := v.keyed() && w.rand.IntN(4) == 0; mend || update {
			w.touch(r)
		}
	}
	if !v.incremental() {
		w.table = keep(w.table, func(row) bool { return w.rand.IntN(5) > 0 })
	}
	for range w.rand.IntN(5) {
		w.table = append(w.table, w.fresh())
	}
	if v.keyed() && !v.incremental() && len(w.table) > 0 && w.rand.IntN(4) == 0 {
		twin := w.table[w.rand.IntN(len(w.table))] // the same key twice: the last one counts
		w.version++
		twin.val, twin.quality = fmt.Sprintf("twin %d", w.version), good
		w.table = append(w.table, twin)
	}
	if w.rand.IntN(12) == 0 && !v.incremental() {
		w.table = nil
	}
	w.story.tell("the source has %v", slices.Clone(w.table))
}

// touch makes a good row of r, and a new one to a cursor. A composite key holds the cursor, so it stays.
func (w *world) touch(r *row) {
	w.version++
	r.val, r.quality = fmt.Sprintf("v%d", w.version), good
	if len(w.variant.key) < 2 {
		w.clock += int64(w.rand.IntN(2))
		r.at = w.clock
	}
}

// fresh is a row that was not there.
func (w *world) fresh() row {
	w.version++
	w.clock += int64(w.rand.IntN(2))
	r := row{id: int64(w.rand.IntN(12)), at: w.clock, val: fmt.Sprintf("v%d", w.version)}
	if w.variant.incremental() || !w.variant.keyed() {
		r.id = int64(w.version) // every row is one of its own
	}
	if w.rand.IntN(8) == 0 {
		if w.variant.skip || w.rand.IntN(4) == 0 {
			r.quality = pick(w.rand, long, keyless, refused, torn)
		}
		if r.quality == keyless && !w.variant.keyed() {
			r.quality = good
		}
	}
	return r
}

// rows is the source, in the order in which a query gives it.
func (w *world) rows() []row {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.table)
}

func (w *world) every() []*run {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.all)
}

func (w *world) fail(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failure == "" {
		w.failure = fmt.Sprintf(format, args...)
	}
}

func (w *world) must(err error) {
	if err != nil {
		w.fail("%v", err)
		panic(err)
	}
}

func (w *world) broken() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failure != ""
}

func (w *world) buried(p *process) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dead = append(w.dead, p)
}

// process makes the next invocation on a host.
func (w *world) process(h *host, faults plan) *process {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := uint64(len(w.all) + 1)
	p := &process{
		world: w, host: h, faults: faults, dead: make(chan struct{}), run: &run{name: fmt.Sprintf("run %d", n)},
		rand: rand.New(rand.NewPCG(w.seed, 100+n)), reading: rand.New(rand.NewPCG(w.seed, 10_000+n)),
	}
	w.all = append(w.all, p.run)
	return p
}

// play runs the simulation to its end, and returns what was wrong.
func (w *world) play() {
	v := w.variant
	w.story.tell("%s, skip %t, loader %s, allow_empty %t, max_deletes %d, batch %d, timeout %s, states apart %t, foreign writer %t, rebuilds state %t",
		v.name, v.skip, v.loader, v.allowEmpty, v.maxDeletes, v.batch, v.timeout, v.apart, v.foreign, v.rebuilds)
	for range 1 + w.rand.IntN(4) {
		w.round()
		if w.broken() {
			break
		}
	}
	if !w.broken() {
		w.finale()
	}
	close(w.over)
	w.runs.Wait()
	w.servers.Wait()
	if !w.broken() {
		w.checkEnd()
	}
	for _, h := range w.distinct() {
		h.close()
	}
}

// round is one run, or two at once, with faults; and what happens to the source and the target meanwhile.
func (w *world) round() {
	w.trouble()
	processes := []*process{w.process(w.hosts[w.rand.IntN(2)], drawPlan(w.rand))}
	if w.rand.IntN(4) == 0 {
		processes = append(processes, w.process(w.hosts[1], drawPlan(w.rand)))
	}
	pauses := []time.Duration{time.Duration(w.rand.IntN(1_500_000_000)), time.Duration(w.rand.IntN(3_000_000_000))}
	var done []chan struct{}
	for i, p := range processes {
		if i > 0 {
			time.Sleep(pauses[0])
		}
		done = append(done, p.start())
	}
	if w.variant.foreign {
		time.Sleep(pauses[1])
		w.intrude()
	}
	for _, d := range done {
		<-d
	}
	for _, p := range processes {
		w.checkRun(p.run)
	}
	time.Sleep(pick(w.rand, time.Second, 30*time.Second, 2*time.Minute, time.Hour) + time.Duration(w.rand.IntN(1_000_000_000)))
	w.change()
}

// trouble is what happens to machines between runs. A state may go where drt promises to rebuild it: what is not in a
// log, such as an outcome that nobody knows yet, or which scratch is left, would be lost with it.
func (w *world) trouble() {
	h := w.hosts[w.rand.IntN(2)]
	if w.rand.IntN(8) == 0 {
		h.jump(pick(w.rand, "+0 seconds", "+90 seconds", "-90 seconds", "+1 hours", "-1 hours"))
	}
	if w.variant.rebuilds && w.rand.IntN(3) == 0 && w.serving.Load() == 0 && w.settled(h) {
		h.forget()
	}
}

func (w *world) settled(h *host) (yes bool) {
	h.with(func(s *state.Store) {
		open, err := s.Unsettled(context.Background(), "users")
		w.must(err)
		dead, err := s.DeadRuns(context.Background(), "users")
		w.must(err)
		locks, err := s.Locks(context.Background())
		w.must(err)
		yes = len(open)+len(dead)+len(locks) == 0
	})
	return yes
}

// intrude is another program that writes to the target.
func (w *world) intrude() {
	if w.rand.IntN(2) == 0 {
		w.story.tell("another program compacts the target")
		w.warehouse.Rewrite(target)
		return
	}
	w.foreign++
	id := 1000 + w.foreign
	w.story.tell("another program appends row %d", id)
	w.warehouse.Append(target, [][]any{{id, id, "foreign"}})
}
