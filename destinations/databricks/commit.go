package databricks

import (
	"context"
	"fmt"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// Commit implements destinations.Session.
func (s *session) Commit(ctx context.Context, c destinations.Commit) (destinations.Result, error) {
	if s.broken || s.closed {
		return destinations.Result{}, internal("commit", "Commit after an error or Close", nil)
	}
	s.broken = true // whatever happens, only Close is left
	r := &destinations.Result{}
	err := s.decide(ctx)
	if err == nil {
		err = s.commit(ctx, c, r)
	}
	r.Notes = append([]string{s.loaderNote()}, r.Notes...)
	r.Warnings = append(r.Warnings, s.warnings...)
	if err == nil {
		s.clearSoon()
	}
	return *r, err
}

func (s *session) commit(ctx context.Context, c destinations.Commit, r *destinations.Result) error {
	if s.rows.next == 0 {
		if s.stager != nil { // it stages keys of refused rows
			if err := s.stager.wait(ctx); err != nil {
				return err
			}
		}
		return s.commitNothing(ctx, c, r)
	}
	if s.create {
		st := statement{text: createTargetSQL(s.layout)}
		// Losing this reply loses nothing: the table is empty, and IF NOT EXISTS may be said again.
		if err := s.w.define(ctx, "create "+s.layout.target.plain(), st, onScratch); err != nil {
			return err
		}
		r.Notes = append(r.Notes, "created "+s.layout.target.plain())
	}
	if s.files != nil && s.appends() {
		done, err := s.commitFiles(ctx, c, r)
		if done {
			return err
		}
	} else if s.stager == nil && !s.waiting() && s.appends() {
		done, err := s.commitDirect(ctx, r)
		if done {
			return err
		}
	}
	return s.commitStaged(ctx, c, r)
}

// appends says whether rows can go into the target by one INSERT, without scratch.
func (s *session) appends() bool {
	return s.plan.Mode == destinations.ModeInsert || s.plan.Mode == destinations.ModeReplace
}

// commitNothing is a run that has no row for the target.
func (s *session) commitNothing(ctx context.Context, c destinations.Commit, r *destinations.Result) error {
	zero := func(p **int64) { *p = destinations.Count(0) }
	zero(&r.Staged)
	zero(&r.Inserted)
	zero(&r.Updated)
	zero(&r.Deleted)
	zero(&r.Unchanged)
	zero(&r.Duplicates)
	empties := s.plan.Mode == destinations.ModeMirror || s.plan.Mode == destinations.ModeReplace
	switch {
	case !empties || s.create:
		return nil
	case s.written > 0 || c.Unobserved > 0:
		r.Warnings = append(r.Warnings, "every row was refused: nothing is deleted")
		return nil
	case !s.plan.AllowEmpty:
		r.Warnings = append(r.Warnings, "the source is empty: nothing is deleted; allow_empty: true means it")
		return nil
	}
	op, st := "INSERT OVERWRITE", statement{text: emptySQL(s.layout)}
	if s.plan.Mode == destinations.ModeMirror {
		op, st = "DELETE", deleteAllSQL(s.layout, s.signature(c))
	}
	n, err := s.w.commit(ctx, op, st)
	if r.Deleted = n.deleted; r.Deleted == nil && s.plan.Mode == destinations.ModeMirror {
		r.Deleted = n.affected
	}
	return err
}

// commitDirect sends the only chunk straight into the target. It is not done if the warehouse refuses a row and
// bad rows may be skipped: then they are looked for in scratch.
func (s *session) commitDirect(ctx context.Context, r *destinations.Result) (done bool, _ error) {
	f, overwrite := s.rows, s.plan.Mode == destinations.ModeReplace
	st, err := f.by.insert(s.layout.targetSlots(overwrite), f.cur, 0, f.cur.rows())
	if err != nil {
		return true, err
	}
	op := insertName(overwrite)
	n, err := s.w.commit(ctx, op, st)
	if err != nil {
		return connector.KindOf(err) != connector.KindRejected || !s.plan.SkipErrors, err
	}
	s.w.staged(len(f.cur.text))
	if r.Inserted = inserted(n, overwrite); r.Inserted != nil && *r.Inserted != f.next {
		return true, &connector.Error{
			Kind: connector.KindPermanent, Op: op,
			Message: fmt.Sprintf("the warehouse says that it wrote %d of %d rows", *r.Inserted, f.next),
			Hint:    "compare the table with the source before the next run; set staging.loader: values",
		}
	}
	r.Staged = r.Inserted
	s.appended(r, overwrite)
	return true, nil
}

// commitStaged holds what is in scratch against what was accepted, and lets one statement commit it.
func (s *session) commitStaged(ctx context.Context, c destinations.Commit, r *destinations.Result) error {
	bad, err := s.stageAll(ctx)
	if err != nil {
		return err
	}
	if s.lostKeys += int64(len(bad)); int64(len(bad)) == s.rows.next {
		r.Rejects = s.rejects(bad)
		return s.commitNothing(ctx, c, r)
	}
	t, err := s.count(ctx, int64(len(bad)))
	if err != nil {
		return err
	}
	r.Staged = destinations.Count(t.staged)
	err = s.apply(ctx, c, t, r)
	if connector.KindOf(err) == connector.KindRejected && s.plan.SkipErrors {
		found, perr := s.findBad(ctx)
		if perr != nil || len(found) == 0 {
			return firstError(perr, err)
		}
		bad = append(bad, found...)
		if t.staged == int64(len(found)) {
			r.Rejects = s.rejects(bad)
			return s.commitNothing(ctx, c, r)
		}
		if t, err = s.count(ctx, int64(len(bad))); err != nil {
			return err
		}
		r.Staged = destinations.Count(t.staged)
		err = s.apply(ctx, c, t, r)
	}
	r.Rejects = s.rejects(bad)
	return err
}

// stageAll puts all rows into scratch, and returns those that the warehouse refused to stage.
func (s *session) stageAll(ctx context.Context) ([]badRow, error) {
	if s.files != nil {
		return s.loadFiles(ctx)
	}
	if err := s.sendHeld(ctx); err != nil {
		return nil, err
	}
	for _, f := range []*feed{s.rows, s.keys} {
		if f == nil {
			continue
		}
		if err := s.flush(ctx, f); err != nil {
			return nil, err
		}
	}
	s.w.doing("staging")
	if err := s.stager.wait(ctx); err != nil {
		return nil, err
	}
	return s.stager.bad, nil
}

func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
