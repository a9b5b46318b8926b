package state

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// The outcomes of a change in the journal.
const (
	OutcomeCommitted    = "committed"
	OutcomeNotCommitted = "not_committed"
	OutcomeUndone       = "undone"
)

// Change is one entry of the journal: a statement that changes a target, written before it is sent.
type Change struct {
	SyncRunID string
	N         int // order in its run, from 1
	Sync      string
	Mode      string          // of the plan
	Change    json.RawMessage // what the destination wants to have back
	Watermark *Watermark      // in force once this is known to be committed; nil: the watermark stays as it is
	Previous  *Watermark      // in force before the run; nil: none
	Sent      time.Time
	Outcome   string // "": not known yet
	Earlier   string // to Announce: the outcome of what the run has announced before; "": not known
	Evidence  string
}

// Announce writes c into the journal before its statement is sent. ErrLost if the lock is not ours any more: it must
// not be sent.
func (l *Lease) Announce(ctx context.Context, c Change) error {
	return l.store.write(ctx, func(conn *sqlite.Conn) error {
		if err := l.own(conn); err != nil {
			return err
		}
		if c.Earlier != "" {
			if err := closeCommits(conn, l.run.SyncRunID, c.Earlier, ""); err != nil {
				return err
			}
		}
		mark, err := watermarkText(c.Watermark)
		if err != nil {
			return err
		}
		previous, err := watermarkText(c.Previous)
		if err != nil {
			return err
		}
		return sqlitex.Execute(conn, `INSERT INTO commits (sync_run_id, n, sync, mode, change, watermark, previous, sent_at)
			VALUES (?1, (SELECT coalesce(max(n), 0) + 1 FROM commits WHERE sync_run_id = ?1), ?2, ?3, ?4, ?5, ?6, ?7)`,
			&sqlitex.ExecOptions{Args: []any{l.run.SyncRunID, l.run.Sync, c.Mode, string(c.Change), mark, previous, timeText(time.Now())}})
	})
}

// Refused notes that the target took nothing of what the run has announced so far.
func (l *Lease) Refused(ctx context.Context, evidence string) error {
	return l.store.write(ctx, func(conn *sqlite.Conn) error {
		if err := l.own(conn); err != nil {
			return err
		}
		return closeCommits(conn, l.run.SyncRunID, OutcomeNotCommitted, evidence)
	})
}

// own is ErrLost if the lock is not the lease's any more.
func (l *Lease) own(conn *sqlite.Conn) error {
	held, found, err := lockOf(conn, l.run.Sync)
	if err == nil && (!found || held.SyncRunID != l.run.SyncRunID) {
		err = ErrLost
	}
	return err
}

func watermarkText(w *Watermark) (any, error) {
	if w == nil {
		return nil, nil
	}
	text, err := json.Marshal(w)
	return string(text), err
}

// Unsettled lists the changes of sync whose outcome is not known, the oldest first. Those of a live run are among
// them: hold the lock of the sync.
func (s *Store) Unsettled(ctx context.Context, sync string) ([]Change, error) {
	return s.changes(ctx, `WHERE sync = ? AND outcome = '' ORDER BY sent_at, sync_run_id, n`, sync)
}

// Changes lists what a run has sent, in order.
func (s *Store) Changes(ctx context.Context, syncRunID string) ([]Change, error) {
	return s.changes(ctx, `WHERE sync_run_id = ? ORDER BY n`, syncRunID)
}

func (s *Store) changes(ctx context.Context, where string, args ...any) (changes []Change, err error) {
	err = s.read(ctx, func(conn *sqlite.Conn) error {
		return sqlitex.Execute(conn, selectChange+where, &sqlitex.ExecOptions{Args: args, ResultFunc: func(stmt *sqlite.Stmt) error {
			c, err := s.scanChange(stmt)
			changes = append(changes, c)
			return err
		}})
	})
	return changes, err
}

const selectChange = `SELECT sync_run_id, n, sync, mode, change, watermark, previous, sent_at, outcome, evidence FROM commits `

func (s *Store) scanChange(stmt *sqlite.Stmt) (Change, error) {
	c, err := scanChange(stmt)
	if err != nil {
		err = &unusable{path: s.path, what: "holds a damaged journal of run " + c.SyncRunID, hint: mendHint(s.path)}
	}
	return c, err
}

func scanChange(stmt *sqlite.Stmt) (Change, error) {
	c := Change{
		SyncRunID: stmt.GetText("sync_run_id"), N: int(stmt.GetInt64("n")), Sync: stmt.GetText("sync"), Mode: stmt.GetText("mode"),
		Change: json.RawMessage(stmt.GetText("change")), Sent: parseTime(stmt.GetText("sent_at")),
		Outcome: stmt.GetText("outcome"), Evidence: stmt.GetText("evidence"),
	}
	if !json.Valid(c.Change) {
		return c, fmt.Errorf("malformed change")
	}
	for column, into := range map[string]**Watermark{"watermark": &c.Watermark, "previous": &c.Previous} {
		text := stmt.GetText(column)
		if text == "" {
			continue
		}
		w := &Watermark{Sync: c.Sync, SyncRunID: c.SyncRunID, Saved: c.Sent}
		if err := json.Unmarshal([]byte(text), w); err != nil {
			return c, err
		}
		w.Sync, w.SyncRunID, w.Saved = c.Sync, c.SyncRunID, c.Sent
		*into = w
	}
	return c, nil
}

// closeChanges sets the outcome of what is not known yet of a run, its dead letters included.
func closeChanges(conn *sqlite.Conn, syncRunID, outcome, evidence string) error {
	if err := closeCommits(conn, syncRunID, outcome, evidence); err != nil {
		return err
	}
	return closeLetters(conn, syncRunID, outcome)
}

func closeCommits(conn *sqlite.Conn, syncRunID, outcome, evidence string) error {
	return sqlitex.Execute(conn, `UPDATE commits SET outcome = ?, evidence = ? WHERE sync_run_id = ? AND outcome = ''`,
		&sqlitex.ExecOptions{Args: []any{outcome, evidence, syncRunID}})
}
