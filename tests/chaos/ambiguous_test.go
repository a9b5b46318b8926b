package chaos

import (
	"fmt"
	"testing"

	"github.com/drt-go/drt/sandbox/wire"
)

// TestW17_AnAmbiguousAppendWaitsForADecision: a plain INSERT whose reply was lost, and another writer that appended as
// many rows. Nothing can tell them apart: the sync is unknown and sends nothing until somebody has said what happened.
// With exactly_once there is no such case.
func TestW17_AnAmbiguousAppendWaitsForADecision(t *testing.T) {
	fresh, _ := appendsNew(nil, generation("new"), 1)
	other := fmt.Sprintf("INSERT INTO %s (id, name) SELECT 1000 + n, 'of another writer' FROM (SELECT explode(sequence(1, %d)) AS n)", target, len(fresh))
	for _, landed := range []bool{true, false} {
		t.Run(map[bool]string{true: "committed", false: "not committed"}[landed], func(t *testing.T) {
			p := newPlace(t, newWarehouse(t), find(t, "insert incremental"))
			p.reset(t)
			killed := make(chan *process, 1)
			number, err := p.w.Faults.Add(wire.Fault{Match: "^INSERT INTO .main.\\..chaos.\\..t.", Do: wire.Drop, After: landed, Hook: func(wire.Event) { (<-killed).kill() }})
			if err != nil {
				t.Fatal(err)
			}
			x := p.start(t, runArgs(p.source)...)
			killed <- x
			if e := x.end(); e.status != "killed" || p.w.Faults.Fired(number) != 1 {
				t.Fatalf("the run was not killed at its INSERT: %s", e)
			}
			p.w.settled(t)
			others := 2 // appends of that size
			if landed {
				others = 1
			}
			for range others {
				p.w.rows(t, other)
			}
			before := p.target(t)
			for range 2 {
				e := p.start(t, runArgs(p.source)...).end()
				if e.status != "unknown" {
					t.Fatalf("the run after it: %s, want unknown", e)
				}
			}
			if got := p.target(t); len(got) != len(before) {
				t.Fatalf("%d rows before, %d after a run that knows nothing", len(before), len(got))
			}
			decision := map[bool]string{true: "--committed", false: "--not-committed"}[landed]
			r := p.start(t, "state", "resolve", "t", decision)
			if <-r.exited; r.cmd.ProcessState.ExitCode() != 0 {
				t.Fatalf("drt state resolve: %s%s", &r.out, &r.text)
			}
			succeeded(t, "the run after the decision", p.start(t, runArgs(p.source)...).end())
			p.w.rows(t, "DELETE FROM "+target+" WHERE id > 1000")
			p.wants(t, 1)
		})
	}
}
