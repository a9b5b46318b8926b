package memory

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/destinations"
)

// session is one run's work on one table.
type session struct {
	store   *Store
	table   string
	name    string // of the scratch
	plan    destinations.Plan
	layout  *layout
	scratch *scratch
	bytes   int64
	batches int64
}

// Write implements destinations.Session.
func (s *session) Write(ctx context.Context, b arrow.RecordBatch) error {
	if err := ctx.Err(); err != nil {
		return interrupted("stage", err)
	}
	var rejects []destinations.Reject
	for i := range int(b.NumRows()) {
		row, column, reason := s.row(b, i)
		if reason != "" {
			rejects = append(rejects, destinations.Reject{Row: int64(i), Column: column, Reason: reason})
			s.observe(b, i)
			continue
		}
		s.scratch.rows = append(s.scratch.rows, row)
	}
	s.batches++
	s.bytes += batchBytes(b)
	s.progress("staging")
	if len(rejects) > 0 {
		return &destinations.RejectError{Rejects: rejects}
	}
	return nil
}

// row converts row i of b, or says which column cannot be taken and why.
func (s *session) row(b arrow.RecordBatch, i int) (row []any, name, reason string) {
	row = make([]any, len(s.layout.columns))
	for c, col := range s.layout.columns {
		if col.meta {
			row[c] = col.value
			continue
		}
		v, ok := valueAt(b.Column(c), i)
		if !ok {
			return nil, b.ColumnName(c), "type " + b.Column(c).DataType().String() + " is not supported"
		}
		if v == nil && col.key && needsKey(s.plan.Mode) {
			return nil, b.ColumnName(c), "NULL in a key column"
		}
		if row[c], reason = convert(v, col.field); reason != "" {
			return nil, b.ColumnName(c), reason
		}
	}
	return row, "", ""
}

// observe remembers the key of a rejected row, so that a mirror does not delete the row that is in the table (W7).
// A key that does not fit its column cannot be in the table either. One that is NULL hides which row was meant.
func (s *session) observe(b arrow.RecordBatch, i int) {
	if s.plan.Mode != destinations.ModeMirror {
		return
	}
	var key []byte
	for _, c := range s.layout.key {
		v, _ := valueAt(b.Column(c), i)
		if v == nil {
			s.scratch.keyless++
			return
		}
		v, reason := convert(v, s.layout.columns[c].field)
		if reason != "" {
			return
		}
		key = appendKey(key, v)
	}
	s.scratch.observe(string(key))
}

// Close implements destinations.Session.
func (s *session) Close() error {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	if s.store.scratch[s.name] == s.scratch {
		delete(s.store.scratch, s.name)
	}
	return nil
}

func (s *session) progress(doing string) {
	if s.plan.Progress != nil {
		s.plan.Progress(destinations.Progress{Doing: doing, Statements: s.batches, Bytes: s.bytes})
	}
}

func batchBytes(b arrow.RecordBatch) int64 {
	var n int64
	for _, c := range b.Columns() {
		n += int64(c.Data().SizeInBytes())
	}
	return n
}
