package delta

import (
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	cases := []struct{ in, sql string }{
		{"boolean", "BOOLEAN"}, {"Byte", "TINYINT"}, {"tinyint", "TINYINT"}, {"short", "SMALLINT"}, {"integer", "INT"}, {"int", "INT"},
		{"long", "BIGINT"}, {"real", "FLOAT"}, {"double", "DOUBLE"}, {"timestamp_ltz", "TIMESTAMP"}, {"timestamp_ntz", "TIMESTAMP_NTZ"},
		{" decimal ( 18 , 2 ) ", "DECIMAL(18,2)"}, {"decimal", "DECIMAL(10,0)"}, {"numeric(5)", "DECIMAL(5,0)"}, {"dec(38,38)", "DECIMAL(38,38)"},
		{"varchar(20)", "VARCHAR(20)"}, {"character(3)", "CHAR(3)"}, {"variant", "VARIANT"}, {"binary", "BINARY"}, {"date", "DATE"},
		{"string collate UTF8_BINARY", "STRING"}, {"string COLLATE unicode_ci", "STRING COLLATE UNICODE_CI"},
		{"map<string,int>", "MAP<STRING, INT>"},
		{"array<array<timestamp_ntz>>", "ARRAY<ARRAY<TIMESTAMP_NTZ>>"},
		{"struct<a:int,b:array<string>>", "STRUCT<`a`: INT, `b`: ARRAY<STRING>>"},
		{"struct<a int NOT NULL COMMENT 'it\\'s, >',`b``c d`:decimal(3,1) not null>", "STRUCT<`a`: INT NOT NULL COMMENT 'it\\'s, >', `b``c d`: DECIMAL(3,1) NOT NULL>"},
		{"struct<first-name:string,名:map<int,struct<x:date>>>", "STRUCT<`first-name`: STRING, `名`: MAP<INT, STRUCT<`x`: DATE>>>"},
		{"struct<>", "STRUCT<>"},
		{"interval day to second", "interval day to second"},
		{"struct<i:interval year to month NOT NULL,g:geography(4326, any) comment 'x',v:void>", "STRUCT<`i`: interval year to month NOT NULL, `g`: geography(4326, any) COMMENT 'x', `v`: void>"},
		{"something_new<a, b>", "something_new<a, b>"},
		{"void", "void"}, {"array", "array"},
	}
	for _, c := range cases {
		t.Run(c.in, func(t *testing.T) {
			got := mustParse(t, c.in)
			if diff := cmp.Diff(c.sql, got.SQL()); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
			if again := mustParse(t, got.SQL()); !again.Equal(got) {
				t.Errorf("SQL reads back as %s", again)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for in, say := range map[string]string{
		"":                              "a type is missing",
		"  ":                            "a type is missing",
		"decimal(39,0)":                 "out of range",
		"decimal(2,3)":                  "out of range",
		"decimal(1,2,3)":                "takes a precision and a scale",
		"decimal(x)":                    "a number is missing",
		"decimal(1":                     "a bracket is not closed",
		"varchar":                       "VARCHAR takes a length",
		"varchar(0)":                    "VARCHAR takes a length",
		"int)":                          "unexpected \")\"",
		"int int":                       "unexpected \"int\"",
		"array<int":                     "ARRAY is not closed",
		"map<int>":                      "MAP takes a key type and a value type",
		"struct<a:int":                  "STRUCT is not closed",
		"struct<:int>":                  "a field name is missing",
		"struct<a:>":                    "a type is missing",
		"struct<`a:int>":                "a backtick is not closed",
		"struct<a:int not>":             "NULL is missing",
		"struct<a:int comment x>":       "a string is missing",
		"struct<a:int comment 'x>":      "a string is not closed",
		"geometry(1":                    "a bracket is not closed",
		strings.Repeat("array<", 1<<16): "nested deeper than 100 types",
	} {
		if _, err := Parse(in); err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("Parse(%.40q): %v, want %q", in, err, say)
		}
	}
}

func TestEqual(t *testing.T) {
	cases := []struct {
		a, b string
		want bool
	}{
		{"struct<a:int>", "struct<A:INT comment 'x'>", true},
		{"struct<a:int>", "struct<a:int not null>", false},
		{"struct<a:int>", "struct<b:int>", false},
		{"struct<a:int>", "struct<a:int,b:int>", false},
		{"array<int>", "array<bigint>", false},
		{"map<string,int>", "map<string,int>", true},
		{"map<string,int>", "map<int,int>", false},
		{"varchar(3)", "varchar(4)", false},
		{"string", "string collate unicode", false},
		{"Interval Year", "INTERVAL YEAR", true},
		{"void", "geometry", false},
	}
	for _, c := range cases {
		if got := mustParse(t, c.a).Equal(mustParse(t, c.b)); got != c.want {
			t.Errorf("%s = %s: %t", c.a, c.b, got)
		}
	}
}

func TestFromArrow(t *testing.T) {
	str, i64 := arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64
	cases := []struct {
		from arrow.DataType
		want string
	}{
		{arrow.FixedWidthTypes.Boolean, "BOOLEAN"}, {arrow.PrimitiveTypes.Int8, "TINYINT"}, {arrow.PrimitiveTypes.Uint8, "SMALLINT"},
		{arrow.PrimitiveTypes.Int16, "SMALLINT"}, {arrow.PrimitiveTypes.Uint16, "INT"}, {arrow.PrimitiveTypes.Int32, "INT"},
		{arrow.PrimitiveTypes.Uint32, "BIGINT"}, {i64, "BIGINT"}, {arrow.PrimitiveTypes.Uint64, "DECIMAL(20,0)"},
		{arrow.FixedWidthTypes.Float16, "FLOAT"}, {arrow.PrimitiveTypes.Float32, "FLOAT"}, {arrow.PrimitiveTypes.Float64, "DOUBLE"},
		{&arrow.Decimal128Type{Precision: 18, Scale: 2}, "DECIMAL(18,2)"}, {&arrow.Decimal128Type{Precision: 5, Scale: -2}, "DECIMAL(7,0)"},
		{&arrow.Decimal128Type{Precision: 2, Scale: 5}, "DECIMAL(5,5)"}, {&arrow.Decimal256Type{Precision: 38, Scale: 3}, "DECIMAL(38,3)"},
		{str, "STRING"}, {arrow.BinaryTypes.LargeString, "STRING"}, {arrow.BinaryTypes.StringView, "STRING"},
		{arrow.BinaryTypes.Binary, "BINARY"}, {&arrow.FixedSizeBinaryType{ByteWidth: 4}, "BINARY"}, {extensions.NewUUIDType(), "STRING"},
		{arrow.PrimitiveTypes.Date32, "DATE"}, {arrow.PrimitiveTypes.Date64, "DATE"}, {arrow.FixedWidthTypes.Time64us, "STRING"},
		{arrow.FixedWidthTypes.Timestamp_ns, "TIMESTAMP"}, {&arrow.TimestampType{Unit: arrow.Second}, "TIMESTAMP_NTZ"},
		{arrow.ListOf(i64), "ARRAY<BIGINT>"}, {arrow.FixedSizeListOf(3, str), "ARRAY<STRING>"}, {arrow.MapOf(str, i64), "MAP<STRING, BIGINT>"},
		{arrow.StructOf(arrow.Field{Name: "a", Type: i64}, arrow.Field{Name: "b c", Type: str}), "STRUCT<`a`: BIGINT, `b c`: STRING>"},
		{&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: str}, "STRING"},
	}
	for _, c := range cases {
		got, err := FromArrow(c.from)
		if err != nil || got.SQL() != c.want {
			t.Errorf("%s: %s, %v, want %s", c.from, got, err, c.want)
		}
		if _, err := NewEncoder(c.from, got); err != nil {
			t.Errorf("%s does not fit the type that it proposes: %v", c.from, err)
		}
	}
	for _, from := range []arrow.DataType{
		arrow.Null, arrow.FixedWidthTypes.Duration_s, &arrow.Decimal256Type{Precision: 39}, arrow.ListOf(arrow.Null),
		arrow.StructOf(arrow.Field{Name: "a", Type: arrow.FixedWidthTypes.MonthInterval}),
	} {
		if got, err := FromArrow(from); err == nil {
			t.Errorf("%s: %s, want an error", from, got)
		}
	}
}

func TestWidens(t *testing.T) {
	yes := [][2]string{
		{"tinyint", "smallint"}, {"tinyint", "bigint"}, {"smallint", "int"}, {"int", "bigint"}, {"int", "double"}, {"float", "double"},
		{"int", "decimal(10,0)"}, {"smallint", "decimal(12,2)"}, {"bigint", "decimal(20,0)"}, {"bigint", "decimal(22,2)"},
		{"decimal(10,2)", "decimal(12,2)"}, {"decimal(10,2)", "decimal(12,4)"}, {"date", "timestamp_ntz"}, {"varchar(3)", "varchar(4)"},
	}
	no := [][2]string{
		{"int", "int"}, {"bigint", "int"}, {"bigint", "double"}, {"int", "float"}, {"int", "decimal(10,2)"}, {"bigint", "decimal(19,0)"},
		{"decimal(10,2)", "decimal(10,2)"}, {"decimal(10,2)", "decimal(11,4)"}, {"decimal(10,2)", "decimal(12,1)"}, {"double", "float"},
		{"date", "timestamp"}, {"timestamp_ntz", "date"}, {"varchar(4)", "varchar(3)"}, {"boolean", "int"}, {"tinyint", "string"},
		{"tinyint", "boolean"}, {"array<int>", "array<bigint>"},
	}
	for _, p := range yes {
		if !Widens(mustParse(t, p[0]), mustParse(t, p[1])) {
			t.Errorf("%s to %s: want true", p[0], p[1])
		}
	}
	for _, p := range no {
		if Widens(mustParse(t, p[0]), mustParse(t, p[1])) {
			t.Errorf("%s to %s: want false", p[0], p[1])
		}
	}
}
