package memory

import (
	"context"
	"fmt"
	"maps"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// change is what a commit would make of a table. It is worked out first, so that guards and dry runs see all of it.
type change struct {
	rows       [][]any // the whole table afterwards
	inserted   int64
	updated    int64
	deleted    int64
	unchanged  int64
	duplicates int64
	sent       map[string]struct{} // for mirror.strategy tracked: the keys to remember
	warnings   []string
	notes      []string
}

// Commit implements destinations.Session.
func (s *session) Commit(ctx context.Context, c destinations.Commit) (destinations.Result, error) {
	if err := ctx.Err(); err != nil {
		return destinations.Result{}, interrupted("commit", err)
	}
	s.progress("commit")
	if err := s.announce(ctx); err != nil { // without the lock: whoever is told may look at the table
		return destinations.Result{}, err
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	if s.store.scratch[s.name] != s.scratch {
		return destinations.Result{}, &connector.Error{Kind: connector.KindPermanent, Op: "commit", Message: s.name + " is gone: it was removed while this run was alive"}
	}
	t, err := s.current()
	if err != nil {
		return destinations.Result{}, err
	}
	ch, err := s.change(t, c)
	if err != nil {
		return destinations.Result{}, err
	}
	if err := s.guard(t, ch); err != nil {
		return destinations.Result{}, err
	}
	if !s.plan.DryRun {
		s.apply(t, ch)
	}
	return destinations.Result{
		Staged:     destinations.Count(int64(len(s.scratch.rows))),
		Inserted:   destinations.Count(ch.inserted),
		Updated:    destinations.Count(ch.updated),
		Deleted:    destinations.Count(ch.deleted),
		Unchanged:  destinations.Count(ch.unchanged),
		Duplicates: destinations.Count(ch.duplicates),
		Warnings:   ch.warnings,
		Notes:      ch.notes,
	}, nil
}

// current returns the table as it is now: another session may have made or remade it since Open.
func (s *session) current() (*table, error) {
	t := s.store.tables[s.table]
	if t == nil {
		return &table{schema: s.layout.target}, nil
	}
	if !sameColumns(t.schema, s.layout.target) {
		return nil, &connector.Error{Kind: connector.KindConflict, Op: "commit", Message: "the columns of " + s.table + " changed during the run", Hint: "run the sync again"}
	}
	return t, nil
}

func sameColumns(a, b *arrow.Schema) bool { return a == b || a.Equal(b) }

func (s *session) change(t *table, c destinations.Commit) (change, error) {
	switch s.plan.Mode {
	case destinations.ModeInsert:
		return s.insert(t), nil
	case destinations.ModeReplace:
		return s.replace(t), nil
	}
	rows, duplicates, err := s.distinct()
	if err != nil {
		return change{}, err
	}
	ch := s.merge(t, rows)
	ch.duplicates = duplicates
	if s.plan.Mode == destinations.ModeMirror {
		s.mirror(t, rows, c, &ch)
	}
	return ch, nil
}

func (s *session) insert(t *table) change {
	ch := change{rows: append([][]any{}, t.rows...), inserted: int64(len(s.scratch.rows))}
	for _, r := range s.scratch.rows {
		ch.rows = append(ch.rows, s.newRow(r))
	}
	return ch
}

// replace counts every old row as deleted and every new one as inserted: rows without a key are not the same row.
func (s *session) replace(t *table) change {
	if len(s.scratch.rows) == 0 && !s.plan.AllowEmpty {
		return change{rows: t.rows, warnings: []string{emptyWarning}}
	}
	ch := s.insert(&table{schema: t.schema})
	ch.deleted = int64(len(t.rows))
	return ch
}

const emptyWarning = "the source had no row that could be taken: nothing was deleted (allow_empty: true means it)"

// newRow lays a staged row out as a row of the table; columns that the model lacks are NULL.
func (s *session) newRow(staged []any) []any {
	row := make([]any, s.layout.target.NumFields())
	for i, c := range s.layout.columns {
		row[c.at] = staged[i]
	}
	return row
}

// apply makes ch visible. The caller holds the store's lock: nobody sees half of it.
func (s *session) apply(t *table, ch change) {
	next := &table{schema: t.schema, rows: ch.rows, sent: maps.Clone(t.sent), runs: maps.Clone(t.runs)}
	if next.runs == nil {
		next.runs = map[string]bool{}
	}
	next.runs[s.plan.SyncRunID] = true
	if ch.sent != nil {
		if next.sent == nil {
			next.sent = map[string]map[string]struct{}{}
		}
		next.sent[s.plan.Sync] = ch.sent
	}
	s.store.tables[s.table] = next
}

// distinct returns the staged rows without those that a later row of the same key replaces (W3).
func (s *session) distinct() (rows [][]any, duplicates int64, err error) {
	last := make(map[string]int, len(s.scratch.rows))
	var names []string
	for i, r := range s.scratch.rows {
		key := s.stagedKey(r)
		if _, seen := last[key]; seen {
			duplicates++
			if len(names) < 10 {
				names = append(names, s.keyText(r))
			}
		}
		last[key] = i
	}
	if duplicates > 0 && s.plan.Duplicates == destinations.DuplicateFail {
		return nil, 0, &connector.Error{Kind: connector.KindPermanent, Op: "commit",
			Message: fmt.Sprintf("%d rows repeat the key of an earlier row: %v; nothing was changed", duplicates, names),
			Hint:    "make the key unique in the model, or set on_duplicate: last"}
	}
	for i, r := range s.scratch.rows {
		if last[s.stagedKey(r)] == i {
			rows = append(rows, r)
		}
	}
	return rows, duplicates, nil
}
