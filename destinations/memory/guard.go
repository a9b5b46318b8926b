package memory

import (
	"fmt"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// percentFrom is how many rows a table needs before a percentage of it says something.
const percentFrom = 100

// guard stops a change that is larger than the sync allows, before the table changes (W26).
func (s *session) guard(t *table, ch change) error {
	g, old := s.plan.Guards, int64(len(t.rows))
	deletes := ch.deleted
	if s.plan.Mode == destinations.ModeReplace {
		deletes = max(0, old-ch.inserted) // the rows that would vanish
	}
	if g.AllowDeletes >= 0 && deletes <= g.AllowDeletes {
		deletes = 0 // allowed for this invocation
	}
	switch {
	case over(deletes, g.MaxDeletes):
		return s.guarded("delete", deletes, old, "max_deletes")
	case overPercent(deletes, old, g.MaxDeletePct):
		return s.guarded("delete", deletes, old, "max_delete_pct")
	case over(ch.inserted, g.MaxCreates):
		return s.guarded("create", ch.inserted, old, "max_creates")
	case overPercent(ch.updated, old, g.MaxUpdatesPct):
		return s.guarded("update", ch.updated, old, "max_updates_pct")
	}
	return nil
}

func (s *session) guarded(what string, n, old int64, limit string) error {
	e := &connector.Error{Kind: connector.KindPermanent, Op: "commit",
		Message: fmt.Sprintf("the run would %s %d rows where the table has %d, which is over guards.%s; nothing was changed", what, n, old, limit),
		Hint:    "raise guards." + limit}
	if what == "delete" {
		e.Hint = fmt.Sprintf("allow it once with --allow-deletes %d", n)
	}
	return e
}

func over(n, limit int64) bool { return limit >= 0 && n > limit }

func overPercent(n, of int64, limit float64) bool {
	return limit >= 0 && of >= percentFrom && float64(n)*100 > limit*float64(of)
}
