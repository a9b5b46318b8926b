package memory

import (
	"context"
	"slices"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// Destination is one table of a Store. It is safe for concurrent use.
type Destination struct {
	store *Store
	cfg   Config
}

var (
	_ destinations.Destination = (*Destination)(nil)
	_ destinations.Cleaner     = (*Destination)(nil)
	_ destinations.Checker     = (*Destination)(nil)
	_ destinations.Capable     = Config{}
)

// Target implements destinations.Destination.
func (d *Destination) Target() destinations.Target {
	t := destinations.Target{Name: "memory (" + d.cfg.Table + ")", Mode: d.cfg.Mode, Set: d.cfg.Mode != "", Key: d.cfg.UpsertKey}
	if !t.Set {
		t.Mode = destinations.ModeInsert
	}
	return t
}

// Capabilities implements destinations.Destination.
func (d *Destination) Capabilities() destinations.Capabilities { return d.cfg.Capabilities() }

// Open implements destinations.Destination.
func (d *Destination) Open(ctx context.Context, p destinations.Plan) (destinations.Session, error) {
	if err := ctx.Err(); err != nil {
		return nil, interrupted("open", err)
	}
	if !slices.Contains(d.Capabilities().Modes, p.Mode) {
		return nil, configError("unsupported mode: "+string(p.Mode), "insert, merge, mirror or replace")
	}
	if needsKey(p.Mode) && len(d.cfg.UpsertKey) == 0 {
		return nil, configError("upsert_key is required by mode "+string(p.Mode), "name the key columns in destination.upsert_key")
	}
	d.store.mu.Lock()
	defer d.store.mu.Unlock()
	for _, id := range p.DeadRuns {
		delete(d.store.scratch, scratchName(d.cfg.Table, id))
	}
	l, err := newLayout(p, d.cfg.UpsertKey, d.store.tables[d.cfg.Table])
	if err != nil {
		return nil, err
	}
	name := scratchName(d.cfg.Table, p.SyncRunID)
	if _, taken := d.store.scratch[name]; taken {
		return nil, &connector.Error{Kind: connector.KindConflict, Op: "open", Message: name + " exists: this run is open already"}
	}
	own := &scratch{table: d.cfg.Table, syncRun: p.SyncRunID}
	d.store.scratch[name] = own
	return &session{store: d.store, table: d.cfg.Table, name: name, plan: p, layout: l, scratch: own}, nil
}

func needsKey(m destinations.Mode) bool {
	return m == destinations.ModeMerge || m == destinations.ModeMirror
}

func configError(message, hint string) error {
	return &connector.Error{Kind: connector.KindConfig, Op: "open", Message: message, Hint: hint}
}

func interrupted(op string, err error) error {
	return &connector.Error{Kind: connector.KindCanceled, Op: op, Err: err}
}
