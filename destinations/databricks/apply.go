package databricks

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// apply makes what is staged visible in the way of the mode.
func (s *session) apply(ctx context.Context, c destinations.Commit, t tally, r *destinations.Result) error {
	switch s.plan.Mode {
	case destinations.ModeMerge:
		return s.applyMerge(ctx, c, t, false, r)
	case destinations.ModeMirror:
		return s.applyMirror(ctx, c, t, r)
	}
	overwrite := s.plan.Mode == destinations.ModeReplace
	n, err := s.w.commit(ctx, insertName(overwrite), statement{text: insertSQL(s.layout, overwrite)})
	if err == nil {
		r.Inserted = inserted(n, overwrite)
		s.appended(r, overwrite)
	}
	return err
}

// applyMerge upserts; with remove it deletes what was not observed in the same commit.
func (s *session) applyMerge(ctx context.Context, c destinations.Commit, t tally, remove bool, r *destinations.Result) error {
	m := merge{
		dedupe: t.different < t.staged || remove && t.keyOnly > 0,
		touch:  s.plan.Touch, delete: remove,
	}
	n, err := s.w.commit(ctx, "MERGE", mergeSQL(s.layout, m, s.signature(c)))
	if err != nil {
		return err
	}
	r.Duplicates = destinations.Count(t.staged - t.different)
	r.Inserted, r.Updated, r.Deleted = n.inserted, n.updated, n.deleted
	if n.inserted != nil && n.updated != nil {
		r.Unchanged = destinations.Count(t.different - *n.inserted - *n.updated)
	}
	return nil
}

// applyMirror upserts and deletes what was not observed: by a second statement for a key of one column; in the same
// MERGE for a composite key, where Delta takes no tuple in NOT IN, and where it was asked for.
func (s *session) applyMirror(ctx context.Context, c destinations.Commit, t tally, r *destinations.Result) error {
	if lost := s.lostKeys + c.Unobserved; lost > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("nothing is deleted in this run: the keys of %d refused rows are not known", lost))
		return s.applyMerge(ctx, c, t, false, r)
	}
	if len(s.layout.keys()) > 1 || s.plan.Mirror.Atomic {
		return s.applyMerge(ctx, c, t, true, r)
	}
	if err := s.applyMerge(ctx, c, t, false, r); err != nil {
		return err
	}
	n, err := s.w.commit(ctx, "DELETE", deleteMissingSQL(s.layout, s.signature(c)))
	if err != nil {
		var e *connector.Error
		if asError(err, &e) {
			e.Message = "rows were merged, but what the source lacks is still there: " + e.Message
		}
		return err
	}
	if r.Deleted = n.deleted; r.Deleted == nil {
		r.Deleted = n.affected
	}
	return nil
}

// appended fills in what an append cannot have done.
func (s *session) appended(r *destinations.Result, overwrite bool) {
	r.Updated, r.Unchanged, r.Duplicates = destinations.Count(0), destinations.Count(0), destinations.Count(0)
	if !overwrite {
		r.Deleted = destinations.Count(0)
	}
}

// inserted is the number of new rows of an INSERT: an overwrite's affected rows may count the ones it replaced.
func inserted(n counts, overwrite bool) *int64 {
	if n.inserted != nil || overwrite {
		return n.inserted
	}
	return n.affected
}

func insertName(overwrite bool) string {
	if overwrite {
		return "INSERT OVERWRITE"
	}
	return "INSERT"
}

// signature says in the table's own log whose commit it is, and which watermark belongs to it.
func (s *session) signature(c destinations.Commit) string {
	sig := struct {
		Sync      string          `json:"sync"`
		Run       string          `json:"run"`
		Watermark json.RawMessage `json:"watermark,omitempty"`
	}{Sync: s.plan.Sync, Run: s.plan.SyncRunID}
	if json.Valid([]byte(c.Watermark)) {
		sig.Watermark = json.RawMessage(c.Watermark)
	}
	text, err := json.Marshal(sig)
	if err != nil {
		// Strings and a checked document always encode; the run's id alone is still evidence.
		return s.plan.SyncRunID
	}
	return string(text)
}
