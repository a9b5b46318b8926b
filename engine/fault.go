package engine

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/state"
)

// The stages of a run, as Report.Stage says them.
const (
	stageConfig  = "config"
	stageLock    = "lock"
	stageExtract = "extract"
	stageConnect = "connect"
	stageLoad    = "load"
	stageCommit  = "commit"
	stageSettle  = "settle"
	stageState   = "state"
)

// fault is an error of a run, with the stage it came from.
type fault struct {
	stage  string
	status Status
	err    error
}

func (f *fault) Error() string { return f.err.Error() }
func (f *fault) Unwrap() error { return f.err }

// at makes err a fault of stage, unless it is one already.
func at(stage string, err error) error {
	var f *fault
	if err == nil || errors.As(err, &f) {
		return err
	}
	return &fault{stage: stage, status: StatusFailed, err: err}
}

// timedOut is the cause of a context that sync.timeout has ended.
type timedOut struct{ after time.Duration }

func (e *timedOut) Error() string { return fmt.Sprintf("sync.timeout of %s is over", e.after) }

// stopped is the fault of a run whose context has ended before its commit began.
func stopped(stage string, cause error) error {
	if errors.Is(cause, state.ErrLost) {
		return &fault{stage: stageLock, status: StatusFailed, err: &connector.Error{
			Kind: connector.KindConflict, Message: cause.Error() + "; nothing was committed",
			Hint: "let that run end; hosts that share a state need clocks that agree within a minute", Err: cause,
		}}
	}
	e := &connector.Error{Kind: connector.KindCanceled, Message: "interrupted, nothing was committed", Hint: "run the sync again", Err: cause}
	var late *timedOut
	switch {
	case errors.As(cause, &late):
		e.Message = late.Error() + ", nothing was committed"
		e.Hint = "raise sync.timeout, or find out what is slow"
	case !errors.Is(cause, context.Canceled):
		e.Message = "interrupted (" + cause.Error() + "), nothing was committed"
	}
	return &fault{stage: stage, status: StatusInterrupted, err: e}
}

// failed is the fault of a step under ctx: if ctx has ended, that is why it failed, whatever the step says.
func failed(ctx context.Context, stage string, err error) error {
	if err == nil {
		return nil
	}
	if cause := context.Cause(ctx); cause != nil {
		return stopped(stage, cause)
	}
	return at(stage, err)
}

// guard turns a panic of a connector into an error: one sync must not take the others down.
func guard(what string, f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &connector.Error{
				Kind: connector.KindInternal, Op: what, Message: fmt.Sprintf("a bug in drt or in a connector: panic at %s: %s", panicPlace(), panicText(v)),
				Hint: "report it with this message",
			}
		}
	}()
	return f()
}

// panicText is what may be shown of a panic: what the runtime says names types and indices; any other text may hold values
// of rows, or a secret (E12).
func panicText(v any) string {
	if e, ok := v.(runtime.Error); ok {
		return e.Error()
	}
	return fmt.Sprintf("%T", v)
}

// panicPlace is the file and line that panicked: the first frame below the runtime's own.
func panicPlace() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	below := false
	for {
		frame, more := frames.Next()
		inRuntime := strings.HasPrefix(frame.Function, "runtime.")
		if below && !inRuntime {
			return fmt.Sprintf("%s:%d", filepath.Base(frame.File), frame.Line)
		}
		below = below || frame.Function == "runtime.gopanic"
		if !more {
			return "an unknown place"
		}
	}
}
