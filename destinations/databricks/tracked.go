package databricks

import (
	"context"
	"strings"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// A tracked mirror deletes only rows whose key it has sent before. The keys are in a table of their own, so a run makes
// several commits, and may die between any two. Whatever happens, that table never holds a key that drt did not send
// (it would delete a row of somebody else), at worst it lacks one (a row stays):
//
//  1. mark the keys of the rows that are to go; a marked key counts for nothing in any later run;
//  2. the MERGE of the target deletes exactly those rows;
//  3. add the keys of this run, which are in the target by now, and forget the marked ones.

// findSent looks for the keys of earlier runs. Without any the run only takes a baseline.
func (s *session) findSent(ctx context.Context) error {
	s.w.doing("looking for the keys of earlier runs")
	return s.w.query(ctx, "look for "+s.layout.sent.plain(), findSentSQL(s.layout), func() { s.known = false }, func(row []any) error {
		if len(row) < 2 {
			return internal("look for "+s.layout.sent.plain(), "SHOW TABLES returned no table names", nil)
		}
		s.known = s.known || strings.EqualFold(text(row[1]), string(s.layout.sent.name))
		return nil
	})
}

func (s *session) tracked() bool { return s.layout.sent.name != "" }

// mark is step 1.
func (s *session) mark(ctx context.Context, staged bool) error {
	_, err := s.w.repeat(ctx, "mark the keys to be deleted", markSentSQL(s.layout, staged), onScratch)
	return err
}

// unmark takes step 1 back after the target surely has not changed. If it fails, rows stay that should have gone.
func (s *session) unmark(ctx context.Context, cause error) {
	switch connector.KindOf(cause) {
	case connector.KindUnknown, connector.KindCanceled:
		return // the rows may be gone
	}
	_, _ = s.w.repeat(ctx, "unmark keys", unmarkSentSQL(s.layout), onScratch)
}

// remember is step 3. The target has changed by now: what fails here is a warning.
func (s *session) remember(ctx context.Context, staged bool, r *destinations.Result) {
	st := rememberSQL(s.layout, staged)
	if baseline := !s.known || s.created; baseline {
		if !staged {
			return
		}
		st = createSentSQL(s.layout, s.plan.Sync)
		r.Notes = append(r.Notes, "mirror.strategy tracked: a first run takes the keys as a baseline in "+s.layout.sent.plain()+" and deletes nothing")
	}
	if _, err := s.w.repeat(ctx, "remember the keys of this run", st, onScratch); err != nil {
		r.Warnings = append(r.Warnings, "the keys of this run could not be kept in "+s.layout.sent.plain()+
			": rows that were new in it will not be deleted before a later run sends them again: "+err.Error())
	}
}
