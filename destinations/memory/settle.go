package memory

import (
	"context"

	"github.com/drt-go/drt/destinations"
)

var _ destinations.Settler = (*Destination)(nil)

// announce writes the commit into the journal, before it changes the table.
func (s *session) announce(ctx context.Context) error {
	if s.plan.Announce == nil || s.plan.DryRun {
		return nil
	}
	return s.plan.Announce(ctx, destinations.Change{
		Kind: string(s.plan.Mode), Target: s.table, Scratch: s.name, Staged: int64(len(s.scratch.rows)), Signature: s.plan.SyncRunID,
	})
}

// Settle implements destinations.Settler: a table knows the runs that changed it.
func (d *Destination) Settle(_ context.Context, u destinations.Unsettled) (destinations.Settlement, error) {
	d.store.mu.Lock()
	defer d.store.mu.Unlock()
	t := d.store.tables[u.Change.Target]
	if t != nil && t.runs[u.SyncRunID] {
		return destinations.Settlement{Outcome: destinations.Committed, Evidence: u.Change.Target + " knows the run"}, nil
	}
	delete(d.store.scratch, u.Change.Scratch) // what it has not committed yet it never will
	return destinations.Settlement{Outcome: destinations.NotCommitted, Evidence: u.Change.Target + " does not know the run"}, nil
}
