package destinationtest

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/drt-go/drt/destinations"
)

func plantedInLife(t testing.TB) []planted {
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	deaf := func(step string) func(context.Context, string) context.Context {
		return func(ctx context.Context, now string) context.Context {
			if now == step {
				return context.WithoutCancel(ctx)
			}
			return ctx
		}
	}
	return []planted{
		{"CloseIsIdempotent", "the second Close fails", flaw{
			close: func(s *flawedSession) (bool, error) {
				if s.closes > 1 {
					return true, errors.New("closed already")
				}
				return false, nil
			}}},
		{"CancelledOpenIsInterrupted", "Open does not look at its context", flaw{ctx: deaf("open")}},
		{"CancelledWriteLeavesTargetAlone", "Write does not look at its context", flaw{ctx: deaf("write")}},
		{"CancelledCommitLeavesTargetAlone", "Commit does not look at its context", flaw{ctx: deaf("commit")}},
		{"LeavesNoScratch", "Close without Commit leaves the scratch", flaw{
			close: func(s *flawedSession) (bool, error) { return !s.committed, nil }}},
		{"NoLeaks", "a session leaves a goroutine", flaw{opened: func(*flawedDest) { go func() { <-stop }() }}},
		{"NoLeaks", "a session leaves a file open", flaw{opened: func(*flawedDest) {
			if f, err := os.Open(os.DevNull); err == nil {
				t.Cleanup(func() { _ = f.Close() })
			}
		}}},
	}
}

func plantedInConcurrency() []planted {
	return []planted{
		{"ConcurrentSessionsDoNotCollide", "the later of two sessions stages into the earlier's scratch", flaw{
			plan: func(d *flawedDest, p *destinations.Plan) {
				if found, _ := d.Destination.Leftovers(context.Background()); p.Mode == destinations.ModeMerge && len(found) > 0 {
					p.DeadRuns = []string{found[0].SyncRun} // a shared scratch: its second CREATE OR REPLACE empties the first's
				}
			}}},
		{"DestinationIsSafeForConcurrentUse", "a run beside others loses a row", flaw{
			edit: func(_ *flawedSession, r row) (row, bool) { return r, len(r) < 2 || r[1] != "odd" }}},
	}
}

func plantedInOptions() []planted {
	plan := func(edit func(p *destinations.Plan)) func(*flawedDest, *destinations.Plan) {
		return func(_ *flawedDest, p *destinations.Plan) { edit(p) }
	}
	return []planted{
		{"DryRunChangesNothing", "a dry run is ignored", flaw{plan: plan(func(p *destinations.Plan) { p.DryRun = false })}},
		{"DuplicateFailNamesTheKeys", "duplicates are taken", flaw{plan: plan(func(p *destinations.Plan) { p.Duplicates = destinations.DuplicateLast })}},
		{"TouchUpdatesEqualRows", "touch is ignored", flaw{plan: plan(func(p *destinations.Plan) { p.Touch = false })}},
		{"MetadataColumnsAreFilled", "the wrong id is written", flaw{plan: plan(func(p *destinations.Plan) {
			if p.Mode == destinations.ModeInsert {
				p.RunID = p.SyncRunID
			}
		})}},
		{"MetadataAloneIsNoUpdate", "metadata is a reason to update", flaw{plan: plan(func(p *destinations.Plan) {
			p.Touch = p.Touch || p.Metadata != destinations.Metadata{}
		})}},
		{"GuardStopsBeforeAnyChange", "max_creates is ignored", flaw{plan: plan(func(p *destinations.Plan) { p.Guards.MaxCreates = -1 })}},
		{"GuardPercentBitesFrom100Rows", "max_delete_pct is ignored", flaw{plan: plan(func(p *destinations.Plan) { p.Guards.MaxDeletePct = -1 })}},
		{"GuardAllowsOnce", "--allow-deletes is ignored", flaw{plan: plan(func(p *destinations.Plan) { p.Guards.AllowDeletes = -1 })}},
		{"MirrorScopeBoundsTheDeletes", "scope is ignored", flaw{plan: plan(func(p *destinations.Plan) { p.Mirror.Scope = nil })}},
		{"MirrorTrackedDeletesOnlyItsOwn", "tracked is ignored", flaw{plan: plan(func(p *destinations.Plan) { p.Mirror.Tracked = false })}},
		{"MirrorAtomicEndsTheSame", "atomic forgets the deletes", flaw{plan: plan(func(p *destinations.Plan) {
			if p.Mirror.Atomic {
				p.Mode = destinations.ModeMerge
			}
		})}},
		{"MirrorSoftMarksAndTakesBack", "soft deletes are hard", flaw{plan: plan(func(p *destinations.Plan) { p.Mirror.Soft = "" })}},
	}
}
