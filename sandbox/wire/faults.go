package wire

import (
	"context"
	"fmt"
	"regexp"
	"sync"
	"time"
)

// Faults is the plan of what goes wrong. Several faults may strike at once: delays and hooks all apply, of the actions
// the first. Safe for concurrent use.
type Faults struct {
	mu    sync.Mutex // guards armed
	armed []*armed
}

// armed is a fault in the plan.
type armed struct {
	Fault
	re    *regexp.Regexp
	seen  int // matches so far
	fired int
}

// Add arms f and returns its number, from 1. Errors: f makes no sense.
func (f *Faults) Add(fault Fault) (int, error) {
	re, err := fault.check()
	if err != nil {
		return 0, fmt.Errorf("fault: %w", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = append(f.armed, &armed{Fault: fault, re: re})
	return len(f.armed), nil
}

// Fired returns how often the fault with that number struck.
func (f *Faults) Fired(number int) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if number < 1 || number > len(f.armed) {
		return 0
	}
	return f.armed[number-1].fired
}

// Unfired describes the faults that never struck: a test that expects a fault must find none.
func (f *Faults) Unfired() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []string
	for i, a := range f.armed {
		if a.fired == 0 {
			out = append(out, fmt.Sprintf("fault %d: %s on %s %q, match %d", i+1, a.Do, a.On, a.Match, a.Nth))
		}
	}
	return out
}

// Clear disarms all. Numbers start again.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = nil
}

// strike is what goes wrong with one event.
type strike struct {
	event         Event
	delay         time.Duration
	before, after []func(Event)
	begun         []func(Event)
	act           *Fault // nil if nothing but delays and hooks
}

// at counts e against every fault and collects those that strike.
func (f *Faults) at(e Event) strike {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := strike{event: e}
	for _, a := range f.armed {
		if a.On != e.Point || !a.re.MatchString(e.Text) {
			continue
		}
		a.seen++
		if a.seen < a.Nth || a.Times != Always && a.seen >= a.Nth+a.Times {
			continue
		}
		a.fired++
		s.add(a.Fault)
	}
	return s
}

func (s *strike) add(f Fault) {
	s.delay += f.Delay
	switch {
	case f.Hook == nil:
	case f.Begun:
		s.begun = append(s.begun, f.Hook)
	case f.After:
		s.after = append(s.after, f.Hook)
	default:
		s.before = append(s.before, f.Hook)
	}
	if s.act == nil && f.Do != None {
		s.act = &f
	}
}

// inBand reports whether the client hears of the strike by Thrift, so that it may be told to poll meanwhile.
func (s *strike) inBand() bool {
	return s.act == nil || s.act.Do == Hang || s.act.Do == Fail && s.act.Error != nil
}

// around runs the work between what goes wrong before and after it.
func (s *strike) around(ctx context.Context, work func() error) (outcome, error) {
	if err := pause(ctx, s.delay); err != nil {
		return outcome{}, err
	}
	for _, hook := range s.before {
		hook(s.event)
	}
	if s.act != nil && !s.act.After && s.act.Do != Late {
		return s.act.hit(ctx)
	}
	err := work()
	for _, hook := range s.after {
		hook(s.event)
	}
	if s.act == nil {
		return outcome{}, err
	}
	out, hit := s.act.hit(ctx)
	if hit == nil {
		hit = err
	}
	return out, hit
}

// hit is the action itself: what becomes of the HTTP exchange, and the error in the answer.
func (f *Fault) hit(ctx context.Context) (outcome, error) {
	switch f.Do {
	case Fail:
		if f.Error != nil {
			return outcome{}, f.Error
		}
		return outcome{status: f.Status, retryAfter: f.RetryAfter}, nil
	case Drop, Late:
		return outcome{drop: true}, nil
	case LoseSession:
		return outcome{lost: true}, nil
	case Cut:
		return outcome{cut: true}, nil
	case Hang:
		<-ctx.Done()
		return outcome{}, ctx.Err()
	}
	return outcome{}, nil
}

func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
