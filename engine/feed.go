package engine

import (
	"context"
	"io"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
)

// feed reads the source to its end, numbers its rows and leaves out those that an earlier run has sent. It is used
// by the reader goroutine.
type feed struct {
	reader    sources.Reader
	filter    *filter // nil: not incremental
	numbering numbering
	tally     *tally
	extracted int64
}

// run puts everything into q. It returns nil only at the proven end of the source.
func (f *feed) run(ctx context.Context, q *queue) error {
	for {
		batch, err := f.reader.Next(ctx)
		// io.EOF itself: wrapped, it is what some libraries call a connection that dropped.
		if err != nil && err != io.EOF {
			return at(stageExtract, err)
		}
		p, packErr := f.pack(batch)
		if packErr != nil {
			return at(stageExtract, packErr)
		}
		if p.batch != nil || len(p.rejects) > 0 {
			if err := q.put(ctx, p); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
	}
}

// pack makes a parcel of a batch, nil at the end, and of what was rejected before it.
func (f *feed) pack(batch arrow.RecordBatch) (parcel, error) {
	p := parcel{rejects: f.rejects()}
	read := int64(len(p.rejects))
	if batch == nil {
		f.extracted += read
		f.tally.read(read, 0)
		return p, nil
	}
	read += batch.NumRows()
	f.extracted += read
	f.tally.read(read, record.BatchBytes(batch))
	p.batch, p.rows = batch, f.numbering.take(int(batch.NumRows()))
	if f.filter != nil {
		var err error
		var bad []refused
		if p.batch, p.rows, bad, err = f.filter.apply(p.batch, p.rows); err != nil {
			return parcel{}, err
		}
		p.rejects = append(p.rejects, bad...)
	}
	if p.batch != nil {
		p.bytes = record.BatchBytes(p.batch)
	}
	return p, nil
}

// rejects takes the rows that the source could not make sense of.
func (f *feed) rejects() (out []refused) {
	r, ok := f.reader.(sources.RowRejecter)
	if !ok {
		return nil
	}
	var places []int64
	for _, x := range r.Rejects() {
		out = append(out, refused{Reject: x, bySource: true})
		places = append(places, x.Row)
	}
	f.numbering.skip(places)
	return out
}
