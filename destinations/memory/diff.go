package memory

import (
	"bytes"
	"context"
	"fmt"

	"github.com/drt-go/drt/destinations"
)

var (
	_ destinations.Differ      = (*Destination)(nil)
	_ destinations.DiffSession = (*session)(nil)
)

// OpenDiff implements destinations.Differ.
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
	if err := ctx.Err(); err != nil {
		return destinations.Diff{}, interrupted("compare", err)
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	t, err := s.current()
	if err != nil {
		return destinations.Diff{}, err
	}
	ch, err := s.change(t, c)
	if err != nil {
		return destinations.Diff{}, err
	}
	d := destinations.Diff{
		Inserted: destinations.Count(ch.inserted), Updated: destinations.Count(ch.updated), Deleted: destinations.Count(ch.deleted),
		Unchanged: destinations.Count(ch.unchanged), Notes: append(ch.notes, ch.warnings...),
	}
	if err := s.guard(t, ch); err != nil {
		d.Notes = append(d.Notes, "a run would stop here: "+err.Error())
	}
	for _, col := range s.layout.columns {
		if !col.meta {
			d.Columns = append(d.Columns, col.field.Name)
		}
	}
	all := s.pairs(t, ch)
	if s.plan.Mode == destinations.ModeReplace {
		all = leftOver(all)
		d.Inserted, d.Deleted = destinations.Count(0), destinations.Count(0)
		for _, r := range all {
			if r.Change == "insert" {
				*d.Inserted++
			} else {
				*d.Deleted++
			}
		}
		d.Unchanged = destinations.Count(ch.inserted - *d.Inserted)
	}
	taken := map[string]int{}
	for _, r := range all {
		if taken[r.Change]++; taken[r.Change] <= rows {
			d.Rows = append(d.Rows, r)
		}
	}
	return d, nil
}

// pairs are the rows that ch changes, before and after. A merge keeps the rows of t in their places, an append puts new
// ones behind them; what a mirror deletes is told by key.
func (s *session) pairs(t *table, ch change) (out []destinations.RowDiff) {
	byKey := len(s.layout.key) > 0 && needsKey(s.plan.Mode)
	if s.plan.Mode == destinations.ModeReplace {
		for _, r := range t.rows {
			out = append(out, s.pair("delete", r, nil))
		}
		for _, r := range ch.rows {
			out = append(out, s.pair("insert", nil, r))
		}
		return out
	}
	next := 0
	for _, old := range t.rows {
		switch {
		case next < len(ch.rows) && s.same(byKey, old, ch.rows[next]):
			if now := ch.rows[next]; s.marked(old, now) {
				out = append(out, s.pair("delete", old, nil))
			} else if byKey && !s.equalRow(old, now) {
				out = append(out, s.pair("update", old, now))
			}
			next++
		default:
			out = append(out, s.pair("delete", old, nil))
		}
	}
	for _, r := range ch.rows[next:] {
		out = append(out, s.pair("insert", nil, r))
	}
	return out
}

// same says whether now is what became of old.
func (s *session) same(byKey bool, old, now []any) bool {
	if !byKey {
		return true // an append touches no row
	}
	a, aWhole := s.tableKey(old)
	b, bWhole := s.tableKey(now)
	return aWhole == bWhole && a == b
}

// marked says whether now is old with the mark of a soft delete.
func (s *session) marked(old, now []any) bool {
	return s.layout.soft >= 0 && old[s.layout.soft] == nil && now[s.layout.soft] != nil
}

func (s *session) equalRow(a, b []any) bool {
	var x, y []byte
	for _, c := range s.layout.columns {
		if c.meta {
			continue
		}
		if x, y = appendKey(x[:0], a[c.at]), appendKey(y[:0], b[c.at]); !bytes.Equal(x, y) {
			return false
		}
	}
	return s.layout.soft < 0 || (a[s.layout.soft] == nil) == (b[s.layout.soft] == nil)
}

func (s *session) pair(kind string, old, now []any) destinations.RowDiff {
	r := destinations.RowDiff{Change: kind, Old: s.texts(old), New: s.texts(now)}
	values := now
	if values == nil {
		values = old
	}
	for _, c := range s.layout.key {
		r.Key = append(r.Key, valueText(values[s.layout.columns[c].at]))
	}
	return r
}

func (s *session) texts(row []any) []*string {
	if row == nil {
		return nil
	}
	var out []*string
	for _, c := range s.layout.columns {
		if !c.meta {
			out = append(out, valueText(row[c.at]))
		}
	}
	return out
}

func valueText(v any) *string {
	if v == nil {
		return nil
	}
	text := fmt.Sprint(v)
	return &text
}

// leftOver sets the rows that come against those that go, by their values.
func leftOver(all []destinations.RowDiff) (out []destinations.RowDiff) {
	value := func(r destinations.RowDiff) string {
		var key []byte
		for _, side := range [][]*string{r.Old, r.New} {
			for _, v := range side {
				var cell any
				if v != nil {
					cell = *v
				}
				key = appendKey(key, cell)
			}
		}
		return string(key)
	}
	balance := map[string]int{}
	for _, r := range all {
		if r.Change == "insert" {
			balance[value(r)]++
		} else {
			balance[value(r)]--
		}
	}
	for _, r := range all {
		n := balance[value(r)]
		switch {
		case r.Change == "insert" && n > 0:
			balance[value(r)]--
			out = append(out, r)
		case r.Change == "delete" && n < 0:
			balance[value(r)]++
			out = append(out, r)
		}
	}
	return out
}
