package state

import (
	"context"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/drt-go/drt/record"
)

// Letter is a dead letter: a rejected row that a commit went past, kept until the target takes it.
type Letter struct {
	ID        int64
	Sync      string
	SyncRunID string        // of the run that rejected it
	Identity  []byte        // tells it from the other letters of its sync
	Reject    record.Reject // Row counts from 1 in the source of that run; after a retry the reason is the newest
	ReadAgain bool          // the next run reads the row itself, and with its commit the letter ends
	Batch     int64         // what LetterRows returns its values of; 0: they were not kept
	Place     int           // of the row in that batch, from 0
	Rejected  time.Time
	Retried   time.Time // zero: never
	Expires   time.Time // zero: never
}

// Letters is what a run does to the dead letters of its sync, once it is known to have committed.
type Letters struct {
	Batches []LetterBatch
	Whole   bool    // the run has read the whole source: all letters of earlier runs end
	Ended   []int64 // letters of earlier runs that end
}

// LetterBatch are letters whose values are kept together. Of a Letter, what a run knows is stored: Identity, Reject,
// ReadAgain, Place, Rejected, Expires.
type LetterBatch struct {
	Rows    []byte // the values; nil: they are not kept
	Letters []Letter
}

// Letters lists the dead letters of sync in the order they were rejected; of all syncs if sync is "". Those of a run whose
// outcome is not known are not among them.
func (s *Store) Letters(ctx context.Context, sync string) (letters []Letter, err error) {
	err = s.read(ctx, func(conn *sqlite.Conn) error {
		return sqlitex.Execute(conn, `SELECT id, sync, sync_run_id, identity, position, column_name, reason, row_key, read_again,
			coalesce(batch, 0) AS batch, place, rejected_at, retried_at, expires_at
			FROM dead_letters WHERE pending = 0 AND (?1 = '' OR sync = ?1) ORDER BY sync, id`,
			&sqlitex.ExecOptions{Args: []any{sync}, ResultFunc: func(stmt *sqlite.Stmt) error {
				letters = append(letters, scanLetter(stmt))
				return nil
			}})
	})
	return letters, err
}

func scanLetter(stmt *sqlite.Stmt) Letter {
	identity := make([]byte, stmt.GetLen("identity"))
	stmt.GetBytes("identity", identity)
	return Letter{
		ID: stmt.GetInt64("id"), Sync: stmt.GetText("sync"), SyncRunID: stmt.GetText("sync_run_id"), Identity: identity,
		Reject: record.Reject{
			Row: stmt.GetInt64("position"), Column: stmt.GetText("column_name"), Reason: stmt.GetText("reason"), Key: stmt.GetText("row_key"),
		},
		ReadAgain: stmt.GetBool("read_again"), Batch: stmt.GetInt64("batch"), Place: int(stmt.GetInt64("place")),
		Rejected: parseTime(stmt.GetText("rejected_at")), Retried: parseTime(stmt.GetText("retried_at")), Expires: parseTime(stmt.GetText("expires_at")),
	}
}

// LetterCounts counts the dead letters of each sync that has any.
func (s *Store) LetterCounts(ctx context.Context) (map[string]int64, error) {
	counts := map[string]int64{}
	err := s.read(ctx, func(conn *sqlite.Conn) error {
		return sqlitex.Execute(conn, `SELECT sync, count(*) AS n FROM dead_letters WHERE pending = 0 GROUP BY sync`,
			&sqlitex.ExecOptions{ResultFunc: func(stmt *sqlite.Stmt) error {
				counts[stmt.GetText("sync")] = stmt.GetInt64("n")
				return nil
			}})
	})
	return counts, err
}

// LetterBytes returns how many bytes the values of the dead letters of sync take, those of pending ones included.
func (s *Store) LetterBytes(ctx context.Context, sync string) (n int64, err error) {
	err = s.read(ctx, func(conn *sqlite.Conn) error {
		return sqlitex.Execute(conn, `SELECT coalesce(sum(length(rows)), 0) AS n FROM dead_letter_rows WHERE sync = ?`,
			&sqlitex.ExecOptions{Args: []any{sync}, ResultFunc: func(stmt *sqlite.Stmt) error {
				n = stmt.GetInt64("n")
				return nil
			}})
	})
	return n, err
}

// LetterRows returns the values of a batch of letters; nil if there is no such batch.
func (s *Store) LetterRows(ctx context.Context, batch int64) (rows []byte, err error) {
	err = s.read(ctx, func(conn *sqlite.Conn) error {
		return sqlitex.Execute(conn, `SELECT rows FROM dead_letter_rows WHERE id = ?`,
			&sqlitex.ExecOptions{Args: []any{batch}, ResultFunc: func(stmt *sqlite.Stmt) error {
				rows = make([]byte, stmt.GetLen("rows"))
				stmt.GetBytes("rows", rows)
				return nil
			}})
	})
	return rows, err
}
