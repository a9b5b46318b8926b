package state

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// The statuses that state itself gives; the others are the engine's.
const (
	StatusRunning     = "running"
	StatusInterrupted = "interrupted" // also: its process was killed
	StatusSuccess     = "success"
)

// ModeRebuild is the Mode of an entry that is no run: the watermark was rebuilt. It does not hide how the last run ended.
const ModeRebuild = "rebuild"

// ModeRetry is the Mode of a run that sends dead letters again. It does not hide how the last run ended either.
const ModeRetry = "retry"

// Run is one entry of the history: one sync in one invocation of `drt run`.
type Run struct {
	SyncRunID string // UUIDv7
	RunID     string // of the invocation, UUIDv7
	Sync      string
	Mode      string
	Status    string
	Started   time.Time
	Finished  time.Time // zero: running
	Host      string
	PID       int

	Error, ErrorType, ErrorStage, ErrorSuggestion string

	Scratch bool            // it may have left scratch behind
	Report  json.RawMessage // what the engine wants to have back
}

// Filter narrows Runs. Its zero value lists all.
type Filter struct {
	Sync  string
	Limit int // newest first; 0 = all
}

// Runs lists the history, newest first. A run whose process was killed reads as interrupted.
func (s *Store) Runs(ctx context.Context, f Filter) ([]Run, error) {
	limit := f.Limit
	if limit == 0 {
		limit = -1
	}
	return s.runs(ctx, `WHERE ?1 = '' OR sync = ?1 ORDER BY started_at DESC, sync_run_id DESC LIMIT ?2`, f.Sync, limit)
}

// LastRun returns the run of sync that ended last, or the one that runs now; false if there was none.
func (s *Store) LastRun(ctx context.Context, sync string) (Run, bool, error) {
	runs, err := s.runs(ctx, `WHERE sync = ?1 AND mode NOT IN (?2, ?3, ?4) ORDER BY `+lastFirst+` LIMIT 1`, sync, ModeRebuild, ModeRetry, ModeUndo)
	if err != nil || len(runs) == 0 {
		return Run{}, false, err
	}
	return runs[0], true, nil
}

// HasRun says whether a run is in the history.
func (s *Store) HasRun(ctx context.Context, syncRunID string) (bool, error) {
	runs, err := s.runs(ctx, `WHERE sync_run_id = ?`, syncRunID)
	return len(runs) > 0, err
}

// LastRuns returns what LastRun does for every sync in the history, by sync.
func (s *Store) LastRuns(ctx context.Context) ([]Run, error) {
	return s.runs(ctx, `WHERE sync_run_id IN (SELECT sync_run_id FROM
		(SELECT sync_run_id, row_number() OVER (PARTITION BY sync ORDER BY `+lastFirst+`) AS n FROM runs WHERE mode NOT IN (?1, ?2, ?3)) WHERE n = 1) ORDER BY sync`, ModeRebuild, ModeRetry, ModeUndo)
}

// A run that another one refused ended before that one, which is the one that counts.
const lastFirst = `coalesce(finished_at, '9999') DESC, started_at DESC, sync_run_id DESC`

func (s *Store) runs(ctx context.Context, where string, args ...any) (runs []Run, err error) {
	err = s.read(ctx, func(conn *sqlite.Conn) error {
		err := sqlitex.Execute(conn, selectRun+where, &sqlitex.ExecOptions{Args: args, ResultFunc: func(stmt *sqlite.Stmt) error {
			runs = append(runs, scanRun(stmt))
			return nil
		}})
		if err != nil {
			return err
		}
		locks, err := s.locks(conn)
		markKilled(runs, locks)
		return err
	})
	return runs, err
}

const selectRun = `SELECT sync_run_id, run_id, sync, mode, status, started_at, finished_at, host, pid,
	error, error_type, error_stage, error_suggestion, scratch, report FROM runs `

func scanRun(stmt *sqlite.Stmt) Run {
	return Run{
		SyncRunID: stmt.GetText("sync_run_id"), RunID: stmt.GetText("run_id"), Sync: stmt.GetText("sync"),
		Mode: stmt.GetText("mode"), Status: stmt.GetText("status"),
		Started: parseTime(stmt.GetText("started_at")), Finished: parseTime(stmt.GetText("finished_at")),
		Host: stmt.GetText("host"), PID: int(stmt.GetInt64("pid")),
		Error: stmt.GetText("error"), ErrorType: stmt.GetText("error_type"),
		ErrorStage: stmt.GetText("error_stage"), ErrorSuggestion: stmt.GetText("error_suggestion"),
		Scratch: stmt.GetBool("scratch"), Report: json.RawMessage(stmt.GetText("report")),
	}
}

// markKilled shows as interrupted the running ones that nobody runs.
func markKilled(runs []Run, locks []Lock) {
	held := map[string]Lock{}
	for _, l := range locks {
		held[l.SyncRunID] = l
	}
	for i := range runs {
		r := &runs[i]
		l, found := held[r.SyncRunID]
		if r.Status != StatusRunning || found && l.Live {
			continue
		}
		r.Status, r.ErrorType, r.Finished = StatusInterrupted, "interrupted", l.Heartbeat
		r.Error = killed(Lock{Host: r.Host, PID: r.PID})
	}
}

func killed(l Lock) string {
	return fmt.Sprintf("process %d on host %s ended without a word: it was killed, or the machine went down", l.PID, l.Host)
}

// Record stores a run that never had a lock: one that was refused.
func (s *Store) Record(ctx context.Context, r Run) error {
	r.Host, r.PID = s.holder.host, s.holder.pid
	return s.write(ctx, func(conn *sqlite.Conn) error { return putRun(conn, r) })
}

func putRun(conn *sqlite.Conn, r Run) error {
	var finished any
	if !r.Finished.IsZero() {
		finished = timeText(r.Finished)
	}
	report := string(r.Report)
	if report == "" {
		report = "{}"
	}
	return sqlitex.Execute(conn, `INSERT OR REPLACE INTO runs (sync_run_id, run_id, sync, mode, status, started_at, finished_at, host, pid,
		error, error_type, error_stage, error_suggestion, scratch, report) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		&sqlitex.ExecOptions{Args: []any{
			r.SyncRunID, r.RunID, r.Sync, r.Mode, r.Status, timeText(r.Started), finished, r.Host, r.PID,
			r.Error, r.ErrorType, r.ErrorStage, r.ErrorSuggestion, r.Scratch, report,
		}})
}
