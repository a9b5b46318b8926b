package wire

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/drt-go/drt/sandbox/wire/internal/tcli"
)

// task is what an operation does, and how its result is to travel.
type task struct {
	text    string
	params  int
	tags    string
	timeout time.Duration // 0: none
	arrow   bool
	types   *tcli.TSparkArrowTypes
	work    func(ctx context.Context) (*Result, error)
	staging bool // the result tells the client which file to send or fetch
	event   bool // a statement: it is logged and faults strike at it
}

// operation is one statement on its way.
type operation struct {
	handle
	task
	sess    *session
	strike  strike
	cancel  context.CancelFunc
	started time.Time
	done    chan struct{}
	left    chan struct{} // closed when the client is left without an answer while op goes on; nil: it is not

	// What follows is set before done is closed, and constant then.
	state     tcli.TOperationState
	err       *Error
	result    *resultSet   // nil if there are no columns
	format    *arrowFormat // nil: column format
	modified  int64
	out       outcome
	completed time.Time
}

// start runs t in the background.
func (s *Server) start(sess *session, t task) *operation {
	op := &operation{handle: newHandle(), task: t, sess: sess, started: time.Now(), done: make(chan struct{}), modified: -1}
	ctx := op.context(s.ctx)
	var entry *Entry
	if t.event {
		op.strike = s.Faults.at(Event{Point: Statement, Session: sess.id.String(), Text: t.text})
		entry = s.Log.begin(Entry{Point: Statement, Session: sess.id.String(), Text: t.text, Params: t.params, Tags: t.tags})
		if op.strike.late() {
			op.left = make(chan struct{})
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil { // closed meanwhile: nobody waits for new operations
		op.state, op.err = tcli.TOperationState_CANCELED, cancelError()
		close(op.done)
		return op
	}
	s.ops[op.id] = op
	s.running.Add(1)
	go func() {
		defer s.running.Done()
		defer close(op.done)
		op.run(ctx)
		if op.out.lost {
			s.remove(sess)
		}
		if entry != nil {
			s.Log.end(entry, op.class(), 0)
		}
	}()
	return op
}

func (op *operation) context(parent context.Context) (ctx context.Context) {
	if op.timeout > 0 {
		ctx, op.cancel = context.WithTimeout(parent, op.timeout)
		return ctx
	}
	ctx, op.cancel = context.WithCancel(parent)
	return ctx
}

// run does the work and settles the state.
func (op *operation) run(ctx context.Context) {
	err := op.sess.exclusive(ctx, func() (err error) {
		if err := ctx.Err(); err != nil {
			return err
		}
		ctx = op.strike.context(ctx)
		op.out, err = op.strike.around(ctx, func() error {
			if op.strike.late() {
				close(op.left)
			}
			return op.perform(ctx)
		})
		return err
	})
	op.completed = time.Now()
	if err == nil {
		op.state = tcli.TOperationState_FINISHED
		return
	}
	if op.result != nil {
		op.result.close()
		op.result = nil
	}
	op.state, op.err = tcli.TOperationState_ERROR, asError(err)
	switch ended := ctx.Err(); {
	case errors.Is(ended, context.DeadlineExceeded):
		op.state, op.err = tcli.TOperationState_TIMEDOUT, timeoutError(op.timeout)
	case ended != nil:
		op.state, op.err = tcli.TOperationState_CANCELED, cancelError()
	}
}

// perform executes, and reads far enough to know that the first rows come. The caller has the session's turn.
func (op *operation) perform(ctx context.Context) (err error) {
	defer func() { // one broken statement must not take the warehouse down
		if p := recover(); p != nil {
			err = fmt.Errorf("a bug in the sandbox: panic: %v", p)
		}
	}()
	res, err := op.work(ctx)
	if err != nil {
		return err
	}
	op.modified = res.Modified
	if res.Columns == nil {
		return nil
	}
	op.result = newResultSet(res)
	op.sess.reading = op.result
	if n := res.Rows.Schema().NumFields(); n != len(res.Columns) {
		return fmt.Errorf("the engine named %d columns and has rows of %d", len(res.Columns), n)
	}
	if op.arrow {
		if op.format, err = newArrowFormat(res.Columns, op.types); err != nil {
			return err
		}
	}
	return op.result.prime()
}

func (op *operation) ended() bool {
	select {
	case <-op.done:
		return true
	default:
		return false
	}
}

// discard cancels op and lets go of its result.
func (op *operation) discard() {
	op.cancel()
	go func() {
		<-op.done
		if op.result != nil {
			op.result.close()
		}
	}()
}

// class is how the log names the end of op.
func (op *operation) class() string {
	switch {
	case op.err != nil:
		return op.err.Class
	default:
		return op.out.describe()
	}
}
