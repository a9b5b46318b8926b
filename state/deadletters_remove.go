package state

import (
	"context"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// DiscardLetters removes dead letters of sync for good and returns how many that were. A live run of the sync is a
// *HeldError: it may be sending them.
func (s *Store) DiscardLetters(ctx context.Context, sync string, ids []int64) (n int64, err error) {
	err = s.write(ctx, func(conn *sqlite.Conn) error {
		if err := s.idle(conn, sync); err != nil {
			return err
		}
		n = 0
		for _, id := range ids {
			if err := sqlitex.Execute(conn, `DELETE FROM dead_letters WHERE id = ? AND sync = ? AND pending = 0`,
				&sqlitex.ExecOptions{Args: []any{id, sync}}); err != nil {
				return err
			}
			n += int64(conn.Changes())
		}
		return dropUnusedRows(conn)
	})
	return n, err
}

// ExpireLetters removes the dead letters of this lease's sync whose time is over, and returns how many that were.
func (l *Lease) ExpireLetters(ctx context.Context) (n int64, err error) {
	err = l.store.write(ctx, func(conn *sqlite.Conn) error {
		if err := l.own(conn); err != nil {
			return err
		}
		n, err = expireLetters(conn, l.run.Sync)
		return err
	})
	return n, err
}

// expireLetters removes letters whose time is over; sync "" stands for all syncs.
func expireLetters(conn *sqlite.Conn, sync string) (int64, error) {
	err := sqlitex.Execute(conn, `DELETE FROM dead_letters WHERE pending = 0 AND expires_at < ?1 AND (?2 = '' OR sync = ?2)`,
		&sqlitex.ExecOptions{Args: []any{timeText(time.Now()), sync}})
	if err != nil {
		return 0, err
	}
	n := int64(conn.Changes())
	if n == 0 {
		return 0, nil
	}
	return n, dropUnusedRows(conn)
}

// pruneLetters removes what runs have put that were killed before they announced anything: they have not committed, and
// nobody will settle them. Letters of syncs that are run no more expire here.
func pruneLetters(conn *sqlite.Conn) error {
	const over = ` sync_run_id NOT IN (SELECT sync_run_id FROM runs WHERE status = ?) AND sync_run_id NOT IN (SELECT sync_run_id FROM commits WHERE outcome = '')`
	for _, step := range []string{`DELETE FROM dead_letters WHERE pending = 1 AND` + over, `DELETE FROM dead_letter_ends WHERE` + over} {
		if err := sqlitex.Execute(conn, step, &sqlitex.ExecOptions{Args: []any{StatusRunning}}); err != nil {
			return err
		}
	}
	if _, err := expireLetters(conn, ""); err != nil {
		return err
	}
	return dropUnusedRows(conn)
}
