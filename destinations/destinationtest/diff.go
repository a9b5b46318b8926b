package destinationtest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/destinations"
)

func diffCases() []contractCase {
	return []contractCase{
		{name: "DiffShowsWhatARunWouldChange", check: diffShowsWhatARunWouldChange},
		{name: "DiffIsShortAndCountsAll", modes: only(destinations.ModeMerge), check: diffIsShortAndCountsAll},
	}
}

// openDiff opens a comparison, or skips the case.
func (p *place) openDiff(plan destinations.Plan) destinations.DiffSession {
	p.Helper()
	d, ok := p.dest.(destinations.Differ)
	if !ok {
		p.Skip("capability: the destination is no Differ")
	}
	s, err := d.OpenDiff(context.Background(), plan)
	if err != nil {
		p.Fatalf("open a diff for mode %s: %v", plan.Mode, err)
	}
	p.Cleanup(func() { _ = s.Close() })
	return s
}

func (p *place) diff(s destinations.DiffSession, rows int) destinations.Diff {
	p.Helper()
	d, err := s.Diff(context.Background(), destinations.Commit{}, rows)
	if err != nil {
		p.Fatalf("diff: %v", err)
	}
	if err := s.Close(); err != nil {
		p.Errorf("close after a diff: %v", err)
	}
	return d
}

// E14
func diffShowsWhatARunWouldChange(r *run) {
	ins, upd, del := "insert - -> 4|dan|4.00", "update 2|bob|2.00 -> 2|bob|NULL", "delete 3|cyd|3.00 -> -"
	want := map[destinations.Mode]struct {
		rows []string
		counts
	}{
		destinations.ModeInsert: {[]string{"insert - -> 1|ada|1.00", "insert - -> 2|bob|NULL", ins}, counts{inserted: 3}},
		destinations.ModeMerge:  {[]string{upd, ins}, counts{inserted: 1, updated: 1, unchanged: 1}},
		destinations.ModeMirror: {[]string{upd, ins, del}, counts{inserted: 1, updated: 1, deleted: 1, unchanged: 1}},
		destinations.ModeReplace: {[]string{"insert - -> 2|bob|NULL", ins, "delete 2|bob|2.00 -> -", del},
			counts{inserted: 2, deleted: 2, unchanged: 1}},
	}
	for _, mode := range r.caps.Modes {
		p := r.people(mode)
		before := []row{{"1", "ada", "1.00"}, {"2", "bob", "2.00"}, {"3", "cyd", "3.00"}}
		p.seed(before...)
		plan := p.plan(mode)
		s := p.openDiff(plan)
		p.mustWrite(s, plan, row{"1", "ada", "1.00"}, row{"2", "bob", nil}, row{"4", "dan", "4.00"})
		d := p.diff(s, 20)
		what := fmt.Sprintf("mode %s: a diff", mode)
		p.want(what+" changes nothing (E14)", before...)
		p.clean(what)
		got, expected := diffTexts(d), slices.Sorted(slices.Values(want[mode].rows))
		if diff := cmp.Diff(expected, got); diff != "" {
			r.Errorf("%s shows every row that would change, before and after (-want +got):\n%s", what, diff)
		}
		r.counts(what, destinations.Result{Inserted: d.Inserted, Updated: d.Updated, Deleted: d.Deleted, Unchanged: d.Unchanged}, want[mode].counts)
	}
}

func diffIsShortAndCountsAll(r *run) {
	p := r.people(destinations.ModeMerge)
	var rows []row
	for i := range 9 {
		rows = append(rows, row{fmt.Sprint(i), "x", "1.00"})
	}
	plan := p.plan(destinations.ModeMerge)
	s := p.openDiff(plan)
	p.mustWrite(s, plan, rows...)
	d := p.diff(s, 4)
	if len(d.Rows) != 4 {
		r.Errorf("a diff of at most 4 rows of each kind returned %d", len(d.Rows))
	}
	r.counts("a short diff", destinations.Result{Inserted: d.Inserted}, counts{inserted: 9})
}

// diffTexts are the rows of d, sorted: "update 1|a -> 1|NULL". A side that is not there is "-".
func diffTexts(d destinations.Diff) []string {
	side := func(values []*string) string {
		if values == nil {
			return "-"
		}
		cells := make([]string, len(values))
		for i, v := range values {
			if cells[i] = "NULL"; v != nil {
				cells[i] = *v
			}
		}
		return strings.Join(cells, "|")
	}
	var out []string
	for _, r := range d.Rows {
		out = append(out, fmt.Sprintf("%s %s -> %s", r.Change, side(r.Old), side(r.New)))
	}
	slices.Sort(out)
	return out
}
