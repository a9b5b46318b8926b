package engine

import (
	"context"
	"io"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
	"github.com/drt-go/drt/state"
)

// letterSource yields the rows of a sync's dead letters, with the columns that its model has now.
type letterSource struct {
	sync    *Job // whose letters they are
	store   *state.Store
	list    []state.Letter // those with values, letters of one batch together
	without int            // those without
}

// take sets the letters that are read; the lock of the sync is held.
func (s *letterSource) take(letters []state.Letter) {
	s.list = slices.DeleteFunc(slices.Clone(letters), func(x state.Letter) bool { return x.Batch == 0 })
	s.without = len(letters) - len(s.list)
	slices.SortStableFunc(s.list, func(a, b state.Letter) int {
		if a.Batch != b.Batch {
			return int(a.Batch - b.Batch)
		}
		return a.Place - b.Place
	})
}

// letter is the one that stands at place, from 1.
func (s *letterSource) letter(place int64) state.Letter { return s.list[place-1] }

// Describe implements sources.Source.
func (s *letterSource) Describe() string { return "dead letters of " + s.sync.Name }

// Open implements sources.Source.
func (s *letterSource) Open(ctx context.Context, q sources.Query) (sources.Reader, error) {
	r := &letterReader{source: s, rows: max(1, q.BatchRows), schema: arrow.NewSchema(nil, nil)}
	if len(s.list) == 0 {
		return r, nil // the model is not asked for nothing
	}
	var err error
	if r.schema, err = ModelSchema(ctx, s.sync); err != nil || r.schema != nil {
		return r, err
	}
	r.schema, err = s.newest(ctx)
	return r, err
}

// newest returns the columns of the letters that came last: the nearest to those of a model that cannot be asked.
func (s *letterSource) newest(ctx context.Context) (*arrow.Schema, error) {
	packed, err := s.store.LetterRows(ctx, s.list[len(s.list)-1].Batch)
	if err != nil {
		return nil, err
	}
	b, err := record.Unpack(packed, maxUnpackedRows)
	if err != nil {
		return nil, err
	}
	defer b.Release()
	return b.Schema(), nil
}

// sampleRows is how many rows a source may look at to tell the types of columns that nothing declares.
const sampleRows = 1000

// ModelSchema opens the model of j and returns its columns, as a run sees them; nil if the source can be read a single time
// only, so that there is nothing to ask.
func ModelSchema(ctx context.Context, j *Job) (*arrow.Schema, error) {
	if readsOnce(j.Source) {
		return nil, nil
	}
	r, err := j.Source.Open(ctx, sources.Query{Model: j.Model, Origin: j.Origin, Limit: sampleRows, BatchRows: sampleRows, BatchBytes: 1 << 20})
	if err != nil {
		return nil, err
	}
	schema := r.Schema()
	return schema, r.Close()
}

// letterReader reads letters batch by batch. Rows that cannot be sent are rejects.
type letterReader struct {
	source  *letterSource
	schema  *arrow.Schema
	rows    int // at most, in a batch
	at      int // in source.list
	batch   arrow.RecordBatch
	id      int64 // of batch, as state knows it
	misfit  string
	rejects []record.Reject
}

// Schema implements sources.Reader.
func (r *letterReader) Schema() *arrow.Schema { return r.schema }

// Rejects implements sources.RowRejecter.
func (r *letterReader) Rejects() []record.Reject {
	out := r.rejects
	r.rejects = nil
	return out
}

// Close implements sources.Reader.
func (r *letterReader) Close() error {
	if r.batch != nil {
		r.batch.Release()
		r.batch = nil
	}
	return nil
}

// Next implements sources.Reader.
func (r *letterReader) Next(ctx context.Context) (arrow.RecordBatch, error) {
	for r.at < len(r.source.list) {
		if cause := context.Cause(ctx); cause != nil {
			return nil, cause
		}
		if err := r.load(ctx, r.source.list[r.at].Batch); err != nil {
			return nil, err
		}
		if b, err := r.some(); b != nil || err != nil {
			return b, err
		}
	}
	return nil, io.EOF
}

// load makes batch id the current one.
func (r *letterReader) load(ctx context.Context, id int64) error {
	if r.id == id {
		return nil
	}
	packed, err := r.source.store.LetterRows(ctx, id)
	if err != nil {
		return err
	}
	_ = r.Close()
	r.id, r.misfit = id, ""
	if r.batch, err = record.Unpack(packed, maxUnpackedRows); err != nil {
		r.misfit = err.Error()
		return nil
	}
	r.misfit = Misfit(r.schema, r.batch.Schema())
	return nil
}

// some takes the next letters of the current batch; nil if none of them can be sent.
func (r *letterReader) some() (arrow.RecordBatch, error) {
	var keep spans
	for n := 0; n < r.rows && r.at < len(r.source.list) && r.source.list[r.at].Batch == r.id; n++ {
		letter := r.source.list[r.at]
		r.at++
		reason := r.misfit
		if reason == "" && int64(letter.Place) >= r.batch.NumRows() {
			reason = "its values are missing in the state"
		}
		if reason != "" {
			r.rejects = append(r.rejects, record.Reject{Row: int64(r.at), Reason: reason, Key: letter.Reject.Key})
			continue
		}
		keep = keep.add(letter.Place)
	}
	if len(keep) == 0 {
		return nil, nil
	}
	fitted := fit(r.schema, r.batch) // compact takes it over
	return compact(fitted, keep)
}

var _ sources.RowRejecter = (*letterReader)(nil)
