package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/google/uuid"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/sources"
	"github.com/drt-go/drt/state"
)

// Run runs one sync from its lock to its entry in the history, and reports how that went; it returns no error
// beside that. store is not touched by a dry run, nor if the destination ends up unknown or unchanged, but for the
// history. ctx ends the run: before the commit at once, during it after Options.Grace.
func Run(ctx context.Context, j *Job, store *state.Store, o Options) *Report {
	var earlier []string
	for attempt := 1; ; attempt++ {
		r := newRun(j, store, o)
		r.report.Notes = earlier
		r.perform(ctx)
		if attempt == maxAttempts || !r.mayRepeat(ctx) || !rest(ctx, attempt) {
			r.tally.update(func(p *Progress) { p.Done, p.Doing = true, string(r.report.Status) })
			return r.report
		}
		earlier = append(r.report.Notes, fmt.Sprintf("attempt %d (%s) was sent again: %s", attempt, r.report.SyncRunID, r.report.Err))
	}
}

// maxAttempts is how often a run is sent whose change surely did not happen.
const maxAttempts = 3

// rest waits before the next attempt: not after the first one, then a second more each time. false: ctx has ended.
func rest(ctx context.Context, attempts int) bool {
	select {
	case <-time.After(time.Duration(attempts-1) * time.Second):
		return true
	case <-ctx.Done():
		return false
	}
}

// run is one sync being run. It is used by one goroutine; the feed runs in another.
type run struct {
	job     *Job
	store   *state.Store
	options Options
	mode    destinations.Mode
	report  *Report
	tally   *tally

	lease *state.Lease     // nil: a dry run, or not locked
	mark  *state.Watermark // nil: none, or not asked for
	dead  []string         // runs whose scratch the session sweeps

	mail
	previous *state.Watermark // in force before the run, whether it is asked for or not
	schema   *arrow.Schema
	feed     *feed
	writer   *writer

	next      *state.Watermark // to be saved; nil: nothing to save
	announced string           // kind of the last change that is in the journal; "": none is
	begun     bool             // the commit
	told      bool             // to stop, before it had ended
	committed bool
	saved     bool
	tried     bool // a session was asked for
	left      bool // the session may have left scratch behind
	open      bool // nobody knows whether what was announced has happened
}

func newRun(j *Job, store *state.Store, o Options) *run {
	r := &run{job: j, store: store, options: o, mode: j.WriteMode(), tally: &tally{show: o.Progress, now: Progress{Sync: j.Name}}}
	r.report = &Report{
		Name: j.Name, SyncRunID: uuid.Must(uuid.NewV7()).String(), Mode: j.Mode, Source: j.Source.Describe(),
		Destination: j.Destination.Target().Name, Started: time.Now(), DryRun: o.DryRun,
	}
	r.feed = &feed{numbering: numbering{next: 1}, tally: r.tally}
	r.writer = &writer{open: r.openSession, onError: j.OnError, blind: o.DryRun && !slices.Contains(j.Destination.Capabilities().Options, destinations.OptionDryRun)}
	return r
}

// execute is one run, in the order that the design gives it. Each step says what the next one may rely on.
func (r *run) execute(ctx context.Context) error {
	if err := r.check(); err != nil {
		return err
	}
	if r.job.Timeout > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, r.job.Timeout, &timedOut{r.job.Timeout})
		defer stop()
	}
	if err := r.lock(ctx); err != nil {
		return failed(ctx, stageLock, err)
	}
	ctx, stop := r.whileLocked(ctx)
	defer stop()
	defer func() { r.told = ctx.Err() != nil }()
	if err := r.settleEarlier(ctx); err != nil {
		return err
	}
	if err := r.recall(ctx); err != nil {
		return failed(ctx, stageState, err)
	}
	if err := r.transfer(ctx); err != nil {
		return err
	}
	if err := r.decide(ctx); err != nil {
		return err
	}
	if err := r.save(ctx); err != nil {
		return err
	}
	r.sweepDead(ctx)
	return nil
}

func (r *run) check() error {
	mistakes := r.job.Check(r.options)
	if len(mistakes) == 0 {
		return nil
	}
	errs := make([]error, len(mistakes))
	for i, m := range mistakes {
		errs[i] = m
	}
	return configError(errors.Join(errs...).Error(), mistakes[0].Hint)
}

// lock takes the lock of the sync. A dry run writes nothing anywhere, and commits nothing that a lock would protect.
func (r *run) lock(ctx context.Context) (err error) {
	if r.options.DryRun {
		return nil
	}
	r.tally.doing("taking the lock")
	r.lease, err = r.store.Begin(ctx, state.Run{
		SyncRunID: r.report.SyncRunID, RunID: r.options.RunID, Sync: r.job.Name, Mode: string(r.job.Mode), Started: r.report.Started,
	})
	var held *state.HeldError
	if errors.As(err, &held) {
		return &connector.Error{
			Kind: connector.KindConflict, Message: held.Error(), Err: err,
			Hint: fmt.Sprintf("wait for it, or stop process %d on host %s; a lock whose holder is dead is taken over", held.Lock.PID, held.Lock.Host),
		}
	}
	return err
}

