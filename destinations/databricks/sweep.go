package databricks

import (
	"cmp"
	"context"
	"slices"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// Leftovers implements destinations.Cleaner: scratch of every run in the schema where this target's scratch lies, files
// of every run in its volume and on this machine, oldest first. Session tables and tables of others are never listed.
func (d *Destination) Leftovers(ctx context.Context) ([]destinations.Leftover, error) {
	w, err := d.connect(ctx, queryTags("clean", "", ""), nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = w.close() }()
	var found []destinations.Leftover
	schema := d.cfg.scratchSchema()
	err = w.query(ctx, "list scratch tables", showScratchSQL(schema), func() { found = nil }, func(row []any) error {
		if len(row) < 2 {
			return internal("list scratch tables", "SHOW TABLES returned no table names", nil)
		}
		t := schema
		t.name = ident(text(row[1]))
		if run, ok := syncRunOf(string(t.name)); ok {
			found = append(found, destinations.Leftover{Name: t.plain(), SyncRun: run, Location: atTable})
		}
		return nil
	})
	if v, ok := parseVolume(d.cfg.Staging.Volume); ok && err == nil {
		var files []destinations.Leftover
		files, err = w.leftFiles(ctx, v)
		found = append(append(found, files...), leftTemps(d.cfg.target())...)
	}
	// A UUIDv7 begins with its time: sorted by id is oldest first.
	slices.SortFunc(found, func(a, b destinations.Leftover) int {
		return cmp.Or(cmp.Compare(a.SyncRun, b.SyncRun), cmp.Compare(a.Name, b.Name))
	})
	return found, err
}

// Remove implements destinations.Cleaner. It drops nothing but tables that are named like scratch, in the schema of
// this target's scratch, and files that are named like ours, in its volume and in this machine's temporary folder.
func (d *Destination) Remove(ctx context.Context, l destinations.Leftover) error {
	if l.Location != atTable {
		return d.removeFile(ctx, l)
	}
	t := d.cfg.scratchSchema()
	prefix := t.plain() // ends with a dot: the name is empty
	if len(l.Name) <= len(prefix) || l.Name[:len(prefix)] != prefix {
		return notOurs(l)
	}
	t.name = ident(l.Name[len(prefix):])
	if run, ok := syncRunOf(string(t.name)); !ok || run != l.SyncRun {
		return notOurs(l)
	}
	w, err := d.connect(ctx, queryTags("clean", "", ""), nil)
	if err != nil {
		return err
	}
	defer func() { _ = w.close() }()
	return w.define(ctx, "drop "+t.plain(), statement{text: dropSQL(t)}, onScratch)
}

func notOurs(l destinations.Leftover) error {
	return &connector.Error{Kind: connector.KindConfig, Op: "drop " + l.Name, Message: "this is no scratch of this destination"}
}
