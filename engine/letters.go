package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/state"
)

// letterbox is told what becomes of each row, and says what a commit does to the dead letters of the sync. It is used by
// the goroutine of the run.
type letterbox interface {
	// took is told of one Write: of the rows of b, those in rejects were refused, ascending. It returns those of them whose
	// values are not kept, so that the watermark may not pass them (E1).
	took(b arrow.RecordBatch, rejects []record.Reject, rows positions) ([]record.Reject, error)
	// missed is told of rows that Write never saw, late of all rows so far that the target refused at the commit, after
	// Write had taken them. Both have places in the source, and their values are not known.
	missed(rejects []record.Reject)
	late(rejects []record.Reject)
	// letters is what the commit does.
	letters() state.Letters
}

// Bounds on the values of dead letters, beside DeadLetters.MaxRows.
const (
	maxLetterBytes  = 4 << 20   // of one row, in Arrow's memory format
	maxRunBytes     = 32 << 20  // of a run, packed: they are in memory until its commit
	maxSyncBytes    = 128 << 20 // of a sync, packed
	maxUnpackedRows = 512 << 20 // of one batch of letters that is read
)

// mail is what a run has to do with dead letters.
type mail struct {
	earlier      []state.Letter // of earlier runs
	earlierBytes int64          // of their values
	box          letterbox      // nil: a dry run
	collected    *collector     // box, unless this is a retry
	retry        *retrybox      // nil: a run
	put          bool           // box.letters() are in state
}

// recallLetters reads the dead letters of earlier runs, less those whose time is over.
func (r *run) recallLetters(ctx context.Context) error {
	if r.lease == nil {
		return nil
	}
	expired, err := r.lease.ExpireLetters(ctx)
	if err != nil {
		return err
	}
	if expired > 0 {
		r.warn("%d dead letters were older than sync.dead_letters.keep_days and are gone: their rows were never sent", expired)
	}
	if r.earlier, err = r.store.Letters(ctx, r.job.Name); err != nil || len(r.earlier) == 0 {
		return err
	}
	r.earlierBytes, err = r.store.LetterBytes(ctx, r.job.Name)
	return err
}

// bindLetters makes the collector of a run's rejected rows, once its columns are known.
func (r *run) bindLetters() {
	switch {
	case r.lease == nil:
		return
	case r.retry != nil:
		r.box, r.writer.box = r.retry, r.retry
		return
	}
	c := &collector{
		rules: r.job.DeadLetters, skip: r.job.OnError == OnErrorSkip, limited: r.options.Limit > 0, whole: r.readsAll(),
		ids: newIdentities(r.schema, r.identityKey(), r.report.SyncRunID), now: r.report.Started,
	}
	if r.options.Rebuild && r.job.Mode == ModeIncremental {
		// A watermark that the target's log gives back must not pass rows that only this state has.
		c.rules.Values = false
	}
	c.recall(r.earlier, r.earlierBytes)
	r.box, r.writer.box, r.collected = c, c, c
}

// readsAll says that the rejected rows of this run are all that there are: earlier ones are read again, or are gone.
func (r *run) readsAll() bool {
	if r.options.Limit > 0 || readsOnce(r.job.Source) && !wholeTable(r.mode) {
		return false
	}
	return r.job.Mode != ModeIncremental || r.mark == nil
}

// identityKey are the columns that identify a row; nil if the whole row does: what is appended may share a key.
func (r *run) identityKey() []string {
	if r.mode == destinations.ModeInsert {
		return nil
	}
	return r.job.Destination.Target().Key
}

// putLetters stores what the commit will do to the dead letters, before anything of it is sent.
func (r *run) putLetters(ctx context.Context) error {
	if r.box == nil {
		return nil
	}
	put := r.box.letters()
	if len(put.Batches)+len(put.Ended)+len(r.earlier) == 0 && !r.put {
		return nil // nothing to do, and nothing to undo
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
	defer stop()
	err := r.lease.PutLetters(ctx, put)
	if errors.Is(err, state.ErrLost) {
		return stopped(stageCommit, err)
	}
	r.put = err == nil
	return failed(ctx, stageState, err)
}

// lateLetters is told of rows that the target refused at the commit.
func (r *run) lateLetters(rejects []record.Reject) error {
	if r.box == nil {
		return nil
	}
	placed := make([]record.Reject, 0, len(rejects))
	for _, x := range rejects {
		place, ok := r.writer.place(x.Row)
		if !ok {
			return foreignReject()
		}
		x.Row = place
		placed = append(placed, x)
	}
	r.box.late(placed)
	return r.putLetters(context.Background())
}

// warnUnkept says that `drt retry` will not know of some rejected rows.
func (r *run) warnUnkept() {
	if c := r.collected; c != nil && r.committed && c.unkept > 0 {
		r.warn("the values of %d rejected rows are not kept in the dead letters: they are beyond sync.dead_letters.max_rows: %d, or too large", c.unkept, c.rules.MaxRows)
	}
}

func (r *run) allRejectedHint() string {
	if r.retry != nil {
		return fmt.Sprintf("the rows stay where they are; mend what refuses them, or remove them: drt retry %s --discard all", r.job.Name)
	}
	return "mend the rows, or the model's columns and types"
}

// lettersHint is what to do about rejected rows.
func (r *run) lettersHint() string {
	if r.report.DeadLetters > 0 {
		return fmt.Sprintf("`drt retry %s --list` shows the rows that are kept; once what refused them is mended, `drt retry %s` sends them again", r.job.Name, r.job.Name)
	}
	return "mend the rows at the source; the other rows are in the target"
}

// expires is when a letter of now goes; zero: never.
func (d DeadLetters) expires(now time.Time) time.Time {
	if d.KeepDays == 0 {
		return time.Time{}
	}
	return now.AddDate(0, 0, d.KeepDays)
}
