package engine

import (
	"context"
	"io"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/record"
)

// endless yields one batch again and again, n times.
type endless struct {
	batch arrow.RecordBatch
	left  int
	read  atomic.Int64
}

func (r *endless) Schema() *arrow.Schema { return r.batch.Schema() }
func (r *endless) Close() error          { return nil }

func (r *endless) Next(context.Context) (arrow.RecordBatch, error) {
	if r.left == 0 {
		return nil, io.EOF
	}
	r.left--
	r.read.Add(1)
	r.batch.Retain()
	return r.batch, nil
}

type sink struct{ write func(arrow.RecordBatch) error }

func (s *sink) Write(_ context.Context, b arrow.RecordBatch) error { return s.write(b) }
func (s *sink) Close() error                                       { return nil }
func (s *sink) Commit(context.Context, destinations.Commit) (destinations.Result, error) {
	return destinations.Result{}, nil
}

func intoSink(write func(arrow.RecordBatch) error) *writer {
	return &writer{open: func(context.Context) (destinations.Session, error) { return &sink{write}, nil }}
}

// wide is a batch of rows x 8 columns of about bytes each.
func wide(t testing.TB, rows, bytes int) arrow.RecordBatch {
	t.Helper()
	fields := []arrow.Field{{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "at", Type: arrow.FixedWidthTypes.Timestamp_us}, {Name: "score", Type: arrow.PrimitiveTypes.Float64}}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.BinaryTypes.String})
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	text := string(make([]byte, bytes))
	for i := range rows {
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		b.Field(1).(*array.TimestampBuilder).Append(arrow.Timestamp(i))
		b.Field(2).(*array.Float64Builder).Append(float64(i))
		for c := 3; c < 8; c++ {
			b.Field(c).(*array.StringBuilder).Append(text)
		}
	}
	out := b.NewRecordBatch()
	t.Cleanup(out.Release)
	return out
}

func TestQueueIsBoundedInBytes(t *testing.T) {
	for name, size := range map[string]int{"small batches": 1 << 20, "batches that are larger than the queue": queueBytes} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				batch := wide(t, 1, size/5)
				r := &endless{batch: batch, left: 200}
				release := make(chan struct{})
				written := 0
				w := intoSink(func(arrow.RecordBatch) error {
					<-release
					written++
					return nil
				})
				done := make(chan error)
				go func() { done <- pump(t.Context(), &feed{reader: r, numbering: numbering{next: 1}, tally: &tally{}}, w) }()
				synctest.Wait() // the writer waits in its first Write, the reader for room
				most := int64(queueBytes)/record.BatchBytes(batch) + 1
				if got := r.read.Load(); got > max(2, most) {
					t.Errorf("%d batches are in memory, want at most %d", got, max(2, most))
				}
				close(release)
				if err := <-done; err != nil || written != 200 {
					t.Errorf("%d batches written, %v", written, err)
				}
			})
		})
	}
}

func TestManySmallBatchesAreBoundedInNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &endless{batch: wide(t, 1, 1), left: 10_000}
		release := make(chan struct{})
		w := intoSink(func(arrow.RecordBatch) error { <-release; return nil })
		done := make(chan error)
		go func() { done <- pump(t.Context(), &feed{reader: r, numbering: numbering{next: 1}, tally: &tally{}}, w) }()
		synctest.Wait()
		if got := r.read.Load(); got > queueParcels+2 {
			t.Errorf("%d batches are in memory", got)
		}
		close(release)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// incremental returns what a run of sync.mode: incremental with on_error: skip puts into the pump.
func incremental(t testing.TB, r *endless) (*feed, *writer) {
	c, err := newCursor(r.Schema(), "at", nil)
	if err != nil {
		t.Fatal(err)
	}
	f, _, err := newFilter(c, r.Schema())
	if err != nil {
		t.Fatal(err)
	}
	w := intoSink(func(arrow.RecordBatch) error { return nil })
	w.onError = OnErrorSkip
	if w.tracker, err = newTracker(c, f, r.Schema(), true); err != nil {
		t.Fatal(err)
	}
	return &feed{reader: r, filter: f, numbering: numbering{next: 1}, tally: &tally{}}, w
}

func TestPumpAllocatesNothingPerRow(t *testing.T) {
	const batches, rows = 20, 10_000
	batch := wide(t, rows, 10)
	for name, mode := range map[string]func(*endless) (*feed, *writer){
		"full": func(r *endless) (*feed, *writer) {
			return &feed{reader: r, numbering: numbering{next: 1}, tally: &tally{}}, intoSink(func(arrow.RecordBatch) error { return nil })
		},
		"incremental": func(r *endless) (*feed, *writer) { return incremental(t, r) },
	} {
		t.Run(name, func(t *testing.T) {
			n := testing.AllocsPerRun(3, func() {
				f, w := mode(&endless{batch: batch, left: batches})
				if err := pump(t.Context(), f, w); err != nil {
					t.Error(err)
				}
				if w.tracker != nil {
					if err := w.tracker.close(); err != nil {
						t.Error(err)
					}
				}
			})
			if perBatch := n / batches; perBatch > 40 {
				t.Errorf("%.0f allocations a batch of %d rows", perBatch, rows)
			}
		})
	}
}

// BenchmarkPump moves 1 M rows x 8 columns: what the engine costs beside source and destination.
func BenchmarkPump(b *testing.B) {
	batch := wide(b, 10_000, 10)
	for b.Loop() {
		f := &feed{reader: &endless{batch: batch, left: 100}, numbering: numbering{next: 1}, tally: &tally{}}
		if err := pump(b.Context(), f, intoSink(func(arrow.RecordBatch) error { return nil })); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*1e6/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkPumpIncremental(b *testing.B) {
	batch := wide(b, 10_000, 10)
	for b.Loop() {
		f, w := incremental(b, &endless{batch: batch, left: 100})
		if err := pump(b.Context(), f, w); err != nil {
			b.Fatal(err)
		}
		if err := w.tracker.close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*1e6/b.Elapsed().Seconds(), "rows/s")
}
