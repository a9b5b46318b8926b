package engine

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/state"
)

// KeptRow is the row of a dead letter.
type KeptRow struct {
	Schema *arrow.Schema // nil: the values were not kept, or cannot be read
	Values []*string     // by column, as text; nil is NULL
	Err    error         // why the values cannot be read
}

// KeptRows returns the rows of letters, in their order.
func KeptRows(ctx context.Context, store *state.Store, letters []state.Letter) ([]KeptRow, error) {
	byBatch := map[int64][]int{}
	for i, x := range letters {
		if x.Batch != 0 {
			byBatch[x.Batch] = append(byBatch[x.Batch], i)
		}
	}
	out := make([]KeptRow, len(letters))
	for id, members := range byBatch {
		packed, err := store.LetterRows(ctx, id)
		if err != nil {
			return nil, err
		}
		b, err := record.Unpack(packed, maxUnpackedRows)
		if err != nil {
			for _, i := range members {
				out[i].Err = err
			}
			continue
		}
		for _, i := range members {
			if place := letters[i].Place; int64(place) < b.NumRows() {
				out[i] = KeptRow{Schema: b.Schema(), Values: valuesOf(b, place)}
			}
		}
		b.Release()
	}
	return out, nil
}

func valuesOf(b arrow.RecordBatch, row int) []*string {
	values := make([]*string, b.NumCols())
	for i, c := range b.Columns() {
		if !c.IsNull(row) {
			text := c.ValueStr(row)
			values[i] = &text
		}
	}
	return values
}
