package state

import (
	"context"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Lock is the lock of one sync.
type Lock struct {
	Sync      string
	SyncRunID string
	RunID     string
	Host      string
	PID       int
	Since     time.Time
	Heartbeat time.Time
	Live      bool // its holder lives, as far as can be told

	holder holder
	beats  int64
}

// Locks lists the locks that are held, by sync.
func (s *Store) Locks(ctx context.Context) (locks []Lock, err error) {
	err = s.read(ctx, func(conn *sqlite.Conn) error {
		locks, err = s.locks(conn)
		return err
	})
	return locks, err
}

func (s *Store) locks(conn *sqlite.Conn) (locks []Lock, err error) {
	err = sqlitex.Execute(conn, selectLock+` ORDER BY sync`, &sqlitex.ExecOptions{ResultFunc: func(stmt *sqlite.Stmt) error {
		l := scanLock(stmt)
		l.Live = s.judge(l) != dead
		locks = append(locks, l)
		return nil
	}})
	return locks, err
}

const selectLock = `SELECT sync, sync_run_id, run_id, host, domain, pid, pid_started, since, heartbeat, beats FROM locks`

func scanLock(stmt *sqlite.Stmt) Lock {
	l := Lock{
		Sync: stmt.GetText("sync"), SyncRunID: stmt.GetText("sync_run_id"), RunID: stmt.GetText("run_id"),
		Host: stmt.GetText("host"), PID: int(stmt.GetInt64("pid")),
		Since: parseTime(stmt.GetText("since")), Heartbeat: parseTime(stmt.GetText("heartbeat")), beats: stmt.GetInt64("beats"),
	}
	l.holder = holder{host: l.Host, domain: stmt.GetText("domain"), pid: l.PID, started: stmt.GetText("pid_started")}
	return l
}

// judge says whether l's holder is dead. Where no process can be asked, a lease that ran out makes it dead: by our
// clock, which is why Begin watches it before it takes it over.
func (s *Store) judge(l Lock) liveness {
	if sure := s.holder.judge(l.holder); sure != unknown {
		return sure
	}
	if time.Since(l.Heartbeat) > s.timing.lease {
		return dead
	}
	return unknown
}

func lockOf(conn *sqlite.Conn, sync string) (l Lock, found bool, err error) {
	err = sqlitex.Execute(conn, selectLock+` WHERE sync = ?`, &sqlitex.ExecOptions{
		Args: []any{sync},
		ResultFunc: func(stmt *sqlite.Stmt) error {
			l, found = scanLock(stmt), true
			return nil
		},
	})
	return l, found, err
}

// take makes r the holder of the lock of its sync, if it is free, its holder is surely dead, or it is the lock that
// was watched and has not moved since. Otherwise it returns the lock in the way.
func (s *Store) take(ctx context.Context, r Run, watched *Lock) (inTheWay *Lock, err error) {
	err = s.write(ctx, func(conn *sqlite.Conn) error {
		old, found, err := lockOf(conn, r.Sync)
		if err != nil {
			return err
		}
		if found && !s.free(old, watched) {
			inTheWay = &old
			return nil
		}
		if found {
			if err := bury(conn, old); err != nil {
				return err
			}
		}
		if err := putLock(conn, r, s.holder); err != nil {
			return err
		}
		return putRun(conn, r)
	})
	return inTheWay, err
}

func (s *Store) free(old Lock, watched *Lock) bool {
	if s.holder.judge(old.holder) == dead {
		return true
	}
	return watched != nil && watched.SyncRunID == old.SyncRunID && watched.beats == old.beats
}

// bury writes into the history what the holder of a dead lock could not: that it was killed.
func bury(conn *sqlite.Conn, l Lock) error {
	return sqlitex.Execute(conn, `UPDATE runs SET status = ?, error = ?, error_type = 'interrupted', finished_at = ?, buried_at = ?
		WHERE sync_run_id = ? AND status = ?`,
		&sqlitex.ExecOptions{Args: []any{StatusInterrupted, killed(l), timeText(l.Heartbeat), timeText(time.Now()), l.SyncRunID, StatusRunning}})
}

func putLock(conn *sqlite.Conn, r Run, h holder) error {
	now := timeText(time.Now())
	return sqlitex.Execute(conn, `INSERT OR REPLACE INTO locks (sync, sync_run_id, run_id, host, domain, pid, pid_started, since, heartbeat, beats)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
		&sqlitex.ExecOptions{Args: []any{r.Sync, r.SyncRunID, r.RunID, h.host, h.domain, h.pid, h.started, now, now}})
}
