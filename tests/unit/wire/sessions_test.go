package wire_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"testing"
	"time"

	"github.com/drt-go/drt/sandbox"
	"github.com/drt-go/drt/sandbox/wire"
)

// TestIdleSessionsAreClosed: clients that were killed leave no sessions for ever.
func TestIdleSessionsAreClosed(t *testing.T) {
	closed := make(chan struct{})
	e := &closeTeller{fakeEngine: &fakeEngine{}, closed: closed}
	srv, err := sandbox.Start(t.Context(), sandbox.Options{Engine: e, SessionIdle: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	first := pinned(t, srv)
	pinned(t, srv)
	wait(t, closed, "closing the first session")
	if err := first.PingContext(t.Context()); !errors.Is(err, driver.ErrBadConn) {
		t.Errorf("the first session: %v", err)
	}
}

// closeTeller tells when the first session was closed.
type closeTeller struct {
	*fakeEngine
	closed chan struct{}
}

func (e *closeTeller) Open(ctx context.Context, catalog, schema string, conf map[string]string) (wire.Session, error) {
	s, err := e.fakeEngine.Open(ctx, catalog, schema, conf)
	return &toldSession{Session: s, closed: e.closed}, err
}

type toldSession struct {
	wire.Session
	closed chan struct{}
}

func (s *toldSession) Close() error {
	select {
	case <-s.closed:
	default:
		close(s.closed)
	}
	return s.Session.Close()
}

// TestCloseEndsWhatRuns: a server that is closed leaves neither statements nor sessions behind.
func TestCloseEndsWhatRuns(t *testing.T) {
	started, cancelled, answered := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	e := &fakeEngine{answers: map[string]answer{"long": blocks(started, cancelled)}}
	srv, err := sandbox.Start(t.Context(), sandbox.Options{Engine: e})
	if err != nil {
		t.Fatal(err)
	}
	conn := pinned(t, srv)
	go func() {
		_, err := conn.ExecContext(t.Context(), "long")
		answered <- err
	}()
	wait(t, started, "the statement")
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
	wait(t, cancelled, "cancelling")
	if err := <-answered; err == nil {
		t.Error("the client was told of success")
	}
	if e.closed != e.opened {
		t.Errorf("%d sessions opened, %d closed", e.opened, e.closed)
	}
}

// TestStatementsOfOneSessionTakeTurns while those of others go on.
func TestStatementsOfOneSessionTakeTurns(t *testing.T) {
	started, cancelled := make(chan struct{}), make(chan struct{})
	e := &fakeEngine{answers: map[string]answer{"long": blocks(started, cancelled), "dml": modifies(1)}}
	srv := start(t, e)
	ctx, cancel := context.WithCancel(t.Context())
	busy := pinned(t, srv)
	go func() { _, _ = busy.ExecContext(ctx, "long") }()
	wait(t, started, "the statement")
	if _, err := pinned(t, srv).ExecContext(t.Context(), "dml"); err != nil {
		t.Errorf("another session: %v", err)
	}
	cancel()
	wait(t, cancelled, "cancelling")
}
