package state

import (
	"context"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Retention bounds the history of each sync; 0 is no bound.
type Retention struct {
	Days int // that a run is kept
	Runs int // that are kept
}

// DefaultRetention is what a project has that says nothing of its history.
func DefaultRetention() Retention { return Retention{Days: 30, Runs: 500} }

// Prune removes entries beyond r. The last run of a sync stays, whatever was retried after it, and so do the last one that has
// changed the target, runs with scratch, running ones and those with a change whose outcome is not known. Dead letters whose time is over go too.
func (s *Store) Prune(ctx context.Context, r Retention) error {
	oldest := "" // nothing is older
	if r.Days > 0 {
		oldest = timeText(time.Now().AddDate(0, 0, -r.Days))
	}
	return s.write(ctx, func(conn *sqlite.Conn) error {
		err := sqlitex.Execute(conn, `DELETE FROM runs WHERE sync_run_id IN (
			SELECT sync_run_id FROM (SELECT *, row_number() OVER (PARTITION BY sync, mode IN (?4, ?5, ?6) ORDER BY `+lastFirst+`) AS n FROM runs)
			WHERE n > 1 AND scratch = 0 AND status <> ?1 AND sync_run_id NOT IN (SELECT sync_run_id FROM commits WHERE outcome = '')
				AND sync_run_id NOT IN (SELECT sync_run_id FROM (SELECT sync_run_id, max(sent_at) FROM commits WHERE outcome = ?7 GROUP BY sync)) AND ((?2 > 0 AND n > ?2) OR started_at < ?3))`,
			&sqlitex.ExecOptions{Args: []any{StatusRunning, r.Runs, oldest, ModeRebuild, ModeRetry, ModeUndo, OutcomeCommitted}})
		if err != nil {
			return err
		}
		err = sqlitex.Execute(conn, `DELETE FROM commits WHERE outcome <> '' AND sync_run_id NOT IN (SELECT sync_run_id FROM runs)`, nil)
		if err != nil {
			return err
		}
		return pruneLetters(conn)
	})
}
