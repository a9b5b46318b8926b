package destinationtest

import (
	"context"

	"github.com/drt-go/drt/destinations"
)

// flawedDiff is a comparison with a flaw.
type flawedDiff struct {
	destinations.DiffSession
	dest *flawedDest
	plan destinations.Plan
}

func (d *flawedDest) OpenDiff(ctx context.Context, p destinations.Plan) (destinations.DiffSession, error) {
	s, err := d.Destination.OpenDiff(ctx, p)
	if err != nil {
		return nil, err
	}
	return &flawedDiff{s, d, p}, nil
}

func (s *flawedDiff) Diff(ctx context.Context, c destinations.Commit, rows int) (destinations.Diff, error) {
	d, err := s.DiffSession.Diff(ctx, c, rows)
	if f := s.dest.flaw.diff; f != nil && err == nil {
		f(s, &d)
	}
	return d, err
}

func plantedInDiff() []planted {
	return []planted{
		{"DiffShowsWhatARunWouldChange", "NULL reads like an empty text", flaw{diff: func(_ *flawedDiff, d *destinations.Diff) {
			for _, r := range d.Rows {
				for i, v := range r.New {
					if v == nil {
						r.New[i] = new(string)
					}
				}
			}
		}}},
		{"DiffShowsWhatARunWouldChange", "it empties the table", flaw{diff: func(s *flawedDiff, _ *destinations.Diff) {
			if s.dest.store.Rows(s.dest.cfg.Table) != nil {
				s.dest.store.Create(s.dest.cfg.Table, s.dest.store.Schema(s.dest.cfg.Table))
			}
		}}},
		{"DiffIsShortAndCountsAll", "it counts what it shows", flaw{diff: func(s *flawedDiff, d *destinations.Diff) {
			if s.plan.Mode == destinations.ModeMerge && len(d.Rows) == 4 {
				d.Inserted = destinations.Count(4)
			}
		}}},
	}
}
