package wire

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/drt-go/drt/sandbox/wire/internal/tcli"
)

const (
	defaultRunningAfter = 5 * time.Second
	defaultSessionIdle  = time.Hour
)

// Options configure a Server.
type Options struct {
	Engine  Engine
	Token   string   // what clients must send as bearer token; never empty
	Volumes *Volumes // nil: there are no volumes, staging statements are refused
	Log     *Log     // nil: a new one
	Faults  *Faults  // nil: a new, empty plan
	Control bool     // serve the faults and the log under /sandbox/, for tests in another process

	RunningAfter time.Duration // a statement that takes longer is polled for; 0 is 5 s
	SessionIdle  time.Duration // sessions unused for so long are closed when the next one opens; 0 is 1 h
}

// Server answers HTTP as a SQL warehouse does. It is an http.Handler; listening is up to the caller, on loopback only.
type Server struct {
	Options

	signKey [32]byte
	ctx     context.Context // ends with Close
	stop    context.CancelFunc
	methods map[string]method
	running sync.WaitGroup // operations, and sessions that are being closed

	mu       sync.Mutex // guards what follows, and additions to running
	sessions map[uuid.UUID]*session
	ops      map[uuid.UUID]*operation
}

// NewServer returns a server for o. It panics without Engine or Token: that is wrong wiring, not a run-time failure.
func NewServer(o Options) *Server {
	if o.Engine == nil || o.Token == "" {
		panic("wire: a server needs an engine and a token")
	}
	if o.Log == nil {
		o.Log = &Log{}
	}
	if o.Faults == nil {
		o.Faults = &Faults{}
	}
	if o.RunningAfter == 0 {
		o.RunningAfter = defaultRunningAfter
	}
	if o.SessionIdle == 0 {
		o.SessionIdle = defaultSessionIdle
	}
	s := &Server{Options: o, sessions: map[uuid.UUID]*session{}, ops: map[uuid.UUID]*operation{}}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.methods = s.table()
	_, _ = rand.Read(s.signKey[:]) // never fails
	return s
}

// Close cancels what runs, closes all sessions and waits for them. The Engine and the Volumes stay open.
func (s *Server) Close() error {
	s.mu.Lock()
	s.stop() // under mu: start and remove see it before they add to running
	all := make([]*session, 0, len(s.sessions))
	for _, sess := range s.sessions {
		all = append(all, sess)
	}
	s.mu.Unlock()
	for _, sess := range all {
		s.remove(sess)
	}
	s.running.Wait()
	return nil
}

func (s *Server) authorized(header string) bool {
	return subtle.ConstantTimeCompare([]byte(header), []byte("Bearer "+s.Token)) == 1
}

// session finds the session of t, nil if it is lost.
func (s *Server) session(t *tcli.TSessionHandle) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	sess := s.sessions[idOf(t.GetSessionId())]
	if sess == nil || !sess.matches(t.GetSessionId()) {
		return nil
	}
	sess.used = time.Now()
	return sess
}

// operation finds the operation of t, nil if it is closed.
func (s *Server) operation(t *tcli.TOperationHandle) *operation {
	s.mu.Lock()
	defer s.mu.Unlock()
	op := s.ops[idOf(t.GetOperationId())]
	if op == nil || !op.matches(t.GetOperationId()) {
		return nil
	}
	op.sess.used = time.Now()
	return op
}

// add makes sess known, unless the server was closed.
func (s *Server) add(sess *session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return false
	}
	s.sessions[sess.id] = sess
	return true
}

// remove forgets sess and closes it as soon as its statement has ended.
func (s *Server) remove(sess *session) <-chan struct{} {
	closed := make(chan struct{})
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sessions[sess.id] != sess {
		close(closed)
		return closed
	}
	delete(s.sessions, sess.id)
	var ops []*operation
	for id, op := range s.ops {
		if op.sess == sess {
			delete(s.ops, id)
			ops = append(ops, op)
		}
	}
	s.running.Add(1)
	go func() {
		defer s.running.Done()
		defer close(closed)
		for _, op := range ops {
			op.discard()
		}
		sess.shutdown()
	}()
	return closed
}

// forget drops op: its client has all of it, or will never ask.
func (s *Server) forget(op *operation) {
	s.mu.Lock()
	delete(s.ops, op.id)
	s.mu.Unlock()
	op.discard()
}

// sweep removes sessions whose clients died without closing them.
func (s *Server) sweep() {
	s.mu.Lock()
	var idle []*session
	for _, sess := range s.sessions {
		if time.Since(sess.used) > s.SessionIdle && !s.busy(sess) {
			idle = append(idle, sess)
		}
	}
	s.mu.Unlock()
	for _, sess := range idle {
		s.remove(sess)
	}
}

// busy reports whether a statement of sess runs. The caller holds mu.
func (s *Server) busy(sess *session) bool {
	for _, op := range s.ops {
		if op.sess == sess && !op.ended() {
			return true
		}
	}
	return false
}
