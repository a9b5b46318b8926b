package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/state"
)

// Retry sends the dead letters of one sync again, under its lock, and reports like Run. It updates and inserts rows: by key
// if the sync does, else as new rows. It never deletes, whatever the mode of the sync (E8), and leaves the watermark alone.
// What the target takes leaves the dead letters; what it refuses again stays, with the new reason.
func Retry(ctx context.Context, j *Job, store *state.Store, o Options) *Report {
	again := j.again()
	letters := &letterSource{sync: j, store: store}
	again.Source = letters
	r := newRun(again, store, o)
	r.retry = &retrybox{source: letters}
	if err := j.canRetry(); err != nil {
		r.conclude(err)
		r.record(ctx)
		return r.report
	}
	r.perform(ctx)
	r.tally.update(func(p *Progress) { p.Done, p.Doing = true, string(r.report.Status) })
	return r.report
}

// again is the job that sends single rows of j: nothing is left in it that could delete or truncate.
func (j *Job) again() *Job {
	a := *j
	a.as = destinations.ModeInsert
	if mode := j.WriteMode(); mode != destinations.ModeInsert && len(j.Destination.Target().Key) > 0 {
		a.as = destinations.ModeMerge
	}
	a.Mode, a.CursorField, a.OnError, a.Duplicates = ModeRetry, "", OnErrorSkip, destinations.DuplicateLast
	a.AllowEmpty, a.InsertWhere, a.Mirror = false, "", destinations.Mirror{}
	a.ExactlyOnce = j.ExactlyOnce && a.as == destinations.ModeInsert
	return &a
}

func (j *Job) canRetry() error {
	as, target := j.again().as, j.Destination.Target().Name
	if slices.Contains(j.Destination.Capabilities().Modes, as) {
		return nil
	}
	return &fault{stage: stageConfig, status: StatusFailed, err: &connector.Error{
		Kind: connector.KindConfig, Message: fmt.Sprintf("%s cannot take single rows: it does not support the write mode %s", target, as),
		Hint: fmt.Sprintf("run the sync again, which sends all its rows: drt run %s", j.Name),
	}}
}

// prepareRetry gives the letters to those who need them, once the lock is held.
func (r *run) prepareRetry(ctx context.Context) error {
	if r.retry == nil {
		return nil
	}
	// What signs the commit must tell how far the sync has come, also if a later run knows nothing but that.
	var err error
	if r.previous, err = r.store.Watermark(ctx, r.job.Name); err != nil {
		return err
	}
	r.retry.source.take(r.earlier)
	if n := r.retry.source.without; n > 0 {
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("the values of %d rows were not kept: they cannot be sent from here", n))
	}
	return nil
}

// markRetried stores why rows were refused again. It is no reason to call the retry failed.
func (r *run) markRetried(ctx context.Context) {
	if r.retry == nil || r.lease == nil {
		return
	}
	stay := r.retry.stay()
	if len(stay) == 0 {
		return
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
	defer stop()
	if err := r.lease.MarkRetried(ctx, stay); err != nil {
		r.warn("why rows were rejected again could not be stored: %s", err)
	}
}
