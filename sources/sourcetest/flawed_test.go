package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
)

// flaw is a planted bug: a source of rows in memory, changed where a function is set.
type flaw struct {
	spec     func(h *Harness) // another config
	describe string

	stored func(arrow.RecordBatch) arrow.RecordBatch // what Load stores
	opened func(s *flawedSource, q *sources.Query) error
	ctx    func(ctx context.Context, step string) context.Context // of "open", "next"
	failed func(s *flawedSource, err error) error                 // instead of an error of Open
	filter func(r *flawedReader, q sources.Query)
	next   func(r *flawedReader, b arrow.RecordBatch, err error) (arrow.RecordBatch, error)
	close  func(r *flawedReader) error
}

// shelf is what a place stores.
type shelf struct {
	rows    arrow.RecordBatch
	touched int // changes of what is stored
	opens   int
	breakAt int64 // the read breaks off before this row, from 0; -1: never
	badRow  int64 // from 0; -1: none
	endless bool
}

// shelfConfig is the profile.
type shelfConfig struct {
	Table string `yaml:"table" validate:"required" doc:"which rows"`
}

// flawedSource is a correct source but for its flaw.
type flawedSource struct {
	*shelf
	name string
	dir  string
	flaw flaw

	writing bool // the query would change something
}

func (s *flawedSource) Describe() string {
	if s.flaw.describe != "" {
		return s.flaw.describe
	}
	return "shelf (" + s.name + ")"
}

func (s *flawedSource) Open(ctx context.Context, q sources.Query) (sources.Reader, error) {
	r, err := s.open(ctx, q)
	if err == nil {
		return r, nil
	}
	if s.flaw.failed != nil {
		if err = s.flaw.failed(s, err); err == nil {
			empty := numbered(0, 0)
			return &flawedReader{source: s, rows: empty, schema: empty.Schema(), query: q}, nil
		}
	}
	return nil, err
}

