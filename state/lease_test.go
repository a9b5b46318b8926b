package state

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// elsewhere opens the state as a process on another host sees it: no process of the first one can be asked about.
func elsewhere(t *testing.T, dir, host string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	s.holder = holder{host: host, domain: host, pid: 1, started: "1"}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func run(id string) Run { return Run{SyncRunID: id, Sync: "users", Started: time.Now()} }

// die stops the heartbeat of a lease, as a killed process would.
func die(l *Lease) {
	l.stop()
	<-l.done
}

func TestHeartbeatKeepsTheLockOfAnotherHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		a, b := elsewhere(t, dir, "a"), elsewhere(t, dir, "b")
		l, err := a.Begin(t.Context(), run("first"))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * a.timing.lease)
		_, err = b.Begin(t.Context(), run("second"))
		var held *HeldError
		if !errors.As(err, &held) || held.Lock.Host != "a" || !held.Lock.Live {
			t.Errorf("after ten leases with heartbeats: %v", err)
		}
		if err := l.Release(t.Context(), Ending{Run: run("first")}); err != nil {
			t.Error(err)
		}
	})
}

func TestDeadHolderOfAnotherHostIsTakenOverAfterItsLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		a, b := elsewhere(t, dir, "a"), elsewhere(t, dir, "b")
		l, err := a.Begin(t.Context(), run("first"))
		if err != nil {
			t.Fatal(err)
		}
		die(l)
		time.Sleep(a.timing.lease / 2)
		if _, err := b.Begin(t.Context(), run("too early")); err == nil {
			t.Fatal("taken over before the lease had run out")
		}
		time.Sleep(a.timing.lease)
		second, err := b.Begin(t.Context(), run("second"))
		if err != nil {
			t.Fatal(err)
		}
		runs, err := b.Runs(t.Context(), Filter{Sync: "users"})
		if err != nil || len(runs) != 2 || runs[1].SyncRunID != "first" || runs[1].Status != StatusInterrupted || runs[1].Error == "" {
			t.Errorf("history: %+v, %v", runs, err)
		}
		dead, err := b.DeadRuns(t.Context(), "users")
		if err != nil || len(dead) != 1 || dead[0] != "first" {
			t.Errorf("dead runs: %v, %v", dead, err)
		}
		// The first one was only asleep: it must not commit, and must not save.
		if err := l.Check(t.Context()); !errors.Is(err, ErrLost) {
			t.Errorf("check of the lost lock: %v", err)
		}
		if err := l.Save(t.Context(), run("first"), &Watermark{Field: "at"}); !errors.Is(err, ErrLost) {
			t.Errorf("save with the lost lock: %v", err)
		}
		if w, err := b.Watermark(t.Context(), "users"); w != nil || err != nil {
			t.Errorf("the lost run saved %v, %v", w, err)
		}
		if err := second.Release(t.Context(), Ending{Run: run("second"), Swept: dead}); err != nil {
			t.Error(err)
		}
	})
}

// The clock of a dead run's host is not that of the run that finds it dead: how long its scratch may still appear counts
// from then.
func TestScratchOfADeadRunIsSweptAgainWhateverItsClockSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		a, b := elsewhere(t, dir, "a"), elsewhere(t, dir, "b")
		first, err := a.Begin(t.Context(), run("first"))
		if err != nil {
			t.Fatal(err)
		}
		die(first)
		execute(t, a, `UPDATE locks SET heartbeat = '1999-12-31T00:00:00.000000Z'`)
		sweep := func(id string) (dead []string) {
			begun := run(id)
			begun.Started = time.Now()
			l, err := b.Begin(t.Context(), begun)
			if err != nil {
				t.Fatal(err)
			}
			if dead, err = b.DeadRuns(t.Context(), "users"); err != nil {
				t.Fatal(err)
			}
			if err := l.Release(t.Context(), Ending{Run: begun, Swept: dead}); err != nil {
				t.Fatal(err)
			}
			return dead
		}
		if dead := sweep("second"); !slices.Contains(dead, "first") {
			t.Errorf("the run that took over sweeps %v", dead)
		}
		time.Sleep(sweepAgain / 2)
		if dead := sweep("third"); !slices.Contains(dead, "first") {
			t.Errorf("soon after it, only %v are swept: what the dead run had sent may have come since", dead)
		}
		time.Sleep(sweepAgain)
		sweep("fourth")
		if dead := sweep("fifth"); slices.Contains(dead, "first") {
			t.Errorf("long after, it is still swept: %v", dead)
		}
	})
}

