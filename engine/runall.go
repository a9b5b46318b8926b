package engine

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/drt-go/drt/state"
)

// Schedule is how several syncs are run.
type Schedule struct {
	Threads  int  // how many at once; less than 1 = 1
	FailFast bool // after the first sync that does not succeed, start no other
}

// RunAll runs jobs side by side and returns their reports in the order of jobs. What was not started, because ctx
// ended or another sync failed, is StatusSkipped. Afterwards the history is pruned.
func RunAll(ctx context.Context, jobs []*Job, store *state.Store, o Options, s Schedule) []*Report {
	reports := make([]*Report, len(jobs))
	b := &batchOfJobs{ctx: ctx, jobs: jobs, failFast: s.FailFast}
	var wg sync.WaitGroup
	for range min(max(s.Threads, 1), len(jobs)) {
		wg.Go(func() {
			for {
				i, reason, ok := b.next()
				switch {
				case !ok:
					return
				case reason != "":
					reports[i] = skipped(jobs[i], o, reason)
				default:
					reports[i] = Run(ctx, jobs[i], store, o)
					b.ended(reports[i])
				}
			}
		})
	}
	wg.Wait()
	if !o.DryRun && len(jobs) > 0 {
		prune(ctx, store, o, reports)
	}
	return reports
}

// batchOfJobs hands out jobs. It is safe for concurrent use.
type batchOfJobs struct {
	ctx      context.Context
	jobs     []*Job
	failFast bool

	mu     sync.Mutex
	taken  int
	failed string // the first sync that did not succeed
}

// next returns the index of the next job, and why it is not to be run, if so.
func (b *batchOfJobs) next() (i int, reason string, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.taken == len(b.jobs) {
		return 0, "", false
	}
	i = b.taken
	b.taken++
	switch {
	case b.ctx.Err() != nil:
		reason = "not started: the invocation was interrupted"
	case b.failFast && b.failed != "":
		reason = "not started: sync " + b.failed + " did not succeed, and --fail-fast is set"
	}
	return i, reason, true
}

func (b *batchOfJobs) ended(p *Report) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p.Status != StatusSuccess && b.failed == "" {
		b.failed = p.Name
	}
}

func skipped(j *Job, o Options, reason string) *Report {
	return &Report{
		Name: j.Name, SyncRunID: uuid.Must(uuid.NewV7()).String(), Status: StatusSkipped, Mode: j.Mode, Source: j.Source.Describe(),
		Destination: j.Destination.Target().Name, Started: time.Now(), DryRun: o.DryRun, Notes: []string{reason},
	}
}

// prune keeps the history small. It is no reason to call a run failed.
func prune(ctx context.Context, store *state.Store, o Options, reports []*Report) {
	keep := state.DefaultRetention()
	if o.History != nil {
		keep = *o.History
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
	defer stop()
	if err := store.Prune(ctx, keep); err != nil {
		last := reports[len(reports)-1]
		last.Warnings = append(last.Warnings, "old entries of the history could not be removed: "+err.Error())
	}
}
