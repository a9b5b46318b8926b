package databricks

import (
	"context"
	"fmt"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks/delta"
)

// commitFiles appends rows straight from the files: what was counted in files that do not change is what arrives, so
// scratch would only copy it. It is not done if the warehouse refuses a row and bad rows may be skipped: then they are
// looked for in scratch.
func (s *session) commitFiles(ctx context.Context, c destinations.Commit, r *destinations.Result) (done bool, _ error) {
	if err := s.files.finish(ctx); err != nil {
		return true, err
	}
	s.layout.files = filesSQL(s.layout, s.files.from())
	defer func() { s.layout.files = "" }()
	if err := s.commitCounted(ctx, c, s.removes(c, r), 0, r); err != nil {
		return connector.KindOf(err) != connector.KindRejected || !s.plan.SkipErrors || !s.applied, err
	}
	if !s.plan.DryRun && r.Inserted != nil && *r.Inserted != s.rows.next {
		return true, &connector.Error{
			Kind: connector.KindPermanent, Op: "INSERT",
			Message: fmt.Sprintf("the warehouse says that it wrote %d of %d rows", *r.Inserted, s.rows.next),
			Hint:    "compare the table with the source before the next run",
		}
	}
	return true, nil
}

// loadFiles makes scratch from the files, in one statement. The rows that the warehouse refuses are returned, if they
// may be skipped.
func (s *session) loadFiles(ctx context.Context) ([]badRow, error) {
	if err := s.files.finish(ctx); err != nil {
		return nil, err
	}
	from, op := s.files.from(), "load files into scratch "+s.layout.scratch.plain()
	s.w.doing("loading files into scratch")
	st := statement{text: loadScratchSQL(s.layout, from)}
	if padded(s.layout) {
		// CREATE TABLE AS SELECT has no way to say CHAR(n), which compares with blanks, or a collation.
		if err := s.createScratch(ctx); err != nil {
			return nil, err
		}
		st.text = fillScratchSQL(s.layout, from, "")
	}
	s.scratch = true
	n, err := s.w.change(ctx, op, st, onScratch)
	s.mayAppear(err)
	if err == nil {
		return nil, s.loaded(op, n)
	}
	if !s.plan.SkipErrors || connector.KindOf(err) != connector.KindRejected {
		return nil, err
	}
	if !padded(s.layout) {
		if err := s.createScratch(ctx); err != nil {
			return nil, err
		}
	}
	return s.loadParts(ctx, from)
}

// loaded holds the warehouse's count of a load against ours.
func (s *session) loaded(op string, n counts) error {
	want := s.rows.next + s.files.keyRows
	if n.affected == nil || *n.affected == want {
		return nil
	}
	return &connector.Error{
		Kind: connector.KindPermanent, Op: op,
		Message: fmt.Sprintf("the warehouse staged %d of %d rows; the target is as before", *n.affected, want),
		Hint:    "run it again; if it happens again, set staging.loader: json",
	}
}

// padded says whether a column of scratch has a type that an expression cannot give it.
func padded(l layout) bool {
	for _, c := range l.columns {
		if t := c.scratchType(); t.Kind == delta.Char || t.Collation != "" {
			return true
		}
	}
	return false
}

// loadParts fills scratch by halves, until each row that the warehouse refuses stands alone (W16). A refused INSERT has
// staged nothing, so no row arrives twice.
func (s *session) loadParts(ctx context.Context, from string) (bad []badRow, _ error) {
	st := statement{text: fillScratchSQL(s.layout, from, onlyKeys())}
	if s.files.keyRows > 0 {
		if _, err := s.w.change(ctx, "stage keys of refused rows", st, onScratch); err != nil {
			return nil, err
		}
	}
	err := s.loadPart(ctx, from, 0, s.rows.next, &bad)
	return bad, err
}

func (s *session) loadPart(ctx context.Context, files string, from, until int64, bad *[]badRow) error {
	op := fmt.Sprintf("stage rows %d to %d", from+1, until)
	_, err := s.w.change(ctx, op, statement{text: fillScratchSQL(s.layout, files, rowsBetween(from, until))}, onScratch)
	if connector.KindOf(err) != connector.KindRejected {
		return err
	}
	if until-from == 1 {
		*bad = append(*bad, badRow{row: from, reason: refusal(err)})
		if len(*bad) > maxBadRows {
			return tooManyBad(err)
		}
		return nil
	}
	half := from + (until-from)/2
	if err := s.loadPart(ctx, files, from, half, bad); err != nil {
		return err
	}
	return s.loadPart(ctx, files, half, until, bad)
}