// whileLocked returns a context that also ends when the lock is lost.
func (r *run) whileLocked(ctx context.Context) (context.Context, func()) {
	if r.lease == nil {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-r.lease.Lost():
			cancel(state.ErrLost)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

// recall reads what earlier runs left in state.
func (r *run) recall(ctx context.Context) (err error) {
	if r.job.Mode == ModeIncremental {
		if r.mark, err = r.store.Watermark(ctx, r.job.Name); err != nil {
			return err
		}
		if err := r.rebuild(ctx); err != nil {
			return err
		}
		if r.previous = r.mark; r.mark != nil {
			r.report.Watermark = r.mark.Value
		}
		if r.options.FullRefresh {
			r.mark = nil
		}
	}
	if r.lease != nil {
		if r.dead, err = r.store.DeadRuns(ctx, r.job.Name); err != nil {
			return err
		}
	}
	if err := r.recallLetters(ctx); err != nil {
		return err
	}
	return r.prepareRetry(ctx)
}

// transfer reads the source to its end and stages its rows.
func (r *run) transfer(ctx context.Context) (err error) {
	r.tally.doing("opening the source")
	var reader sources.Reader
	err = guard("open source", func() (err error) {
		reader, err = r.job.Source.Open(ctx, r.query())
		return err
	})
	if err != nil {
		return failed(ctx, stageExtract, err)
	}
	defer func() {
		if closeErr := guard("close source", reader.Close); closeErr != nil && err == nil {
			r.warn("the source was read, but did not close cleanly: %s", closeErr)
		}
	}()
	r.feed.reader = reader
	r.schema = reader.Schema()
	if err := r.bind(); err != nil {
		return err
	}
	r.tally.doing("reading")
	err = pump(ctx, r.feed, r.writer)
	if err != nil && ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		return stopped(r.stage(), err)
	}
	return err
}

func (r *run) stage() string {
	if r.writer.session == nil {
		return stageExtract
	}
	return stageLoad
}

func (r *run) query() sources.Query {
	q := sources.Query{Model: r.job.Model, Origin: r.job.Origin, Limit: r.options.Limit, BatchRows: r.job.BatchSize, BatchBytes: batchBytes}
	if r.job.Mode == ModeIncremental {
		q.Cursor = &sources.Cursor{Field: r.job.CursorField, From: r.mark.From()}
	}
	return q
}

// bind holds the job to the columns that the source has, before a destination is opened.
func (r *run) bind() error {
	if r.bindLetters(); r.retry != nil && len(r.retry.source.list) == 0 {
		return nil // nothing was asked of the model
	}
	if keyed(r.mode) {
		for _, key := range r.job.Destination.Target().Key {
			if _, err := columnIndex(r.schema, key); err != nil {
				return configError("upsert_key "+err.Error(), "select the column in the model, or correct destination.upsert_key")
			}
		}
	}
	for _, name := range r.job.Sensitive {
		if _, err := columnIndex(r.schema, name); err != nil {
			return configError("sync.sensitive "+err.Error(), "correct the name: a column that is not found would be shown")
		}
	}
	if r.job.Mode != ModeIncremental {
		return nil
	}
	c, err := newCursor(r.schema, r.job.CursorField, r.mark)
	if err != nil {
		return err
	}
	f, warning, err := newFilter(c, r.schema)
	if err != nil {
		return err
	}
	if warning != "" {
		r.warn("%s", warning)
	}
	r.feed.filter = f
	r.writer.tracker, err = newTracker(c, f, r.schema, r.job.OnError == OnErrorSkip)
	return at(stageConfig, err)
}

func (r *run) warn(format string, args ...any) {
	r.report.Warnings = append(r.report.Warnings, fmt.Sprintf(format, args...))
}

// openSession connects to the destination.
func (r *run) openSession(ctx context.Context) (destinations.Session, error) {
	r.tally.doing("connecting")
	r.tried = true
	s, err := r.job.Destination.Open(ctx, r.plan())
	if err == nil {
		r.left = true
	}
	return s, err
}

func (r *run) plan() destinations.Plan {
	j := r.job
	p := destinations.Plan{
		Sync: j.Name, RunID: r.options.RunID, SyncRunID: r.report.SyncRunID, Started: r.report.Started,
		Mode: r.mode, Schema: r.schema, SkipErrors: j.OnError == OnErrorSkip, AllowEmpty: j.AllowEmpty,
		Duplicates: j.Duplicates, Touch: j.Touch, DryRun: r.options.DryRun, Mirror: j.Mirror, InsertWhere: j.InsertWhere,
		ExactlyOnce: j.ExactlyOnce, Metadata: j.Metadata, Guards: j.Guards, Sensitive: j.Sensitive, DeadRuns: r.dead, Announce: r.announce, Progress: r.tally.destination,
	}
	if p.Duplicates == "" {
		p.Duplicates = destinations.DuplicateLast
	}
	if p.Guards == (destinations.Guards{}) {
		p.Guards = destinations.NoGuards()
	}
	if n := r.options.AllowDeletes; n != nil {
		p.Guards.AllowDeletes = *n
	}
	return p
}
