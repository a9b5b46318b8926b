package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/state"
)

// checkJournal holds what state says became of each change to what did.
func (w *world) checkJournal(h *host) {
	s := h.open()
	defer h.free(s)
	for _, r := range w.every() {
		for _, a := range r.all() {
			if a.id == "" {
				continue
			}
			changes, err := s.Changes(context.Background(), a.id)
			w.must(err)
			said := map[string][]state.Change{}
			for _, c := range changes {
				var change destinations.Change
				if err := json.Unmarshal(c.Change, &change); err != nil {
					w.fail("the journal holds %s", c.Change)
				}
				said[change.Kind] = append(said[change.Kind], c)
			}
			for kind, changes := range said {
				w.checkKind(a, kind, changes)
			}
		}
	}
}

// operationOf is how the log names a kind of change.
func operationOf(kind string) string {
	if strings.HasPrefix(kind, "INSERT") {
		return "WRITE"
	}
	return kind
}

// checkKind holds the entries of one kind, of which each but the last was refused, to what became of them.
func (w *world) checkKind(a *attempt, kind string, said []state.Change) {
	happened := slices.ContainsFunc(a.done(), func(d commit) bool { return d.operation == operationOf(kind) })
	last := said[len(said)-1]
	switch {
	case slices.ContainsFunc(said, func(c state.Change) bool { return c.Outcome == "" }):
		w.fail("nobody has found out what became of the %s of %s", kind, a.name)
	case slices.ContainsFunc(said[:len(said)-1], func(c state.Change) bool { return c.Outcome == state.OutcomeCommitted }):
		w.fail("the journal says that the %s of %s was committed twice", kind, a.name)
	case last.Outcome == state.OutcomeNotCommitted && happened && w.variant.write != destinations.ModeReplace:
		w.fail("the journal says that the %s of %s was not committed (%s), and it was", kind, a.name, last.Evidence)
	case last.Outcome == state.OutcomeCommitted && !happened && kind != "DELETE" && !w.mistaken(a, last):
		w.fail("the journal says that the %s of %s was committed (%s), and it was not", kind, a.name, last.Evidence)
	}
}

// mistaken says whether an unsigned write was taken for another one of the same kind and size that came between. Only
// exactly_once rules that out: see doc.go.
func (w *world) mistaken(a *attempt, c state.Change) bool {
	var change destinations.Change
	if json.Unmarshal(c.Change, &change) != nil || change.Signature != "" || change.Version == nil {
		return false
	}
	for _, v := range w.warehouse.Log(target) {
		if v.Number > *change.Version && v.Operation == "WRITE" && v.Metrics["numOutputRows"] == fmt.Sprint(change.Staged) {
			for _, row := range w.wanted(a) {
				w.excused[text(row)] = true
			}
			return true
		}
	}
	return false
}
