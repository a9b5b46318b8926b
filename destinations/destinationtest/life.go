package destinationtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

func lifeCases() []contractCase {
	return []contractCase{
		{name: "CloseIsIdempotent", check: closeIsIdempotent},
		{name: "CancelledOpenIsInterrupted", check: cancelledOpenIsInterrupted},
		{name: "CancelledWriteLeavesTargetAlone", check: cancelledWriteLeavesTargetAlone},
		{name: "CancelledCommitLeavesTargetAlone", check: cancelledCommitLeavesTargetAlone},
		{name: "LeavesNoScratch", check: leavesNoScratch},
		{name: "NoLeaks", check: noLeaks},
	}
}

func closeIsIdempotent(r *run) {
	mode := r.anyMode()
	p := r.people(mode)
	plan := p.plan(mode)
	s := p.open(plan)
	p.mustWrite(s, plan, row{"1", "ada", "1.00"})
	p.commit(s, destinations.Commit{})
	closeAgain(r, s, "Commit")
	p.want("closing again changes nothing", row{"1", "ada", "1.00"})

	closeAgain(r, p.open(p.plan(mode)), "Open")
	plan = p.plan(mode)
	s = p.open(plan)
	p.mustWrite(s, plan, row{"2", "bob", "2.00"})
	closeAgain(r, s, "Write")
}

func closeAgain(r *run, s destinations.Session, after string) {
	r.Helper()
	for i := range 3 {
		if err := s.Close(); err != nil {
			r.Errorf("Close number %d after %s: %v", i+1, after, err)
		}
	}
}

// cancelled is a context that has ended.
func cancelled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// interrupted fails the case unless err says that ctx ended: the exit code hangs on it.
func (r *run) interrupted(err error, what string) {
	r.Helper()
	if !errors.Is(err, context.Canceled) && connector.KindOf(err) != connector.KindCanceled {
		r.Errorf("%s with a context that has ended must return an error of kind %s, got %v (W8)", what, connector.KindCanceled, err)
	}
}

// W8
func cancelledOpenIsInterrupted(r *run) {
	p := r.people(r.anyMode())
	s, err := p.dest.Open(cancelled(), p.plan(r.anyMode()))
	if err == nil {
		_ = s.Close()
	}
	r.interrupted(err, "Open")
}

// W8
func cancelledWriteLeavesTargetAlone(r *run) {
	for _, mode := range r.caps.Modes {
		p := r.people(mode)
		p.seed(row{"1", "ada", "1.00"})
		plan := p.plan(mode)
		s := p.open(plan)
		p.mustWrite(s, plan, row{"2", "bob", "2.00"})
		b := p.batch(plan.Schema, row{"3", "cyd", "3.00"})
		r.interrupted(s.Write(cancelled(), b), "Write")
		b.Release()
		if err := s.Close(); err != nil {
			r.Errorf("mode %s: close after an interrupted write: %v", mode, err)
		}
		p.want(fmt.Sprintf("mode %s: an interrupted run leaves the target as it was (W8)", mode), row{"1", "ada", "1.00"})
	}
}

// W8
func cancelledCommitLeavesTargetAlone(r *run) {
	for _, mode := range r.caps.Modes {
		p := r.people(mode)
		p.seed(row{"1", "ada", "1.00"}, row{"2", "bob", "2.00"})
		plan := p.plan(mode)
		s := p.open(plan)
		p.mustWrite(s, plan, row{"2", "eve", "9.00"})
		_, err := s.Commit(cancelled(), destinations.Commit{})
		r.interrupted(err, "Commit")
		if err := s.Close(); err != nil {
			r.Errorf("mode %s: close after an interrupted commit: %v", mode, err)
		}
		p.want(fmt.Sprintf("mode %s: a commit that was interrupted before it began does nothing (W8)", mode),
			row{"1", "ada", "1.00"}, row{"2", "bob", "2.00"})
	}
}

// W11
func leavesNoScratch(r *run) {
	for _, mode := range r.caps.Modes {
		p := r.people(mode)
		if p.Scratch == nil {
			r.Log("the harness says that the destination stages nowhere")
			return
		}
		p.load(p.plan(mode), row{"1", "ada", "1.00"})
		p.clean(fmt.Sprintf("mode %s: after a commit", mode))
		plan := p.plan(mode)
		s := p.open(plan)
		p.mustWrite(s, plan, row{"2", "bob", "2.00"})
		_ = s.Close()
		p.clean(fmt.Sprintf("mode %s: after Close without Commit", mode))
		if s, err := p.dest.Open(context.Background(), p.plan("garbage")); err == nil {
			_ = s.Close()
		}
		p.clean("after an Open that was refused")
	}
}

// clean fails the case if there is scratch. when completes "scratch is left behind".
func (p *place) clean(when string) {
	p.Helper()
	if p.Scratch == nil {
		return
	}
	if left := p.Scratch(p); len(left) > 0 {
		p.Errorf("%s scratch is left behind (W11): %v", when, left)
	}
}

func noLeaks(r *run) {
	mode := r.anyMode()
	p := r.people(mode)
	use := func(n int, commit bool) {
		for i := range n {
			plan := p.plan(mode)
			s := p.open(plan)
			p.mustWrite(s, plan, row{fmt.Sprint(i), "ada", "1.00"})
			if commit {
				p.commit(s, destinations.Commit{})
			}
			_ = s.Close()
		}
	}
	// What is made once, a pool or a log, is no leak.
	use(2, true)
	use(2, false)
	goroutines, files := runtime.NumGoroutine(), openFiles()
	use(10, true)
	use(10, false)
	if !within(2*time.Second, func() bool { return runtime.NumGoroutine() < goroutines+10 }) {
		stacks := make([]byte, 1<<16)
		r.Errorf("20 sessions left %d goroutines:\n%s", runtime.NumGoroutine()-goroutines, stacks[:runtime.Stack(stacks, true)])
	}
	if !within(2*time.Second, func() bool { return openFiles() < files+10 }) {
		r.Errorf("20 sessions left %d open files", openFiles()-files)
	}
}

// within asks ok until it says yes or the time is up: what ends, ends soon, but not before Close returns.
func within(limit time.Duration, ok func() bool) bool {
	for end := time.Now().Add(limit); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// openFiles counts this process's file descriptors, 0 where the system does not list them.
func openFiles() int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(entries)
}
