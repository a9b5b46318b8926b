package file

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/google/uuid"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// Leftovers implements destinations.Cleaner: the temporary files of this target.
func (d *Destination) Leftovers(ctx context.Context) ([]destinations.Leftover, error) {
	if err := ctx.Err(); err != nil {
		return nil, failed("list leftovers", err)
	}
	at, err := find(d.path)
	if err != nil {
		return nil, err
	}
	dir := filepath.Dir(at.target)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, failed("list leftovers", err)
	}
	var found []destinations.Leftover
	for _, e := range entries {
		if id, ok := scratchRun(at.target, e.Name()); ok {
			found = append(found, destinations.Leftover{Name: filepath.Join(dir, e.Name()), SyncRun: id, Location: "temporary file"})
		}
	}
	// A UUIDv7 begins with its time: sorted by id is oldest first.
	slices.SortStableFunc(found, func(a, b destinations.Leftover) int { return cmp.Compare(a.SyncRun, b.SyncRun) })
	return found, nil
}

// Remove implements destinations.Cleaner.
func (d *Destination) Remove(ctx context.Context, l destinations.Leftover) error {
	if err := ctx.Err(); err != nil {
		return failed("remove "+l.Name, err)
	}
	at, err := find(d.path)
	if err != nil {
		return err
	}
	dir, name := filepath.Split(l.Name)
	if _, ok := scratchRun(at.target, name); !ok || filepath.Clean(dir) != filepath.Dir(at.target) {
		return &connector.Error{Kind: connector.KindInternal, Op: "remove", Message: l.Name + " is not a temporary file of " + d.cfg.Path}
	}
	return failed("remove", os.Remove(l.Name))
}

// Check implements destinations.Checker: it makes a temporary file beside the target, as a run does, and removes it.
func (d *Destination) Check(ctx context.Context, schema *arrow.Schema) ([]destinations.Finding, error) {
	p := destinations.Plan{Mode: d.cfg.Mode, SyncRunID: uuid.Must(uuid.NewV7()).String(), Schema: schema}
	if schema == nil {
		p.Schema = arrow.NewSchema([]arrow.Field{{Name: "drt", Type: arrow.BinaryTypes.String}}, nil)
		p.Mode = destinations.ModeReplace // no columns to hold to the file's
	}
	f := destinations.Finding{Subject: "target " + d.cfg.Path}
	s, err := d.Open(ctx, p)
	if err == nil {
		err = s.Close()
	}
	var e *connector.Error
	switch {
	case err == nil:
		f.OK, f.Detail = true, "can be written: "+d.cfg.Format
	case ctx.Err() != nil:
		return nil, err
	default:
		f.Detail = err.Error()
		if errors.As(err, &e) {
			f.Hint = e.Hint
		}
	}
	return []destinations.Finding{f}, nil
}
