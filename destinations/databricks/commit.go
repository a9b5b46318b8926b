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
	r.Notes = append(r.Notes, s.notes...)
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
	if s.files != nil && s.appends() && !s.plan.ExactlyOnce {
		done, err := s.commitFiles(ctx, c, r)
		if done {
			return err
		}
	} else if s.stager == nil && !s.waiting() && s.fitsOneInsert() {
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

// fitsOneInsert says whether the rows of one chunk can go into the target by one INSERT, without scratch: nothing has
// to be looked up, added to them or held against a predicate.
func (s *session) fitsOneInsert() bool {
	return s.appends() && !s.plan.DryRun && !s.plan.ExactlyOnce && s.layout.where == "" && len(s.layout.constants) == 0
}

// commitDirect sends the only chunk straight into the target. It is not done if the warehouse refuses a row and
// bad rows may be skipped: then they are looked for in scratch.
func (s *session) commitDirect(ctx context.Context, r *destinations.Result) (done bool, _ error) {
	f, overwrite, rm := s.rows, s.plan.Mode == destinations.ModeReplace, s.removes(destinations.Commit{}, r)
	t, err := s.ask(ctx, s.asks(rm))
	if t.staged = f.next; err == nil {
		err = s.guard(ctx, rm, t)
	}
	if err == nil {
		err = s.ready(ctx, r)
	}
	if err != nil {
		return true, err
	}
	st, err := f.by.insert(s.layout.targetSlots(overwrite), f.cur, 0, f.cur.rows())
	if err != nil {
		return true, err
	}
	n, err := s.append(ctx, st, f.next, r)
	if err != nil {
		return connector.KindOf(err) != connector.KindRejected || !s.plan.SkipErrors, err
	}
	s.w.staged(len(f.cur.text))
	if r.Inserted = inserted(n, overwrite); r.Inserted != nil && *r.Inserted != f.next {
		return true, &connector.Error{
			Kind: connector.KindPermanent, Op: "INSERT",
			Message: fmt.Sprintf("the warehouse says that it wrote %d of %d rows", *r.Inserted, f.next),
			Hint:    "compare the table with the source before the next run; set staging.loader: values",
		}
	}
	r.Staged = r.Inserted
	s.appended(r, t)
	return true, nil
}

// commitStaged holds what is in scratch against what was accepted, and lets one statement commit it.
func (s *session) commitStaged(ctx context.Context, c destinations.Commit, r *destinations.Result) error {
	s.countHeld()
	bad, err := s.stageAll(ctx)
	if err != nil {
		return err
	}
	if s.lostKeys += int64(len(bad)); int64(len(bad)) == s.rows.next {
		r.Rejects = s.rejects(bad)
		return s.commitNothing(ctx, c, r)
	}
	if err := s.revise(&c, bad); err != nil {
		return err
	}
	rm := s.removes(c, r)
	err = s.commitCounted(ctx, c, rm, int64(len(bad)), r)
	if connector.KindOf(err) == connector.KindRejected && s.plan.SkipErrors && s.applied {
		found, perr := s.findBad(ctx)
		if perr != nil || len(found) == 0 {
			return firstError(perr, err)
		}
		bad = append(bad, found...)
		if s.rows.next == int64(len(bad)) {
			r.Rejects = s.rejects(bad)
			return s.commitNothing(ctx, c, r)
		}
		if err := s.revise(&c, bad); err != nil {
			return err
		}
		err = s.commitCounted(ctx, c, rm, int64(len(bad)), r)
	}
	r.Rejects = s.rejects(bad)
	return err
}

// commitCounted counts what would happen, lets the guards judge it, and lets it happen.
func (s *session) commitCounted(ctx context.Context, c destinations.Commit, rm removal, bad int64, r *destinations.Result) error {
	s.applied = false
	t, err := s.count(ctx, bad, s.asks(rm))
	if err != nil {
		return err
	}
	r.Staged = destinations.Count(t.staged)
	if s.plan.DryRun {
		s.forecast(rm, t, r)
	}
	if err := s.guard(ctx, rm, t); err != nil || s.plan.DryRun {
		return err
	}
	if err := s.ready(ctx, r); err != nil {
		return err
	}
	s.applied = true
	return s.apply(ctx, c, rm, t, r)
}

// revise has the watermark worked out anew: bad rows are not in the commit.
func (s *session) revise(c *destinations.Commit, bad []badRow) (err error) {
	if len(bad) > 0 && c.Revise != nil {
		c.Watermark, err = c.Revise(s.rejects(bad))
	}
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
