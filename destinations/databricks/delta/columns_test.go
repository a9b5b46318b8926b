package delta

import (
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
)

// What can never fit is refused as a column, before the first row, with what to do.
func TestNewEncoderRefuses(t *testing.T) {
	nested := arrow.StructOf(arrow.Field{Name: "a", Type: arrow.PrimitiveTypes.Int64}, arrow.Field{Name: "b", Type: arrow.PrimitiveTypes.Int64})
	seconds := arrow.FixedWidthTypes.Duration_s
	cases := []struct {
		from    arrow.DataType
		to, say string
	}{
		{arrow.FixedWidthTypes.Boolean, "DATE", "values of type BOOLEAN do not fit a column of type DATE: CAST it in the model"},
		{arrow.FixedWidthTypes.Boolean, "INT", "do not fit"},
		{arrow.PrimitiveTypes.Int64, "DATE", "what a number counts is not known"},
		{arrow.PrimitiveTypes.Float64, "TIMESTAMP", "what a number counts is not known"},
		{arrow.PrimitiveTypes.Float64, "BOOLEAN", "do not fit"},
		{arrow.FixedWidthTypes.Timestamp_us, "DATE", "depends on a time zone"},
		{&arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "Europe/Berlin"}, "TIMESTAMP_NTZ", "depends on a time zone"},
		{arrow.PrimitiveTypes.Date32, "BIGINT", "do not fit"},
		{arrow.BinaryTypes.Binary, "STRING", "bytes are no text"},
		{arrow.BinaryTypes.Binary, "VARIANT", "JSON has no bytes"},
		{arrow.PrimitiveTypes.Int64, "BINARY", "do not fit"},
		{arrow.FixedWidthTypes.Time64us, "TIMESTAMP", "do not fit"},
		{arrow.PrimitiveTypes.Int64, "ARRAY<INT>", "do not fit"},
		{nested, "STRING", "turn them into JSON text"},
		{nested, "ARRAY<INT>", "do not fit"},
		{nested, "STRUCT<a:INT>", "field b of the model is not in the column's STRUCT<`a`: INT>"},
		{nested, "STRUCT<a:INT,b:INT,c:INT NOT NULL>", "field c is NOT NULL, and the model lacks it"},
		{nested, "STRUCT<a:INT,b:DATE>", "field b: values of type integer"},
		{arrow.ListOf(arrow.FixedWidthTypes.Boolean), "ARRAY<DATE>", "element: values of type BOOLEAN"},
		{arrow.BinaryTypes.String, "INTERVAL DAY TO SECOND", "a column of type INTERVAL DAY TO SECOND cannot be loaded"},
		{arrow.BinaryTypes.String, "GEOMETRY(4326)", "a column of type GEOMETRY(4326) cannot be loaded"},
		{arrow.BinaryTypes.String, "STRUCT<a: VOID>", "a column of type VOID cannot be loaded"},
		{seconds, "STRING", "values of Arrow type duration[s] cannot be loaded"},
	}
	for _, c := range cases {
		t.Run(c.from.Name()+" "+c.to, func(t *testing.T) {
			_, err := NewEncoder(c.from, mustParse(t, c.to))
			if err == nil || !strings.Contains(err.Error(), c.say) {
				t.Errorf("NewEncoder: %v, want %q", err, c.say)
			}
			if _, err := NewColumn(c.from, mustParse(t, c.to)); err == nil {
				t.Error("NewColumn takes what NewEncoder refuses")
			}
		})
	}
}
