package destinationtest

import (
	"context"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/destinations"
)

func plantedInCommit() []planted {
	return []planted{
		{"CloseWithoutCommitChangesNothing", "Close commits what was staged", flaw{
			close: func(s *flawedSession) (bool, error) {
				if s.closes == 1 && s.filled && s.writes > 0 && s.errors == 0 && !s.committed {
					_, _ = s.Session.Commit(context.Background(), destinations.Commit{})
				}
				return false, nil
			}}},
		{"CommitMakesAllVisibleOnce", "a second batch commits the first", flaw{write: commitEarly}},
		{"EmptyCommitKeepsTheRows", "an insert without rows truncates", flaw{
			commit: func(s *flawedSession, _ *destinations.Commit) {
				if s.plan.Mode == destinations.ModeInsert && s.writes == 0 {
					p := s.plan
					p.Mode, p.AllowEmpty = destinations.ModeReplace, true
					s.dest.run(p)
				}
			}}},
		{"InsertAppendsEveryRow", "equal rows are inserted once", flaw{
			edit: func(s *flawedSession, r row) (row, bool) {
				again := s.seen[fmt.Sprint(r)]
				s.seen[fmt.Sprint(r)] = true
				return r, s.plan.Mode != destinations.ModeInsert || !again
			}}},
		{"ColumnsGoByName", "columns go by position", flaw{
			plan: func(d *flawedDest, p *destinations.Plan) {
				to := d.store.Schema(d.cfg.Table)
				if p.Schema.NumFields() == to.NumFields() {
					fields := p.Schema.Fields()
					for i := range fields {
						fields[i].Name = to.Field(i).Name
					}
					p.Schema = arrow.NewSchema(fields, nil)
				}
			}}},
		{"ManyBatches", "batches after the thirtieth are lost", flaw{
			write: func(s *flawedSession, b arrow.RecordBatch) (arrow.RecordBatch, error) {
				if s.writes > 30 {
					b.Release()
					return nil, nil
				}
				return b, nil
			}}},
		{"BatchIsNotKept", "a batch is never released", flaw{
			write: func(_ *flawedSession, b arrow.RecordBatch) (arrow.RecordBatch, error) { b.Retain(); return b, nil }}},
		{"BatchIsNotKept", "a batch is read at Commit", flaw{write: readLate, commit: writeHeld}},
		{"ProgressNeverGoesBack", "bytes are those of the last batch", flaw{
			plan: func(_ *flawedDest, p *destinations.Plan) {
				if tell := p.Progress; tell != nil {
					left := int64(1 << 20)
					p.Progress = func(now destinations.Progress) { left--; now.Bytes = left; tell(now) }
				}
			}}},
	}
}

// commitEarly makes rows of an insert visible when the second batch comes.
func commitEarly(s *flawedSession, b arrow.RecordBatch) (arrow.RecordBatch, error) {
	if s.writes != 2 || s.plan.Mode != destinations.ModeInsert {
		return b, nil
	}
	if _, err := s.Session.Commit(context.Background(), destinations.Commit{}); err != nil {
		return b, err
	}
	_ = s.Session.Close()
	p := s.plan
	p.SyncRunID, p.Progress = newID(), nil
	inner, err := s.dest.Destination.Open(context.Background(), p)
	s.Session = inner
	return b, err
}

// readLate keeps small batches for Commit.
func readLate(s *flawedSession, b arrow.RecordBatch) (arrow.RecordBatch, error) {
	if b.NumRows() == 2 && s.plan.Mode == destinations.ModeInsert && b.Schema().Equal(people()) {
		s.held = append(s.held, b)
		return nil, nil
	}
	return b, nil
}

func writeHeld(s *flawedSession, _ *destinations.Commit) {
	for _, b := range s.held {
		_ = s.Session.Write(context.Background(), b)
		b.Release()
	}
}

func plantedInReplace() []planted {
	replace := func(edit func(*flawedSession, *destinations.Plan)) func(*flawedDest, *destinations.Plan) {
		return func(_ *flawedDest, p *destinations.Plan) {
			if p.Mode == destinations.ModeReplace {
				edit(nil, p)
			}
		}
	}
	return []planted{
		{"ReplaceBecomesTheWholeTarget", "each batch truncates", flaw{
			write: func(s *flawedSession, b arrow.RecordBatch) (arrow.RecordBatch, error) {
				return b, forget(s, destinations.ModeReplace)
			}}},
		{"ReplaceEmptySourceDeletesNothing", "an empty source empties the target", flaw{
			plan: replace(func(_ *flawedSession, p *destinations.Plan) { p.AllowEmpty = true })}},
		{"ReplaceAllowEmptyEmptiesTheTarget", "allow_empty is ignored", flaw{
			plan: replace(func(_ *flawedSession, p *destinations.Plan) { p.AllowEmpty = false })}},
	}
}

// forget drops what earlier batches staged, where the target has rows.
func forget(s *flawedSession, mode destinations.Mode) error {
	if s.writes < 2 || s.plan.Mode != mode || !s.filled {
		return nil
	}
	_ = s.Session.Close()
	p := s.plan
	p.SyncRunID = newID()
	inner, err := s.dest.Destination.Open(context.Background(), p)
	s.Session = inner
	return err
}
