package databricks

import (
	"fmt"
	"slices"

	"github.com/drt-go/drt/destinations"
)

// newest is the number of the newest version in log; -1 if there is none.
func newest(log []version) int64 {
	n := int64(-1)
	for _, v := range log {
		n = max(n, v.number)
	}
	return n
}

// fenced says whether log shows a change of properties after version before: a log that is empty or lags is no evidence.
func fenced(log []version, before int64) bool {
	return slices.ContainsFunc(log, func(v version) bool { return v.number > before && v.operation == "SET TBLPROPERTIES" })
}

// judgeSigned looks for the signature: the run's commit is in the log, or it is not there.
func (w *warehouse) judgeSigned(log []version, u destinations.Unsettled) destinations.Settlement {
	for _, v := range log {
		if v.operation == u.Change.Kind && v.by(u.SyncRunID) {
			return destinations.Settlement{Outcome: destinations.Committed, Evidence: v.describe(w.target) + " carries its signature", Result: v.result()}
		}
	}
	return destinations.Settlement{Outcome: destinations.NotCommitted, Evidence: "no version of " + w.target.plain() + " carries its signature"}
}

// judgeRestore looks for the RESTORE of an undo.
func (w *warehouse) judgeRestore(log []version, c destinations.Change) destinations.Settlement {
	if c.To != nil {
		for _, v := range log {
			if to, ok := v.restored(); ok && to == *c.To {
				return destinations.Settlement{Outcome: destinations.Committed, Evidence: v.describe(w.target) + " is the undo"}
			}
		}
	}
	return destinations.Settlement{Outcome: destinations.NotCommitted, Evidence: w.target.plain() + " was not restored since it was sent"}
}

// judgeWrite looks for a change that cannot sign: a write of its kind and size since the version that was noted.
func (w *warehouse) judgeWrite(log []version, c destinations.Change) destinations.Settlement {
	like := writesLike(log, c)
	s := destinations.Settlement{Outcome: destinations.NotCommitted}
	switch {
	case len(like) == 0:
		s.Evidence = fmt.Sprintf("%s has no write of %d rows since it was sent", w.target.plain(), c.Staged)
	case len(like) == 1 && c.Version != nil && like[0].metric("numOutputRows") != nil:
		s.Outcome, s.Result = destinations.Committed, like[0].result()
		s.Evidence = fmt.Sprintf("%s is the only write of %d rows since version %d", like[0].describe(w.target), c.Staged, *c.Version)
	case c.Kind == kindInsert:
		s.Outcome = destinations.Ambiguous
		s.Evidence = fmt.Sprintf("%d writes of %d rows may be it, the newest is %s", len(like), c.Staged, like[0].describe(w.target))
	default:
		s.Evidence = "sent again, it gives the same rows" // what replaces rows may simply be run again
	}
	return s
}
