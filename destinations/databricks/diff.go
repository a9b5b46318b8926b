package databricks

import (
	"context"
	"fmt"

	"github.com/drt-go/drt/destinations"
)

var (
	_ destinations.Differ      = (*Destination)(nil)
	_ destinations.DiffSession = (*session)(nil)
)

// OpenDiff implements destinations.Differ: rows are staged as in a dry run, and the warehouse compares them.
func (d *Destination) OpenDiff(ctx context.Context, p destinations.Plan) (destinations.DiffSession, error) {
	p.DryRun = true
	s, err := d.Open(ctx, p)
	if err != nil {
		return nil, err
	}
	return s.(*session), nil
}

// Diff implements destinations.DiffSession.
func (s *session) Diff(ctx context.Context, c destinations.Commit, rows int) (destinations.Diff, error) {
	if s.broken || s.closed {
		return destinations.Diff{}, internal("compare", "Diff after an error or Close", nil)
	}
	s.broken = true // whatever happens, only Close is left
	if err := s.decide(ctx); err != nil {
		return destinations.Diff{}, err
	}
	d := destinations.Diff{Columns: make([]string, len(s.layout.columns))}
	for i, col := range s.layout.columns {
		d.Columns[i] = string(col.name)
	}
	r := &destinations.Result{}
	err := s.compare(ctx, c, rows, r, &d)
	d.Notes = append(append([]string{s.loaderNote()}, s.warnings...), append(r.Warnings, r.Notes...)...)
	return d, err
}

// compare stages what is not staged yet, counts what a run would do, and reads up to most rows of every kind of change.
func (s *session) compare(ctx context.Context, c destinations.Commit, most int, r *destinations.Result, d *destinations.Diff) error {
	found := comparison{absent: s.create, touch: s.plan.Touch, whole: s.plan.Mode == destinations.ModeReplace}
	bad := int64(0)
	if s.rows.next > 0 || s.stager != nil {
		list, err := s.stageAll(ctx)
		if err != nil {
			return err
		}
		bad = int64(len(list))
		if s.lostKeys += bad; bad > 0 {
			r.Warnings = append(r.Warnings, fmt.Sprintf("the warehouse refuses %d rows, first: %s", bad, list[0].reason))
		}
	}
	if found.staged = s.rows.next > bad; !found.staged && !s.meantEmpty(c, r) {
		d.Inserted, d.Updated, d.Deleted, d.Unchanged = destinations.Count(0), destinations.Count(0), destinations.Count(0), destinations.Count(0)
		return nil
	}
	rm := s.removes(c, r)
	t, err := s.countFor(ctx, rm, found, bad)
	if err != nil {
		return err
	}
	s.forecast(rm, t, r)
	if err := s.guard(ctx, rm, t); err != nil {
		r.Warnings = append(r.Warnings, "a run would stop here: "+err.Error())
	}
	d.Inserted, d.Updated, d.Deleted, d.Unchanged = r.Inserted, r.Updated, r.Deleted, r.Unchanged
	found.gone = rm != removeNone
	if found.whole {
		if err := s.countBalance(ctx, found, t, d); err != nil {
			return err
		}
	}
	if s.layout.soft != nil && found.gone {
		r.Notes = append(r.Notes, "rows are not deleted but marked in "+string(s.layout.soft.name))
	}
	return s.readDiff(ctx, found, most, d)
}

// countFor counts what a dry run would.
func (s *session) countFor(ctx context.Context, rm removal, found comparison, bad int64) (tally, error) {
	if found.staged {
		return s.count(ctx, bad, s.asks(rm))
	}
	return s.ask(ctx, s.asks(rm))
}

// meantEmpty says whether a run without rows would empty its target.
func (s *session) meantEmpty(c destinations.Commit, r *destinations.Result) bool {
	empties := s.plan.Mode == destinations.ModeMirror || s.plan.Mode == destinations.ModeReplace
	switch {
	case !empties || s.create:
		return false
	case s.written > 0 || c.Unobserved > 0:
		r.Warnings = append(r.Warnings, "every row was refused: nothing would be deleted")
		return false
	case !s.plan.AllowEmpty:
		r.Warnings = append(r.Warnings, "the source is empty: nothing would be deleted; allow_empty: true means it")
		return false
	}
	return true
}

// countBalance counts a replace by values: a row that is there already is neither deleted nor inserted.
func (s *session) countBalance(ctx context.Context, found comparison, t tally, d *destinations.Diff) error {
	var inserted, deleted int64
	err := s.w.query(ctx, "count the rows that differ", balanceCountSQL(s.layout, found), func() {}, func(row []any) error {
		var ok, also bool
		if len(row) == 2 {
			inserted, ok = number(row[0])
			deleted, also = number(row[1])
		}
		if !ok || !also {
			return internal("count the rows that differ", "a count is no number", nil)
		}
		return nil
	})
	if err != nil {
		return err
	}
	d.Inserted, d.Deleted, d.Unchanged = &inserted, &deleted, destinations.Count(t.staged-inserted)
	return nil
}

func (s *session) readDiff(ctx context.Context, found comparison, most int, d *destinations.Diff) error {
	if most < 1 {
		return nil
	}
	st := diffSQL(s.layout, found, most)
	if st.text == "" {
		return nil // nothing comes, and nothing may go
	}
	s.w.doing("comparing with " + s.layout.target.plain())
	n := len(s.layout.columns)
	return s.w.query(ctx, "compare with "+s.layout.target.plain(), st, func() { d.Rows = nil }, func(row []any) error {
		if len(row) != 2+2*n {
			return internal("compare", "a row of another width came back", nil)
		}
		r := destinations.RowDiff{Change: text(row[0])}
		if r.Change != "insert" {
			r.Old = side(row[2:], n)
		}
		if r.Change != "delete" {
			r.New = side(row[3:], n)
		}
		r.Key = s.keyOf(r)
		copies := int64(1)
		if found.whole {
			copies, _ = number(row[1])
		}
		for range min(copies, int64(most)) {
			d.Rows = append(d.Rows, r)
		}
		return nil
	})
}

// side is every second value of cells; nil is NULL.
func side(cells []any, n int) []*string {
	values := make([]*string, n)
	for i := range values {
		if v := cells[2*i]; v != nil {
			s := text(v)
			values[i] = &s
		}
	}
	return values
}

func (s *session) keyOf(r destinations.RowDiff) []*string {
	values := r.New
	if values == nil {
		values = r.Old
	}
	var key []*string
	for i, c := range s.layout.columns {
		if c.key {
			key = append(key, values[i])
		}
	}
	return key
}
