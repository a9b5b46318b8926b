package state

import (
	"context"

	"zombiezen.com/go/sqlite"
)

// ModeUndo is the Mode of an entry that is no run: one was taken back.
const ModeUndo = "undo"

// Undo stores that a run of the lease's sync was taken back: its changes are undone, its dead letters are gone, the change
// of the undo itself is committed and, if back is not nil, that watermark is in force; all in one transaction with the
// history entry r. A watermark without a value is none. ErrLost if the lock is not ours any more.
func (l *Lease) Undo(ctx context.Context, r Run, undone string, back *Watermark, evidence string) error {
	return l.store.write(ctx, func(conn *sqlite.Conn) error {
		if err := l.own(conn); err != nil {
			return err
		}
		if err := l.store.takeBack(conn, undone, evidence); err != nil {
			return err
		}
		if err := l.putBack(conn, back); err != nil {
			return err
		}
		if err := closeChanges(conn, l.run.SyncRunID, OutcomeCommitted, evidence); err != nil {
			return err
		}
		return putRun(conn, l.finished(r))
	})
}

func (s *Store) takeBack(conn *sqlite.Conn, undone, evidence string) error {
	err := fetch(conn, `UPDATE commits SET outcome = ?, evidence = ? WHERE sync_run_id = ? AND outcome = ?`, nil, OutcomeUndone, evidence, undone, OutcomeCommitted)
	if err != nil {
		return err
	}
	if err := closeLetters(conn, undone, OutcomeUndone); err != nil {
		return err
	}
	said := "undone since: " + evidence
	return fetch(conn, `UPDATE runs SET error = error || CASE error WHEN '' THEN '' ELSE '; ' END || ?1 WHERE sync_run_id = ?2 AND instr(error, ?1) = 0`, nil, said, undone)
}

func (l *Lease) putBack(conn *sqlite.Conn, back *Watermark) error {
	switch {
	case back == nil:
		return nil
	case back.Value == nil && len(back.Sent) == 0:
		return fetch(conn, `DELETE FROM watermarks WHERE sync = ?`, nil, l.run.Sync)
	}
	return putWatermarkAt(conn, Run{Sync: l.run.Sync, SyncRunID: back.SyncRunID}, *back, back.Saved)
}

// completeUndo takes back what the unsettled changes of a run undo, now that they are known to be committed.
func (s *Store) completeUndo(conn *sqlite.Conn, syncRunID, evidence string) error {
	var undone []string
	err := fetch(conn, `SELECT json_extract(change, '$.undoes') FROM commits WHERE sync_run_id = ? AND outcome = '' AND json_extract(change, '$.undoes') <> ''`,
		func(stmt *sqlite.Stmt) { undone = append(undone, stmt.ColumnText(0)) }, syncRunID)
	for _, run := range undone {
		if err == nil {
			err = s.takeBack(conn, run, evidence)
		}
	}
	return err
}
