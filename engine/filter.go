package engine

import (
	"fmt"
	"maps"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/record"
)

// filter leaves out the rows that an earlier run has sent. It is used by the reader goroutine, and by others only
// after that has ended.
type filter struct {
	cursor  *cursor
	old     *record.RowHasher      // over the columns of the watermark; nil: nothing can be recognised
	current *record.RowHasher      // over all columns; old if they are the same
	unseen  map[record.Hash]uint32 // sent rows of the watermark that this run has not read
	matched rowLog                 // those that it has, by current
	highest *record.Cell           // the greatest cursor among matched
	skipped int64
	key     []byte
}

// newFilter returns the filter of a run; warning is not empty if sent rows cannot be recognised.
func newFilter(c *cursor, schema *arrow.Schema) (f *filter, warning string, err error) {
	f = &filter{cursor: c}
	if f.current, err = record.NewRowHasher(schema, nil); err != nil {
		return nil, "", configError("sync.mode: incremental recognises sent rows by all their values, but "+err.Error(), "leave the column out of the model, or cast it to text")
	}
	if c.mark == nil || len(c.mark.Sent) == 0 {
		return f, "", nil
	}
	f.old, err = record.NewRowHasher(schema, c.mark.Columns)
	if err != nil {
		return f, fmt.Sprintf("%d rows at the watermark cannot be recognised and are sent again if they are read: when they were sent, the model had other columns (%s)", total(c.mark.Sent), err), nil
	}
	f.unseen = maps.Clone(c.mark.Sent)
	return f, "", nil
}

func total(counts map[record.Hash]uint32) (n int64) {
	for _, c := range counts {
		n += int64(c)
	}
	return n
}

// apply returns the rows of b that are to be sent, nil if there are none, and those whose cursor has no place in an
// order. It takes b over.
func (f *filter) apply(b arrow.RecordBatch, rows positions) (arrow.RecordBatch, positions, []refused, error) {
	var keep spans
	var bad []refused
	column := b.Column(f.cursor.column)
	if f.old != nil {
		f.old.Reset(b)
		f.current.Reset(b)
	}
	for i := range int(b.NumRows()) {
		cell, err := f.cursor.order.Cell(column, i)
		if err != nil {
			bad = append(bad, refused{Reject: record.Reject{Row: rows.of(i), Column: f.cursor.name, Reason: err.Error() + ", so it cannot be told whether the row is new"}})
			continue
		}
		send, err := f.sends(cell, i)
		if err != nil {
			b.Release()
			return nil, positions{}, nil, err
		}
		if send {
			keep = keep.add(i)
		} else {
			f.skipped++
		}
	}
	if len(keep) == 0 {
		b.Release()
		return nil, positions{}, bad, nil
	}
	if keep[0] == (span{0, int(b.NumRows())}) {
		return b, rows, bad, nil
	}
	kept, err := compact(b, keep)
	return kept, rows.only(keep), bad, err
}

func (f *filter) sends(cell record.Cell, row int) (bool, error) {
	switch f.cursor.judge(cell) {
	case isNew:
		return true, nil
	case isSent:
		return false, nil
	}
	if f.old == nil {
		return true, nil
	}
	h := f.old.Row(row)
	if f.unseen[h] == 0 {
		return true, nil
	}
	if f.unseen[h]--; f.unseen[h] == 0 {
		delete(f.unseen, h)
	}
	if f.highest == nil || f.cursor.order.Compare(cell, *f.highest) > 0 {
		kept := cell.Clone()
		f.highest = &kept
	}
	f.key = f.cursor.order.AppendKey(f.key[:0], cell)
	return false, f.matched.add(record.HashKey(f.key), f.current.Row(row))
}
