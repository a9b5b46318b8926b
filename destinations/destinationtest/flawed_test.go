package destinationtest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/memory"
)

// flaw is a planted bug: the memory destination, changed where a function is set.
type flaw struct {
	defaults memory.Config
	config   func(memory.Config) memory.Config
	target   func(destinations.Target) destinations.Target
	caps     func(destinations.Capabilities) destinations.Capabilities
	check    func([]destinations.Finding) []destinations.Finding
	leftover func([]destinations.Leftover) []destinations.Leftover
	settle   func(*destinations.Settlement)

	ctx    func(context.Context, string) context.Context            // of "open", "write", "commit"
	plan   func(*flawedDest, *destinations.Plan)                    // what the inner session is opened with
	refuse func(*flawedDest, destinations.Plan) error               // an Open that should have worked
	inner  func(*flawedDest, destinations.Plan) *memory.Destination // nil: the memory destination itself
	opened func(*flawedDest)
	write  func(s *flawedSession, b arrow.RecordBatch) (arrow.RecordBatch, error) // what the inner session is given
	reject func(s *flawedSession, err *destinations.RejectError)
	edit   func(s *flawedSession, r row) (row, bool) // each row; false drops it
	commit func(s *flawedSession, c *destinations.Commit)
	result func(s *flawedSession, r *destinations.Result)
	diff   func(s *flawedDiff, d *destinations.Diff)
	close  func(s *flawedSession) (done bool, err error) // instead of the inner Close
}

// flawedDest is the memory destination with a flaw.
type flawedDest struct {
	*memory.Destination
	tb    testing.TB
	store *memory.Store
	cfg   memory.Config
	flaw  flaw
}

// flawedSession is a session of it, and what it has seen.
type flawedSession struct {
	destinations.Session
	dest      *flawedDest
	plan      destinations.Plan // as the suite asked
	filled    bool              // the table had rows at Open
	alone     bool              // no other session was open
	writes    int
	rows      int
	closes    int
	errors    int
	committed bool
	held      []arrow.RecordBatch
	seen      map[string]bool
}

func (d *flawedDest) Target() destinations.Target {
	t := d.Destination.Target()
	if d.flaw.target != nil {
		t = d.flaw.target(t)
	}
	return t
}

func (d *flawedDest) Capabilities() destinations.Capabilities {
	c := d.Destination.Capabilities()
	if d.flaw.caps != nil {
		c = d.flaw.caps(c)
	}
	return c
}

func (d *flawedDest) Check(ctx context.Context, schema *arrow.Schema) ([]destinations.Finding, error) {
	f, err := d.Destination.Check(ctx, schema)
	if d.flaw.check != nil {
		f = d.flaw.check(f)
	}
	return f, err
}

func (d *flawedDest) Leftovers(ctx context.Context) ([]destinations.Leftover, error) {
	l, err := d.Destination.Leftovers(ctx)
	if d.flaw.leftover != nil {
		l = d.flaw.leftover(l)
	}
	return l, err
}

func (d *flawedDest) Settle(ctx context.Context, u destinations.Unsettled) (destinations.Settlement, error) {
	s, err := d.Destination.Settle(ctx, u)
	if d.flaw.settle != nil {
		d.flaw.settle(&s)
	}
	return s, err
}

func (d *flawedDest) Open(ctx context.Context, p destinations.Plan) (destinations.Session, error) {
	if d.flaw.ctx != nil {
		ctx = d.flaw.ctx(ctx, "open")
	}
	if d.flaw.refuse != nil {
		if err := d.flaw.refuse(d, p); err != nil {
			return nil, err
		}
	}
	s := &flawedSession{dest: d, plan: p, filled: len(d.store.Rows(d.cfg.Table)) > 0, alone: len(d.store.Scratch()) == 0, seen: map[string]bool{}}
	if d.flaw.plan != nil {
		d.flaw.plan(d, &p)
	}
	dest := d.Destination
	if d.flaw.inner != nil {
		if other := d.flaw.inner(d, p); other != nil {
			dest = other
		}
	}
	inner, err := dest.Open(ctx, p)
	if err != nil {
		return nil, err
	}
	s.Session = inner
	if d.flaw.opened != nil {
		d.flaw.opened(d)
	}
	return s, nil
}

