package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/state"
)

// saveTimeout bounds the saving of state after a commit, which a signal does not stop.
const saveTimeout = 30 * time.Second

// decide is reached only if the source has ended for certain: it commits if there is something to commit.
func (r *run) decide(ctx context.Context) error {
	w := r.writer
	switch {
	case w.failed > 0 && w.accepted == 0 && r.skipped() == 0:
		return r.allRejected()
	case w.accepted > 0:
	case w.failed > 0:
		return nil // nothing new but bad rows: they are read again next time
	case !wholeTable(r.mode):
		return r.plant()
	case !r.job.AllowEmpty:
		r.warn("source is empty: nothing was deleted")
		return nil
	}
	if w.blind {
		return nil
	}
	if w.session == nil { // an empty source that shall empty the target
		if err := guard("connect", func() error { return w.connect(ctx) }); err != nil {
			return failed(ctx, stageConnect, err)
		}
	}
	if err := r.plant(); err != nil {
		return err
	}
	return r.commit(ctx)
}

func (r *run) skipped() int64 {
	if r.feed.filter == nil {
		return 0
	}
	return r.feed.filter.skipped
}

func (r *run) allRejected() error {
	e := &connector.Error{
		Kind: connector.KindRejected, Hint: r.allRejectedHint(),
		Message: fmt.Sprintf("all %d rows were rejected, nothing was committed; first: %s", r.writer.failed, r.writer.first[0]),
	}
	return at(stageLoad, e)
}

// plant works out the next watermark. --limit leaves it where it is.
func (r *run) plant() (err error) {
	t := r.writer.tracker
	if t == nil || r.options.Limit > 0 || r.options.DryRun {
		return nil
	}
	r.next, err = t.watermark()
	return at(stageState, err)
}

// commit lets the destination make the rows visible. From here on the run is not stopped, only given Grace.
func (r *run) commit(ctx context.Context) error {
	if r.lease != nil {
		if err := r.lease.Check(ctx); err != nil {
			if errors.Is(err, state.ErrLost) {
				return stopped(stageCommit, err)
			}
			return failed(ctx, stageState, err)
		}
	}
	if cause := context.Cause(ctx); cause != nil {
		return stopped(stageCommit, cause)
	}
	if err := r.putLetters(ctx); err != nil {
		return err
	}
	if err := r.announceWhole(ctx); err != nil {
		return err
	}
	r.tally.doing("committing")
	r.begun = true
	late, stop := graceful(ctx, r.graceOfCommit())
	defer stop()
	var result destinations.Result
	panicked := true
	err := guard("commit", func() (err error) {
		result, err = r.writer.session.Commit(late, destinations.Commit{Unobserved: r.writer.unobserved, Watermark: r.signature(), Revise: r.revise})
		panicked = false
		return err
	})
	r.results(result)
	if err != nil {
		if err = commitFault(err, panicked, late); r.announced == "" && !panicked && context.Cause(late) != nil {
			err = stopped(stageCommit, context.Cause(late)) // before a change was sent
		}
		var f *fault
		r.open = r.announced != "" && errors.As(err, &f) && f.status == StatusUnknown
		return err
	}
	r.committed, r.open = true, r.announced != "" // until state has it
	return r.refusedByTarget(ctx, result.Rejects)
}

// refusedByTarget counts the rows that the commit left out.
func (r *run) refusedByTarget(ctx context.Context, rejects []destinations.Reject) error {
	if len(rejects) == 0 {
		return nil
	}
	if _, err := r.revise(rejects); err != nil {
		return err
	}
	if err := r.writer.late(rejects); err != nil {
		return at(stageCommit, err)
	}
	switch {
	case r.writer.accepted > 0:
		return nil
	case r.skipped() == 0:
		r.committed, r.open, r.next = false, false, nil
		return r.allRejected()
	case r.lease == nil || r.announced == "":
		return nil
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
	defer stop()
	return at(stageState, r.lease.Refused(ctx, "the target refused every row"))
}

// commitFault tells a commit that surely did not happen from one of which nobody knows.
func commitFault(err error, panicked bool, ctx context.Context) error {
	kind := connector.KindOf(err)
	cut := kind == connector.KindCanceled || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	switch {
	case kind == connector.KindUnknown:
		return &fault{stage: stageCommit, status: StatusUnknown, err: err}
	case cut || panicked:
		message := "the commit was cut off, so it may or may not have happened: " + err.Error()
		if late := context.Cause(ctx); late != nil {
			message = "the commit was cut off (" + late.Error() + "), so it may or may not have happened"
		}
		return &fault{stage: stageCommit, status: StatusUnknown, err: &connector.Error{
			Kind: connector.KindUnknown, Message: message, Err: err,
			Hint: "run the sync again: before anything else it finds out what became of this commit",
		}}
	}
	return at(stageCommit, err)
}

// save stores history and watermark in one transaction, commit or not: a success that is not in state is none (E9).
// A signal does not stop it.
func (r *run) save(ctx context.Context) error {
	if r.next != nil {
		r.report.Watermark = r.next.Value
		r.warnHeld()
	}
	if r.lease == nil {
		return nil
	}
	r.tally.doing("saving state")
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
	defer stop()
	r.settle()
	err := r.lease.Save(ctx, history(r.report, r.left), r.next)
	if err == nil {
		r.saved, r.open = true, false
		return nil
	}
	if r.next != nil {
		r.report.Watermark = nil
		if r.mark != nil {
			r.report.Watermark = r.mark.Value
		}
	}
	return at(stageState, r.unsaved(err))
}

func (r *run) unsaved(err error) error {
	out := &connector.Error{Kind: connector.KindOf(err), Op: "save state", Message: err.Error(), Hint: hintOf(err), Err: err}
	if !r.committed {
		return out
	}
	out.Message = fmt.Sprintf("%d rows are in %s, but state could not be saved: %s", r.writer.accepted, r.report.Destination, err)
	_, settles := r.job.Destination.(destinations.Settler)
	again := "the next run finds out that they are there"
	if !settles && r.mode != destinations.ModeInsert {
		again = "the next run writes them again, which changes nothing"
	} else if !settles {
		again = fmt.Sprintf("tell drt that they are there before the next run: drt state resolve %s --committed", r.job.Name)
	}
	out.Hint = again
	if hint := hintOf(err); hint != "" {
		out.Hint = hint + "; " + again
	}
	return out
}

// warnHeld says why later runs read more than what is new.
func (r *run) warnHeld() {
	if r.next.Ahead {
		r.warn("the watermark could not be moved: the source rejected rows, and their %s is not known; rows that were sent are recognised and not sent again", r.next.Field)
		return
	}
	if n := len(r.next.Open); n > 1 {
		r.warn("the next run reads from %s = %s again, because %d values of it have rows that were rejected; rows that were sent are recognised and not sent again",
			r.next.Field, r.next.Open[0].Text, n-1)
	}
}
