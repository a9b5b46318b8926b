package engine

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// span is a range of rows of a batch, to exclusive.
type span struct{ from, to int }

// spans gathers rows in ascending order.
type spans []span

func (s spans) add(row int) spans {
	if n := len(s); n > 0 && s[n-1].to == row {
		s[n-1].to++
		return s
	}
	return append(s, span{row, row + 1})
}

// compact returns the rows in keep, which are some of b's, as one batch. It takes b over.
func compact(b arrow.RecordBatch, keep spans) (arrow.RecordBatch, error) {
	defer b.Release()
	if len(keep) == 1 {
		return b.NewSlice(int64(keep[0].from), int64(keep[0].to)), nil
	}
	columns := make([]arrow.Array, b.NumCols())
	defer func() {
		for _, c := range columns {
			if c != nil {
				c.Release()
			}
		}
	}()
	rows := int64(0)
	for _, s := range keep {
		rows += int64(s.to - s.from)
	}
	for i := range columns {
		var err error
		if columns[i], err = pick(b.Column(i), keep); err != nil {
			return nil, err
		}
	}
	return array.NewRecordBatch(b.Schema(), columns, rows), nil
}

func pick(column arrow.Array, keep spans) (arrow.Array, error) {
	parts := make([]arrow.Array, len(keep))
	for i, s := range keep {
		parts[i] = array.NewSlice(column, int64(s.from), int64(s.to))
	}
	defer func() {
		for _, p := range parts {
			p.Release()
		}
	}()
	return array.Concatenate(parts, memory.DefaultAllocator)
}
