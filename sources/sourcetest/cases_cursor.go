package sourcetest

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
)

// cursorLeavesNoRowOut asks for the rows from each of the hard values on. A source may return more, never fewer: ties
// and NULLs included.
func cursorLeavesNoRowOut(t *testing.T, h Harness) {
	for _, dtype := range h.Types {
		if _, err := record.NewOrder(dtype); err != nil {
			continue // no order, so it cannot be a cursor
		}
		values := hardValues(t, h, dtype)
		rows := table([]string{"n", "v"}, count(values.Len()), values)
		p := h.Load(t, rows)
		for i := range values.Len() {
			from, err := record.ValueAt(values, i)
			if err != nil {
				continue // NULL and NaN are no place to begin at
			}
			if p.Once {
				p = h.Load(t, rows)
			}
			q := query(p)
			q.Cursor = &sources.Cursor{Field: "v", From: &from}
			checkFrom(t, readAll(t, h.source(t, p), q), values, from)
		}
		if p.Once {
			p = h.Load(t, rows)
		}
		q := query(p)
		q.Cursor = &sources.Cursor{Field: "v"}
		if o := readAll(t, h.source(t, p), q); len(o.rows) != values.Len() {
			t.Errorf("%s: a cursor that begins nowhere asks for all %d rows; got %d, %v", dtype, values.Len(), len(o.rows), o.err)
		}
	}
}

func checkFrom(t *testing.T, o outcome, values arrow.Array, from record.Value) {
	t.Helper()
	if o.schema == nil {
		t.Fatalf("%s from %q: %v", values.DataType(), from.Text, o.err)
	}
	got := map[string]bool{}
	for _, row := range o.rows {
		got[row[0]] = true
	}
	for i := range values.Len() {
		v, err := record.ValueAt(values, i)
		if err == nil {
			if c, err := record.Compare(v, from); err != nil || c < 0 {
				continue
			}
		} else if !values.IsNull(i) {
			continue // NaN
		}
		if !got[cellText(count(i+1), i)] {
			t.Errorf("%s: a cursor from %q leaves out the row with %s, which is at or after it (%v)", values.DataType(), from.Text, cellText(values, i), o.err)
		}
	}
}
