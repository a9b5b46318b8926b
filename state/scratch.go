package state

import (
	"context"

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

func markSwept(conn *sqlite.Conn, ids []string) error {
	for _, id := range ids {
		if err := sqlitex.Execute(conn, `UPDATE runs SET scratch = 0 WHERE sync_run_id = ? AND status <> ?`,
			&sqlitex.ExecOptions{Args: []any{id, StatusRunning}}); err != nil {
			return err
		}
	}
	return nil
}
