package destinationtest

import (
	"context"
	"errors"

	"github.com/drt-go/drt/destinations"
)

func settleCases() []contractCase {
	return []contractCase{
		{name: "ChangesAreAnnounced", check: changesAreAnnounced},
		{name: "SettleTellsWhatHappened", check: settleTellsWhatHappened},
	}
}

// announcing is a plan whose changes are kept; before is called for each.
func (p *place) announcing(mode destinations.Mode, into *[]destinations.Change, before func() error) destinations.Plan {
	return p.plan(mode, func(plan *destinations.Plan) {
		plan.Announce = func(_ context.Context, c destinations.Change) error {
			*into = append(*into, c)
			return before()
		}
	})
}

// W17: a change that is not in the journal could not be settled.
func changesAreAnnounced(r *run) {
	mode := r.anyMode()
	p := r.people(mode)
	p.settler()
	var changes []destinations.Change
	plan := p.announcing(mode, &changes, func() error {
		p.want("a change is announced before the target changes")
		return nil
	})
	p.load(plan, row{"1", "ada", "1.00"})
	if len(changes) == 0 {
		r.Errorf("a Settler announces its changes (W17)")
	}
	full := errors.New("the journal is full")
	s := p.open(p.announcing(mode, &changes, func() error { return full }))
	p.mustWrite(s, plan, row{"2", "bob", "2.00"})
	if _, err := s.Commit(r.context(), destinations.Commit{}); !errors.Is(err, full) {
		r.Errorf("a change that cannot be announced is an error of Commit, got: %v", err)
	}
	_ = s.Close()
	p.want("what cannot be announced does not happen", row{"1", "ada", "1.00"})
}

// W17: the next run asks what became of a run whose process is gone.
func settleTellsWhatHappened(r *run) {
	mode := r.anyMode()
	p := r.people(mode)
	settler := p.settler()
	var changes []destinations.Change
	plan := p.announcing(mode, &changes, func() error { return nil })
	p.load(plan, row{"1", "ada", "1.00"})
	if len(changes) == 0 {
		return // the other case says so
	}
	u := destinations.Unsettled{Sync: plan.Sync, SyncRunID: plan.SyncRunID, Mode: mode, Change: changes[0], Sent: plan.Started}
	if repeatable := mode != destinations.ModeInsert; !repeatable {
		p.settled(settler, u, "a run that committed", destinations.Committed)
	}
	// A run that dies between the announcement and the change.
	changes = nil
	died := errors.New("the process is gone")
	plan = p.announcing(mode, &changes, func() error { return died })
	s := p.open(plan)
	p.mustWrite(s, plan, row{"2", "bob", "2.00"}, row{"3", "cyd", "3.00"})
	_, _ = s.Commit(r.context(), destinations.Commit{})
	if len(changes) > 0 {
		u.SyncRunID, u.Change = plan.SyncRunID, changes[0]
		p.settled(settler, u, "a run that did not commit", destinations.NotCommitted)
	}
	_ = s.Close()
	p.want("settling changes no row", row{"1", "ada", "1.00"})
	p.clean("after a run was settled")
}

func (p *place) settled(s destinations.Settler, u destinations.Unsettled, what string, want destinations.Outcome) {
	p.Helper()
	got, err := s.Settle(p.context(), u)
	if err != nil {
		p.Errorf("settle %s: %v", what, err)
		return
	}
	if got.Outcome != want {
		p.Errorf("%s is settled as %q (%s), want %q (W17)", what, got.Outcome, got.Evidence, want)
	}
	if got.Evidence == "" {
		p.Errorf("a settlement says what it rests on")
	}
}

func (p *place) settler() destinations.Settler {
	s, ok := p.dest.(destinations.Settler)
	if !ok {
		p.Skipf("capability: the destination is no Settler")
	}
	return s
}