func (s *flawedSession) Write(ctx context.Context, b arrow.RecordBatch) error {
	f := s.dest.flaw
	if f.ctx != nil {
		ctx = f.ctx(ctx, "write")
	}
	s.writes++
	b.Retain()
	if f.edit != nil {
		b = s.edited(b)
	}
	if f.write != nil && ctx.Err() == nil {
		var err error
		if b, err = f.write(s, b); err != nil || b == nil {
			return err
		}
	}
	defer b.Release()
	before := s.rows
	s.rows += int(b.NumRows())
	if b.NumRows() == 0 {
		return nil
	}
	err := s.Session.Write(ctx, b)
	if re, ok := err.(*destinations.RejectError); ok && f.reject != nil {
		s.rows = before
		f.reject(s, re)
		s.rows += int(b.NumRows())
	} else if err != nil {
		s.errors++
	}
	return err
}

func (s *flawedSession) Commit(ctx context.Context, c destinations.Commit) (destinations.Result, error) {
	f := s.dest.flaw
	if f.ctx != nil {
		ctx = f.ctx(ctx, "commit")
	}
	if f.commit != nil {
		f.commit(s, &c)
	}
	r, err := s.Session.Commit(ctx, c)
	s.committed = err == nil
	if err != nil {
		s.errors++
	} else if f.result != nil {
		f.result(s, &r)
	}
	return r, err
}

func (s *flawedSession) Close() error {
	s.closes++
	if f := s.dest.flaw; f.close != nil {
		if done, err := f.close(s); done {
			return err
		}
	}
	return s.Session.Close()
}

// edited runs a batch's rows through the flaw, as text. Batches of types that the text of Arrow does not carry pass.
func (s *flawedSession) edited(b arrow.RecordBatch) arrow.RecordBatch {
	for _, f := range b.Schema().Fields() {
		if id := f.Type.ID(); id != arrow.INT64 && id != arrow.STRING && id != arrow.DECIMAL128 {
			return b
		}
	}
	defer b.Release()
	var rows []row
	for i := range int(b.NumRows()) {
		r := make(row, b.NumCols())
		for c, col := range b.Columns() {
			if col.IsValid(i) {
				r[c] = strings.Clone(col.ValueStr(i))
				if d, ok := col.(*array.Decimal128); ok {
					r[c] = d.Value(i).ToString(d.DataType().(arrow.DecimalType).GetScale()) // ValueStr cuts zeros
				}
			}
		}
		if r, keep := s.dest.flaw.edit(s, r); keep {
			rows = append(rows, r)
		}
	}
	return s.dest.batch(b.Schema(), rows...)
}

func (d *flawedDest) batch(schema *arrow.Schema, rows ...row) arrow.RecordBatch {
	return (&run{TB: d.tb}).batch(schema, rows...)
}

// run is a whole session of the inner destination.
func (d *flawedDest) run(p destinations.Plan, rows ...row) {
	p.SyncRunID, p.Progress = newID(), nil
	s, err := d.Destination.Open(context.Background(), p)
	if err != nil {
		d.tb.Fatalf("a bug in the flaw: %v", err)
	}
	defer func() { _ = s.Close() }()
	if len(rows) > 0 {
		b := d.batch(p.Schema, rows...)
		defer b.Release()
		if err := s.Write(context.Background(), b); err != nil {
			d.tb.Fatalf("a bug in the flaw: %v", err)
		}
	}
	if _, err := s.Commit(context.Background(), destinations.Commit{}); err != nil {
		d.tb.Fatalf("a bug in the flaw: %v", err)
	}
}

// token is the secret of the flawed destinations.
const token = "hunter2"

// harness makes memory targets with a flaw, each case with a store of its own.
func (f flaw) harness(tb testing.TB) Harness {
	store, tables := memory.NewStore(), 0
	return Harness{
		Spec: destinations.Define("memory", f.defaults, func(c memory.Config, _ connector.Env) (destinations.Destination, error) {
			if f.config != nil {
				c = f.config(c)
			}
			inner, err := memory.New(store, c)
			if err != nil {
				return nil, err
			}
			return &flawedDest{Destination: inner, tb: tb, store: store, cfg: c, flaw: f}, nil
		}),
		NewTarget: func(_ testing.TB, table Table) Target {
			tables++
			name := fmt.Sprintf("t%d", tables)
			store.Create(name, table.Columns)
			return Target{Config: memoryYAML(name, table), Secrets: []string{token}, Scratch: func(testing.TB) []string { return store.Scratch() },
				Rows: func(testing.TB) []Row {
					var rows []Row
					for _, r := range store.Rows(name) {
						rows = append(rows, Row(r))
					}
					return rows
				}}
		},
	}
}

func memoryYAML(name string, table Table) string {
	config := "table: " + name + "\n"
	if keyed(table.Mode) {
		config += "mode: merge\n"
	}
	if len(table.Key) > 0 {
		config += "upsert_key:\n"
		for _, k := range table.Key {
			config += fmt.Sprintf("  - %q\n", k)
		}
	}
	return config
}
