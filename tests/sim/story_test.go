package sim

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// story is what happened, in order. It is formatted only if somebody wants to read it.
type story struct {
	began time.Time

	mu     sync.Mutex
	events []event
}

type event struct {
	at     time.Duration
	format string
	args   []any
}

func (s *story) tell(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, event{time.Since(s.began), format, args})
}

func (s *story) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, e := range s.events {
		fmt.Fprintf(&b, "%14s  %s\n", e.at.Round(time.Millisecond), fmt.Sprintf(e.format, e.args...))
	}
	return b.String()
}
