package databricks

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// What becomes of a change whose reply was lost is read from the table's own log. The log is conclusive once nothing of
// ours can be added to it any more:
//
//  1. the session is closed, which cancels what runs in it;
//  2. scratch goes: a statement that has not begun fails, because it finds no rows;
//  3. a fence, a change of the table's metadata, makes every write fail that has begun;
//  4. now the log has our commit, or never will.
//
// docs/guarantees.md says what stays open in theory.

// settling bounds the settling of an outcome by the run that lost it.
const settling = 2 * time.Minute

// giveUp is how long the close of a lost session is waited for.
const giveUp = 5 * time.Second

var _ destinations.Settler = (*Destination)(nil)

// Settle implements destinations.Settler.
func (d *Destination) Settle(ctx context.Context, u destinations.Unsettled) (destinations.Settlement, error) {
	d, moved, ok := d.at(u.Change.Target)
	if !ok {
		return moved, nil
	}
	w, err := d.connect(ctx, queryTags(u.Sync, "", u.SyncRunID), nil)
	if err != nil {
		return destinations.Settlement{}, err
	}
	defer func() { _ = w.close() }()
	w.run = u.SyncRunID
	found, err := w.settle(ctx, u, func(ctx context.Context) error {
		t := scratchFor(d.cfg.scratchSchema(), d.cfg.target(), u.SyncRunID)
		if err := w.define(ctx, "drop scratch "+t.plain(), statement{text: dropSQL(t)}, onScratch); err != nil {
			return err
		}
		return d.unstageFiles(ctx, w, u.SyncRunID)
	})
	switch {
	case !errors.Is(err, errGone):
		return found, err
	case moved.Outcome != "":
		return moved, nil // the table itself may have been renamed, with the rows in it
	}
	return w.dropped(), nil
}

// at is d on the table that a change was sent to, which the sync may not write to any more; moved is then what can be
// said if that table cannot be asked. ok is false if the name does not tell the table.
func (d *Destination) at(target string) (was *Destination, moved destinations.Settlement, ok bool) {
	now := d.cfg.target()
	if target == now.plain() {
		return d, moved, true
	}
	moved = destinations.Settlement{Outcome: destinations.Ambiguous, Evidence: fmt.Sprintf(
		"the change was sent to %s, the sync now writes to %s: look at %s", target, now.plain(), historySQL(now, 0).text)}
	parts := strings.Split(target, ".")
	if len(parts) != 3 {
		return nil, moved, false
	}
	copied := *d
	copied.cfg.Catalog, copied.cfg.Schema, copied.cfg.Table = parts[0], parts[1], parts[2]
	return &copied, moved, true
}

// dropped is what is known of a change to a table that is not there.
func (w *warehouse) dropped() destinations.Settlement {
	return destinations.Settlement{Outcome: destinations.NotCommitted, Evidence: w.target.plain() + " does not exist"}
}

// unstageFiles removes the files of a run, which a load by volume may read straight into the target.
func (d *Destination) unstageFiles(ctx context.Context, w *warehouse, run string) error {
	v, ok := parseVolume(d.cfg.Staging.Volume)
	if !ok {
		return nil
	}
	left, err := w.leftFiles(ctx, v)
	for _, l := range left {
		if err == nil && l.SyncRun == run {
			err = w.removeFile(ctx, l)
		}
	}
	return err
}

// errGone says that there is no table whose log could be read.
var errGone = errors.New("the table does not exist")

// settle decides u; unstage removes what the statement reads. Errors: errGone.
func (w *warehouse) settle(ctx context.Context, u destinations.Unsettled, unstage func(context.Context) error) (destinations.Settlement, error) {
	log, err := w.since(ctx, u.Change)
	if isTableMissing(err) {
		return destinations.Settlement{}, errGone
	}
	if err != nil {
		return destinations.Settlement{}, err
	}
	if s := w.judgeSigned(log, u); s.Outcome == destinations.Committed {
		return s, nil // no other writer has to pay for a fence
	}
	if err := unstage(ctx); err != nil {
		return destinations.Settlement{}, err
	}
	if err := w.fence(ctx); err != nil {
		return destinations.Settlement{}, err
	}
	before := newest(log)
	if log, err = w.since(ctx, u.Change); err != nil {
		return destinations.Settlement{}, err
	}
	if !fenced(log, before) {
		return destinations.Settlement{}, &connector.Error{
			Kind: connector.KindPermanent, Op: "settle", Message: "the history of " + w.target.plain() + " does not show the fence that was just set, so it proves nothing",
			Hint: "run the sync again; if it happens again, look at " + historySQL(w.target, 0).text,
		}
	}
	if u.Change.Kind == kindRestore {
		return w.judgeRestore(log, u.Change), nil
	}
	if u.Change.Signature != "" {
		return w.judgeSigned(log, u), nil
	}
	return w.judgeWrite(log, u.Change), nil
}

