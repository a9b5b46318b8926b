package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/drt-go/drt/engine"
)

// stopper turns the first SIGINT or SIGTERM into a cancelled context, and the second, or the end of grace, into an
// exit at once.
type stopper struct {
	stderr io.Writer
	exit   func(int)
	cancel context.CancelCauseFunc
	grace  atomic.Int64 // time.Duration; how long the process may go on after the first signal
	first  atomic.Pointer[os.Signal]
	stop   func()
}

// watchSignals returns a context that ends at the first signal. exit is called with the code of a signal if another
// one comes, or if the process is still there when grace is over.
func watchSignals(parent context.Context, stderr io.Writer, exit func(int)) (context.Context, *stopper) {
	ctx, cancel := context.WithCancelCause(parent)
	ch := make(chan os.Signal, 2)
	signal.Notify(ch, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	s := &stopper{stderr: stderr, exit: exit, cancel: cancel}
	s.grace.Store(int64(engine.DefaultGrace))
	s.stop = func() {
		signal.Stop(ch)
		close(done)
		cancel(nil)
	}
	go s.watch(ch, done)
	return ctx, s
}

func (s *stopper) watch(ch <-chan os.Signal, done <-chan struct{}) {
	select {
	case sig := <-ch:
		s.first.Store(&sig)
		_, _ = fmt.Fprintf(s.stderr, "drt: %s: stopping cleanly; once more to stop at once\n", signalName(sig))
		s.cancel(fmt.Errorf("stopped by %s", signalName(sig)))
	case <-done:
		return
	}
	grace := time.Duration(s.grace.Load())
	late := time.NewTimer(grace)
	defer late.Stop()
	select {
	case sig := <-ch:
		s.exit(exitCode(nil, sig))
	case <-late.C:
		// A connector that does not return, a network that swallows everything: whoever sent the signal kills us next.
		_, _ = fmt.Fprintf(s.stderr, "drt: not everything has stopped within %s: what that leaves behind is removed by the next run, or by `drt clean`\n", grace)
		s.exit(exitCode(nil, s.received()))
	case <-done:
	}
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
