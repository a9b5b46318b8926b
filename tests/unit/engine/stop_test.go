package engine_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/engine"
)

func TestW8_InterruptedRunCommitsNothing(t *testing.T) {
	for _, mode := range []engine.Mode{engine.ModeMirror, engine.ModeReplace, engine.ModeIncremental} {
		t.Run(string(mode), func(t *testing.T) {
			w := newWorld(t, mode, destinations.ModeMerge)
			w.source.rows, w.target.rows = five(), []row{{9, at(9), "old"}}
			ctx, cancel := context.WithCancelCause(t.Context())
			w.source.hook = func(_ context.Context, batch int) error {
				if batch == 2 {
					cancel(errors.New("SIGTERM"))
				}
				return nil
			}
			p := engine.Run(ctx, w.job, w.store, w.options())
			w.want(p, engine.StatusInterrupted)
			if slices.Contains(w.target.calls, "commit") || (len(w.target.calls) > 0 && w.target.calls[len(w.target.calls)-1] != "close") {
				t.Errorf("calls %v", w.target.calls)
			}
			same(t, "target", []string{"9@9=old"}, w.values())
			if w.watermark() != "" || kindOf(p) != connector.KindCanceled || !strings.Contains(p.Err.Error(), "SIGTERM") || w.lastStatus() != "interrupted" {
				t.Errorf("watermark %q, %v, history %s", w.watermark(), p.Err, w.lastStatus())
			}
		})
	}
}

func TestW8_SignalAfterTheLastBatchCommitsNothing(t *testing.T) {
	w := newWorld(t, engine.ModeMirror, destinations.ModeMerge)
	w.source.rows = five()
	ctx, cancel := context.WithCancel(t.Context())
	writes := 0
	w.target.onWrite = func(context.Context) error {
		if writes++; writes == 3 {
			cancel()
		}
		return nil
	}
	w.want(engine.Run(ctx, w.job, w.store, w.options()), engine.StatusInterrupted)
	if slices.Contains(w.target.calls, "commit") {
		t.Errorf("calls %v", w.target.calls)
	}
}

func TestTimeoutInterruptsARunThatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, engine.ModeFull, destinations.ModeInsert)
		w.source.rows = five()
		w.job.Timeout = time.Hour
		w.source.hook = func(ctx context.Context, batch int) error {
			if batch == 1 {
				<-ctx.Done()
				return errors.New("driver: bad connection")
			}
			return nil
		}
		p := w.run()
		w.want(p, engine.StatusInterrupted)
		if p.Duration < time.Hour || !strings.Contains(p.Err.Error(), "sync.timeout of 1h0m0s is over") || len(w.target.rows) != 0 {
			t.Errorf("after %s: %v, target %q", p.Duration, p.Err, w.values())
		}
	})
}

func TestCommitIsGivenGrace(t *testing.T) {
	for _, test := range []struct {
		name   string
		takes  time.Duration
		status engine.Status
		rows   int
	}{{"it ends in time", 7 * time.Second, engine.StatusSuccess, 5}, {"it does not", 9 * time.Second, engine.StatusUnknown, 0}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
				w.source.rows = five()
				ctx, cancel := context.WithCancel(t.Context())
				w.target.onCommit = func(late context.Context, apply func()) error {
					cancel()
					select {
					case <-late.Done():
						return late.Err()
					case <-time.After(test.takes):
						apply()
						return nil
					}
				}
				p := engine.Run(ctx, w.job, w.store, w.options())
				w.want(p, test.status)
				if len(w.target.rows) != test.rows || (w.watermark() != "") != (test.rows > 0) || (p.RowsSynced == nil) != (test.rows == 0) {
					t.Errorf("target %q, watermark %q, synced %v", w.values(), w.watermark(), p.RowsSynced)
				}
				if test.status == engine.StatusUnknown && (kindOf(p) != connector.KindUnknown || p.Stage != "commit" || w.lastStatus() != "unknown") {
					t.Errorf("%v at %s, history %s", p.Err, p.Stage, w.lastStatus())
				}
			})
		})
	}
}

