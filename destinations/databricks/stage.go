package databricks

import (
	"context"
	"fmt"

	"github.com/drt-go/drt/connector"
)

// stager sends chunks into scratch while the next one is built. Its goroutine has the connection to itself until wait
// or stop returns.
type stager struct {
	w      *warehouse
	bisect bool // spend statements on finding the rows that the warehouse refuses (W16)

	work   chan *chunk // closed by wait and stop
	free   chan *chunk // empty chunks come back here
	done   chan struct{}
	cancel context.CancelFunc
	closed bool

	// After done:
	err       error
	bad       []badRow
	uncounted bool // the warehouse did not say of every INSERT how many rows it staged
}

// badRow is a staged row that only the warehouse could refuse.
type badRow struct {
	row    int64 // its number in the feed
	reason string
}

// newStager starts the goroutine. Its context outlives the call that starts it, which may be cancelled after a later
// batch: stop ends it.
func newStager(ctx context.Context, w *warehouse, bisect bool) *stager {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s := &stager{
		w: w, bisect: bisect, cancel: cancel,
		work: make(chan *chunk), free: make(chan *chunk, 2), done: make(chan struct{}),
	}
	go s.run(ctx)
	return s
}

func (s *stager) run(ctx context.Context) {
	defer close(s.done)
	for c := range s.work {
		s.w.doing("staging")
		if s.err = s.stage(ctx, c, 0, c.rows()); s.err != nil {
			return
		}
		s.w.staged(len(c.text))
		select {
		case s.free <- c:
		default:
		}
	}
}

// send hands c over and returns an empty chunk for the same feed.
func (s *stager) send(ctx context.Context, c *chunk) (*chunk, error) {
	f := c.feed
	select {
	case s.work <- c:
	case <-s.done:
		return nil, s.err
	case <-ctx.Done():
		return nil, &connector.Error{Kind: connector.KindCanceled, Op: "stage rows", Message: "interrupted", Err: ctx.Err()}
	}
	next := &chunk{}
	select {
	case next = <-s.free:
	default:
	}
	next.reset(f)
	return next, nil
}

// wait ends the goroutine after what was sent.
func (s *stager) wait(ctx context.Context) error {
	s.close()
	select {
	case <-s.done:
		return s.err
	case <-ctx.Done():
		s.stop()
		return &connector.Error{Kind: connector.KindCanceled, Op: "stage rows", Message: "interrupted", Err: ctx.Err()}
	}
}

// stop ends the goroutine at once. Idempotent.
func (s *stager) stop() {
	s.cancel()
	s.close()
	<-s.done
}

func (s *stager) close() {
	if !s.closed {
		s.closed = true
		close(s.work)
	}
}

// stage sends rows [from, until) of c. If the warehouse refuses them because of a row, it halves them until that row
// stands alone: a refused INSERT has staged nothing, so no row arrives twice.
func (s *stager) stage(ctx context.Context, c *chunk, from, until int) error {
	st, err := c.feed.by.insert(c.feed.to, c, from, until)
	if err != nil {
		return err
	}
	op := fmt.Sprintf("stage rows %d to %d", c.first+int64(from)+1, c.first+int64(until))
	n, err := s.w.change(ctx, op, st, onScratch)
	if err == nil {
		s.uncounted = s.uncounted || n.affected == nil
		return checkStaged(op, n, until-from)
	}
	if !s.bisect || connector.KindOf(err) != connector.KindRejected {
		return err
	}
	if until-from == 1 {
		s.bad = append(s.bad, badRow{row: c.first + int64(from), reason: refusal(err)})
		if len(s.bad) > maxBadRows {
			return tooManyBad(err)
		}
		return nil
	}
	half := from + (until-from)/2
	if err := s.stage(ctx, c, from, half); err != nil {
		return err
	}
	return s.stage(ctx, c, half, until)
}

// checkStaged holds the warehouse's count of an INSERT against ours: a JSON document that is cut or replaced by NULL
// loses rows without an error.
func checkStaged(op string, n counts, want int) error {
	if n.affected == nil || *n.affected == int64(want) {
		return nil
	}
	return &connector.Error{
		Kind: connector.KindPermanent, Op: op,
		Message: fmt.Sprintf("the warehouse staged %d of %d rows; the target is as before", *n.affected, want),
		Hint:    "set staging.loader: values",
	}
}

// refusal is the reason of a row that the warehouse refused.
func refusal(err error) string {
	var e *connector.Error
	if asError(err, &e) {
		return e.Message
	}
	return "refused by the warehouse"
}
