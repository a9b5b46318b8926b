package state

import (
	"context"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// maxDead bounds what one run sweeps for others.
const maxDead = 100

// DeadRuns lists the runs of sync that ended and may have left scratch behind, oldest first, 100 at most. Runs that
// still run are not among them.
func (s *Store) DeadRuns(ctx context.Context, sync string) (ids []string, err error) {
	err = s.read(ctx, func(conn *sqlite.Conn) error {
		return sqlitex.Execute(conn, `SELECT sync_run_id FROM runs WHERE sync = ? AND scratch = 1 AND status <> ? ORDER BY started_at, sync_run_id LIMIT ?`,
			&sqlitex.ExecOptions{Args: []any{sync, StatusRunning, maxDead}, ResultFunc: func(stmt *sqlite.Stmt) error {
				ids = append(ids, stmt.ColumnText(0))
				return nil
			}})
	})
	return ids, err
}

// MarkSwept notes that the scratch of these runs is gone.
func (s *Store) MarkSwept(ctx context.Context, syncRunIDs ...string) error {
	return s.write(ctx, func(conn *sqlite.Conn) error { return markSwept(conn, syncRunIDs) })
}

// sweepAgain is how long after its end a run is swept by every run that follows: a statement of it that makes scratch may
// still be under way.
const sweepAgain = 10 * time.Minute

func markSwept(conn *sqlite.Conn, ids []string) error { return markSweptBefore(conn, ids, "~") }

// markSweptBefore is markSwept for those of the runs that ended before then, as the history writes times. A run that was
// found dead ends when it was found: its own clock may differ.
func markSweptBefore(conn *sqlite.Conn, ids []string, then string) error {
	for _, id := range ids {
		if err := sqlitex.Execute(conn, `UPDATE runs SET scratch = 0 WHERE sync_run_id = ? AND status <> ? AND coalesce(buried_at, finished_at, '') < ?`,
			&sqlitex.ExecOptions{Args: []any{id, StatusRunning, then}}); err != nil {
			return err
		}
	}
	return nil
}
