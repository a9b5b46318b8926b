package destinationtest

import (
	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/destinations"
)

func mirrorOptionCases() []contractCase {
	mirror := only(destinations.ModeMirror)
	return []contractCase{
		{name: "MirrorScopeBoundsTheDeletes", modes: mirror, option: destinations.OptionMirrorScope, check: mirrorScopeBoundsTheDeletes},
		{name: "MirrorTrackedDeletesOnlyItsOwn", modes: mirror, option: destinations.OptionMirrorTracked, check: mirrorTrackedDeletesOnlyItsOwn},
		{name: "MirrorAtomicEndsTheSame", modes: mirror, option: destinations.OptionMirrorAtomic, check: mirrorAtomicEndsTheSame},
		{name: "MirrorSoftMarksAndTakesBack", modes: mirror, option: destinations.OptionMirrorSoft, check: mirrorSoftMarksAndTakesBack},
	}
}

func mirrorScopeBoundsTheDeletes(r *run) {
	text := arrow.BinaryTypes.String
	p := r.target(destinations.ModeMirror, columns("id", arrow.PrimitiveTypes.Int64, "region", text), "id")
	p.seed(row{"1", "eu"}, row{"2", "eu"}, row{"3", "us"}, row{"4", nil})
	p.load(p.plan(destinations.ModeMirror, func(plan *destinations.Plan) { plan.Mirror.Scope = []string{"region"} }), row{"1", "eu"})
	p.want("mirror.scope: only rows whose scope appeared in this run are deleted", row{"1", "eu"}, row{"3", "us"}, row{"4", nil})
}

func mirrorTrackedDeletesOnlyItsOwn(r *run) {
	p := r.people(destinations.ModeMirror)
	tracked := func(plan *destinations.Plan) { plan.Mirror.Tracked = true }
	p.seed(row{"1", "theirs", "1.00"}, row{"2", "theirs", "2.00"})
	p.load(p.plan(destinations.ModeMirror, tracked), row{"2", "ours", "2.00"}, row{"3", "ours", "3.00"})
	p.want("the first tracked run deletes nothing", row{"1", "theirs", "1.00"}, row{"2", "ours", "2.00"}, row{"3", "ours", "3.00"})
	p.load(p.plan(destinations.ModeMirror, tracked), row{"2", "ours", "2.00"}, row{"4", "ours", "4.00"})
	p.want("a tracked mirror deletes what drt sent before, and nothing else", row{"1", "theirs", "1.00"}, row{"2", "ours", "2.00"}, row{"4", "ours", "4.00"})
}

func mirrorAtomicEndsTheSame(r *run) {
	p := r.people(destinations.ModeMirror)
	p.seed(row{"1", "ada", "1.00"}, row{"2", "bob", "2.00"})
	p.load(p.plan(destinations.ModeMirror, func(plan *destinations.Plan) { plan.Mirror.Atomic = true }), row{"1", "ada", "1.50"}, row{"3", "cyd", "3.00"})
	p.want("mirror.atomic leaves the source's rows and no others", row{"1", "ada", "1.50"}, row{"3", "cyd", "3.00"})
}

func mirrorSoftMarksAndTakesBack(r *run) {
	stamp := arrow.FixedWidthTypes.Timestamp_us
	full := columns("id", arrow.PrimitiveTypes.Int64, "name", arrow.BinaryTypes.String, "_drt_deleted_at", stamp)
	model := columns("id", arrow.PrimitiveTypes.Int64, "name", arrow.BinaryTypes.String)
	p := r.target(destinations.ModeMirror, full, "id")
	soft := func(plan *destinations.Plan) { plan.Schema, plan.Mirror.Soft = model, "_drt_deleted_at" }
	p.load(p.plan(destinations.ModeMirror, soft), row{"1", "ada"}, row{"2", "bob"})

	second := p.plan(destinations.ModeMirror, soft)
	p.load(second, row{"1", "ada"})
	gone := canonicalTime(stamp, second.Started)
	p.want("deletes: soft marks the row with the start of the run", row{"1", "ada", nil}, row{"2", "bob", gone})

	p.load(p.plan(destinations.ModeMirror, soft), row{"1", "ada"})
	p.want("a row that is marked keeps the time it was marked", row{"1", "ada", nil}, row{"2", "bob", gone})

	p.load(p.plan(destinations.ModeMirror, soft), row{"1", "ada"}, row{"2", "bob"})
	p.want("a row that comes back is no longer marked, though nothing else differs", row{"1", "ada", nil}, row{"2", "bob", nil})
}
