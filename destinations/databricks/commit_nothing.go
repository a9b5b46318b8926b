package databricks

import (
	"context"

	"github.com/drt-go/drt/destinations"
)

// commitNothing is a run that has no row for the target.
func (s *session) commitNothing(ctx context.Context, c destinations.Commit, r *destinations.Result) error {
	for _, p := range []**int64{&r.Staged, &r.Inserted, &r.Updated, &r.Deleted, &r.Unchanged, &r.Duplicates} {
		*p = destinations.Count(0)
	}
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
	rm := s.removes(c, r)
	t, err := s.ask(ctx, s.asks(rm))
	if err != nil {
		return err
	}
	if s.plan.DryRun {
		s.forecast(rm, t, r)
	}
	if err := s.guard(ctx, rm, t); err != nil || s.plan.DryRun {
		return err
	}
	return s.empty(ctx, c, rm, t, r)
}

// empty does away with all that an empty source lacks: in a mirror within its bounds.
func (s *session) empty(ctx context.Context, c destinations.Commit, rm removal, t tally, r *destinations.Result) error {
	switch rm {
	case removeAll:
		_, err := s.overwrite(ctx, statement{text: emptySQL(s.layout)}, 0, r)
		r.Deleted = t.total
		return err
	case removeRest:
		signature := s.signature(c)
		n, err := s.send(ctx, kindDelete, deleteAllSQL(s.layout, signature), signature, 0)
		r.Deleted = n.removed()
		return err
	}
	if rm == removeNone || *t.gone == 0 {
		return nil
	}
	if err := s.ready(ctx, r); err != nil {
		return err
	}
	if s.tracked() {
		if err := s.mark(ctx, false); err != nil {
			return err
		}
	}
	signature := s.signature(c)
	n, err := s.send(ctx, kindMerge, goneSQL(s.layout, signature), signature, 0)
	if err != nil {
		if s.tracked() {
			s.unmark(ctx, err)
		}
		return err
	}
	if r.Deleted = n.deleted; s.layout.soft != nil {
		r.Deleted = t.gone
	}
	if s.tracked() {
		s.remember(ctx, false, r)
	}
	return nil
}
