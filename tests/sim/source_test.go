package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
)

// quality is what becomes of a row.
type quality int

const (
	good    quality = iota
	long            // drt finds that the target cannot hold it; its key is known
	keyless         // its key is NULL; in modes without a key it is good
	refused         // only the warehouse finds that out
	torn            // the source cannot read it
)

func (q quality) String() string { return [...]string{"", "!long", "!keyless", "!refused", "!torn"}[q] }

// row is a row of the source.
type row struct {
	id, at  int64
	val     string
	quality quality
}

func (r row) String() string { return fmt.Sprintf("%d@%d=%s%s", r.id, r.at, r.val, r.quality) }

// text is the value that is sent. Version and id make it unique.
func (r row) text() string {
	switch r.quality {
	case long:
		return r.val + " is longer than the column"
	case refused:
		return badValue
	}
	return r.val
}

// badValue is what the target's CHECK constraint refuses.
const badValue = "bad"

// values are the cells as the target holds them.
func (r row) values() []any {
	v := []any{r.id, r.at, r.text()}
	if r.quality == keyless {
		v[0] = nil
	}
	return v
}

// source is the source as one process sees it.
type source struct{ p *process }

func (source) Describe() string { return "simulated" }

var errSource = errors.New("the source broke off")

func (s source) Open(ctx context.Context, q sources.Query) (sources.Reader, error) {
	p := s.p
	if err := p.wait(ctx, time.Duration(1+p.reading.IntN(50_000_000))); err != nil {
		return nil, err
	}
	if p.faults.sourceFails == 0 {
		return nil, errSource
	}
	rows := p.world.rows()
	if q.Cursor != nil && q.Cursor.From != nil && p.reading.IntN(2) == 0 {
		from, err := strconv.ParseInt(q.Cursor.From.Text, 10, 64)
		if err != nil {
			return nil, err
		}
		rows = keep(rows, func(r row) bool { return r.at >= from })
	}
	a := p.run.attempt()
	a.reads(rows)
	return &reader{p: p, attempt: a, left: rows, most: q.BatchRows}, nil
}

func keep[T any](all []T, ok func(T) bool) []T {
	var out []T
	for _, v := range all {
		if ok(v) {
			out = append(out, v)
		}
	}
	return out
}

type reader struct {
	p       *process
	attempt *attempt
	left    []row
	most    int
	read    int
	rejects []record.Reject
}

func schema() *arrow.Schema {
	return arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64, Nullable: true}, {Name: "at", Type: arrow.PrimitiveTypes.Int64}, {Name: "val", Type: arrow.BinaryTypes.String},
	}, nil)
}

func (r *reader) Schema() *arrow.Schema { return schema() }
func (r *reader) Close() error          { return nil }

func (r *reader) Rejects() []record.Reject {
	out := r.rejects
	r.rejects = nil
	return out
}

// Next yields some rows, and at last says that it was all of them, unless this source breaks off.
func (r *reader) Next(ctx context.Context) (arrow.RecordBatch, error) {
	if err := r.p.wait(ctx, time.Duration(r.p.reading.IntN(30_000_000))); err != nil {
		return nil, err
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema())
	defer b.Release()
	n := 0
	for len(r.left) > 0 && n < r.most {
		if f := r.p.faults.sourceFails; f > 0 && r.read >= f {
			return nil, errSource
		}
		next := r.left[0]
		r.left = r.left[1:]
		r.read++
		if next.quality == torn {
			r.rejects = append(r.rejects, record.Reject{Row: int64(r.read), Reason: "torn"})
			continue
		}
		if next.quality == keyless {
			b.Field(0).AppendNull()
		} else {
			b.Field(0).(*array.Int64Builder).Append(next.id)
		}
		b.Field(1).(*array.Int64Builder).Append(next.at)
		b.Field(2).(*array.StringBuilder).Append(next.text())
		n++
	}
	if n > 0 {
		return b.NewRecordBatch(), nil
	}
	if r.p.faults.sourceFails > 0 {
		return nil, errSource
	}
	r.attempt.complete()
	return nil, io.EOF
}
