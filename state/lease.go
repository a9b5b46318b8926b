package state

import (
	"context"
	"errors"
	"sync"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Lease is the lock of a running sync. A heartbeat keeps it until Release. It is safe for concurrent use.
type Lease struct {
	store *Store
	run   Run
	stop  context.CancelFunc
	done  chan struct{} // the heartbeat has ended

	lost     chan struct{} // closed by the heartbeat
	loseOnce sync.Once
}

// Begin takes the lock of r.Sync and opens r's entry in the history, as running. A lock that a live process holds is
// a *HeldError. One whose holder is dead is taken over: at once if that is sure; if only its heartbeat tells, after
// the heartbeat has been seen to stand still, because the clocks of two hosts differ.
func (s *Store) Begin(ctx context.Context, r Run) (*Lease, error) {
	r.Status, r.Scratch, r.Finished = StatusRunning, true, time.Time{}
	r.Host, r.PID = s.holder.host, s.holder.pid
	old, err := s.take(ctx, r, nil)
	if err != nil {
		return nil, err
	}
	if old != nil && s.judge(*old) == dead {
		if err := pause(ctx, s.timing.watch); err != nil {
			return nil, err
		}
		if old, err = s.take(ctx, r, old); err != nil {
			return nil, err
		}
	}
	if old != nil {
		old.Live = true
		return nil, &HeldError{Lock: *old}
	}
	return s.lease(r), nil
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *Store) lease(r Run) *Lease {
	ctx, stop := context.WithCancel(context.Background())
	l := &Lease{store: s, run: r, stop: stop, done: make(chan struct{}), lost: make(chan struct{})}
	go l.keep(ctx)
	return l
}

// keep renews the lock until ctx ends or the lock is lost.
func (l *Lease) keep(ctx context.Context) {
	defer close(l.done)
	ticker := time.NewTicker(l.store.timing.beat)
	defer ticker.Stop()
	renewed := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		started := time.Now() // the heartbeat is at least as young as this
		err := l.renew(ctx)
		if err == nil {
			renewed = started
		}
		if errors.Is(err, ErrLost) || time.Since(renewed) > l.store.timing.lease {
			l.lose()
			return
		}
	}
}

func (l *Lease) lose() { l.loseOnce.Do(func() { close(l.lost) }) }

// Lost is closed when the lock was lost: the run must not commit.
func (l *Lease) Lost() <-chan struct{} { return l.lost }

// Check renews the lock now. ErrLost says that it is not ours any more: to be asked right before a commit.
func (l *Lease) Check(ctx context.Context) error {
	select {
	case <-l.lost:
		return ErrLost
	default:
	}
	err := l.renew(ctx)
	if errors.Is(err, ErrLost) {
		l.lose()
	}
	return err
}

func (l *Lease) renew(ctx context.Context) error {
	return l.store.write(ctx, func(conn *sqlite.Conn) error {
		err := sqlitex.Execute(conn, `UPDATE locks SET heartbeat = ?, beats = beats + 1 WHERE sync = ? AND sync_run_id = ?`,
			&sqlitex.ExecOptions{Args: []any{timeText(time.Now()), l.run.Sync, l.run.SyncRunID}})
		if err == nil && conn.Changes() == 0 {
			return ErrLost
		}
		return err
	})
}

// Save stores what a commit achieved: the history entry r, the outcome of what was announced and, unless it is nil, the
// watermark, in one transaction. The lock stays. ErrLost if it is not ours any more: nothing is stored.
func (l *Lease) Save(ctx context.Context, r Run, w *Watermark) error {
	return l.store.write(ctx, func(conn *sqlite.Conn) error {
		if err := l.own(conn); err != nil {
			return err
		}
		if w != nil {
			if err := putWatermark(conn, l.run, *w); err != nil {
				return err
			}
		}
		if err := closeChanges(conn, l.run.SyncRunID, OutcomeCommitted, ""); err != nil {
			return err
		}
		return putRun(conn, l.finished(r))
	})
}

// Ending is how a run ends.
type Ending struct {
	Run   Run
	Swept []string // earlier runs that have no scratch any more; those that ended just before this one began are swept again
	Open  bool     // nobody knows the outcome of what was announced and not saved; else it surely did not happen
}

// Release ends the run: its history entry is stored, the lock is free. The heartbeat stops, even if nothing can be
// stored: then whoever comes next finds a dead lock.
func (l *Lease) Release(ctx context.Context, e Ending) error {
	l.stop()
	<-l.done
	return l.store.write(ctx, func(conn *sqlite.Conn) error {
		if err := putRun(conn, l.finished(e.Run)); err != nil {
			return err
		}
		if !e.Open {
			if err := closeChanges(conn, l.run.SyncRunID, OutcomeNotCommitted, ""); err != nil {
				return err
			}
		}
		if err := markSweptBefore(conn, e.Swept, timeText(l.run.Started.Add(-sweepAgain))); err != nil {
			return err
		}
		return sqlitex.Execute(conn, `DELETE FROM locks WHERE sync = ? AND sync_run_id = ?`,
			&sqlitex.ExecOptions{Args: []any{l.run.Sync, l.run.SyncRunID}})
	})
}

// finished is r as this lease's run.
func (l *Lease) finished(r Run) Run {
	r.SyncRunID, r.RunID, r.Sync, r.Mode = l.run.SyncRunID, l.run.RunID, l.run.Sync, l.run.Mode
	r.Started, r.Host, r.PID = l.run.Started, l.run.Host, l.run.PID
	return r
}
