package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/record"
)

// writer hands batches to the session, which it opens for the first of them: what has nothing to write connects to
// nothing. It is used by the goroutine of the run, which also commits and closes the session.
type writer struct {
	open    func(context.Context) (destinations.Session, error)
	session destinations.Session // nil until the first batch
	blind   bool                 // a dry run of a destination that has none: rows are counted only
	tracker *tracker             // nil: not incremental
	onError OnError

	accepted   int64
	failed     int64
	unobserved int64           // of failed: rejected before Write saw them
	first      []record.Reject // the first MaxRejects, places in the source

	wrote   int64     // rows that Write saw; like the next two only with on_error: skip
	refused []int64   // which of them it refused, ascending
	batches []written // where they came from

	box      letterbox // nil: no dead letters
	unlogged []int64   // of refused: those that box does not keep; the tracker's log has the others
}

// run writes all parcels until q is closed, or ctx ends.
func (w *writer) run(ctx context.Context, q *queue) error {
	for p := range q.parcels {
		if err := w.take(ctx, q, p); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) take(ctx context.Context, q *queue, p parcel) error {
	defer q.done(p) // also if the destination panics
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return w.write(ctx, p)
}

func (w *writer) write(ctx context.Context, p parcel) error {
	if err := w.refuse(p.rejects); err != nil {
		return err
	}
	if p.batch == nil {
		return nil
	}
	if w.blind {
		w.accepted += p.batch.NumRows()
		return nil
	}
	if err := w.connect(ctx); err != nil {
		return at(stageConnect, err)
	}
	err := w.session.Write(ctx, p.batch)
	var rejected *destinations.RejectError
	if err != nil && !errors.As(err, &rejected) {
		return at(stageLoad, err)
	}
	var rejects []record.Reject
	if rejected != nil {
		if rejects, err = sorted(rejected.Rejects, p.batch.NumRows()); err != nil {
			return at(stageLoad, err)
		}
	}
	w.accepted += p.batch.NumRows() - int64(len(rejects))
	unkept := rejects
	if w.box != nil {
		if unkept, err = w.box.took(p.batch, rejects, p.rows); err != nil {
			return at(stageLoad, err)
		}
	}
	w.seen(p.rows, p.batch.NumRows(), rejects, unkept)
	if err := w.reject(rejects, p.rows); err != nil {
		return err
	}
	if w.tracker != nil {
		return at(stageLoad, w.tracker.written(p.batch, unkept))
	}
	return nil
}

// connect opens the session, once.
func (w *writer) connect(ctx context.Context) (err error) {
	if w.session == nil {
		w.session, err = w.open(ctx)
	}
	return err
}

// refuse notes rows that Write never sees.
func (w *writer) refuse(rows []refused) error {
	if len(rows) == 0 {
		return nil
	}
	missed := make([]record.Reject, 0, len(rows))
	for _, r := range rows {
		w.note(r.Reject)
		missed = append(missed, r.Reject)
		if r.bySource && w.tracker != nil {
			w.tracker.hold = true
		}
	}
	if w.box != nil {
		w.box.missed(missed)
	}
	w.unobserved += int64(len(rows))
	return w.stop(stageExtract, rows[0].Reject, len(rows))
}

// reject notes rows that the destination refused; their places become those in the source.
func (w *writer) reject(rejects []record.Reject, rows positions) error {
	if len(rejects) == 0 {
		return nil
	}
	for _, r := range rejects {
		r.Row = rows.of(int(r.Row))
		w.note(r)
	}
	first := rejects[0]
	first.Row = rows.of(int(first.Row))
	return w.stop(stageLoad, first, len(rejects))
}

func (w *writer) note(r record.Reject) {
	w.failed++
	if len(w.first) < MaxRejects {
		w.first = append(w.first, r)
	}
}

// stop ends the run at a rejected row, unless such rows are to be skipped.
func (w *writer) stop(stage string, first record.Reject, n int) error {
	if w.onError == OnErrorSkip {
		return nil
	}
	e := &connector.Error{
		Kind: connector.KindRejected, Message: first.String(),
		Hint: "mend the row or the model; or set sync.on_error: skip to load the other rows",
	}
	if n > 1 {
		e.Message = fmt.Sprintf("%s (and %d more of the same batch)", first, n-1)
	}
	return at(stage, e)
}

// sorted holds a destination's rejects to the contract: rows of the batch, each once.
func sorted(rejects []record.Reject, rows int64) ([]record.Reject, error) {
	rejects = slices.Clone(rejects)
	slices.SortStableFunc(rejects, func(a, b record.Reject) int { return int(a.Row - b.Row) })
	rejects = slices.CompactFunc(rejects, func(a, b record.Reject) bool { return a.Row == b.Row })
	if len(rejects) == 0 || rejects[0].Row < 0 || rejects[len(rejects)-1].Row >= rows {
		return nil, &connector.Error{
			Kind: connector.KindInternal, Op: "write", Message: "the destination rejected rows that are not in the batch", Hint: "report it: a bug in the connector",
		}
	}
	return rejects, nil
}
