package lookup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// row is one row as it stands in the file: the JSON of each column's value.
type row map[string]json.RawMessage

// session stages rows in memory.
type session struct {
	dest       *Destination
	plan       destinations.Plan
	key        []int
	staged     map[string]row
	observed   map[string]bool // keys of rejected rows: a mirror must not delete their rows
	duplicates int64
}

// Write implements destinations.Session.
func (s *session) Write(ctx context.Context, b arrow.RecordBatch) error {
	if err := ctx.Err(); err != nil {
		return &connector.Error{Kind: connector.KindCanceled, Op: "stage", Err: err}
	}
	var rejects []destinations.Reject
	for i := range int(b.NumRows()) {
		key, column := s.keyOf(b, i)
		if column != "" {
			rejects = append(rejects, destinations.Reject{Row: int64(i), Column: column, Reason: "NULL in a key column"})
			continue
		}
		r, column, reason := rowOf(b, i)
		if reason != "" {
			rejects = append(rejects, destinations.Reject{Row: int64(i), Column: column, Reason: reason})
			s.observed[key] = true
			continue
		}
		if _, again := s.staged[key]; again {
			s.duplicates++ // the last in source order wins
		}
		s.staged[key] = r
	}
	if len(rejects) > 0 {
		return &destinations.RejectError{Rejects: rejects}
	}
	return nil
}

// keyOf returns the key of row i as JSON, or the key column that is NULL.
func (s *session) keyOf(b arrow.RecordBatch, i int) (key, null string) {
	var values []json.RawMessage
	for _, c := range s.key {
		if b.Column(c).IsNull(i) {
			return "", b.ColumnName(c)
		}
		v, _ := valueOf(b.Column(c), i)
		values = append(values, v)
	}
	text, _ := json.Marshal(values) // of JSON that valueOf made
	return string(text), ""
}

// Commit implements destinations.Session.
func (s *session) Commit(ctx context.Context, c destinations.Commit) (destinations.Result, error) {
	if err := ctx.Err(); err != nil {
		return destinations.Result{}, &connector.Error{Kind: connector.KindCanceled, Op: "commit", Err: err}
	}
	s.dest.mu.Lock()
	defer s.dest.mu.Unlock()
	old, err := read(s.dest.cfg.Path)
	if err != nil {
		return destinations.Result{}, err
	}
	next := maps.Clone(old)
	res := destinations.Result{Duplicates: &s.duplicates}
	res.Inserted, res.Updated, res.Unchanged = s.merge(next)
	if s.plan.Mode == destinations.ModeMirror {
		s.mirror(next, c, &res)
	}
	if !s.plan.DryRun {
		err = write(s.dest.cfg.Path, next)
	}
	return res, err
}

func (s *session) merge(rows map[string]row) (inserted, updated, unchanged *int64) {
	var counts [3]int64
	for key, staged := range s.staged {
		old, there := rows[key]
		next := maps.Clone(old) // columns that the model lacks stay
		if next == nil {
			next = row{}
		}
		maps.Copy(next, staged)
		switch {
		case !there:
			counts[0]++
		case !maps.EqualFunc(old, next, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) }):
			counts[1]++
		default:
			counts[2]++
		}
		rows[key] = next
	}
	return &counts[0], &counts[1], &counts[2]
}

// mirror deletes the rows that this run did not see, if it is sure to have seen all.
func (s *session) mirror(rows map[string]row, c destinations.Commit, res *destinations.Result) {
	res.Deleted = destinations.Count(0)
	switch {
	case c.Unobserved > 0:
		res.Warnings = append(res.Warnings, fmt.Sprintf("nothing was deleted: the keys of %d rejected rows are not known", c.Unobserved))
		return
	case len(s.staged)+len(s.observed) == 0 && !s.plan.AllowEmpty:
		res.Warnings = append(res.Warnings, "nothing was deleted: the source had no rows")
		return
	}
	for key := range rows {
		if _, staged := s.staged[key]; !staged && !s.observed[key] {
			delete(rows, key)
			*res.Deleted++
		}
	}
}

// Close implements destinations.Session. What was staged is in memory only.
func (s *session) Close() error { return nil }

// read returns the rows of the file, none if it does not exist.
func read(path string) (map[string]row, error) {
	rows := map[string]row{}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return rows, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &rows)
	}
	if err != nil {
		return nil, &connector.Error{Kind: connector.KindPermanent, Op: "read " + path, Err: err, Hint: "mend the file, or remove it to start anew"}
	}
	return rows, nil
}

// write replaces the file in one step: a reader sees the old one or the new one.
func write(path string, rows map[string]row) error {
	text, err := json.Marshal(rows)
	if err == nil {
		err = replace(path, append(text, '\n'))
	}
	if err != nil {
		return &connector.Error{Kind: connector.KindPermanent, Op: "write " + path, Err: err}
	}
	return nil
}

func replace(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".lookup-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // there only if something below failed
	defer func() { _ = f.Close() }()
	if _, err := f.Write(text); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