func (s *flawedSource) open(ctx context.Context, q sources.Query) (*flawedReader, error) {
	s.writing = isWrite(&q)
	if s.flaw.ctx != nil {
		ctx = s.flaw.ctx(ctx, "open")
	}
	if s.flaw.opened != nil {
		if err := s.flaw.opened(s, &q); err != nil {
			return nil, err
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil, &connector.Error{Kind: connector.KindCanceled, Op: "open", Err: ctx.Err()}
	case s.shelf == nil:
		return nil, &connector.Error{Kind: connector.KindNotFound, Message: "there is no table " + s.name}
	case q.Model != "SELECT":
		return nil, &connector.Error{Kind: connector.KindConfig, Op: q.Origin, Message: "not a SELECT"}
	}
	s.opens++
	r := &flawedReader{source: s, rows: s.rows, schema: s.rows.Schema(), query: q}
	if s.flaw.filter != nil {
		s.flaw.filter(r, q)
	}
	return r, nil
}

// flawedReader reads a shelf.
type flawedReader struct {
	source  *flawedSource
	rows    arrow.RecordBatch
	schema  *arrow.Schema
	query   sources.Query
	at      int64
	rejects []record.Reject
	batches int
	ends    int
	fails   int // of a flaw
	closes  int
	err     error
	shared  []int64 // for a flaw that uses memory twice
}

func (r *flawedReader) Schema() *arrow.Schema { return r.schema }

func (r *flawedReader) Rejects() []record.Reject {
	out := r.rejects
	r.rejects = nil
	return out
}

func (r *flawedReader) Next(ctx context.Context) (arrow.RecordBatch, error) {
	f := r.source.flaw
	if f.ctx != nil {
		ctx = f.ctx(ctx, "next")
	}
	b, err := r.read(ctx)
	if err == nil {
		r.batches++
	} else if errors.Is(err, io.EOF) {
		r.ends++
	}
	if f.next != nil {
		return f.next(r, b, err)
	}
	return b, err
}

func (r *flawedReader) read(ctx context.Context) (arrow.RecordBatch, error) {
	if r.err != nil {
		return nil, r.err
	}
	s := r.source.shelf
	if s != nil && s.endless {
		<-ctx.Done()
	}
	if ctx.Err() != nil {
		return nil, &connector.Error{Kind: connector.KindCanceled, Op: "read", Err: ctx.Err()}
	}
	end := r.rows.NumRows()
	if r.query.Limit > 0 {
		end = min(end, r.query.Limit)
	}
	if s != nil && s.badRow == r.at {
		r.at++
		r.rejects = append(r.rejects, record.Reject{Row: r.at, Column: "name", Reason: "not a DATE"})
	}
	switch {
	case s != nil && r.at == s.breakAt:
		r.err = &connector.Error{Kind: connector.KindPermanent, Message: "the shelf is cut off"}
		return nil, r.err
	case r.at >= end:
		return nil, io.EOF
	}
	n := min(end-r.at, int64(r.query.BatchRows))
	for _, stop := range r.stops() {
		if stop > r.at {
			n = min(n, stop-r.at)
		}
	}
	for n > 1 && bytesOf(r.rows, r.at, n) > r.query.BatchBytes {
		n = max(1, n/2)
	}
	r.at += n
	return r.rows.NewSlice(r.at-n, r.at), nil
}

// stops are rows at which a batch ends.
func (r *flawedReader) stops() []int64 {
	if s := r.source.shelf; s != nil {
		return []int64{s.badRow, s.breakAt}
	}
	return nil
}

func bytesOf(b arrow.RecordBatch, at, n int64) int64 {
	piece := b.NewSlice(at, at+n)
	defer piece.Release()
	return record.BatchBytes(piece)
}

func (r *flawedReader) Close() error {
	r.closes++
	if f := r.source.flaw.close; f != nil {
		return f(r)
	}
	return nil
}

// harness makes shelves with a flaw.
func (f flaw) harness() Harness {
	shelves := map[string]*shelf{}
	load := func(rows arrow.RecordBatch, edit func(*shelf)) Place {
		s := &shelf{rows: rows, breakAt: -1, badRow: -1}
		if f.stored != nil {
			s.rows = f.stored(rows)
		}
		if edit != nil {
			edit(s)
		}
		name := fmt.Sprintf("t%d", len(shelves))
		shelves[name] = s
		return Place{Config: "table: " + name, Model: "SELECT",
			Fingerprint: func(testing.TB) string { return fmt.Sprint(s.touched) }}
	}
	models := func(list ...string) func(testing.TB) []Place {
		return func(testing.TB) (places []Place) {
			for _, m := range list {
				p := load(numbered(3, 0), nil)
				p.Name, p.Model = m, m
				places = append(places, p)
			}
			return places
		}
	}
	h := Harness{
		Spec: sources.Define("shelf", shelfConfig{}, func(c shelfConfig, env connector.Env) (sources.Source, error) {
			return &flawedSource{shelf: shelves[c.Table], name: c.Table, dir: env.Dir, flaw: f}, nil
		}),
		Types: []arrow.DataType{arrow.PrimitiveTypes.Int64, arrow.BinaryTypes.String, arrow.PrimitiveTypes.Float64,
			arrow.FixedWidthTypes.Date32, &arrow.TimestampType{Unit: arrow.Microsecond}},
		Load:       func(_ testing.TB, rows arrow.RecordBatch) Place { return load(rows, nil) },
		BadQueries: models("nope", "SELEKT"),
		Writes:     models("DELETE"),
		Missing: func(t testing.TB) Place {
			return Place{Config: "table: nope", Env: connector.Env{Dir: t.TempDir()}, Model: "SELECT"}
		},
		Broken: func(testing.TB) []Place {
			return []Place{load(numbered(500, 0), func(s *shelf) { s.breakAt = 250 })}
		},
		Endless: func(testing.TB) Place { return load(numbered(1, 0), func(s *shelf) { s.endless = true }) },
		BadRow: func(testing.TB) (Place, string) {
			return load(numbered(3, 0), func(s *shelf) { s.badRow = 1 }), "name"
		},
		patience: time.Second,
	}
	if f.spec != nil {
		f.spec(&h)
	}
	return h
}

// isWrite tells models that change something.
func isWrite(q *sources.Query) bool { return strings.HasPrefix(q.Model, "DELETE") }
