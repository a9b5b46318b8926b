package memory

import (
	"fmt"
	"maps"
	"slices"

	"github.com/drt-go/drt/destinations"
)

// mirror takes from ch the rows of t whose key this run did not observe. t's rows come first in ch.rows, in order.
func (s *session) mirror(t *table, staged [][]any, c destinations.Commit, ch *change) {
	observed := make(map[string]struct{}, len(staged)+len(s.scratch.observed))
	for _, r := range staged {
		observed[s.stagedKey(r)] = struct{}{}
	}
	sentNow := maps.Clone(observed)
	maps.Copy(observed, s.scratch.observed)

	sentBefore := t.sent[s.plan.Sync]
	if s.plan.Mirror.Tracked {
		ch.sent = sentNow
		maps.Copy(ch.sent, sentBefore)
	}
	if !s.mayDelete(c, len(observed), ch) {
		return
	}
	if s.plan.Mirror.Tracked && sentBefore == nil {
		ch.notes = append(ch.notes, "first tracked run: its keys are the baseline, nothing was deleted")
		return
	}
	scopes := s.scopes(staged)
	kept := make([][]any, 0, len(ch.rows))
	for i, r := range ch.rows {
		if i >= len(t.rows) || !s.vanished(r, observed, scopes, sentBefore) {
			kept = append(kept, r)
			continue
		}
		ch.deleted++
		if key, ok := s.tableKey(r); ok {
			delete(ch.sent, key)
		}
		if s.layout.soft >= 0 {
			r = slices.Clone(r)
			r[s.layout.soft] = s.plan.Started.UTC()
			kept = append(kept, r)
		}
	}
	ch.rows = kept
}

// mayDelete holds a mirror to what it knows: a row whose key it could not see must not be deleted for that (W7),
// and a source without rows deletes nothing unless the sync says so (W9).
func (s *session) mayDelete(c destinations.Commit, observed int, ch *change) bool {
	if unknown := c.Unobserved + s.scratch.keyless; unknown > 0 {
		ch.warnings = append(ch.warnings, fmt.Sprintf("nothing was deleted: the keys of %d rejected rows are not known", unknown))
		return false
	}
	if observed == 0 && !s.plan.AllowEmpty {
		ch.warnings = append(ch.warnings, emptyWarning)
		return false
	}
	return true
}

// vanished reports whether row is to be deleted: its key is whole and was not observed, and the limits allow it.
func (s *session) vanished(row []any, observed, scopes, sent map[string]struct{}) bool {
	key, whole := s.tableKey(row)
	if !whole {
		return false // a NULL key is nobody's
	}
	if _, seen := observed[key]; seen {
		return false
	}
	if s.layout.soft >= 0 && row[s.layout.soft] != nil {
		return false // deleted already
	}
	if _, ours := sent[key]; s.plan.Mirror.Tracked && !ours {
		return false
	}
	if len(s.layout.scope) == 0 {
		return true
	}
	var scope []byte
	for _, c := range s.layout.scope {
		scope = appendKey(scope, row[s.layout.columns[c].at])
	}
	_, inScope := scopes[string(scope)]
	return inScope
}

// scopes are the values of the scope columns in this run.
func (s *session) scopes(staged [][]any) map[string]struct{} {
	found := map[string]struct{}{}
	for _, r := range staged {
		var scope []byte
		for _, c := range s.layout.scope {
			scope = appendKey(scope, r[c])
		}
		found[string(scope)] = struct{}{}
	}
	return found
}