// A run that was told to stop does not wait for ever for its scratch to be dropped: the next run sweeps it.
func TestE13_CleanUpOfAStoppedRunIsBounded(t *testing.T) {
	for name, test := range map[string]struct {
		takes time.Duration
		left  bool
	}{"it ends in time": {8 * time.Second, false}, "it does not": {time.Hour, true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, engine.ModeMirror, destinations.ModeMerge)
				w.source.rows = five()
				ctx, cancel := context.WithCancel(t.Context())
				w.target.onWrite = func(context.Context) error { cancel(); return nil }
				over := make(chan struct{})
				defer close(over)
				w.target.onClose = func() error {
					select {
					case <-time.After(test.takes):
					case <-over:
					}
					return nil
				}
				p := engine.Run(ctx, w.job, w.store, w.options())
				w.want(p, engine.StatusInterrupted)
				if took := time.Since(p.Started); took > engine.DefaultGrace {
					t.Errorf("stopped after %s", took)
				}
				run, _, err := w.store.LastRun(t.Context(), w.job.Name)
				if err != nil || run.Scratch != test.left {
					t.Errorf("scratch left behind: %t, want %t, %v", run.Scratch, test.left, err)
				}
			})
		})
	}
}

// sync.timeout holds for the clean-up of a run that went well, too.
func TestTimeoutBoundsTheCleanUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, engine.ModeFull, destinations.ModeInsert)
		w.source.rows = five()
		w.job.Timeout = 20 * time.Second
		over := make(chan struct{})
		defer close(over)
		w.target.onClose = func() error { <-over; return nil }
		p := w.run()
		w.want(p, engine.StatusSuccess)
		if took := time.Since(p.Started); took < 20*time.Second || took > 20*time.Second+engine.DefaultGrace || len(p.Warnings) != 1 {
			t.Errorf("it took %s, warnings %q", took, p.Warnings)
		}
	})
}

func TestW17_LostReplyIsUnknown(t *testing.T) {
	for name, err := range map[string]error{
		"as the destination says": &connector.Error{Kind: connector.KindUnknown, Message: "reply lost"},
		"a deadline of its own":   context.DeadlineExceeded,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
			w.source.rows = five()
			w.target.onCommit = func(_ context.Context, apply func()) error {
				apply()
				return err
			}
			p := w.run()
			w.want(p, engine.StatusUnknown)
			if w.watermark() != "" || p.RowsSynced != nil || kindOf(p) != connector.KindUnknown {
				t.Errorf("watermark %q, synced %v, %v", w.watermark(), p.RowsSynced, p.Err)
			}
		})
	}
}

func TestPanicsAreBugsNotCrashes(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.source.rows = five()
	w.source.hook = func(_ context.Context, batch int) error {
		if batch == 1 {
			panic("oh no")
		}
		return nil
	}
	p := w.run()
	w.want(p, engine.StatusFailed)
	if kindOf(p) != connector.KindInternal || p.Stage != "extract" || !strings.Contains(p.Err.Error(), "stop_test.go:") {
		t.Errorf("reader: %v at %s", p.Err, p.Stage)
	}
	w.source.hook = nil
	w.target.onWrite = func(context.Context) error { panic("oh no") }
	p = w.run()
	w.want(p, engine.StatusFailed)
	if kindOf(p) != connector.KindInternal || p.Stage != "load" {
		t.Errorf("writer: %v at %s", p.Err, p.Stage)
	}
	w.target.onWrite = nil
	w.target.onCommit = func(context.Context, func()) error { panic("oh no") }
	p = w.run()
	w.want(p, engine.StatusUnknown)
	if kindOf(p) != connector.KindUnknown || w.watermark() != "" {
		t.Errorf("commit: %v, watermark %q", p.Err, w.watermark())
	}
}
