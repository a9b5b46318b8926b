package destinationtest

import (
	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/destinations"
)

func mirrorCases() []contractCase {
	mirror := only(destinations.ModeMirror)
	return []contractCase{
		{name: "MirrorDeletesOnlyUnobserved", modes: mirror, check: mirrorDeletesOnlyUnobserved},
		{name: "MirrorByCompositeKey", modes: mirror, check: mirrorByCompositeKey},
		{name: "MirrorKeysAddUpAcrossBatches", modes: mirror, check: mirrorKeysAddUpAcrossBatches},
		{name: "MirrorKeepsRejectedKeys", modes: mirror, check: mirrorKeepsRejectedKeys},
		{name: "MirrorUnobservedDeletesNothing", modes: mirror, check: mirrorUnobservedDeletesNothing},
		{name: "MirrorKeepsNullKeysOfTheTarget", modes: mirror, check: mirrorKeepsNullKeysOfTheTarget},
		{name: "MirrorEmptySourceDeletesNothing", modes: mirror, check: mirrorEmptySourceDeletesNothing},
		{name: "MirrorAllowEmptyEmptiesTheTarget", modes: mirror, check: mirrorAllowEmptyEmptiesTheTarget},
	}
}

func mirrorDeletesOnlyUnobserved(r *run) {
	p := r.people(destinations.ModeMirror)
	p.seed(row{"1", "ada", "1.00"}, row{"2", "bob", "2.00"}, row{"3", "cyd", "3.00"})
	res := p.load(p.plan(destinations.ModeMirror), row{"1", "ada", "1.00"}, row{"3", "cyd", "3.30"}, row{"4", "dan", "4.00"})
	p.want("mirror leaves the source's rows and no others", row{"1", "ada", "1.00"}, row{"3", "cyd", "3.30"}, row{"4", "dan", "4.00"})
	r.counts("mirror of 1 equal, 1 changed, 1 new and 1 vanished row", res, counts{inserted: 1, updated: 1, deleted: 1, unchanged: 1})
}

func mirrorByCompositeKey(r *run) {
	p := r.place(Table{Columns: people(), Key: []string{"id", "name"}, Mode: destinations.ModeMirror})
	p.seed(row{"1", "ada", "1.00"}, row{"1", "bob", "2.00"}, row{"2", "ada", "3.00"}, row{"2", "bob", "4.00"})
	p.load(p.plan(destinations.ModeMirror), row{"1", "bob", "2.00"}, row{"2", "ada", "3.00"})
	p.want("a composite key is observed as a whole, not part by part (W6)", row{"1", "bob", "2.00"}, row{"2", "ada", "3.00"})
}

func mirrorKeysAddUpAcrossBatches(r *run) {
	p := r.people(destinations.ModeMirror)
	p.seed(row{"1", "ada", "1.00"}, row{"2", "bob", "2.00"}, row{"3", "cyd", "3.00"})
	plan := p.plan(destinations.ModeMirror)
	s := p.open(plan)
	p.mustWrite(s, plan, row{"1", "ada", "1.00"})
	p.mustWrite(s, plan, row{"2", "bob", "2.00"})
	p.commit(s, destinations.Commit{})
	p.want("the keys of all batches are observed, not of the last", row{"1", "ada", "1.00"}, row{"2", "bob", "2.00"})
}

// W7: 300 does not fit the target's n, so the row is rejected; the row of that key must not be deleted for it.
func mirrorKeepsRejectedKeys(r *run) {
	p := r.target(destinations.ModeMirror, columns("id", arrow.PrimitiveTypes.Int64, "n", arrow.PrimitiveTypes.Int8), "id")
	plan, s := p.openWide()
	if s == nil {
		return
	}
	p.mustWrite(s, plan, row{"1", "1"}, row{"2", "2"}, row{"3", "3"})
	p.commit(s, destinations.Commit{})

	plan, s = p.openWide()
	two := row{"2", "2"}
	if err := p.write(s, plan.Schema, row{"1", "11"}, row{"2", "300"}); err != nil {
		p.rejected(err, "n", 1)
	} else {
		two = row{"2", "300"} // a target without types of its own
	}
	p.commit(s, destinations.Commit{})
	p.want("the key of a rejected row counts as observed: its row stays as it was (W7)", row{"1", "11"}, two)
}

// W7
func mirrorUnobservedDeletesNothing(r *run) {
	p := r.people(destinations.ModeMirror)
	p.seed(row{"1", "ada", "1.00"}, row{"2", "bob", "2.00"})
	plan := p.plan(destinations.ModeMirror)
	s := p.open(plan)
	p.mustWrite(s, plan, row{"1", "ada", "1.50"}, row{"3", "cyd", "3.00"})
	res := p.commit(s, destinations.Commit{Unobserved: 1})
	p.want("where the key of a rejected row is not known nothing is deleted, and the rest of the run holds (W7)",
		row{"1", "ada", "1.50"}, row{"2", "bob", "2.00"}, row{"3", "cyd", "3.00"})
	if len(res.Warnings) == 0 {
		r.Errorf("a mirror that deletes nothing because of unobserved rows must say so in Result.Warnings (W7)")
	}
	r.counts("mirror with an unobserved row", res, counts{inserted: 1, updated: 1})
}

func mirrorKeepsNullKeysOfTheTarget(r *run) {
	if !r.has(destinations.ModeInsert) {
		r.Skipf("capability: a row with a NULL key gets into the target by mode insert, which is not listed")
	}
	p := r.people(destinations.ModeMirror)
	p.load(p.plan(destinations.ModeInsert), row{"1", "ada", "1.00"}, row{nil, "nobody", "0.00"}, row{"2", "bob", "2.00"})
	p.load(p.plan(destinations.ModeMirror), row{"1", "ada", "1.00"})
	p.want("a NULL key of the target is nobody's to delete", row{"1", "ada", "1.00"}, row{nil, "nobody", "0.00"})
}

// W9
func mirrorEmptySourceDeletesNothing(r *run) {
	p := r.people(destinations.ModeMirror)
	p.seed(row{"1", "ada", "1.00"})
	res := p.load(p.plan(destinations.ModeMirror))
	p.want("a source without rows deletes nothing (W9)", row{"1", "ada", "1.00"})
	if len(res.Warnings) == 0 {
		r.Errorf("a mirror of a source without rows must say in Result.Warnings that nothing was deleted (W9)")
	}
}

// W9
func mirrorAllowEmptyEmptiesTheTarget(r *run) {
	p := r.people(destinations.ModeMirror)
	p.seed(row{"1", "ada", "1.00"})
	p.load(p.plan(destinations.ModeMirror, func(plan *destinations.Plan) { plan.AllowEmpty = true }))
	p.want("allow_empty: a source without rows means an empty target (W9)")
}
