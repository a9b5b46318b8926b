package state

import (
	"context"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Forget removes the watermark of sync and returns what it was, nil if there was none. A live run of the sync is a
// *HeldError.
func (s *Store) Forget(ctx context.Context, sync string) (was *Watermark, err error) {
	if was, err = s.Watermark(ctx, sync); err != nil || s.pool == nil {
		return nil, err
	}
	err = s.write(ctx, func(conn *sqlite.Conn) error {
		if err := s.idle(conn, sync); err != nil {
			return err
		}
		return fetch(conn, `DELETE FROM watermarks WHERE sync = ?`, nil, sync)
	})
	if err != nil {
		return nil, err
	}
	return was, nil
}

// idle is a *HeldError while a live process runs sync.
func (s *Store) idle(conn *sqlite.Conn, sync string) error {
	held, found, err := lockOf(conn, sync)
	if err == nil && found && s.judge(held) != dead {
		held.Live = true
		err = &HeldError{Lock: held}
	}
	return err
}

// Knows says whether anything of sync is in the state: a run, a watermark, or a change.
func (s *Store) Knows(ctx context.Context, sync string) (known bool, err error) {
	err = s.read(ctx, func(conn *sqlite.Conn) error {
		return fetch(conn, `SELECT 1 FROM runs WHERE sync = ?1 UNION ALL SELECT 1 FROM watermarks WHERE sync = ?1
			UNION ALL SELECT 1 FROM commits WHERE sync = ?1 LIMIT 1`,
			func(*sqlite.Stmt) { known = true }, sync)
	})
	return known, err
}

// Names lists the syncs that anything is known of, sorted.
func (s *Store) Names(ctx context.Context) (names []string, err error) {
	err = s.read(ctx, func(conn *sqlite.Conn) error {
		return fetch(conn, `SELECT sync FROM runs UNION SELECT sync FROM watermarks UNION SELECT sync FROM commits ORDER BY 1`,
			func(stmt *sqlite.Stmt) { names = append(names, stmt.ColumnText(0)) })
	})
	return names, err
}

// JournalCounts are the changes of a sync in the journal, by outcome; "" is not known yet.
func (s *Store) JournalCounts(ctx context.Context, sync string) (counts map[string]int, err error) {
	counts = map[string]int{}
	err = s.read(ctx, func(conn *sqlite.Conn) error {
		return fetch(conn, `SELECT outcome, count(*) FROM commits WHERE sync = ? GROUP BY outcome`,
			func(stmt *sqlite.Stmt) { counts[stmt.ColumnText(0)] = int(stmt.ColumnInt64(1)) }, sync)
	})
	return counts, err
}

// fetch is sqlitex.Execute with what its options come down to here; each may be nil.
func fetch(conn *sqlite.Conn, query string, each func(*sqlite.Stmt), args ...any) error {
	return sqlitex.Execute(conn, query, &sqlitex.ExecOptions{Args: args, ResultFunc: func(stmt *sqlite.Stmt) error {
		if each != nil {
			each(stmt)
		}
		return nil
	}})
}
