package databricks

import (
	"cmp"
	"context"
	"slices"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/record/parquetfile"
)

// refusedRow is a row of a batch that the target cannot hold.
type refusedRow struct {
	row    int
	at     int // column of the model
	reason string
	keyed  bool // its key is staged
}

// write stages the rows of a batch and returns those it refused, in order. With keys their keys are staged, where they
// can be (W7).
func (s *spool) write(ctx context.Context, columns []arrow.Array, n int, keys bool) ([]refusedRow, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	staged := make([]arrow.Array, 1+len(s.columns))
	rejects := make([][]destinations.Reject, len(s.columns))
	defer func() {
		for _, a := range staged {
			if a != nil {
				a.Release()
			}
		}
	}()
	parquetfile.InLanes(s.lanes, len(s.columns), func(_, i int) {
		c := &s.columns[i]
		staged[1+i], rejects[i] = c.convert.Convert(memory.DefaultAllocator, columns[c.index])
		if c.key || c.required {
			rejects[i] = c.refuseNull(staged[1+i], rejects[i])
		}
	})
	refused := s.refusals(rejects)
	staged[0] = s.number(n, refused)
	if err := s.append(staged, n, refused); err != nil {
		return nil, noDisk(err)
	}
	s.next += int64(n - len(refused))
	if keys && len(refused) > 0 {
		if err := s.appendKeys(staged, refused); err != nil {
			return nil, noDisk(err)
		}
	}
	return refused, s.roll(ctx)
}

// append writes the rows between the refused ones.
func (s *spool) append(staged []arrow.Array, n int, refused []refusedRow) error {
	from := 0
	for _, r := range refused {
		if err := s.writer.WriteRows(staged, from, r.row); err != nil {
			return err
		}
		from = r.row + 1
	}
	return s.writer.WriteRows(staged, from, n)
}

// number is the order column of a batch: rows are counted without the refused ones, whose numbers are never read.
func (s *spool) number(n int, refused []refusedRow) arrow.Array {
	s.order = slices.Grow(s.order[:0], n)[:n]
	number, k := s.next, 0
	for i := range s.order {
		s.order[i] = number
		if k < len(refused) && refused[k].row == i {
			k++
			continue
		}
		number++
	}
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s.order))), 8*n)
	data := array.NewData(arrow.PrimitiveTypes.Int64, n, []*memory.Buffer{nil, memory.NewBufferBytes(bytes)}, nil, 0, 0)
	defer data.Release()
	return array.NewInt64Data(data)
}

// refuseNull adds the rows in which a column is NULL that must not be. staged is NULL in the rows of rejects, too.
func (c *spoolColumn) refuseNull(staged arrow.Array, rejects []destinations.Reject) []destinations.Reject {
	if staged.NullN() == len(rejects) {
		return rejects
	}
	reason := reasonRequired
	if c.key {
		reason = reasonNullKey
	}
	out := make([]destinations.Reject, 0, staged.NullN())
	for i := range staged.Len() {
		switch {
		case !staged.IsNull(i):
		case len(rejects) > 0 && rejects[0].Row == int64(i):
			out, rejects = append(out, rejects[0]), rejects[1:]
		default:
			out = append(out, destinations.Reject{Row: int64(i), Reason: reason})
		}
	}
	return out
}

// refusals joins what the columns refuse: the first column of a row, in the order of the model, is the reason.
func (s *spool) refusals(rejects [][]destinations.Reject) []refusedRow {
	var all []refusedRow
	for at, rs := range rejects {
		for _, r := range rs {
			all = append(all, refusedRow{row: int(r.Row), at: at, reason: r.Reason, keyed: !s.columns[at].key})
		}
	}
	slices.SortFunc(all, func(a, b refusedRow) int { return cmp.Or(a.row-b.row, a.at-b.at) })
	out := all[:0]
	for _, r := range all {
		if n := len(out); n > 0 && out[n-1].row == r.row {
			out[n-1].keyed = out[n-1].keyed && r.keyed
			continue
		}
		out = append(out, r)
	}
	return out
}

// appendKeys writes the keys of refused rows as rows of their own, whose number is NULL.
func (s *spool) appendKeys(staged []arrow.Array, refused []refusedRow) error {
	if s.nulls == nil {
		for _, f := range s.schema.Fields() {
			s.nulls = append(s.nulls, array.MakeArrayOfNull(memory.DefaultAllocator, f.Type, 1))
		}
	}
	row := make([]arrow.Array, len(staged))
	for _, r := range refused {
		if !r.keyed {
			continue
		}
		copy(row, s.nulls)
		for i, c := range s.columns {
			if c.key {
				row[1+i] = array.NewSlice(staged[1+i], int64(r.row), int64(r.row)+1)
				defer row[1+i].Release()
			}
		}
		if err := s.writer.WriteRows(row, 0, 1); err != nil {
			return err
		}
		s.keyRows++
	}
	return nil
}
