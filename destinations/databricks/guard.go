package databricks

import (
	"context"
	"fmt"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// percentFrom is how many rows the target needs before a percentage of it says something.
const percentFrom = 100

// removal is how a commit takes rows away.
type removal int

const (
	removeNone  removal = iota
	removeRest          // a mirror without bounds: all that the source lacks
	removeGone          // a mirror within bounds: the keys that are counted as gone
	removeMatch         // an insert that replaces the rows which match its predicate
	removeAll           // replace
)

// asks says what must be counted before the commit: what a guard limits, what a dry run tells, and what the counts of
// the commit itself could not tell.
func (s *session) asks(rm removal) question {
	g, dry := s.plan.Guards, s.plan.DryRun
	percent := g.MaxDeletePct >= 0 || g.MaxUpdatesPct >= 0
	limits := g.MaxDeletes >= 0 || g.MaxDeletePct >= 0
	q := question{changes: len(s.layout.keys()) > 0 && (dry || g.MaxCreates >= 0 || g.MaxUpdatesPct >= 0)}
	switch rm {
	case removeNone:
		q.total = q.changes && g.MaxUpdatesPct >= 0
	case removeRest, removeMatch:
		q.gone, q.total = dry || limits, percent
	case removeGone:
		// Marks count as updates in a MERGE's own counts, and keys are marked only if there are any.
		q.gone, q.total = true, percent
	case removeAll:
		q.total = dry || limits
	}
	return q
}

// guard stops a change that is larger than the sync allows, before the target changes (W26).
func (s *session) guard(ctx context.Context, rm removal, t tally) error {
	g, total := s.plan.Guards, value(t.total)
	deletes := s.vanishing(rm, t)
	if g.AllowDeletes >= 0 && deletes <= g.AllowDeletes {
		deletes = 0 // allowed for this invocation
	}
	creates := t.staged
	if len(s.layout.keys()) > 0 {
		creates = value(t.creates)
	}
	switch {
	case over(deletes, g.MaxDeletes):
		return s.stop(ctx, rm, t, deletes, fmt.Sprintf("max_deletes: %d", g.MaxDeletes))
	case overPercent(deletes, total, g.MaxDeletePct):
		return s.stop(ctx, rm, t, deletes, fmt.Sprintf("max_delete_pct: %g", g.MaxDeletePct))
	case over(creates, g.MaxCreates):
		return guarded("insert", creates, s.layout.target, t, fmt.Sprintf("max_creates: %d", g.MaxCreates))
	case overPercent(value(t.updates), total, g.MaxUpdatesPct):
		return guarded("update", *t.updates, s.layout.target, t, fmt.Sprintf("max_updates_pct: %g", g.MaxUpdatesPct))
	}
	return nil
}

// vanishing is how many rows fewer the target has of what it had. Rows of a replace have no identity: as many as
// there were, less as many as come.
func (s *session) vanishing(rm removal, t tally) int64 {
	switch rm {
	case removeAll:
		return max(0, value(t.total)-t.staged)
	case removeMatch:
		return max(0, value(t.gone)-t.staged)
	}
	return value(t.gone)
}

// stop is the error of too many deletes; it names a few of the keys.
func (s *session) stop(ctx context.Context, rm removal, t tally, n int64, limit string) error {
	e := guarded("delete", n, s.layout.target, t, limit)
	e.Hint = fmt.Sprintf("if the source is right, allow it once: drt run %s --allow-deletes %d; or raise sync.guards.%s", s.plan.Sync, n, limitName(limit))
	if rm == removeRest || rm == removeGone {
		staged := s.rows.next > 0
		if keys, err := s.names(ctx, "name the rows to be deleted", showGoneSQL(s.layout, staged, shownKeys)); err == nil && keys != "" {
			e.Message += "; keys: " + keys
			if n > shownKeys {
				e.Message += "; ..."
			}
		}
	}
	return e
}

func guarded(what string, n int64, target table, t tally, limit string) *connector.Error {
	of := ""
	if t.total != nil {
		of = fmt.Sprintf(" of %d", *t.total)
	}
	return &connector.Error{
		Kind: connector.KindPermanent, Op: "guard",
		Message: fmt.Sprintf("the run would %s %d%s rows of %s, more than sync.guards.%s allows; the target is as before", what, n, of, target.plain(), limit),
		Hint:    "if that is right, raise sync.guards." + limitName(limit),
	}
}

func limitName(limit string) string {
	for i, r := range limit {
		if r == ':' {
			return limit[:i]
		}
	}
	return limit
}

func over(n, limit int64) bool { return limit >= 0 && n > limit }

func overPercent(n, of int64, limit float64) bool {
	return limit >= 0 && of >= percentFrom && float64(n)*100 > limit*float64(of)
}

// value is 0 for what was not counted: then no limit looks at it.
func value(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

// forecast fills in what a dry run would have done.
func (s *session) forecast(rm removal, t tally, r *destinations.Result) {
	if len(s.layout.keys()) > 0 {
		r.Inserted, r.Updated = t.creates, t.updates
		r.Duplicates = destinations.Count(t.staged - t.different)
		r.Unchanged = destinations.Count(t.different - value(t.creates) - value(t.updates))
	} else {
		r.Inserted = destinations.Count(t.staged)
		r.Updated, r.Unchanged, r.Duplicates = destinations.Count(0), destinations.Count(0), destinations.Count(0)
	}
	switch rm {
	case removeNone:
		r.Deleted = destinations.Count(0)
	case removeAll:
		r.Deleted = t.total
	default:
		r.Deleted = t.gone
	}
	for _, text := range s.preparations() {
		r.Notes = append(r.Notes, "would run: "+oneLine(text))
	}
}
