package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// Leftovers implements destinations.Cleaner.
func (d *Destination) Leftovers(ctx context.Context) ([]destinations.Leftover, error) {
	if err := ctx.Err(); err != nil {
		return nil, interrupted("list leftovers", err)
	}
	d.store.mu.Lock()
	defer d.store.mu.Unlock()
	var found []destinations.Leftover
	for name, s := range d.store.scratch {
		if s.table == d.cfg.Table {
			found = append(found, destinations.Leftover{Name: name, SyncRun: s.syncRun, Location: "table"})
		}
	}
	// A UUIDv7 begins with its time: sorted by id is oldest first.
	slices.SortFunc(found, func(a, b destinations.Leftover) int { return cmp.Compare(a.SyncRun, b.SyncRun) })
	return found, nil
}

// Remove implements destinations.Cleaner.
func (d *Destination) Remove(ctx context.Context, l destinations.Leftover) error {
	if err := ctx.Err(); err != nil {
		return interrupted("remove "+l.Name, err)
	}
	d.store.mu.Lock()
	defer d.store.mu.Unlock()
	if s := d.store.scratch[l.Name]; s == nil || s.table != d.cfg.Table {
		return &connector.Error{Kind: connector.KindNotFound, Op: "remove", Message: l.Name + " is not there"}
	}
	delete(d.store.scratch, l.Name)
	return nil
}

// Check implements destinations.Checker.
func (d *Destination) Check(ctx context.Context, schema *arrow.Schema) ([]destinations.Finding, error) {
	if err := ctx.Err(); err != nil {
		return nil, interrupted("check", err)
	}
	f := destinations.Finding{OK: true, Subject: "target " + d.cfg.Table}
	d.store.mu.Lock()
	defer d.store.mu.Unlock()
	t := d.store.tables[d.cfg.Table]
	if t == nil {
		f.Detail = "does not exist; the first commit makes it"
		return []destinations.Finding{f}, nil
	}
	if schema != nil {
		if _, err := newLayout(destinations.Plan{Schema: schema}, nil, t); err != nil {
			f.OK, f.Detail, f.Hint = false, err.Error(), "change the model, or make the table anew"
		}
	}
	return []destinations.Finding{f}, nil
}
