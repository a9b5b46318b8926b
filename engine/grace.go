package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/drt-go/drt/connector"
)

// grace is how long the run may take to stop.
func (r *run) grace() time.Duration {
	if r.options.Grace > 0 {
		return r.options.Grace
	}
	return DefaultGrace
}

// graceOfCommit leaves some of grace for the clean-up and for saving what happened.
func (r *run) graceOfCommit() time.Duration { return r.grace() / 5 * 4 }

// graceOfCleanUp is what is left of grace when the session is closed, but for a tenth in which state is saved; 0 = no
// bound but the connector's own.
func (r *run) graceOfCleanUp() time.Duration {
	switch {
	case !r.told && r.job.Timeout == 0:
		return 0
	case !r.told: // the deadline holds for the clean-up too
		return max(time.Until(r.report.Started.Add(r.job.Timeout)), 0) + r.grace()/10*9
	case r.begun:
		return r.grace() / 10
	default:
		return r.grace() / 10 * 9
	}
}

// closeSession closes the session, and leaves it alone when the time of a run that was told to stop is over: what it
// has not dropped by then is swept by the next run.
func (r *run) closeSession() error {
	closed := make(chan error, 1)
	session := r.writer.session
	go func() { closed <- guard("close", session.Close) }()
	within := r.graceOfCleanUp()
	if within == 0 {
		return <-closed
	}
	t := time.NewTimer(within)
	defer t.Stop()
	select {
	case err := <-closed:
		return err
	case <-t.C:
		return &connector.Error{Kind: connector.KindCanceled, Op: "clean up", Message: fmt.Sprintf("it did not end within %s", within)}
	}
}

// tooLate is the cause of the context of a commit that did not end within its grace.
type tooLate struct {
	cause error
	grace time.Duration
}

func (e *tooLate) Error() string {
	return fmt.Sprintf("%s, and the commit did not end within %s", e.cause, e.grace)
}

// graceful returns a context that outlives ctx by grace.
func graceful(ctx context.Context, grace time.Duration) (context.Context, func()) {
	late, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	go func() {
		select {
		case <-ctx.Done():
		case <-late.Done():
			return
		}
		t := time.NewTimer(grace)
		defer t.Stop()
		select {
		case <-t.C:
			cancel(&tooLate{context.Cause(ctx), grace})
		case <-late.Done():
		}
	}()
	return late, func() { cancel(nil) }
}
