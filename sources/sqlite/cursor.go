package sqlite

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
)

// condition keeps the rows that a cursor asks for, and perhaps more: never fewer.
type condition struct {
	sql   string
	value any // int64, float64 or string: marker 1
}

// push returns the model as a statement that leaves out rows before the cursor; nil if nothing can be left out
// safely, and the engine compares for itself.
func push(c *conn, m model, columns []column, cursor *sources.Cursor) *statement {
	col := cursorColumn(columns, cursor)
	if col == nil {
		return nil
	}
	cond, ok := col.atOrAfter(*cursor.From)
	if !ok || (cond.needsUTF8() && !c.utf8()) {
		return nil
	}
	s, _, err := c.prepare(m.filtered(cond.sql))
	if err != nil || s == nil {
		return nil
	}
	if s.columns != len(columns) || s.bind(1, cond.value) != nil {
		s.finalize()
		return nil
	}
	return s
}

// again prepares the query of peek once more.
func (m model) again(c *conn, columns []column, cursor *sources.Cursor) (*statement, error) {
	if s := push(c, m, columns, cursor); s != nil {
		return s, nil
	}
	s, _, err := c.prepare(m.sql)
	return s, err
}

func cursorColumn(columns []column, cursor *sources.Cursor) *column {
	if cursor == nil || cursor.From == nil {
		return nil
	}
	for i := range columns {
		if strings.EqualFold(columns[i].name, cursor.Field) {
			return &columns[i]
		}
	}
	return nil
}

// atOrAfter builds the condition for a column. A value of another storage class than the column's passes, so that
// its row is rejected in sight instead of being left out: numbers sort before text in SQLite, text before blobs.
func (col *column) atOrAfter(from record.Value) (condition, bool) {
	name := outer + "." + quote(col.name)
	if col.clock {
		return dateCondition(name, from)
	}
	if col.dtype == nil {
		return condition{}, false // an expression: its type is not known before its values are
	}
	switch col.dtype.ID() {
	case arrow.INT64:
		n, err := strconv.ParseInt(from.Text, 10, 64)
		return condition{orNull(name, " >= ?1"), n}, err == nil && from.Type == "int64"
	case arrow.FLOAT64:
		f, err := strconv.ParseFloat(from.Text, 64)
		return condition{orNull(name, " >= ?1"), f}, err == nil && from.Type == "float64"
	case arrow.DECIMAL128:
		f, err := strconv.ParseFloat(from.Text, 64)
		// A column holds some decimals as REAL: one step down, so that rounding here leaves none of them out.
		return condition{orNull(name, " >= ?1"), math.Nextafter(f, math.Inf(-1))}, err == nil && from.Type == "decimal"
	case arrow.STRING:
		return condition{orNull(name, " COLLATE BINARY >= ?1"), from.Text}, from.Type == "string"
	case arrow.DATE32, arrow.TIMESTAMP:
		return dateCondition(name, from)
	}
	return condition{}, false
}

func orNull(name, compare string) string {
	return name + compare + " OR " + name + " IS NULL"
}

// dateCondition compares dates only, a day early: texts of one instant differ in separator, fraction and zone, so
// that no comparison of whole texts is safe. Whatever does not begin like a date passes, to be rejected in sight.
func dateCondition(name string, from record.Value) (condition, bool) {
	switch from.Type {
	case "date", "timestamp", "timestamp_ntz":
	default:
		return condition{}, false
	}
	if len(from.Text) < len(time.DateOnly) {
		return condition{}, false
	}
	day, err := time.Parse(time.DateOnly, from.Text[:len(time.DateOnly)])
	if err != nil || day.Year() < 2 {
		return condition{}, false
	}
	const shape = "'[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*'"
	sql := orNull(name, " COLLATE BINARY >= ?1") + " OR typeof(" + name + ") <> 'text' OR " + name + " NOT GLOB " + shape
	return condition{sql, day.AddDate(0, 0, -1).Format(time.DateOnly)}, true
}

// needsUTF8 reports whether the condition compares text: in a UTF-16 database that goes by other bytes than ours.
func (c condition) needsUTF8() bool {
	_, text := c.value.(string)
	return text
}
