package wire

import (
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

func TestDecimalText(t *testing.T) {
	huge, err := decimal128.FromString("-99999999999999999999999999999999999999", 38, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		n     decimal128.Num
		scale int32
		want  string
	}{
		{decimal128.FromI64(0), 0, "0"}, {decimal128.FromI64(0), 2, "0.00"}, {decimal128.FromI64(5), 3, "0.005"}, {decimal128.FromI64(-12345), 2, "-123.45"},
		{huge, 0, "-" + strings.Repeat("9", 38)}, {huge, 38, "-0." + strings.Repeat("9", 38)},
	} {
		if got := decimalText(c.n, c.scale); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

// TestTextOfNestedValues: JSON, as the driver makes it from native arrays.
func TestTextOfNestedValues(t *testing.T) {
	for typ, c := range map[string][2]string{
		"ARRAY<DOUBLE>":                 {`[1.5, null]`, `[1.5,null]`},
		"ARRAY<BINARY>":                 {`["AP8="]`, `["AP8="]`},
		"ARRAY<DECIMAL(4,2)>":           {`["1.50"]`, `[1.50]`},
		"ARRAY<DATE>":                   {`["2024-02-29"]`, `["2024-02-29"]`},
		"ARRAY<TIMESTAMP>":              {`["2024-02-29 01:02:03.5"]`, `["2024-02-29 01:02:03.5"]`},
		"ARRAY<STRING>":                 {`["<a>\n"]`, `["<a>\n"]`},
		"ARRAY<VOID>":                   {`[null]`, `[null]`},
		"ARRAY<BOOLEAN>":                {`[true]`, `[true]`},
		"MAP<INT,STRING>":               {`[{"key": 1, "value": null}]`, `{"1":null}`},
		"STRUCT<`a\"b`: FLOAT, c: INT>": {`{"a\"b": 0.1, "c": null}`, `{"a\"b":0.1,"c":null}`},
	} {
		dt, err := ArrowType(typ)
		if err != nil {
			t.Fatal(err)
		}
		arr, _, err := array.FromJSON(memory.DefaultAllocator, dt, strings.NewReader("["+c[0]+"]"))
		if err != nil {
			t.Fatalf("%s: %v", typ, err)
		}
		text, err := textColumn(arr)
		if err != nil {
			t.Fatalf("%s: %v", typ, err)
		}
		if got := text(0); got != c[1] {
			t.Errorf("%s: got %s, want %s", typ, got, c[1])
		}
	}
}

// TestUnknownArrowTypeIsAnError: an engine that hands over what we cannot print hears of it.
func TestUnknownArrowTypeIsAnError(t *testing.T) {
	b := array.NewUint64Builder(memory.DefaultAllocator)
	b.Append(1)
	chunks := []arrow.Array{b.NewArray()}
	for _, id := range []string{"BIGINT", "STRING"} {
		if _, err := columnOf(thriftType(Column{Type: id}).Type, chunks); err == nil {
			t.Errorf("a uint64 array as %s", id)
		}
	}
}
