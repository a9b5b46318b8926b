package sim

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/drt-go/drt/tests/sim/warehouse"
)

// fault is what goes wrong with one statement.
type fault int

const (
	none          fault = iota
	answersError        // the warehouse refuses it, nothing happens
	lostBefore          // the connection breaks before it arrives
	lostAfter           // it happens, the reply is lost
	lostLate            // the connection breaks while it runs: it happens later
	hangs               // it takes very long and does not happen; a cancel ends it
	slow                // it takes minutes, and happens
	sessionBefore       // the session is lost, nothing happens
	sessionAfter        // it happens, the session is lost
	hookFails           // it happens, and the reply says that what comes after it failed
	killBefore          // the process is killed before it is sent
	killDuring          // the process is killed while it runs: it happens later
	killAfter           // it happens, the process is killed before the reply
	outage              // nothing gets through for a while
	stop                // the run gets a signal while it runs
	faults              // their number
)

func (f fault) String() string {
	return [...]string{"", "answers with an error", "lost before", "lost after", "lost, lands late", "hangs", "slow", "session lost before",
		"session lost after", "hook fails", "killed before", "killed during", "killed after", "outage", "signal"}[f]
}

// plan is what goes wrong in one run.
type plan struct {
	byNumber    map[int]fault // of the statement, from 1
	byCommit    map[int]fault // of the statement that changes the target, from 1
	byFence     fault         // of the first statement that asks what became of another
	sourceFails int           // after so many rows; 0: at once, -1: never
	killAt      time.Duration // 0: never
	stopAt      time.Duration // 0: never
	answers     []*warehouse.Error
}

func noFaults() plan { return plan{sourceFails: -1} }

// drawPlan decides what goes wrong in a run.
func drawPlan(r *rand.Rand) plan {
	p := plan{byNumber: map[int]fault{}, byCommit: map[int]fault{}, sourceFails: -1, answers: answers()}
	any := func() fault { return 1 + fault(r.IntN(int(faults)-1)) }
	switch r.IntN(10) {
	case 0, 1: // all goes well
	case 2, 3, 4:
		p.byNumber[1+r.IntN(12)] = any()
	case 5, 6, 7, 8:
		p.byCommit[1+r.IntN(2)] = any()
		if r.IntN(3) == 0 {
			p.byCommit[1+r.IntN(3)] = any()
		}
	case 9:
		for range 1 + r.IntN(4) {
			p.byNumber[1+r.IntN(12)] = any()
		}
		p.byCommit[1] = any()
	}
	if r.IntN(6) == 0 {
		p.byFence = any()
	}
	switch r.IntN(24) {
	case 0, 1:
		p.sourceFails = r.IntN(6)
	case 2:
		p.killAt = time.Duration(1 + r.IntN(3_000_000_000))
	case 3:
		p.stopAt = time.Duration(1 + r.IntN(3_000_000_000))
	}
	return p
}

func (p plan) String() string {
	var parts []string
	for n := 1; n <= 12; n++ {
		if f := p.byNumber[n]; f != none {
			parts = append(parts, fmt.Sprintf("statement %d: %s", n, f))
		}
		if f := p.byCommit[n]; f != none {
			parts = append(parts, fmt.Sprintf("commit %d: %s", n, f))
		}
	}
	if p.byFence != none {
		parts = append(parts, "settling: "+p.byFence.String())
	}
	if p.sourceFails >= 0 {
		parts = append(parts, fmt.Sprintf("the source breaks off after %d rows", p.sourceFails))
	}
	if p.killAt > 0 {
		parts = append(parts, "killed after "+p.killAt.String())
	}
	if p.stopAt > 0 {
		parts = append(parts, "signal after "+p.stopAt.String())
	}
	return strings.Join(parts, ", ")
}

// answers are errors of a warehouse, each of a kind of its own.
func answers() []*warehouse.Error {
	return []*warehouse.Error{
		{Class: "DELTA_CONCURRENT_APPEND", State: "2D521", Message: "Files were added by a concurrent update."},
		{Class: "DELTA_METADATA_CHANGED", State: "2D521", Message: "The metadata has been changed by a concurrent update."},
		{Class: "WAREHOUSE_BUSY", State: "08KD1", Message: "The warehouse is busy."},
		{Class: "INSUFFICIENT_PERMISSIONS", State: "42501", Message: "User does not have MODIFY on TABLE 'main.default.users'."},
		{Class: "OPERATION_CANCELED", State: "HY008", Message: "Operation was canceled."},
		{Class: "INTERNAL_ERROR", State: "XX000", Message: "Something went wrong."},
	}
}
