package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/state"
)

// perform runs from the lock to the entry in the history.
func (r *run) perform(ctx context.Context) {
	r.tally.doing("starting")
	err := guard("run", func() error { return r.execute(ctx) })
	r.close()
	r.markRetried(ctx)
	r.conclude(err)
	r.record(ctx)
}

// close ends the session: what was staged goes, what was committed stays.
func (r *run) close() {
	if r.writer.tracker != nil {
		if err := r.writer.tracker.close(); err != nil {
			r.warn("a temporary file of row hashes could not be removed: %s", err)
		}
	}
	if r.writer.session == nil {
		return
	}
	r.tally.doing("cleaning up")
	if err := r.closeSession(); err != nil {
		r.warn("something was left behind, which the next run or `drt clean` removes: %s", err)
		return
	}
	r.left = false
}

// sweepDead opens the destination of a run that had nothing to write, if earlier runs may have left scratch there: a
// source that has nothing new for months must not keep it for months.
func (r *run) sweepDead(ctx context.Context) {
	if r.lease == nil || len(r.dead) == 0 || r.writer.session != nil {
		return
	}
	if err := guard("connect", func() error { return r.writer.connect(ctx) }); err != nil {
		r.warn("what earlier runs may have left behind could not be looked for, which the next run does: %s", err)
	}
}

// results copies what the destination reported.
func (r *run) results(d destinations.Result) {
	p := r.report
	p.RowsStaged, p.RowsInserted, p.RowsUpdated, p.RowsDeleted, p.RowsUnchanged = d.Staged, d.Inserted, d.Updated, d.Deleted, d.Unchanged
	p.Duplicates = d.Duplicates
	p.Warnings = append(p.Warnings, d.Warnings...)
	p.Notes = append(p.Notes, d.Notes...)
}

// settle brings the report up to what is known now.
func (r *run) settle() {
	p, w := r.report, r.writer
	p.RowsExtracted, p.RowsSkipped, p.RowsFailed = r.feed.extracted, r.skipped(), w.failed
	p.Rejects = slices.Clone(w.first)
	slices.SortStableFunc(p.Rejects, func(a, b reject) int { return int(a.Row - b.Row) })
	p.Duration = time.Since(p.Started)
	r.tally.mu.Lock()
	p.Bytes = r.tally.now.Bytes
	r.tally.mu.Unlock()
	p.Statements = r.tally.statements()
	if !r.tried && p.Statements == nil {
		p.Statements = destinations.Count(0)
	}
	p.RowsSynced = r.synced()
	p.Status = StatusSuccess
	if r.collected != nil && r.committed {
		p.DeadLetters = r.collected.kept()
	}
	if r.retry != nil {
		p.DeadLetters = int64(len(r.retry.stay()))
	}
	if w.failed > 0 {
		p.Status, p.Stage, p.Err = StatusPartial, stageLoad, r.someRejected()
	}
}

// synced counts the rows that are in the target now; nil if that is not known.
func (r *run) synced() *int64 {
	switch {
	case !r.committed || r.options.DryRun:
		return destinations.Count(0)
	case !keyed(r.mode):
		return destinations.Count(r.writer.accepted)
	case r.report.Duplicates == nil:
		return nil
	default:
		return destinations.Count(r.writer.accepted - *r.report.Duplicates)
	}
}

func (r *run) someRejected() error {
	return &connector.Error{
		Kind: connector.KindRejected, Message: fmt.Sprintf("%d of %d rows were rejected; first: %s", r.writer.failed, r.feed.extracted, r.writer.first[0]),
		Hint: r.lettersHint(),
	}
}

// conclude sets how the run ended.
func (r *run) conclude(err error) {
	r.settle()
	r.note()
	r.warnUnkept()
	if err == nil {
		return
	}
	p := r.report
	p.Status, p.Stage, p.Err = StatusFailed, stageConfig, err
	var f *fault
	if errors.As(err, &f) {
		p.Status, p.Stage, p.Err = f.status, f.stage, f.err
	}
	if p.Status == StatusUnknown {
		p.RowsSynced = nil
	}
}

// note adds what a reader of the numbers must know.
func (r *run) note() {
	p := r.report
	if r.writer.blind {
		p.Notes = append(p.Notes, fmt.Sprintf("dry run: %s cannot tell what would be inserted, updated or deleted", p.Destination))
	}
	if r.committed && r.options.Limit > 0 && r.job.Mode == ModeIncremental && r.mode == destinations.ModeInsert {
		r.warn("--limit does not move the watermark: the next run sends these rows again")
	}
}

// record ends the run in the history, and with it its lock.
func (r *run) record(ctx context.Context) {
	if r.options.DryRun {
		return
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
	defer stop()
	entry := history(r.report, r.left)
	entry.RunID = r.options.RunID
	var err error
	if r.lease == nil {
		err = r.store.Record(ctx, entry)
	} else {
		var swept []string
		if r.writer.session != nil && !r.left {
			swept = r.dead
		}
		err = r.lease.Release(ctx, state.Ending{Run: entry, Swept: swept, Open: r.open})
	}
	if err != nil {
		r.warn("the history of this run is not complete: %s", err)
	}
}

// hintOf returns what to do about err, "" if it does not say.
func hintOf(err error) string {
	var e *connector.Error
	if errors.As(err, &e) {
		return e.Hint
	}
	var f *connector.FieldError
	if errors.As(err, &f) {
		return f.Hint
	}
	return ""
}
