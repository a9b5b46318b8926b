package engine

import (
	"sync"

	"github.com/drt-go/drt/destinations"
)

// tally counts what a run does, for Progress. It is safe for concurrent use.
type tally struct {
	show func(Progress) // may be nil

	mu     sync.Mutex
	now    Progress
	counts bool // the destination reports statements
}

func (t *tally) update(change func(*Progress)) {
	t.mu.Lock()
	change(&t.now)
	p := t.now
	t.mu.Unlock()
	if t.show != nil {
		t.show(p)
	}
}

func (t *tally) doing(what string) { t.update(func(p *Progress) { p.Doing = what }) }

func (t *tally) read(rows, bytes int64) {
	t.update(func(p *Progress) {
		p.Rows += rows
		p.Bytes += bytes
	})
}

// destination is the Plan.Progress of a session.
func (t *tally) destination(d destinations.Progress) {
	t.update(func(p *Progress) {
		p.Statements, t.counts = d.Statements, true
		if d.Doing != "" {
			p.Doing = d.Doing
		}
	})
}

// statements returns how many the destination sent, nil if it does not say.
func (t *tally) statements() *int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.counts {
		return nil
	}
	return destinations.Count(t.now.Statements)
}
