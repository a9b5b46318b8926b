package databricks

import (
	"context"
	"fmt"

	"github.com/drt-go/drt/connector"
)

// maxBadRows bounds what is spent on finding rows one by one.
const maxBadRows = 100

// findBad finds the staged rows that the target refuses (a CHECK constraint, a NOT NULL that nobody told us of), and
// turns them into key-only rows. It tries halves of the rows on the probe, an empty table with the target's
// definition, so that the target itself changes in one commit or not at all (W16).
func (s *session) findBad(ctx context.Context) ([]badRow, error) {
	s.w.doing("looking for the rows that the target refuses")
	s.probe = true
	create := statement{text: createProbeSQL(s.layout)}
	err := s.w.define(ctx, "create probe "+s.layout.scratch.probe().plain(), create, onScratch)
	if s.mayAppear(err); err != nil {
		// Then the first failure stands: it says what the target refuses, if not which row.
		return nil, ignoreRefusal(err)
	}
	var bad []badRow
	if err := s.try(ctx, 0, s.rows.next, &bad); err != nil || len(bad) == 0 {
		return nil, err
	}
	numbers := make([]int64, len(bad))
	for i, b := range bad {
		numbers[i] = b.row
	}
	_, err = s.w.change(ctx, "set refused rows aside", statement{text: excludeSQL(s.layout, numbers)}, onScratch)
	return bad, err
}

// try halves rows [from, until) until each one that is refused stands alone.
func (s *session) try(ctx context.Context, from, until int64, bad *[]badRow) error {
	op := fmt.Sprintf("try rows %d to %d", from+1, until)
	_, err := s.w.change(ctx, op, probeSQL(s.layout, from, until), onScratch)
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
	if err := s.try(ctx, from, half, bad); err != nil {
		return err
	}
	return s.try(ctx, half, until, bad)
}

// ignoreRefusal keeps only errors that ended the run, not the server's refusal of a statement.
func ignoreRefusal(err error) error {
	if answered(err) {
		return nil
	}
	return err
}

func tooManyBad(cause error) error {
	return &connector.Error{
		Kind: connector.KindRejected, Op: "look for refused rows",
		Message: fmt.Sprintf("the target refuses more than %d rows (%s); the target is as before", maxBadRows, refusal(cause)),
		Hint:    "filter them in the model",
	}
}
