package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/drt-go/drt/destinations"
)

// A commit is a rename, which happened or not. What it replaces and what it puts there differ in size: an append adds at
// least a byte. So the size alone tells whether the rename happened, as long as nobody else writes to the file.

const (
	kindAppend  = "append"
	kindReplace = "replace"
)

var _ destinations.Settler = (*Destination)(nil)

// announce writes the rename into the journal: from a file of so many bytes to the one of this size.
func (s *session) announce(ctx context.Context, kind string, before, after int64) error {
	if s.plan.Announce == nil {
		return nil
	}
	return s.plan.Announce(ctx, destinations.Change{
		Kind: kind, Target: nameOf(s.cfg), Version: &before, Staged: s.rows, Signature: sizeText(after),
	})
}

func sizeText(n int64) string { return fmt.Sprintf("%d bytes", n) }

// Settle implements destinations.Settler.
func (d *Destination) Settle(_ context.Context, u destinations.Unsettled) (destinations.Settlement, error) {
	c := u.Change
	if name := nameOf(d.cfg); c.Target != name {
		return destinations.Settlement{Outcome: destinations.Ambiguous, Evidence: fmt.Sprintf("the rows went to %s, the sync now writes to %s", c.Target, name)}, nil
	}
	if c.Kind != kindAppend || c.Version == nil {
		return destinations.Settlement{Outcome: destinations.NotCommitted, Evidence: "written again, the file is the same"}, nil
	}
	size, err := sizeOf(d.path)
	if err != nil {
		return destinations.Settlement{}, failed("settle", err)
	}
	evidence := fmt.Sprintf("%s has %d bytes; it had %d before, and %s with the rows of that run", d.cfg.Path, size, *c.Version, c.Signature)
	switch {
	case sizeText(size) == c.Signature:
		return destinations.Settlement{Outcome: destinations.Committed, Evidence: evidence, Result: destinations.Result{Inserted: &c.Staged}}, nil
	case size == *c.Version:
		return destinations.Settlement{Outcome: destinations.NotCommitted, Evidence: evidence}, nil
	}
	return destinations.Settlement{Outcome: destinations.Ambiguous, Evidence: evidence}, nil
}

// sizeOf is 0 for a file that is not there.
func sizeOf(path string) (int64, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func nameOf(c Config) string { return "file (" + c.Path + ")" }
