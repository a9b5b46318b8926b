package databricks

import (
	"context"
	"fmt"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// apply makes what is staged visible in the way of the mode.
func (s *session) apply(ctx context.Context, c destinations.Commit, rm removal, t tally, r *destinations.Result) error {
	switch s.plan.Mode {
	case destinations.ModeMerge:
		return s.applyMerge(ctx, c, removeNone, t, r)
	case destinations.ModeMirror:
		return s.applyMirror(ctx, c, rm, t, r)
	}
	if s.plan.ExactlyOnce {
		return s.applyOnce(ctx, c, t, r)
	}
	overwrite := s.plan.Mode == destinations.ModeReplace
	n, err := s.append(ctx, insertSQL(s.layout, overwrite), t.staged, r)
	if err == nil {
		if r.Inserted = inserted(n, overwrite); s.layout.where != "" {
			r.Inserted = destinations.Count(t.staged) // the count that comes back may be that of the rows that went, too
		}
		s.appended(r, t)
	}
	return err
}

// append sends the one INSERT of an append or a replace.
func (s *session) append(ctx context.Context, st statement, staged int64, r *destinations.Result) (counts, error) {
	switch {
	case s.plan.Mode == destinations.ModeReplace:
		return s.overwrite(ctx, st, staged, r)
	case s.layout.where != "":
		return s.send(ctx, kindReplace, st, "", staged)
	}
	return s.send(ctx, kindInsert, st, "", staged)
}

// applyOnce appends by a MERGE that signs its commit, so that a lost reply leaves no doubt.
func (s *session) applyOnce(ctx context.Context, c destinations.Commit, t tally, r *destinations.Result) error {
	signature := s.signature(c)
	n, err := s.send(ctx, kindMerge, appendOnceSQL(s.layout, signature), signature, t.staged)
	if err == nil {
		r.Inserted = n.inserted
		s.appended(r, t)
	}
	return err
}

// applyMerge upserts; with a removal it deletes in the same commit.
func (s *session) applyMerge(ctx context.Context, c destinations.Commit, rm removal, t tally, r *destinations.Result) error {
	m := merge{
		touch: s.plan.Touch, delete: rm == removeRest, gone: rm == removeGone,
		dedupe: t.different < t.staged || rm == removeRest && t.keyOnly > 0,
	}
	signature := s.signature(c)
	n, err := s.send(ctx, kindMerge, mergeSQL(s.layout, m, signature), signature, t.staged)
	if err != nil {
		return err
	}
	r.Duplicates = destinations.Count(t.staged - t.different)
	r.Inserted, r.Updated, r.Deleted = n.inserted, n.updated, n.deleted
	if m.gone && s.layout.soft != nil && n.updated != nil {
		// A mark is an update to the warehouse.
		r.Deleted, r.Updated = t.gone, destinations.Count(max(0, *n.updated-*t.gone))
	}
	if r.Inserted != nil && r.Updated != nil {
		r.Unchanged = destinations.Count(t.different - *r.Inserted - *r.Updated)
	}
	return nil
}

// applyMirror upserts and deletes what was not observed: by a second statement for a key of one column; in the same
// MERGE for a composite key, where Delta takes no tuple in NOT IN, within bounds, and where it was asked for.
func (s *session) applyMirror(ctx context.Context, c destinations.Commit, rm removal, t tally, r *destinations.Result) error {
	if t.gone != nil && *t.gone == 0 {
		rm = removeNone // counted: one statement less
	}
	switch {
	case s.tracked():
		return s.applyTracked(ctx, c, rm, t, r)
	case rm != removeRest || len(s.layout.keys()) > 1 || s.plan.Mirror.Atomic:
		return s.applyMerge(ctx, c, rm, t, r)
	}
	if err := s.applyMerge(ctx, c, removeNone, t, r); err != nil {
		return err
	}
	signature := s.signature(c)
	n, err := s.send(ctx, kindDelete, deleteMissingSQL(s.layout, signature), signature, t.staged)
	if err != nil {
		var e *connector.Error
		if asError(err, &e) {
			e.Message = "rows were merged, but what the source lacks is still there: " + e.Message
		}
		return err
	}
	r.Deleted = n.removed()
	return nil
}

// applyTracked is the mirror whose deletes are bounded by what it has sent before, see tracked.go.
func (s *session) applyTracked(ctx context.Context, c destinations.Commit, rm removal, t tally, r *destinations.Result) error {
	if rm == removeGone {
		if err := s.mark(ctx, true); err != nil {
			return err
		}
	}
	if err := s.applyMerge(ctx, c, rm, t, r); err != nil {
		if rm == removeGone {
			s.unmark(ctx, err)
		}
		return err
	}
	s.remember(ctx, true, r)
	return nil
}

// removed is the count of a DELETE, which older warehouses only call affected.
func (n counts) removed() *int64 {
	if n.deleted != nil {
		return n.deleted
	}
	return n.affected
}

// appended fills in what an append cannot have done, and what was counted before it.
func (s *session) appended(r *destinations.Result, t tally) {
	r.Updated, r.Unchanged, r.Duplicates = destinations.Count(0), destinations.Count(0), destinations.Count(0)
	switch {
	case s.plan.Mode == destinations.ModeReplace:
		r.Deleted = t.total
	case s.layout.where != "":
		r.Deleted = t.gone
	default:
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

// removes says how this commit takes rows away. A mirror that does not know the key of a refused row deletes nothing
// (W7).
func (s *session) removes(c destinations.Commit, r *destinations.Result) removal {
	switch {
	case s.plan.Mode == destinations.ModeReplace:
		return removeAll
	case s.plan.Mode == destinations.ModeInsert && s.layout.where != "":
		return removeMatch
	case s.plan.Mode != destinations.ModeMirror:
		return removeNone
	}
	if lost := s.lostKeys + c.Unobserved; lost > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("nothing is deleted in this run: the keys of %d refused rows are not known", lost))
		return removeNone
	}
	switch {
	case s.tracked() && (!s.known || s.create):
		return removeNone // a baseline
	case s.layout.bounded():
		return removeGone
	}
	return removeRest
}

// signature says in the table's own log whose commit it is, and which watermark belongs to it.
func (s *session) signature(c destinations.Commit) string {
	return authorship{sync: s.plan.Sync, run: s.plan.SyncRunID, watermark: c.Watermark}.String()
}
