package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// stopper turns the first SIGINT or SIGTERM into a cancelled context and the second into an exit at once.
type stopper struct {
	first atomic.Pointer[os.Signal]
	stop  func()
}

// watchSignals returns a context that ends at the first signal. exit is called with the code of the second.
func watchSignals(parent context.Context, stderr io.Writer, exit func(int)) (context.Context, *stopper) {
	ctx, cancel := context.WithCancelCause(parent)
	ch := make(chan os.Signal, 2)
	signal.Notify(ch, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	s := &stopper{}
	s.stop = func() {
		signal.Stop(ch)
		close(done)
		cancel(nil)
	}
	go func() {
		for {
			select {
			case sig := <-ch:
				if s.first.Load() != nil {
					exit(exitCode(nil, sig))
					return
				}
				s.first.Store(&sig)
				_, _ = fmt.Fprintf(stderr, "drt: %s: stopping cleanly; once more to stop at once\n", signalName(sig))
				cancel(fmt.Errorf("stopped by %s", signalName(sig)))
			case <-done:
				return
			}
		}
	}()
	return ctx, s
}

// received returns the first signal, or nil.
func (s *stopper) received() os.Signal {
	if p := s.first.Load(); p != nil {
		return *p
	}
	return nil
}

func signalName(sig os.Signal) string {
	if sig == syscall.SIGTERM {
		return "SIGTERM"
	}
	return "SIGINT"
}
