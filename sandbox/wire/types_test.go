package wire

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/sandbox/wire/internal/tcli"
)

func TestArrowType(t *testing.T) {
	for typ, want := range map[string]string{
		"boolean":                          "bool",
		"INTEGER":                          "int32",
		"DECIMAL":                          "decimal(10, 0)",
		"decimal(38,18)":                   "decimal(38, 18)",
		"DECIMAL(5)":                       "decimal(5, 0)",
		"VARCHAR(10)":                      "utf8",
		"INTERVAL YEAR TO MONTH":           "utf8",
		"TIMESTAMP":                        "timestamp[us, tz=UTC]",
		"TIMESTAMP_NTZ":                    "timestamp[us]",
		"ARRAY<ARRAY<INT>>":                "list<item: list<item: int32, nullable>, nullable>",
		"MAP<STRING, ARRAY<DECIMAL(4,2)>>": "map<utf8, list<item: decimal(4, 2), nullable>, items_nullable>",
		"STRUCT<>":                         "struct<>",
		"struct<`a b`: INT, c STRING COMMENT 'x', d: ARRAY<BIGINT> NOT NULL>": "struct<a b: int32, c: utf8, d: list<item: int64, nullable>>",
	} {
		got, err := ArrowType(typ)
		if err != nil || got.String() != want {
			t.Errorf("%s: got %v, %v; want %s", typ, got, err, want)
		}
	}
	for _, typ := range []string{"", "FOO", "ARRAY", "ARRAY<", "ARRAY<INT", "MAP<INT>", "STRUCT<a>", "DECIMAL(39,0)", "DECIMAL(2,3)", "DECIMAL(x)", "INT INT", "'"} {
		if got, err := ArrowType(typ); err == nil {
			t.Errorf("%q is %v", typ, got)
		}
	}
}

func TestThriftType(t *testing.T) {
	for typ, want := range map[string]tcli.TTypeId{
		"int": tcli.TTypeId_INT, "INTEGER": tcli.TTypeId_INT, "TIMESTAMP_NTZ": tcli.TTypeId_TIMESTAMP, "VOID": tcli.TTypeId_NULL,
		"VARCHAR(3)": tcli.TTypeId_STRING, "VARIANT": tcli.TTypeId_STRING, "ARRAY<INT>": tcli.TTypeId_ARRAY,
		"INTERVAL MONTH": tcli.TTypeId_INTERVAL_YEAR_MONTH, "INTERVAL DAY TO SECOND": tcli.TTypeId_INTERVAL_DAY_TIME,
	} {
		if got := thriftType(Column{Type: typ}).Type; got != want {
			t.Errorf("%s: got %s, want %s", typ, got, want)
		}
	}
	q := thriftType(Column{Type: "DECIMAL(18,2)"}).TypeQualifiers.Qualifiers
	if got := []int32{q["precision"].GetI32Value(), q["scale"].GetI32Value()}; !cmp.Equal(got, []int32{18, 2}) {
		t.Errorf("DECIMAL(18,2): %v", got)
	}
}
