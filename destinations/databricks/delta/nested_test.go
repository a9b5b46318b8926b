package delta

import (
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

func TestW15_JSONTextIsParsed(t *testing.T) {
	runValues(t, []valueCase{
		ok("object", text(`{"a": 1, "b": ["x", null]}`), "STRUCT<a:INT,b:ARRAY<STRING>>", `{"a":1,"b":["x",null]}`),
		ok("keys in any order", text(`{"b":[],"a":1}`), "STRUCT<a:INT,b:ARRAY<STRING>>", `{"b":[],"a":1}`),
		ok("keys in another case", text(`{"A":1}`), "STRUCT<a:INT>", `{"a":1}`),
		ok("missing key", text(`{}`), "STRUCT<a:INT>", `{}`),
		no("unknown key", text(`{"c":1}`), "STRUCT<a:INT>", "has a key that the STRUCT lacks"),
		no("key twice", text(`{"a":1,"a":2}`), "STRUCT<a:INT>", "has the same key twice"),
		no("key twice in other case", text(`{"a":1,"A":2}`), "STRUCT<a:INT>", "has the same key twice"),
		no("NOT NULL", text(`{"a":null}`), "STRUCT<a:INT NOT NULL>", "field a: NULL in a field that is NOT NULL"),
		no("NOT NULL missing", text(`{}`), "STRUCT<a:INT NOT NULL>", "field a: NULL in a field that is NOT NULL"),
		ok("SQL NULL", text(" null "), "STRUCT<a:INT>", null),
		ok("SQL NULL", text("null"), "ARRAY<INT>", null),
		no("empty", text(""), "ARRAY<INT>", "not JSON"),
		no("text behind", text("[1] [2]"), "ARRAY<INT>", "not JSON"),
		no("not closed", text("[1"), "ARRAY<INT>", "not JSON"),
		no("comma", text("[1,]"), "ARRAY<INT>", "not JSON"),
		no("comma in front", text("[,1]"), "ARRAY<INT>", "not JSON"),
		no("word", text("hello"), "ARRAY<INT>", "not JSON"),
		no("NUL behind", text("[1]\x00"), "ARRAY<INT>", "not JSON"),
		no("object for array", text(`{"a":1}`), "ARRAY<INT>", "not an ARRAY"),
		no("array for object", text(`[1]`), "STRUCT<a:INT>", "not a STRUCT"),
		no("JSON in JSON", text(`"{\"a\":1}"`), "STRUCT<a:INT>", "not a STRUCT"),
		no("element", text(`[1,"x"]`), "ARRAY<INT>", "element: not an INT"),
		no("object in array", text(`[{}]`), "ARRAY<INT>", "element: not an INT"),
		no("deep field", text(`{"a":{"b":[1,2.5]}}`), "STRUCT<a:STRUCT<b:ARRAY<INT>>>", "field a: field b: element: not an INT"),
		ok("numbers", text(`[1.10, 1e2, "3"]`), "ARRAY<DECIMAL(10,2)>", `["1.10","100.00","3.00"]`),
		no("number", text(`[1.005]`), "ARRAY<DECIMAL(10,2)>", "element: DECIMAL(10,2) cannot hold 3 digits after the point"),
		ok("38 digits", text(`[`+strings.Repeat("9", 38)+`]`), "ARRAY<DECIMAL(38,0)>", `["`+strings.Repeat("9", 38)+`"]`),
		ok("floats", text(`[0.1,"NaN","-Infinity",-0.0]`), "ARRAY<DOUBLE>", `[0.1,"NaN","-Infinity",-0.0]`),
		ok("dates", text(`["2024-02-29"]`), "ARRAY<DATE>", `["2024-02-29"]`),
		ok("timestamps", text(`["2024-01-01T10:00:00+01:00"]`), "ARRAY<TIMESTAMP>", `["2024-01-01T09:00:00Z"]`),
		ok("booleans", text(`[true,false]`), "ARRAY<BOOLEAN>", `[true,false]`),
		ok("number as text", text(`[12,true]`), "ARRAY<STRING>", `["12","true"]`),
		no("object as text", text(`[{"a":1}]`), "ARRAY<STRING>", "element: not a STRING"),
		ok("bytes", text(`["AP/+"]`), "ARRAY<BINARY>", `["AP/+"]`),
		no("junk bytes", text(`["AP/"]`), "ARRAY<BINARY>", "element: not bytes in base64"),
		no("length", text(`["abcd"]`), "ARRAY<VARCHAR(3)>", "element: longer than 3 characters"),
		ok("map", text(`{"a":1,"b":null}`), "MAP<STRING,INT>", `{"a":1,"b":null}`),
		no("map key twice", text(`{"a":1,"\u0061":2}`), "MAP<STRING,INT>", "has the same key twice"),
		ok("map of int keys", text(`{"1":"x","02":"y"}`), "MAP<INT,STRING>", `[{"key":1,"value":"x"},{"key":2,"value":"y"}]`),
		no("map of int keys", text(`{"x":"y"}`), "MAP<INT,STRING>", "key: not an INT"),
		no("map of equal keys", text(`{"1":"x","01":"y"}`), "MAP<INT,STRING>", "has the same key twice"),
		ok("escapes", text(`["\u00e9\n\"\\\/\ud83d\ude00\u0000"]`), "ARRAY<STRING>", `["é\n\"\\/😀\u0000"]`),
		no("surrogate", text(`["\ud83d"]`), "ARRAY<STRING>", "element: has half of a surrogate pair, which is no character"),
		no("surrogates swapped", text(`["\ude00\ud83d"]`), "ARRAY<STRING>", "element: has half of a surrogate pair, which is no character"),
		no("escape", text(`["\x41"]`), "ARRAY<STRING>", "not JSON"),
		no("line break in string", text("[\"a\nb\"]"), "ARRAY<STRING>", "not JSON"),
		no("number with plus", text(`[+1]`), "ARRAY<INT>", "not JSON"),
		no("number with zero in front", text(`[01]`), "ARRAY<INT>", "not JSON"),
		no("NaN", text(`[NaN]`), "ARRAY<DOUBLE>", "not JSON"),
		no("not UTF-8", text("[\"\xff\"]"), "ARRAY<STRING>", "not valid UTF-8 text"),
		ok("odd names", text("{\"a`b'c\\\\\":1}"), "STRUCT<`a``b'c\\`:INT>", "{\"a`b'c\\\\\":1}"),
		ok("variant within", text(`{"v":{"x":[1]}}`), "STRUCT<v:VARIANT>", `{"v":"{\"x\":[1]}"}`),
		ok("variant null within", text(`{"v":null}`), "STRUCT<v:VARIANT>", `{"v":"null"}`),
	})
}

func TestW15_Variant(t *testing.T) {
	deep := strings.Repeat("[", maxJSONDepth) + strings.Repeat("]", maxJSONDepth)
	runValues(t, []valueCase{
		ok("object", text(`{"a":[1,"x",true,null,1.10]}`), "VARIANT", `{"a":[1,"x",true,null,1.10]}`),
		ok("JSON null", text("null"), "VARIANT", "null"),
		ok("string", text(`"hello"`), "VARIANT", `"hello"`),
		no("not JSON", text("hello"), "VARIANT", "not JSON"),
		no("empty", text(""), "VARIANT", "not JSON"),
		no("key twice", text(`{"a":{"b":1,"b":2}}`), "VARIANT", "has the same key twice"),
		ok("same key elsewhere", text(`{"a":{"a":1},"b":{"a":1}}`), "VARIANT", `{"a":{"a":1},"b":{"a":1}}`),
		ok("key in other case", text(`{"a":1,"A":2}`), "VARIANT", `{"a":1,"A":2}`),
		ok("38 digits", text(strings.Repeat("9", 38)), "VARIANT", strings.Repeat("9", 38)),
		no("39 digits", text(strings.Repeat("9", 39)), "VARIANT", "has a number that a VARIANT cannot hold exactly"),
		no("1e400", text("[1e400]"), "VARIANT", "has a number that a VARIANT cannot hold exactly"),
		ok("1e40", text("1e40"), "VARIANT", "1e40"),
		no("surrogate", text(`{"\udc00":1}`), "VARIANT", "has half of a surrogate pair, which is no character"),
		ok("deep", text(deep), "VARIANT", deep),
		no("too deep", text("["+deep+"]"), "VARIANT", "nested too deep"),
		no("400 KB of brackets", text(strings.Repeat("[", 400_000)), "VARIANT", "nested too deep"),
		ok("int", bigint(9007199254740993), "VARIANT", "9007199254740993"),
		ok("decimal", dec(18, 2, "-110"), "VARIANT", "-1.10"),
		ok("double", double(0.1), "VARIANT", "0.1"),
		no("NaN", fromBits(), "VARIANT", "NaN and Infinity have no JSON form"),
		ok("bool", boolean(true), "VARIANT", "true"),
		ok("date", date(0), "VARIANT", `"1970-01-01"`),
		ok("instant", stamp(arrow.Microsecond, "UTC", 1), "VARIANT", `"1970-01-01T00:00:00.000001Z"`),
	})
	many := "{" + strings.TrimSuffix(strings.Repeat(`"k":1,`, 40), ",") + "}"
	runValues(t, []valueCase{no("key twice of many", text(many), "VARIANT", "has the same key twice")})
}

func fromBits() arrow.Array {
	return build(arrow.PrimitiveTypes.Float64, func(b array.Builder) {
		if err := b.(*array.Float64Builder).AppendValueFromString("NaN"); err != nil {
			panic(err)
		}
	})
}

func TestW15_ArrowValues(t *testing.T) {
	point := arrow.StructOf(
		arrow.Field{Name: "X", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		arrow.Field{Name: "tags", Type: arrow.ListOf(arrow.BinaryTypes.String), Nullable: true},
	)
	cases := []struct{ name, json, to, text, reason string }{
		{"struct", `{"X":1,"tags":["a","b\"c",null]}`, "STRUCT<tags:ARRAY<STRING>,x:BIGINT>", `{"tags":["a","b\"c",null],"x":1}`, ""},
		{"struct with NULLs", `{"X":null,"tags":null}`, "STRUCT<x:BIGINT,tags:ARRAY<STRING>>", `{"x":null,"tags":null}`, ""},
		{"field the model lacks", `{"X":1,"tags":[]}`, "STRUCT<x:BIGINT,tags:ARRAY<STRING>,z:INT>", `{"x":1,"tags":[]}`, ""},
		{"NOT NULL", `{"X":null,"tags":[]}`, "STRUCT<x:BIGINT NOT NULL,tags:ARRAY<STRING>>", "", "field x: NULL in a field that is NOT NULL"},
		{"range", `{"X":300,"tags":[]}`, "STRUCT<x:TINYINT,tags:ARRAY<STRING>>", "", "field x: outside the range of TINYINT"},
		{"element", `{"X":3,"tags":["1","x"]}`, "STRUCT<x:TINYINT,tags:ARRAY<INT>>", "", "field tags: element: not an INT"},
		{"variant", `{"X":3,"tags":["1",null,"{}"]}`, "VARIANT", `{"X":3,"tags":["1",null,"{}"]}`, ""},
		{"variant within", `{"X":3,"tags":["a"]}`, "STRUCT<x:INT,tags:VARIANT>", `{"x":3,"tags":"[\"a\"]"}`, ""},
		{"NULL", `null`, "STRUCT<x:BIGINT,tags:ARRAY<STRING>>", null, ""},
		{"NULL variant", `null`, "VARIANT", null, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			want := passed{c.text, c.reason}
			if got := pass(t, fromJSON(t, point, c.json), mustParse(t, c.to)); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestW15_ArrowMaps(t *testing.T) {
	byName := arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int32)
	byID := arrow.MapOf(arrow.PrimitiveTypes.Int32, arrow.ListOf(arrow.PrimitiveTypes.Float64))
	cases := []struct {
		name                   string
		dt                     arrow.DataType
		json, to, text, reason string
	}{
		{"text keys", byName, `[{"key":"a","value":1},{"key":"","value":null}]`, "MAP<STRING,BIGINT>", `{"a":1,"":null}`, ""},
		{"no entries", byName, `[]`, "MAP<STRING,BIGINT>", `{}`, ""},
		{"twice", byName, `[{"key":"a","value":1},{"key":"a","value":2}]`, "MAP<STRING,BIGINT>", "", "has the same key twice"},
		{"int keys", byID, `[{"key":7,"value":[0.5,null]}]`, "MAP<INT,ARRAY<DOUBLE>>", `[{"key":7,"value":[0.5,null]}]`, ""},
		{"no int keys", byID, `[]`, "MAP<INT,ARRAY<DOUBLE>>", `[]`, ""},
		{"int keys as text", byID, `[{"key":7,"value":[]}]`, "MAP<STRING,ARRAY<DOUBLE>>", `{"7":[]}`, ""},
		{"variant", byID, `[{"key":7,"value":[1.5]}]`, "VARIANT", `{"7":[1.5]}`, ""},
		{"key range", byID, `[{"key":700,"value":[]}]`, "MAP<TINYINT,ARRAY<DOUBLE>>", "", "key: outside the range of TINYINT"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			want := passed{c.text, c.reason}
			if got := pass(t, fromJSON(t, c.dt, c.json), mustParse(t, c.to)); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

// A slice of a batch begins in the middle of its buffers: every reader must count from there.
func TestSlices(t *testing.T) {
	dt := arrow.StructOf(
		arrow.Field{Name: "l", Type: arrow.ListOf(arrow.PrimitiveTypes.Int32), Nullable: true},
		arrow.Field{Name: "f", Type: arrow.FixedSizeListOf(2, arrow.BinaryTypes.String), Nullable: true},
		arrow.Field{Name: "m", Type: arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int32), Nullable: true},
		arrow.Field{Name: "d", Type: dictionary("x").DataType(), Nullable: true},
	)
	rows := `{"l":[1,2],"f":["a","b"],"m":[{"key":"k","value":1}],"d":"x"},{"l":[3],"f":["c","d"],"m":[{"key":"n","value":2}],"d":"y"}`
	to := mustParse(t, "STRUCT<l:ARRAY<INT>,f:ARRAY<STRING>,m:MAP<STRING,INT>,d:STRING>")
	arr := array.NewSlice(fromJSON(t, dt, rows), 1, 2)
	want := passed{Text: `{"l":[3],"f":["c","d"],"m":{"n":2},"d":"y"}`}
	if got := pass(t, arr, to); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestSlicesOfText(t *testing.T) {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	b.AppendValues([]string{"\xc3", "\xa9", "ok", ""}, nil)
	arr := b.NewArray()
	col, err := NewColumn(arr.DataType(), Type{Kind: String})
	if err != nil {
		t.Fatal(err)
	}
	// The two halves of a character lie side by side: valid together, and still no text.
	if _, rejects := col.Convert(memory.DefaultAllocator, arr); len(rejects) != 2 || rejects[1].Row != 1 {
		t.Errorf("rejects %v, want rows 0 and 1", rejects)
	}
	if got, rejects := col.Convert(memory.DefaultAllocator, array.NewSlice(arr, 2, 4)); len(rejects) != 0 || got.Len() != 2 {
		t.Errorf("rejects %v of %s", rejects, got)
	}
}

func TestRunsAndLists(t *testing.T) {
	ends := array.NewInt32Builder(memory.DefaultAllocator)
	ends.AppendValues([]int32{2, 3}, nil)
	runs := array.NewRunEndEncodedArray(ends.NewArray(), fromJSON(t, arrow.BinaryTypes.String, `"7",null`), 3, 0)
	if got := pass(t, array.NewSlice(runs, 1, 2), Type{Kind: BigInt}); got.Text != "7" {
		t.Errorf("run of 7: %+v", got)
	}
	if got := pass(t, array.NewSlice(runs, 2, 3), Type{Kind: BigInt}); got.Text != null {
		t.Errorf("run of NULL: %+v", got)
	}
	large := fromJSON(t, arrow.LargeListOf(arrow.FixedWidthTypes.Timestamp_ms), `["1970-01-01T00:00:01Z"]`)
	if got := pass(t, large, mustParse(t, "ARRAY<TIMESTAMP>")); got.Text != `["1970-01-01T00:00:01Z"]` {
		t.Errorf("large list: %+v", got)
	}
}
