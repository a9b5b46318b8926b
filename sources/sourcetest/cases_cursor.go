package sourcetest

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
)

// cursorLeavesNoRowOut asks for the rows from hard values on. A source may return more, never fewer: ties and NULLs
// included.
func cursorLeavesNoRowOut(t testing.TB, h Harness) {
	rows := everyType(t, h)
	p := h.Load(t, rows)
	for i, values := range rows.Columns() {
		if _, err := record.NewOrder(values.DataType()); err != nil {
			continue // no order, so it cannot be a cursor
		}
		for _, from := range hardPlaces(t, values) {
			p = h.again(t, p, rows)
			q := query(p)
			q.Cursor = &sources.Cursor{Field: rows.ColumnName(i), From: &from}
			checkFrom(t, readAll(t, h.source(t, p), q), values, from)
		}
	}
	p = h.Load(t, numbered(20, 0))
	q := query(p)
	q.Cursor = &sources.Cursor{Field: "id"}
	if o := readAll(t, h.source(t, p), q); len(o.rows) != 20 {
		t.Errorf("a cursor that begins nowhere asks for all 20 rows; got %d, %v", len(o.rows), o.err)
	}
}

// hardPlaces are the least value, the greatest, and the third in the list, which is chosen to be hard: beyond 2^53,
// with microseconds. NULL and NaN are no place to begin at. All values would be seconds spent on opening databases.
func hardPlaces(t testing.TB, values arrow.Array) []record.Value {
	t.Helper()
	var least, greatest, third record.Value
	for i := range values.Len() {
		v, err := record.ValueAt(values, i)
		if err != nil {
			continue
		}
		if least == (record.Value{}) || less(t, v, least) {
			least = v
		}
		if greatest == (record.Value{}) || less(t, greatest, v) {
			greatest = v
		}
		if i == 2 {
			third = v
		}
	}
	places := []record.Value{least, greatest}
	if third != (record.Value{}) && third != least && third != greatest {
		places = append(places, third)
	}
	return places
}

func less(t testing.TB, a, b record.Value) bool {
	t.Helper()
	c, err := record.Compare(a, b)
	if err != nil {
		t.Fatalf("a bug in the suite: %v", err)
	}
	return c < 0
}

func checkFrom(t testing.TB, o outcome, values arrow.Array, from record.Value) {
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
