package databricks

import (
	"context"
	"errors"

	"github.com/drt-go/drt/connector"
)

// clearSoon begins to clear up after a commit, off the way of what the run does next (state, report). The connection
// belongs to it until cleared returns.
func (s *session) clearSoon() {
	s.clearing = make(chan error, 1)
	go func() { s.clearing <- s.clear() }()
}

// cleared waits until everything of ours is gone, or clears up now if no commit has begun to.
func (s *session) cleared() error {
	if s.clearing != nil {
		return <-s.clearing
	}
	return s.clear()
}

// clear drops scratch and removes files. It works under a context of its own: the run's may be what ended the run.
func (s *session) clear() error {
	ctx, cancel := context.WithTimeout(context.Background(), cleanUp)
	defer cancel()
	var errs []error
	if s.probe {
		errs = append(errs, s.drop(ctx, s.layout.scratch.probe()))
	}
	if s.scratch {
		errs = append(errs, s.drop(ctx, s.layout.scratch))
	}
	if s.files != nil {
		errs = append(errs, s.files.close(ctx))
	}
	return errors.Join(append(errs, s.stray...)...)
}

// mayAppear notes whether a CREATE of ours, of which err came back, may still be under way: a DROP that is faster removes
// nothing, and then only a later run can.
func (s *session) mayAppear(err error) {
	if err == nil || answered(err) || errors.Is(err, errUnsent) {
		return
	}
	s.stray = append(s.stray, &connector.Error{
		Kind: connector.KindTransient, Op: "drop scratch " + s.layout.scratch.plain(),
		Message: "the reply to its CREATE was lost: it may appear after it was dropped",
	})
}

// drop removes a table of ours, over a new connection if the session is lost. Dropping twice does no harm.
func (s *session) drop(ctx context.Context, t table) error {
	s.w.doing("dropping scratch")
	op, st := "drop scratch "+t.plain(), statement{text: dropSQL(t)}
	err := s.w.define(ctx, op, st, onScratch)
	if err == nil || connector.KindOf(err) != connector.KindTransient || !s.w.again(ctx) {
		return err
	}
	return s.w.define(ctx, op, st, onScratch)
}
