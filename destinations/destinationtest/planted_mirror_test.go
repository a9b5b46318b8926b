package destinationtest

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/drt-go/drt/destinations"
)

func plantedInMirror() []planted {
	mirror := destinations.ModeMirror
	plan := func(edit func(*destinations.Plan)) func(*flawedDest, *destinations.Plan) {
		return func(_ *flawedDest, p *destinations.Plan) {
			if p.Mode == mirror {
				edit(p)
			}
		}
	}
	return []planted{
		{"MirrorDeletesOnlyUnobserved", "a row that changed is deleted", flaw{edit: losing(mirror, row{"3", "cyd", "3.30"})}},
		{"MirrorByCompositeKey", "only the first key column counts", flaw{inner: firstKeyOnly(mirror)}},
		{"MirrorKeysAddUpAcrossBatches", "only the last batch is observed", flaw{
			write: func(s *flawedSession, b arrow.RecordBatch) (arrow.RecordBatch, error) { return b, forget(s, mirror) }}},
		{"MirrorKeepsRejectedKeys", "the key of a rejected row is not observed", flaw{write: rejectUnseen}},
		{"MirrorUnobservedDeletesNothing", "unobserved rows are ignored", flaw{
			commit: func(_ *flawedSession, c *destinations.Commit) { c.Unobserved = 0 }}},
		{"MirrorUnobservedDeletesNothing", "no warning is given", flaw{
			result: func(s *flawedSession, r *destinations.Result) {
				if s.rows > 0 {
					r.Warnings = nil
				}
			}}},
		{"MirrorKeepsNullKeysOfTheTarget", "NULL NOT IN deletes", flaw{
			commit: func(s *flawedSession, _ *destinations.Commit) {
				if s.plan.Mode == mirror {
					s.dest.dropNullKeys(s.plan)
				}
			}}},
		{"MirrorEmptySourceDeletesNothing", "an empty source empties the target", flaw{
			plan: plan(func(p *destinations.Plan) { p.AllowEmpty = true })}},
		{"MirrorAllowEmptyEmptiesTheTarget", "allow_empty is ignored", flaw{
			plan: plan(func(p *destinations.Plan) { p.AllowEmpty = false })}},
	}
}

// rejectUnseen rejects what does not fit before the destination sees it, as a bad loader would.
func rejectUnseen(s *flawedSession, b arrow.RecordBatch) (arrow.RecordBatch, error) {
	if s.plan.Mode != destinations.ModeMirror || !hasColumn(b.Schema(), "n") {
		return b, nil
	}
	n := b.Column(1).(*array.Int64)
	for i := range n.Len() {
		if n.Value(i) <= 127 {
			continue
		}
		before := b.NewSlice(0, int64(i))
		defer before.Release()
		if err := s.Session.Write((&run{}).context(), before); err != nil {
			return nil, err
		}
		b.Release()
		return nil, &destinations.RejectError{Rejects: []destinations.Reject{{Row: int64(i), Column: "n", Reason: "too large"}}}
	}
	return b, nil
}

// dropNullKeys takes the rows out of people whose id is NULL.
func (d *flawedDest) dropNullKeys(p destinations.Plan) {
	var keep []row
	dropped := false
	for _, r := range d.store.Rows(d.cfg.Table) {
		if _, ok := r["id"]; ok && r["id"] == nil {
			dropped = true
			continue
		}
		values := row{}
		for _, f := range people().Fields() {
			values = append(values, canonical(f.Type, r[f.Name]))
		}
		keep = append(keep, values)
	}
	if dropped {
		p.Mode, p.AllowEmpty = destinations.ModeReplace, true
		d.run(p, keep...)
	}
}
