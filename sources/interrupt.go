package sources

import (
	"context"
	"time"
)

// interruptEvery is how often an interrupt is repeated while the call it is meant for has not returned.
const interruptEvery = 5 * time.Millisecond

// Interrupt calls f when ctx ends, and again every few milliseconds until done is called: a library that forgets an
// interrupt which comes just before the query starts is interrupted all the same. done waits until f is not running
// and will not run again.
//
//	done := sources.Interrupt(ctx, conn.interrupt)
//	defer done()
func Interrupt(ctx context.Context, f func()) (done func()) {
	over, finished := make(chan struct{}), make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(finished)
		for {
			f()
			select {
			case <-over:
				return
			case <-time.After(interruptEvery):
			}
		}
	})
	return func() {
		close(over)
		if !stop() {
			<-finished
		}
	}
}
