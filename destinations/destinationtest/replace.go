package destinationtest

import (
	"github.com/drt-go/drt/destinations"
)

func replaceCases() []contractCase {
	replace := only(destinations.ModeReplace)
	return []contractCase{
		{name: "ReplaceBecomesTheWholeTarget", modes: replace, check: replaceBecomesTheWholeTarget},
		{name: "ReplaceEmptySourceDeletesNothing", modes: replace, check: replaceEmptySourceDeletesNothing},
		{name: "ReplaceAllowEmptyEmptiesTheTarget", modes: replace, check: replaceAllowEmptyEmptiesTheTarget},
	}
}

func replaceBecomesTheWholeTarget(r *run) {
	p := r.people(destinations.ModeReplace)
	p.seed(row{"1", "ada", "1.00"}, row{"2", "bob", "2.00"}, row{"3", "cyd", "3.00"})
	plan := p.plan(destinations.ModeReplace)
	s := p.open(plan)
	p.mustWrite(s, plan, row{"3", "cyd", "3.00"})
	p.mustWrite(s, plan, row{"4", "dan", "4.00"})
	p.commit(s, destinations.Commit{})
	p.want("the rows of a replace become the whole target", row{"3", "cyd", "3.00"}, row{"4", "dan", "4.00"})
}

// W9
func replaceEmptySourceDeletesNothing(r *run) {
	p := r.people(destinations.ModeReplace)
	p.seed(row{"1", "ada", "1.00"})
	res := p.load(p.plan(destinations.ModeReplace))
	p.want("a source without rows deletes nothing (W9)", row{"1", "ada", "1.00"})
	if len(res.Warnings) == 0 {
		r.Errorf("a replace by a source without rows must say in Result.Warnings that nothing was deleted (W9)")
	}
}

// W9
func replaceAllowEmptyEmptiesTheTarget(r *run) {
	p := r.people(destinations.ModeReplace)
	p.seed(row{"1", "ada", "1.00"})
	p.load(p.plan(destinations.ModeReplace, func(plan *destinations.Plan) { plan.AllowEmpty = true }))
	p.want("allow_empty: a source without rows means an empty target (W9)")
}
