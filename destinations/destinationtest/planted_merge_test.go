package destinationtest

import (
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	arrowmem "github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/memory"
)

// losing drops one row, in one mode.
func losing(mode destinations.Mode, lost row) func(*flawedSession, row) (row, bool) {
	return func(s *flawedSession, r row) (row, bool) { return r, s.plan.Mode != mode || !slices.Equal(r, lost) }
}

func plantedInMerge() []planted {
	merge := destinations.ModeMerge
	return []planted{
		{"MergeUpdatesAndInserts", "an update that changes only an amount is lost", flaw{edit: losing(merge, row{"1", "ada", "1.50"})}},
		{"MergeKeepsRowsNotInTheRun", "a merge that is alone deletes like a mirror", flaw{
			plan: func(d *flawedDest, p *destinations.Plan) {
				if p.Mode == merge && !p.DryRun && len(d.cfg.UpsertKey) == 1 && len(d.store.Scratch()) == 0 {
					p.Mode = destinations.ModeMirror
				}
			}}},
		{"MergeKeepsColumnsNotInTheModel", "columns that the model lacks become NULL", flaw{plan: withNulls, write: addNulls}},
		{"MergeOfAllKeyColumns", "an UPDATE without columns is a syntax error", flaw{
			refuse: func(d *flawedDest, p destinations.Plan) error {
				if p.Mode == merge && len(d.cfg.UpsertKey) == p.Schema.NumFields() {
					return &connector.Error{Kind: connector.KindPermanent, Message: "syntax error near WHEN"}
				}
				return nil
			}}},
		{"MergeByCompositeKey", "only the first key column counts", flaw{inner: firstKeyOnly(merge)}},
		{"MergeLastDuplicateWins", "the first duplicate wins", flaw{
			edit: func(s *flawedSession, r row) (row, bool) {
				id, _ := r[0].(string)
				again := s.seen[id]
				s.seen[id] = true
				return r, s.plan.Mode != merge || s.plan.Duplicates != destinations.DuplicateLast || len(s.dest.cfg.UpsertKey) > 1 || !again
			}}},
		{"MergeLastDuplicateWins", "duplicates are not counted", flaw{
			result: func(_ *flawedSession, r *destinations.Result) { r.Duplicates = nil }}},
		{"MergeWritesNullOverValue", "NULL does not replace a value", flaw{edit: losing(merge, row{"1", nil, "1.00"})}},
		{"CountsAreExactOrNil", "staged counts a row too many", flaw{
			result: func(s *flawedSession, r *destinations.Result) { r.Staged = destinations.Count(*r.Staged + 1) }}},
	}
}

// withNulls makes a merge write every column of the table.
func withNulls(d *flawedDest, p *destinations.Plan) {
	if p.Mode == destinations.ModeMerge && p.Metadata == (destinations.Metadata{}) && hasColumn(p.Schema, "id") && p.Schema.NumFields() < d.store.Schema(d.cfg.Table).NumFields() {
		p.Schema = d.store.Schema(d.cfg.Table)
	}
}

func addNulls(s *flawedSession, b arrow.RecordBatch) (arrow.RecordBatch, error) {
	p := s.plan
	withNulls(s.dest, &p)
	if p.Schema == s.plan.Schema {
		return b, nil
	}
	defer b.Release()
	columns := slices.Clone(b.Columns())
	for _, f := range p.Schema.Fields()[len(columns):] {
		columns = append(columns, array.MakeArrayOfNull(arrowmem.DefaultAllocator, f.Type, int(b.NumRows())))
	}
	return array.NewRecordBatch(p.Schema, columns, b.NumRows()), nil
}

// firstKeyOnly opens a run with a composite key over rows that are there with its first column alone.
func firstKeyOnly(mode destinations.Mode) func(*flawedDest, destinations.Plan) *memory.Destination {
	return func(d *flawedDest, p destinations.Plan) *memory.Destination {
		if p.Mode != mode || len(d.cfg.UpsertKey) != 2 || p.Schema.NumFields() != 3 || len(d.store.Rows(d.cfg.Table)) == 0 {
			return nil
		}
		cfg := d.cfg
		cfg.UpsertKey = cfg.UpsertKey[:1]
		dest, _ := memory.New(d.store, cfg)
		return dest
	}
}
