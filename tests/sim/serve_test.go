package sim

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/drt-go/drt/tests/sim/warehouse"
)

// serving is a statement at the warehouse. It goes on whatever becomes of who sent it.
type serving struct {
	reply  chan result // of one
	cancel chan struct{}
}

// longest is after what time the warehouse ends a statement that hangs.
const longest = 40 * time.Minute

// serve begins a statement and returns.
func (p *process) serve(sql string, named []driver.NamedValue, f fault) *serving {
	s := &serving{reply: make(chan result, 1), cancel: make(chan struct{})}
	args := make([]any, len(named))
	for i, n := range named {
		args[i] = n.Value
	}
	takes := p.latency(300)
	switch f {
	case slow, lostLate, killDuring, stop:
		takes = p.latency(240_000)
	case hangs:
		takes = longest
	}
	if sql == "" {
		panic("an empty statement")
	}
	p.world.story.tell("%s: at the warehouse begins %s", p.run.name, brief{sql, named})
	by := p.run.now()
	p.world.serving.Add(1)
	p.world.servers.Go(func() {
		defer p.world.serving.Add(-1)
		r := p.world.serve(by, sql, args, takes, f == hangs, s.cancel)
		s.reply <- r
	})
	return s
}

var errCanceled = &warehouse.Error{Class: "OPERATION_CANCELED", State: "HY008", Message: "Operation was canceled."}

// serve is the warehouse's side of a statement.
func (w *world) serve(by *attempt, sql string, args []any, takes time.Duration, never bool, cancel <-chan struct{}) result {
	st, err := w.warehouse.Begin(sql, args, by)
	if err == nil {
		by.sees(w, sql)
		t := time.NewTimer(takes)
		defer t.Stop()
		select {
		case <-t.C:
		case <-cancel:
			return result{err: errCanceled}
		}
		if never {
			return result{err: errCanceled}
		}
		var r warehouse.Result
		if r, err = st.Commit(); err == nil {
			return result{Result: r}
		}
	}
	var bug *warehouse.Bug
	if errors.As(err, &bug) {
		w.fail("%s sends what the warehouse does not know: %v", by.name, err)
	}
	return result{err: err}
}

// sees notes which keys the run has counted.
func (a *attempt) sees(w *world, sql string) {
	if !strings.Contains(sql, " AS gone") && !strings.Contains(sql, " AS total") {
		return
	}
	counted := map[string]bool{}
	for _, row := range w.warehouse.Rows(target) {
		counted[w.variant.keyOf(*row)] = true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.counted = counted
}

// brief is a statement for people.
type brief struct {
	sql  string
	args []driver.NamedValue
}

func (b brief) String() string {
	line, _, _ := strings.Cut(b.sql, "\n")
	line = strings.NewReplacer("`main`.`default`.", "", "`", "").Replace(line)
	if len(line) > 110 {
		line = line[:110] + "..."
	}
	if len(b.args) > 0 {
		text := fmt.Sprint(b.args[0].Value)
		if len(text) > 160 {
			text = text[:160] + "..."
		}
		line += " ? " + text
	}
	return line
}
