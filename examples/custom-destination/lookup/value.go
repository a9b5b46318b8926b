package lookup

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// supported lists the types that JSON can hold exactly in the way valueOf writes them. Open refuses the others: a
// destination never changes a value in silence.
func supported(t arrow.DataType) bool {
	switch t.ID() {
	case arrow.BOOL, arrow.INT64, arrow.STRING, arrow.DECIMAL128:
		return true
	}
	return false
}

// rowOf returns row i of b, or the column that cannot be held and why.
func rowOf(b arrow.RecordBatch, i int) (r row, column, reason string) {
	r = row{}
	for c, col := range b.Columns() {
		v, reason := valueOf(col, i)
		if reason != "" {
			return nil, b.ColumnName(c), reason
		}
		r[b.ColumnName(c)] = v
	}
	return r, "", ""
}

// valueOf returns value i as JSON. It is a copy: the batch is the engine's.
func valueOf(col arrow.Array, i int) (v json.RawMessage, reason string) {
	if col.IsNull(i) {
		return json.RawMessage("null"), ""
	}
	switch col := col.(type) {
	case *array.Boolean:
		return strconv.AppendBool(nil, col.Value(i)), ""
	case *array.Int64:
		return strconv.AppendInt(nil, col.Value(i), 10), ""
	case *array.Decimal128: // as text: most readers make a float of a JSON number
		return quoted(col.Value(i).ToString(col.DataType().(*arrow.Decimal128Type).Scale)), ""
	case *array.String:
		if !utf8.ValidString(col.Value(i)) {
			return nil, "not valid UTF-8"
		}
		return quoted(col.Value(i)), ""
	}
	return nil, "a type that Open should have refused"
}

func quoted(s string) json.RawMessage {
	text, _ := json.Marshal(s) // a string has JSON
	return text
}

// columnOf finds a column by name, whatever its case; -1 if there is none.
func columnOf(s *arrow.Schema, name string) int {
	for i, f := range s.Fields() {
		if strings.EqualFold(f.Name, name) {
			return i
		}
	}
	return -1
}
