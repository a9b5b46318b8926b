// Package engine_test runs syncs between a source and a target that do, and fail, exactly as a test says.
package engine_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
)

// faults fails the nth call of all that a source and a target are asked, from 1; 0 fails none. It is safe for
// concurrent use.
type faults struct {
	mu    sync.Mutex
	nth   int
	calls int
	fired string
}

var errInjected = errors.New("injected")

func (f *faults) call(what string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	if f.calls == f.nth {
		f.fired = what
		return fmt.Errorf("%s: %w", what, errInjected)
	}
	return nil
}

// row is a row of the tests' model: at is the cursor, nil is NULL.
type row struct {
	ID  int64
	At  *int64
	Val string
}

func at(n int64) *int64 { return &n }

func (r row) String() string {
	if r.At == nil {
		return fmt.Sprintf("%d@NULL=%s", r.ID, r.Val)
	}
	return fmt.Sprintf("%d@%d=%s", r.ID, *r.At, r.Val)
}

func schema() *arrow.Schema {
	return arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "at", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "val", Type: arrow.BinaryTypes.String},
	}, nil)
}

func batchOf(mem memory.Allocator, rows []row) arrow.RecordBatch {
	b := array.NewRecordBuilder(mem, schema())
	defer b.Release()
	for _, r := range rows {
		b.Field(0).(*array.Int64Builder).Append(r.ID)
		if r.At == nil {
			b.Field(1).AppendNull()
		} else {
			b.Field(1).(*array.Int64Builder).Append(*r.At)
		}
		b.Field(2).(*array.StringBuilder).Append(r.Val)
	}
	return b.NewRecordBatch()
}

func rowsOf(b arrow.RecordBatch) (rows []row) {
	ids, ats, vals := b.Column(0).(*array.Int64), b.Column(1).(*array.Int64), b.Column(2).(*array.String)
	for i := range int(b.NumRows()) {
		r := row{ID: ids.Value(i), Val: strings.Clone(vals.Value(i))}
		if ats.IsValid(i) {
			r.At = at(ats.Value(i))
		}
		rows = append(rows, r)
	}
	return rows
}

// source yields rows, per to a batch, all of them whatever the cursor asks: the contract allows that.
type source struct {
	mem     memory.Allocator
	faults  *faults
	rows    []row
	per     int
	rejects map[int][]record.Reject // reported with the nth batch, from 0
	hook    func(ctx context.Context, batch int) error
	query   sources.Query // the last one
	opened  int
	schema  *arrow.Schema
}

func (s *source) Describe() string { return "fake" }

func (s *source) Open(_ context.Context, q sources.Query) (sources.Reader, error) {
	s.query = q
	if err := s.faults.call("open source"); err != nil {
		return nil, err
	}
	s.opened++
	rows := s.rows
	if q.Limit > 0 {
		rows = rows[:min(len(rows), int(q.Limit))]
	}
	return &reader{source: s, left: rows}, nil
}

type reader struct {
	source *source
	left   []row
	batch  int
	bad    []record.Reject
	closed bool
}

func (r *reader) Schema() *arrow.Schema {
	if r.source.schema != nil {
		return r.source.schema
	}
	return schema()
}

func (r *reader) Next(ctx context.Context) (arrow.RecordBatch, error) {
	if r.source.hook != nil {
		if err := r.source.hook(ctx, r.batch); err != nil {
			return nil, err
		}
	}
	if err := r.source.faults.call("next"); err != nil {
		return nil, err
	}
	r.bad = append(r.bad, r.source.rejects[r.batch]...)
	r.batch++
	if len(r.left) == 0 {
		return nil, io.EOF
	}
	n := min(len(r.left), r.source.per)
	b := batchOf(r.source.mem, r.left[:n])
	r.left = r.left[n:]
	return b, nil
}

func (r *reader) Rejects() []record.Reject {
	bad := r.bad
	r.bad = nil
	return bad
}

func (r *reader) Close() error {
	r.closed = true
	return nil
}

// target is a table: append-only, or one row an id. Rows whose val begins with "bad" are rejected, unless it is mended.
type target struct {
	faults *faults
	target destinations.Target
	can    destinations.Capabilities
	rows   []row
	mended bool

	calls  []string
	plan   destinations.Plan
	commit destinations.Commit
	result destinations.Result
	// hooks, may be nil
	onWrite  func(context.Context) error
	onCommit func(ctx context.Context, apply func()) error
	onClose  func() error
}

func (t *target) Target() destinations.Target             { return t.target }
func (t *target) Capabilities() destinations.Capabilities { return t.can }

func (t *target) Open(_ context.Context, p destinations.Plan) (destinations.Session, error) {
	t.calls = append(t.calls, "open")
	t.plan = p
	if err := t.faults.call("open session"); err != nil {
		return nil, err
	}
	return &session{target: t}, nil
}

type session struct {
	target *target
	staged []row
	closed bool
}

func (s *session) Write(ctx context.Context, b arrow.RecordBatch) error {
	s.target.calls = append(s.target.calls, "write")
	if s.target.onWrite != nil {
		if err := s.target.onWrite(ctx); err != nil {
			return err
		}
	}
	if err := s.target.faults.call("write"); err != nil {
		return err
	}
	var rejects []destinations.Reject
	for i, r := range rowsOf(b) {
		if strings.HasPrefix(r.Val, "bad") && !s.target.mended {
			rejects = append(rejects, destinations.Reject{Row: int64(i), Column: "val", Reason: "not good", Key: "***"})
			continue
		}
		s.staged = append(s.staged, r)
	}
	if rejects != nil {
		return &destinations.RejectError{Rejects: rejects}
	}
	return nil
}

func (s *session) Commit(ctx context.Context, c destinations.Commit) (destinations.Result, error) {
	t := s.target
	t.calls = append(t.calls, "commit")
	t.commit = c
	if err := t.faults.call("commit"); err != nil {
		return destinations.Result{}, err
	}
	apply := func() { t.apply(s.staged) }
	if t.onCommit != nil {
		if err := t.onCommit(ctx, apply); err != nil {
			return destinations.Result{}, err
		}
		return t.result, nil
	}
	apply()
	return t.result, nil
}

func (t *target) apply(staged []row) {
	switch t.plan.Mode {
	case destinations.ModeInsert:
		t.rows = append(t.rows, staged...)
		return
	case destinations.ModeReplace, destinations.ModeMirror:
		t.rows = nil
	}
	for _, r := range staged {
		i := slices.IndexFunc(t.rows, func(old row) bool { return old.ID == r.ID })
		if i < 0 {
			t.rows = append(t.rows, r)
		} else {
			t.rows[i] = r
		}
	}
}

func (s *session) Close() error {
	t := s.target
	t.calls = append(t.calls, "close")
	if s.closed {
		return errors.New("closed twice")
	}
	s.closed = true
	if t.onClose != nil {
		return t.onClose()
	}
	return t.faults.call("close")
}