// since reads the log from the version that was noted before the change.
func (w *warehouse) since(ctx context.Context, c destinations.Change) ([]version, error) {
	from := int64(0)
	if c.Version != nil {
		from = *c.Version + 1
	}
	return w.history(ctx, w.target, 0, from)
}

// fence makes every write fail that has begun and not committed. Its value differs each time: only what changes
// metadata makes a commit of it.
func (w *warehouse) fence(ctx context.Context) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	w.doing("fencing " + w.target.plain())
	for attempt := 1; ; attempt++ {
		err := w.define(ctx, "fence "+w.target.plain(), statement{text: fenceSQL(w.target, w.run+" "+id.String())}, onScratch)
		kind := connector.KindOf(err)
		if kind != connector.KindConflict && kind != connector.KindTransient || attempt >= commitAttempts {
			return err
		}
		// A reply that was lost does no harm: a fence may stand twice.
		if !w.again(ctx) || w.pause(ctx, w.delay(attempt)) != nil {
			return err
		}
	}
}

// fenceSQL changes a table's metadata, and nothing else of it.
func fenceSQL(t table, id string) string {
	return "ALTER TABLE " + t.String() + " SET TBLPROPERTIES ('drt.fence' = " + quote(id) + ")"
}

// settle decides a change of this run, whose reply was lost. If it cannot, cause stays the error: the next run settles.
func (s *session) settle(ctx context.Context, c destinations.Change, cause error) (counts, error) {
	ctx, stop := context.WithTimeout(ctx, settling)
	defer stop()
	if !s.w.leave(ctx) {
		return counts{}, cause
	}
	u := destinations.Unsettled{Sync: s.plan.Sync, SyncRunID: s.plan.SyncRunID, Mode: s.plan.Mode, Change: c}
	found, err := s.w.settle(ctx, u, s.unstage)
	if errors.Is(err, errGone) {
		found, err = s.w.dropped(), nil
	}
	if err != nil {
		return counts{}, withEvidence(cause, "it could not be settled yet: "+err.Error())
	}
	switch found.Outcome {
	case destinations.Committed:
		s.notes = append(s.notes, "the reply to "+c.Kind+" was lost: it was committed, "+found.Evidence)
		r := found.Result
		return counts{affected: r.Inserted, inserted: r.Inserted, updated: r.Updated, deleted: r.Deleted}, nil
	case destinations.NotCommitted:
		return counts{}, &connector.Error{
			Kind: connector.KindTransient, Op: c.Kind, Err: destinations.ErrNotCommitted, Hint: "run it again",
			Message: "the reply was lost, and it was not committed: " + found.Evidence,
		}
	}
	return counts{}, withEvidence(cause, found.Evidence)
}

// withEvidence adds what was found out to the error of a reply that was lost.
func withEvidence(cause error, text string) error {
	var e *connector.Error
	if asError(cause, &e) {
		e.Message += "; " + text
	}
	return cause
}

// unstage removes all that a statement of this run reads.
func (s *session) unstage(ctx context.Context) error {
	if err := s.drop(ctx, s.layout.scratch); err != nil {
		return err
	}
	if s.scratch = false; s.files == nil {
		return nil
	}
	return s.files.close(ctx)
}

// leave closes the session, which cancels what runs in it, and pins another one.
func (w *warehouse) leave(ctx context.Context) bool {
	old, closed := w.conn, make(chan struct{})
	go func() {
		defer close(closed)
		_ = old.Raw(func(any) error { return driver.ErrBadConn }) // no pool takes it back: it is closed
		_ = old.Close()
	}()
	t := time.NewTimer(giveUp)
	defer t.Stop()
	select {
	case <-closed:
	case <-t.C:
	case <-ctx.Done():
		return false
	}
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return false
	}
	w.conn = conn
	return true
}
