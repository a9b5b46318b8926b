package state

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/drt-go/drt/connector"
)

// ErrLost says that the lock of a run is no longer its own: another process took it over, or it could not be
// renewed for so long that another may have.
var ErrLost = errors.New("the lock of this sync was lost to another process")

// HeldError refuses a run, because the sync is being run by a live process.
type HeldError struct{ Lock Lock }

// Error implements error.
func (e *HeldError) Error() string {
	return fmt.Sprintf("sync %q is being run by process %d on host %s since %s", e.Lock.Sync, e.Lock.PID, e.Lock.Host, e.Lock.Since.Format(time.RFC3339))
}

// unusable is a state file that must not be used and must not be overwritten.
type unusable struct{ path, what, hint string }

func (e *unusable) Error() string { return e.path + " " + e.what }

func mendHint(path string) string {
	return "put back a copy of " + path + " from a backup; if there is none, move it away: drt then starts as if it had never run, " +
		"incremental syncs read from the beginning (append-only ones would send every row again: empty their targets first)"
}

// explain turns an error of SQLite or of the file system into one that says what to do. op is what was being done:
// "open", "save".
func (s *Store) explain(op string, err error) error {
	return explain(op, s.path, err)
}

func explain(op, path string, err error) error {
	var held *HeldError
	var known *connector.Error
	if err == nil || errors.As(err, &held) || errors.As(err, &known) || errors.Is(err, ErrLost) {
		return err
	}
	out := &connector.Error{Kind: connector.KindPermanent, Op: op + " state", Err: err}
	var bad *unusable
	if errors.As(err, &bad) {
		out.Message, out.Hint = bad.Error(), bad.hint
		return out
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		out.Kind, out.Message = connector.KindCanceled, "interrupted"
		return out
	}
	dir := filepath.Dir(path)
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultInterrupt:
		out.Kind, out.Message = connector.KindCanceled, "interrupted"
		out.Err = errors.Join(err, context.Canceled)
	case sqlite.ResultCorrupt, sqlite.ResultNotADB:
		out.Message, out.Hint = path+" is damaged", mendHint(path)
	case sqlite.ResultFull:
		out.Message = "the disk that holds " + path + " is full; the state is as before"
		out.Hint = "free some space on it and run again"
	case sqlite.ResultReadOnly, sqlite.ResultCantOpen, sqlite.ResultPerm, sqlite.ResultAuth:
		out.Message = dir + " cannot be written to, or too many files are open; the state is as before"
		out.Hint = "let this user write to " + dir + " and to state.db in it, and check `ulimit -n`"
	case sqlite.ResultBusy, sqlite.ResultLocked:
		out.Kind = connector.KindTransient
		out.Message = fmt.Sprintf("another process has kept %s locked for %s", path, busyTimeout)
		out.Hint = "look for a program that holds it open, such as an sqlite3 shell in a transaction"
	case sqlite.ResultIOErr:
		out.Message = "reading or writing " + path + " failed: " + err.Error()
		out.Hint = "check the disk and its quota; the state is as before"
	default:
		out.Message = path + ": " + err.Error()
	}
	return out
}
