package chaos

import (
	"time"

	"github.com/drt-go/drt/sandbox/wire"
)

// fault is a way to disturb one event.
type fault struct {
	name string // as RESULTS.md names it
	// fits reports whether it can strike at e; nil: at every event.
	fits func(e event) bool
	// do is what the wire does, but for On and Nth.
	do wire.Fault
	// stops ends the context of the run when the fault strikes, as a signal or sync.timeout does.
	stops bool
	// kills kills the process when the fault strikes: the run is one of the real binary.
	kills bool
	// lands is when a statement that is late goes on to its commit.
	lands landing
}

// landing is a moment after a disturbed run.
type landing int

const (
	landsNever     landing = iota // it is not late
	landsAfterRun                 // when the disturbed run has ended
	landsAfterNext                // when the next run has ended, too
)

func isStatement(e event) bool { return e.point == wire.Statement }
func hasAnswer(e event) bool   { return e.point != wire.Remove }

// faults are all ways to disturb an event.
func faults() []fault {
	refused := func(class, state string) *wire.Error {
		return &wire.Error{Class: class, SQLState: state, Message: "injected"}
	}
	status := func(code int, after bool) wire.Fault { return wire.Fault{Do: wire.Fail, Status: code, After: after} }
	late := wire.Fault{Do: wire.Late, Begun: true}
	return []fault{
		{name: "busy once", fits: isStatement, do: wire.Fault{Do: wire.Fail, Error: refused("CLUSTER_BUSY", "08KD1")}},
		{name: "conflict once", fits: event.changesTarget, do: wire.Fault{Do: wire.Fail, Error: refused("DELTA_CONCURRENT_APPEND", "2D521")}},
		{name: "refused", fits: isStatement, do: wire.Fault{Do: wire.Fail, Error: refused("INTERNAL_ERROR", "XX000")}},
		{name: "refused (403)", fits: func(e event) bool { return !isStatement(e) }, do: status(403, false)},
		{name: "failed after the commit", fits: event.changesTarget, do: wire.Fault{Do: wire.Fail, After: true, Error: refused("DELTA_POST_COMMIT_HOOK_FAILED", "2DKD0")}},
		{name: "429 once", do: status(429, false)},
		{name: "503 once", do: status(503, false)},
		{name: "503 after the effect", do: status(503, true)},
		{name: "connection dropped", do: wire.Fault{Do: wire.Drop}},
		{name: "reply lost", do: wire.Fault{Do: wire.Drop, After: true}},
		{name: "cut in the middle", fits: hasAnswer, do: wire.Fault{Do: wire.Cut}},
		{name: "session lost", fits: isStatement, do: wire.Fault{Do: wire.LoseSession}},
		{name: "session lost after the effect", fits: isStatement, do: wire.Fault{Do: wire.LoseSession, After: true}},
		// Nothing waits for a signal while a run clears up: there the line goes dead instead.
		{name: "hangs", fits: func(e event) bool { return !e.clears() }, do: wire.Fault{Do: wire.Hang}, stops: true},
		{name: "hangs", fits: event.clears, do: wire.Fault{Do: wire.Drop, Delay: 100 * time.Millisecond}},
		{name: "killed before", do: wire.Fault{Do: wire.Drop}, kills: true},
		{name: "killed after", do: wire.Fault{Do: wire.Drop, After: true}, kills: true},
		{name: "lands after the run", fits: event.writes, do: late, lands: landsAfterRun},
		{name: "lands after the next run", fits: event.writes, do: late, lands: landsAfterNext},
		{name: "killed, lands after the next run", fits: event.writes, do: late, kills: true, lands: landsAfterNext},
	}
}