// A host whose clock is hours ahead takes every lock for dead; it finds out by watching the heartbeat.
func TestClockOfAnotherHostMayBeWrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		a, b := elsewhere(t, dir, "a"), elsewhere(t, dir, "b")
		l, err := a.Begin(t.Context(), run("first"))
		if err != nil {
			t.Fatal(err)
		}
		b.timing.lease = -time.Hour
		var held *HeldError
		if _, err := b.Begin(t.Context(), run("second")); !errors.As(err, &held) {
			t.Errorf("the lock of a live run was taken over: %v", err)
		}
		if err := l.Release(t.Context(), Ending{Run: run("first")}); err != nil {
			t.Error(err)
		}
	})
}

func TestLeaseThatCannotBeRenewedIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := elsewhere(t, t.TempDir(), "a")
		l, err := a.Begin(t.Context(), run("first"))
		if err != nil {
			t.Fatal(err)
		}
		execute(t, a, `CREATE TRIGGER broken BEFORE UPDATE ON locks BEGIN SELECT RAISE(ABORT, 'broken'); END`)
		select {
		case <-l.Lost():
		case <-time.After(a.timing.lease + 2*a.timing.beat):
			t.Error("the run goes on, though another host may have taken the lock over")
		}
		if err := l.Release(t.Context(), Ending{Run: run("first")}); err != nil {
			t.Error(err)
		}
	})
}

func execute(t *testing.T, s *Store, sql string) {
	t.Helper()
	err := s.with(context.Background(), func(conn *sqlite.Conn) error { return sqlitex.ExecuteTransient(conn, sql, nil) })
	if err != nil {
		t.Fatal(err)
	}
}

func TestE7_DiskFullLeavesTheOldStateIntact(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	l, err := s.Begin(t.Context(), run("first"))
	if err != nil {
		t.Fatal(err)
	}
	old := &Watermark{Field: "old"}
	if err := l.Save(t.Context(), run("first"), old); err != nil {
		t.Fatal(err)
	}
	fill(t, s)
	big := run("first")
	big.Report = append(append([]byte(`"`), make([]byte, 1<<20)...), '"')
	err = l.Save(t.Context(), big, &Watermark{Field: "new"})
	if sqlite.ErrCode(err) != sqlite.ResultFull {
		t.Fatalf("saving to a full disk: %v", err)
	}
	if w, err := s.Watermark(t.Context(), "users"); err != nil || w.Field != "old" {
		t.Errorf("watermark %+v, %v", w, err)
	}
	if err := l.Release(t.Context(), Ending{Run: run("first")}); err != nil {
		t.Errorf("release, which needs no new page: %v", err)
	}
}

// fill lets no connection of the pool make the file larger.
func fill(t *testing.T, s *Store) {
	t.Helper()
	var conns []*sqlite.Conn
	for range connections {
		conn, err := s.pool.Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := sqlitex.ExecuteTransient(conn, "PRAGMA max_page_count = 1", nil); err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
	}
	for _, conn := range conns {
		s.pool.Put(conn)
	}
}

func TestSentHashesAreDecodedStrictly(t *testing.T) {
	for name, blob := range map[string][]byte{
		"nothing": nil, "unknown format": {2}, "cut off": {1, 1, 2, 3}, "a count of 0": append(make([]byte, 17), 0),
	} {
		if name == "a count of 0" {
			blob[0] = sentFormat
		}
		if got, err := decodeSent(blob); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}
