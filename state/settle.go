package state

import (
	"context"
	"fmt"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Settle stores what became of the changes of an earlier run of the lease's sync: if they were committed, the watermark
// that belongs to them is in force, in the same transaction. ErrLost if the lock is not ours any more.
func (l *Lease) Settle(ctx context.Context, syncRunID, outcome, evidence string) error {
	return l.store.write(ctx, func(conn *sqlite.Conn) error {
		if err := l.own(conn); err != nil {
			return err
		}
		return l.store.settle(conn, l.run.Sync, syncRunID, outcome, evidence)
	})
}

// Resolve stores the decision of a person about all changes of sync whose outcome is not known, and returns how many
// runs that were. A live run of the sync is a *HeldError.
func (s *Store) Resolve(ctx context.Context, sync, outcome, evidence string) (runs int, err error) {
	open, err := s.Unsettled(ctx, sync)
	if err != nil {
		return 0, err
	}
	err = s.write(ctx, func(conn *sqlite.Conn) error {
		held, found, err := lockOf(conn, sync)
		if err != nil {
			return err
		}
		if found && s.judge(held) != dead {
			return &HeldError{Lock: held}
		}
		seen := map[string]bool{}
		for _, c := range open {
			if seen[c.SyncRunID] {
				continue
			}
			seen[c.SyncRunID] = true
			runs++
			if err := s.settle(conn, sync, c.SyncRunID, outcome, evidence); err != nil {
				return err
			}
		}
		return nil
	})
	return runs, err
}

func (s *Store) settle(conn *sqlite.Conn, sync, syncRunID, outcome, evidence string) error {
	if outcome == OutcomeCommitted {
		if err := s.advance(conn, sync, syncRunID); err != nil {
			return err
		}
		if err := s.completeUndo(conn, syncRunID, evidence); err != nil {
			return err
		}
	}
	if err := closeChanges(conn, syncRunID, outcome, evidence); err != nil {
		return err
	}
	said := fmt.Sprintf("; settled since: %s (%s)", outcome, evidence)
	return sqlitex.Execute(conn, `UPDATE runs SET error = error || ? WHERE sync_run_id = ?`, &sqlitex.ExecOptions{Args: []any{said, syncRunID}})
}

// advance puts the watermark in force that belongs to the unsettled changes of a run.
func (s *Store) advance(conn *sqlite.Conn, sync, syncRunID string) error {
	var next *Watermark
	err := sqlitex.Execute(conn, selectChange+`WHERE sync_run_id = ? AND outcome = '' ORDER BY n`,
		&sqlitex.ExecOptions{Args: []any{syncRunID}, ResultFunc: func(stmt *sqlite.Stmt) error {
			c, err := s.scanChange(stmt)
			if c.Watermark != nil {
				next = c.Watermark
			}
			return err
		}})
	if err != nil || next == nil {
		return err
	}
	return putWatermark(conn, Run{Sync: sync, SyncRunID: syncRunID}, *next)
}
