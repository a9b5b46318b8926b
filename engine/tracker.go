package engine

import (
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/state"
)

// maxSent bounds the hashes in a watermark: 70 MB in the state, 200 MB in memory.
const maxSent = 4_000_000

// tracker works out the next watermark from what the destination took. It is used by the writer goroutine.
//
// The watermark is the greatest cursor that was sent, but a rejected row must be read again, and the rows around it
// must not be sent twice (E1). So its value stays open, and the rows that were sent at open values are remembered by
// hash. Which values those are is known at the end only, and the source need not be ordered (E4): with
// on_error: skip every row goes into a log. With on_error: fail only the greatest value can be open.
type tracker struct {
	cursor   *cursor
	filter   *filter
	hasher   *record.RowHasher
	log      *rowLog // nil with on_error: fail
	highest  *record.Cell
	atTop    map[record.Hash]uint32 // rows at highest; unused with a log
	rejected map[string]record.Cell // values of rejected rows, by key
	hold     bool                   // rows are missing whose cursor is not known: the watermark must not move
	excluded []int64                // rows of the log that the target refused at the commit, ascending
	maxSent  int
	key      []byte
}

func newTracker(c *cursor, f *filter, schema *arrow.Schema, skipErrors bool) (*tracker, error) {
	hasher, err := record.NewRowHasher(schema, nil)
	if err != nil {
		return nil, err
	}
	t := &tracker{cursor: c, filter: f, hasher: hasher, atTop: map[record.Hash]uint32{}, rejected: map[string]record.Cell{}, maxSent: maxSent}
	if skipErrors {
		t.log = &rowLog{}
	}
	return t, nil
}

// written notes that the destination took the rows of b, but for those in rejects, which are ascending.
func (t *tracker) written(b arrow.RecordBatch, rejects []record.Reject) error {
	t.hasher.Reset(b)
	column := b.Column(t.cursor.column)
	raised, err := t.raise(column, rejects)
	if err != nil {
		return err
	}
	if raised {
		clear(t.atTop)
	}
	return t.eachAccepted(column, rejects, func(i int, cell record.Cell) error {
		if t.log != nil {
			t.key = t.cursor.order.AppendKey(t.key[:0], cell)
			return t.log.add(record.HashKey(t.key), t.hasher.Row(i))
		}
		if t.cursor.order.Compare(cell, *t.highest) == 0 {
			t.atTop[t.hasher.Row(i)]++
		}
		return nil
	})
}

// raise lifts highest to the greatest cursor of the accepted rows; it reports whether that is a new one.
func (t *tracker) raise(column arrow.Array, rejects []record.Reject) (raised bool, err error) {
	var top record.Cell
	found := t.highest != nil
	if found {
		top = *t.highest
	}
	err = t.eachAccepted(column, rejects, func(_ int, cell record.Cell) error {
		if !found || t.cursor.order.Compare(cell, top) > 0 {
			top, found, raised = cell, true, true
		}
		return nil
	})
	if raised {
		top = top.Clone()
		t.highest = &top
	}
	return raised, err
}

func (t *tracker) eachAccepted(column arrow.Array, rejects []record.Reject, visit func(int, record.Cell) error) error {
	for i := range column.Len() {
		cell, err := t.cursor.order.Cell(column, i)
		if err != nil {
			return err // the filter has refused such rows
		}
		if len(rejects) > 0 && rejects[0].Row == int64(i) {
			rejects = rejects[1:]
			t.key = t.cursor.order.AppendKey(t.key[:0], cell)
			if _, known := t.rejected[string(t.key)]; !known {
				t.rejected[string(t.key)] = cell.Clone()
			}
			continue
		}
		if err := visit(i, cell); err != nil {
			return err
		}
	}
	return nil
}

// watermark returns what state shall hold if this run commits; nil if there is nothing to hold.
func (t *tracker) watermark() (*state.Watermark, error) {
	w := &state.Watermark{Field: t.cursor.name, Columns: t.hasher.Columns(), Sent: map[record.Hash]uint32{}}
	old := t.cursor.mark
	if t.hold {
		if old != nil {
			w.Value, w.Open = old.Value, old.Open
		}
		w.Ahead = true
		return w, t.fill(w, nil, true)
	}
	top := t.top()
	if top == nil {
		return nil, nil
	}
	value := t.cursor.order.Value(*top)
	w.Value = &value
	keys := t.open(w, *top)
	stays := t.cursor.value != nil && t.cursor.order.Compare(*top, *t.cursor.value) == 0
	w.Ahead = stays && old.Ahead
	return w, t.fill(w, keys, stays)
}

// top is the greatest cursor of all rows that are in the target.
func (t *tracker) top() (top *record.Cell) {
	for _, c := range []*record.Cell{t.cursor.value, t.highest, t.filter.highest} {
		if c != nil && (top == nil || t.cursor.order.Compare(*c, *top) > 0) {
			top = c
		}
	}
	return top
}

// open sets w.Open and returns the hashes of its values.
func (t *tracker) open(w *state.Watermark, top record.Cell) map[uint64]bool {
	cells := []record.Cell{top}
	for _, c := range t.rejected {
		if t.cursor.order.Compare(c, top) < 0 {
			cells = append(cells, c)
		}
	}
	slices.SortFunc(cells, t.cursor.order.Compare)
	keys := make(map[uint64]bool, len(cells))
	for _, c := range cells {
		w.Open = append(w.Open, t.cursor.order.Value(c))
		keys[record.HashKey(t.cursor.order.AppendKey(nil, c))] = true
	}
	return keys
}

// fill sets w.Sent: the rows at the values in keys (nil: all), and with unseen those that only the old watermark
// knows: they may be read again, as long as their values stay open.
func (t *tracker) fill(w *state.Watermark, keys map[uint64]bool, unseen bool) error {
	add := func(key uint64, h record.Hash) {
		if (keys == nil || keys[key]) && len(w.Sent) <= t.maxSent {
			w.Sent[h]++
		}
	}
	if err := t.filter.matched.each(add); err != nil {
		return err
	}
	if t.log != nil {
		if err := t.eachLogged(add); err != nil {
			return err
		}
	}
	if t.log == nil && t.filled(w) {
		for h, n := range t.atTop {
			w.Sent[h] += n
		}
	}
	if unseen && t.filter.old != nil && slices.Equal(t.filter.old.Columns(), w.Columns) {
		for h, n := range t.filter.unseen {
			w.Sent[h] += n
		}
	}
	if len(w.Sent) > t.maxSent {
		return &connector.Error{
			Kind: connector.KindPermanent,
			Message: fmt.Sprintf("more than %d rows must be remembered to send none of them twice: too many rows share the cursor value at the watermark, "+
				"or were read past rows that the source could not read", t.maxSent),
			Hint: "mend the rows that the source rejects, or use a finer cursor_field",
		}
	}
	return nil
}

// filled says that atTop holds the rows at w.Value, and not at a lower value than the old watermark's.
func (t *tracker) filled(w *state.Watermark) bool {
	return t.highest != nil && w.Value != nil && t.cursor.order.Value(*t.highest) == *w.Value
}

func (t *tracker) close() error {
	err := t.filter.matched.close()
	if t.log != nil {
		err = errors.Join(err, t.log.close())
	}
	return err
}
