package wire

import (
	"context"
	"time"
)

// session is a client's session and the engine's behind it.
type session struct {
	handle
	tags   string // query tags for all statements
	engine Session
	used   time.Time // guarded by Server.mu

	// turn holds one token; who has it may use engine and reading.
	turn    chan struct{}
	reading *resultSet // the result whose rows may still come out of engine
}

func newSession(engine Session, tags string) *session {
	return &session{handle: newHandle(), engine: engine, tags: tags, used: time.Now(), turn: make(chan struct{}, 1)}
}

// exclusive runs f when no other statement of the session runs. Rows of an earlier statement that nobody has fetched
// yet are read into memory first.
func (s *session) exclusive(ctx context.Context, f func() error) error {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if s.reading != nil {
		s.reading.detach()
		s.reading = nil
	}
	return f()
}

// shutdown waits for the statement that runs and closes the engine's session.
func (s *session) shutdown() {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	if s.reading != nil {
		s.reading.close()
	}
	_ = s.engine.Close() // nobody is left to tell
}
