package state

import (
	"context"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// PutLetters stores what this run does to the dead letters of its sync, in place of what it has put before. It is in force
// with Save, or when the run is settled as committed, and forgotten if the run did not commit: so it is to be called
// before the first Announce. ErrLost if the lock is not ours any more.
func (l *Lease) PutLetters(ctx context.Context, put Letters) error {
	return l.store.write(ctx, func(conn *sqlite.Conn) error {
		if err := l.own(conn); err != nil {
			return err
		}
		if err := forgetLetters(conn, l.run.SyncRunID); err != nil {
			return err
		}
		for _, b := range put.Batches {
			if err := l.putBatch(conn, b); err != nil {
				return err
			}
		}
		return l.putEnds(conn, put)
	})
}

func (l *Lease) putBatch(conn *sqlite.Conn, b LetterBatch) error {
	var batch any
	if b.Rows != nil {
		err := sqlitex.Execute(conn, `INSERT INTO dead_letter_rows (sync, sync_run_id, rows) VALUES (?, ?, ?)`,
			&sqlitex.ExecOptions{Args: []any{l.run.Sync, l.run.SyncRunID, b.Rows}})
		if err != nil {
			return err
		}
		batch = conn.LastInsertRowID()
	}
	for _, x := range b.Letters {
		err := sqlitex.Execute(conn, `INSERT INTO dead_letters
			(sync, sync_run_id, pending, identity, position, column_name, reason, row_key, read_again, batch, place, rejected_at, expires_at)
			VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			&sqlitex.ExecOptions{Args: []any{
				l.run.Sync, l.run.SyncRunID, x.Identity, x.Reject.Row, x.Reject.Column, x.Reject.Reason, x.Reject.Key, x.ReadAgain, batch, x.Place,
				timeText(x.Rejected), timeOrNull(x.Expires),
			}})
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *Lease) putEnds(conn *sqlite.Conn, put Letters) error {
	ends := make([]any, 0, len(put.Ended)+1)
	if put.Whole {
		ends = append(ends, nil)
	}
	for _, id := range put.Ended {
		ends = append(ends, id)
	}
	for _, letter := range ends {
		if err := sqlitex.Execute(conn, `INSERT INTO dead_letter_ends (sync_run_id, sync, letter) VALUES (?, ?, ?)`,
			&sqlitex.ExecOptions{Args: []any{l.run.SyncRunID, l.run.Sync, letter}}); err != nil {
			return err
		}
	}
	return nil
}

func timeOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return timeText(t)
}

// MarkRetried notes why the target has refused the rows of letters again, whether or not the run commits.
func (l *Lease) MarkRetried(ctx context.Context, letters []Letter) error {
	return l.store.write(ctx, func(conn *sqlite.Conn) error {
		if err := l.own(conn); err != nil {
			return err
		}
		for _, x := range letters {
			err := sqlitex.Execute(conn, `UPDATE dead_letters SET column_name = ?, reason = ?, retried_at = ? WHERE id = ? AND sync = ? AND pending = 0`,
				&sqlitex.ExecOptions{Args: []any{x.Reject.Column, x.Reject.Reason, timeText(time.Now()), x.ID, l.run.Sync}})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// closeLetters brings what a run has put into force if it has committed, and forgets it if it has not. Letters of a run
// that was undone go, too: the watermark is where it was before it, so its rows are read again.
func closeLetters(conn *sqlite.Conn, syncRunID, outcome string) error {
	switch outcome {
	case OutcomeCommitted:
	case OutcomeUndone:
		err := sqlitex.Execute(conn, `DELETE FROM dead_letters WHERE sync_run_id = ?`, &sqlitex.ExecOptions{Args: []any{syncRunID}})
		if err != nil {
			return err
		}
		fallthrough
	default:
		return forgetLetters(conn, syncRunID)
	}
	for _, step := range []string{
		`DELETE FROM dead_letters WHERE pending = 0 AND sync IN (SELECT sync FROM dead_letter_ends WHERE sync_run_id = ?1 AND letter IS NULL)`,
		`DELETE FROM dead_letters WHERE pending = 0 AND id IN (SELECT letter FROM dead_letter_ends WHERE sync_run_id = ?1)`,
		// A row that was rejected again replaces its older letter.
		`DELETE FROM dead_letters WHERE pending = 0 AND (sync, identity) IN (SELECT sync, identity FROM dead_letters WHERE sync_run_id = ?1 AND pending = 1)`,
		`UPDATE dead_letters SET pending = 0 WHERE sync_run_id = ?1 AND pending = 1`,
		`DELETE FROM dead_letter_ends WHERE sync_run_id = ?1`,
	} {
		if err := sqlitex.Execute(conn, step, &sqlitex.ExecOptions{Args: []any{syncRunID}}); err != nil {
			return err
		}
	}
	return dropUnusedRows(conn)
}

func forgetLetters(conn *sqlite.Conn, syncRunID string) error {
	for _, step := range []string{
		`DELETE FROM dead_letters WHERE sync_run_id = ? AND pending = 1`,
		`DELETE FROM dead_letter_ends WHERE sync_run_id = ?`,
	} {
		if err := sqlitex.Execute(conn, step, &sqlitex.ExecOptions{Args: []any{syncRunID}}); err != nil {
			return err
		}
	}
	return dropUnusedRows(conn)
}

func dropUnusedRows(conn *sqlite.Conn) error {
	return sqlitex.Execute(conn, `DELETE FROM dead_letter_rows WHERE id NOT IN (SELECT batch FROM dead_letters WHERE batch IS NOT NULL)`, nil)
}
