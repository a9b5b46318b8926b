package sim

import (
	"math/rand/v2"
	"strings"
	"time"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
	"github.com/drt-go/drt/engine"
)

// variant is how the sync of one seed is configured.
type variant struct {
	name        string
	mode        engine.Mode
	write       destinations.Mode // what its commits do
	key         []string
	mirror      destinations.Mirror
	exactlyOnce bool

	skip       bool // on_error: skip
	loader     string
	allowEmpty bool
	maxDeletes int64 // -1: no guard
	batch      int
	timeout    time.Duration
	apart      bool // the two hosts do not share their state
	foreign    bool // another program writes to the target, too
	rebuilds   bool // state that is lost is rebuilt from the target's log
}

// variants are the modes. Each seed plays one of them.
func variants() []variant {
	id := []string{"id"}
	merge := func(v variant) variant { v.key = id; return v }
	return []variant{
		{name: "insert", mode: engine.ModeFull, write: destinations.ModeInsert},
		{name: "incremental insert", mode: engine.ModeIncremental, write: destinations.ModeInsert},
		{name: "insert exactly once", mode: engine.ModeFull, write: destinations.ModeInsert, exactlyOnce: true},
		{name: "incremental insert exactly once", mode: engine.ModeIncremental, write: destinations.ModeInsert, exactlyOnce: true},
		merge(variant{name: "merge", mode: engine.ModeUpsert, write: destinations.ModeMerge}),
		merge(variant{name: "incremental merge", mode: engine.ModeIncremental, write: destinations.ModeMerge}),
		merge(variant{name: "mirror", mode: engine.ModeMirror, write: destinations.ModeMirror}),
		merge(variant{name: "mirror atomic", mode: engine.ModeMirror, write: destinations.ModeMirror, mirror: destinations.Mirror{Atomic: true}}),
		merge(variant{name: "mirror tracked", mode: engine.ModeMirror, write: destinations.ModeMirror, mirror: destinations.Mirror{Tracked: true}}),
		{name: "mirror composite", mode: engine.ModeMirror, write: destinations.ModeMirror, key: []string{"id", "at"}},
		{name: "replace", mode: engine.ModeReplace, write: destinations.ModeReplace},
	}
}

// draw picks a variant and its options.
func draw(r *rand.Rand) variant {
	all := keep(variants(), func(v variant) bool { return strings.Contains(v.name, *onlyVariants) })
	v := all[r.IntN(len(all))]
	v.skip = r.IntN(2) == 0
	v.loader = pick(r, "json", "json", "values")
	v.batch = 1 + r.IntN(5)
	v.timeout = pick(r, 0, 0, 20*time.Second, 5*time.Minute)
	whole := v.write == destinations.ModeMirror || v.write == destinations.ModeReplace
	v.allowEmpty = whole && r.IntN(2) == 0
	v.maxDeletes = -1
	if whole && r.IntN(2) == 0 {
		v.maxDeletes = int64(r.IntN(4))
	}
	// Two states of one incremental append would each send everything: that is not a promise of drt.
	v.apart = r.IntN(4) == 0 && !(v.write == destinations.ModeInsert && v.mode == engine.ModeIncremental)
	v.foreign = r.IntN(3) == 0
	v.rebuilds = v.incremental() && (v.exactlyOnce || v.keyed()) && !v.apart && r.IntN(3) == 0
	return v
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

func (v variant) incremental() bool { return v.mode == engine.ModeIncremental }
func (v variant) keyed() bool       { return len(v.key) > 0 }

// config is the destination's.
func (v variant) config() databricks.Config {
	c := databricks.Defaults()
	c.Catalog, c.Schema, c.Table, c.UpsertKey = "main", "default", "users", v.key
	c.Staging.Loader = v.loader
	if v.write == destinations.ModeMerge {
		c.Mode = "merge"
	}
	return c
}

// job is one run of the sync.
func (v variant) job(p *process) *engine.Job {
	j := &engine.Job{
		Name: "users", Model: "SELECT * FROM users", Source: source{p}, Destination: newDestination(p, v.config()),
		Mode: v.mode, BatchSize: v.batch, OnError: engine.OnErrorFail, Timeout: v.timeout, AllowEmpty: v.allowEmpty,
		Duplicates: destinations.DuplicateLast, ExactlyOnce: v.exactlyOnce, Mirror: v.mirror, Guards: destinations.NoGuards(),
	}
	if v.incremental() {
		j.CursorField = "at"
	}
	if v.skip {
		j.OnError = engine.OnErrorSkip
	}
	j.Guards.MaxDeletes = v.maxDeletes
	j.DeadLetters = p.world.deadLetters()
	return j
}
