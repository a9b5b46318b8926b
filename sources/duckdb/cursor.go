package duckdb

import (
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
)

// cursorCondition keeps the rows that a cursor asks for, and perhaps more: never fewer. Marker 1 is value, cast to
// the column's type; where is "" if nothing can be left out safely, and the engine compares for itself.
func cursorCondition(columns []column, cursor *sources.Cursor) (where, value string) {
	if cursor == nil || cursor.From == nil {
		return "", ""
	}
	for _, c := range columns {
		if !strings.EqualFold(c.name, cursor.Field) {
			continue
		}
		cast, value := comparable(c, *cursor.From)
		if cast == "" {
			return "", ""
		}
		name := quote(c.name)
		return name + " >= CAST($1 AS " + cast + ") OR " + name + " IS NULL", value
	}
	return "", ""
}

// comparable is the SQL type that from is compared as with c, and its text there.
func comparable(c column, from record.Value) (cast, text string) {
	if c.cast != "" {
		return "", "" // an ENUM, say, is ordered otherwise than the text that the engine compares
	}
	switch t := c.dtype.(type) {
	case *arrow.Int64Type: // as BIGINT, so that DuckDB can skip row groups
		return when(from.Type == "int64", "BIGINT"), from.Text
	case *arrow.Int8Type, *arrow.Int16Type, *arrow.Int32Type,
		*arrow.Uint8Type, *arrow.Uint16Type, *arrow.Uint32Type, *arrow.Uint64Type:
		return when(from.Type == "int64" || from.Type == "uint64", "HUGEINT"), from.Text
	case *arrow.Float32Type, *arrow.Float64Type:
		return when(from.Type == "float64", "DOUBLE"), from.Text
	case *arrow.Decimal128Type:
		// A text that the type holds exactly: a cast that rounds up would leave rows out.
		_, err := record.ParseDecimal(from.Text, t.Precision, t.Scale)
		return when(from.Type == "decimal" && err == nil, c.sql), from.Text
	case *arrow.Date32Type:
		return when(from.Type == "date", "DATE"), from.Text
	case *arrow.TimestampType:
		return comparableTime(t, from)
	}
	// Text is left to the engine: a column may have a collation, which orders it otherwise than by its bytes.
	return "", ""
}

func comparableTime(t *arrow.TimestampType, from record.Value) (cast, text string) {
	switch {
	case t.TimeZone != "" && from.Type == "timestamp":
		return "TIMESTAMPTZ", truncate(from.Text, 6)
	case t.TimeZone == "" && from.Type == "timestamp_ntz" && t.Unit == arrow.Nanosecond:
		return "TIMESTAMP_NS", from.Text
	case t.TimeZone == "" && from.Type == "timestamp_ntz":
		return "TIMESTAMP", truncate(from.Text, 6)
	}
	return "", ""
}

func when(ok bool, cast string) string {
	if ok {
		return cast
	}
	return ""
}

// truncate cuts the fraction of a second to so many digits: downwards, so that no row is left out.
func truncate(timestamp string, digits int) string {
	point := strings.IndexByte(timestamp, '.')
	if point < 0 {
		return timestamp
	}
	zone := ""
	if strings.HasSuffix(timestamp, "Z") {
		zone, timestamp = "Z", strings.TrimSuffix(timestamp, "Z")
	}
	return timestamp[:min(len(timestamp), point+1+digits)] + zone
}
