package destinationtest

import (
	"fmt"
	"slices"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

func cleanCases() []contractCase {
	return []contractCase{
		{name: "CleanerFindsAndRemovesDeadScratch", check: cleanerFindsAndRemovesDeadScratch},
		{name: "DeadRunsAreSwept", check: deadRunsAreSwept},
		{name: "CheckFindsAGoodTarget", check: checkFindsAGoodTarget},
	}
}

// abandon leaves a session as a killed process does: staged, neither committed nor closed before the case ends. It
// writes until staged counts something that is left behind; found is false if nothing ever is.
func (p *place) abandon(mode destinations.Mode, staged func() int) (syncRun string, found bool) {
	p.Helper()
	plan := p.plan(mode)
	before := staged()
	s := p.open(plan)
	for n, size := 0, 1; n == 0 || n < p.StagedAfter; size = min(2*size+200, 10_000) {
		rows := make([]row, size)
		for i := range rows {
			n++
			rows[i] = row{fmt.Sprint(1000 + n), "dead", "0.00"}
		}
		p.mustWrite(s, plan, rows...)
		if staged() > before {
			return plan.SyncRunID, true
		}
	}
	return plan.SyncRunID, false
}

// W11
func cleanerFindsAndRemovesDeadScratch(r *run) {
	mode := r.anyMode()
	p := r.people(mode)
	cleaner, ok := p.dest.(destinations.Cleaner)
	if !ok {
		r.Skipf("capability: the destination is no Cleaner")
	}
	if p.StagedAfter < 0 {
		r.Log("the harness says that no run of a test's size leaves anything")
		return
	}
	staged := func() int { return len(p.leftovers(cleaner)) }
	first, ok1 := p.abandon(mode, staged)
	second, ok2 := p.abandon(mode, staged)
	if !ok1 || !ok2 {
		r.Errorf("sessions of %d rows that nobody closes leave nothing that Leftovers lists (W11)", max(1, p.StagedAfter))
	}
	found := p.leftovers(cleaner)
	var ids []string
	for _, l := range found {
		ids = append(ids, l.SyncRun)
	}
	if !slices.Equal(ids, []string{first, second}) {
		r.Errorf("Leftovers lists the runs %v, want the two dead ones, oldest first: %v (W11)", ids, []string{first, second})
	}
	for i, l := range found {
		if err := cleaner.Remove(r.context(), l); err != nil {
			r.Errorf("remove %s: %v", l.Name, err)
		}
		if left := p.leftovers(cleaner); len(left) != len(found)-i-1 {
			r.Errorf("Remove takes one leftover, %d are left of %d", len(left), len(found))
		}
	}
	p.clean("after Remove of every leftover")
	p.want("cleaning does not touch the target")
}

func (p *place) leftovers(c destinations.Cleaner) []destinations.Leftover {
	p.Helper()
	found, err := c.Leftovers(p.context())
	if err != nil {
		p.Fatalf("leftovers: %v", err)
	}
	return found
}

// W11: what the plan calls dead is removed, a run that is alive is not.
func deadRunsAreSwept(r *run) {
	mode := r.anyMode()
	p := r.people(mode)
	if p.Scratch == nil || p.StagedAfter < 0 {
		r.Log("the harness says that no run of a test's size leaves anything")
		return
	}
	dead, found := p.abandon(mode, func() int { return len(p.Scratch(p)) })
	if !found {
		r.Log("the destination stages nothing beside the target")
		return
	}
	alivePlan := p.plan(mode)
	alive := p.open(alivePlan)
	p.mustWrite(alive, alivePlan, row{"1", "ada", "1.00"})
	before := len(p.Scratch(p))
	p.load(p.plan(mode, func(plan *destinations.Plan) { plan.DeadRuns = []string{dead} }), row{"2", "bob", "2.00"})
	if after := len(p.Scratch(p)); after >= before {
		r.Errorf("the scratch of a dead run is swept by the next (W11): %d things before, %d after", before, after)
	}
	_, err := alive.Commit(r.context(), destinations.Commit{})
	if err != nil && connector.KindOf(err) != connector.KindConflict {
		r.Errorf("a sweep must not touch a run that is alive (W11): %v", err)
	}
	_ = alive.Close()
	p.clean("after the live run closed")
}

func checkFindsAGoodTarget(r *run) {
	mode := r.anyMode()
	p := r.people(mode)
	checker, ok := p.dest.(destinations.Checker)
	if !ok {
		r.Skipf("capability: the destination is no Checker")
	}
	p.seed(row{"1", "ada", "1.00"})
	findings, err := checker.Check(r.context(), p.table.Columns)
	if err != nil {
		r.Errorf("check of a good target: %v", err)
	}
	if len(findings) == 0 {
		r.Errorf("a check says what it looked at")
	}
	for _, f := range findings {
		if !f.OK {
			r.Errorf("check of a good target finds %s: %s (%s)", f.Subject, f.Detail, f.Hint)
		}
	}
	p.clean("after a check")
	p.want("a check changes nothing", row{"1", "ada", "1.00"})
}
