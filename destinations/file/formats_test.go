package file

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	arrowmem "github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// sample is a type, its values as the JSON that Arrow's builders read, and as they stand in a jsonl file.
type sample struct {
	name  string
	typ   arrow.DataType
	in    string
	jsonl []string
}

func samples() []sample {
	text, i64 := arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64
	return []sample{
		{"null", arrow.Null, `[null]`, []string{`null`}},
		{"int8", arrow.PrimitiveTypes.Int8, `[-128, null]`, []string{`-128`, `null`}},
		{"int16", arrow.PrimitiveTypes.Int16, `[-32768]`, []string{`-32768`}},
		{"int32", arrow.PrimitiveTypes.Int32, `[7]`, []string{`7`}},
		{"uint8", arrow.PrimitiveTypes.Uint8, `[255]`, []string{`255`}},
		{"uint16", arrow.PrimitiveTypes.Uint16, `[65535]`, []string{`65535`}},
		{"uint32", arrow.PrimitiveTypes.Uint32, `[4294967295]`, []string{`4294967295`}},
		{"uint64", arrow.PrimitiveTypes.Uint64, `["18446744073709551615"]`, []string{`18446744073709551615`}},
		{"float16", arrow.FixedWidthTypes.Float16, `[1.5]`, []string{`1.5`}},
		{"large_string", arrow.BinaryTypes.LargeString, `["a\"b"]`, []string{`"a\"b"`}},
		{"fixed_binary", &arrow.FixedSizeBinaryType{ByteWidth: 2}, `["AP8="]`, []string{`"AP8="`}},
		{"large_binary", arrow.BinaryTypes.LargeBinary, `["AP8="]`, []string{`"AP8="`}},
		{"uuid", extensions.NewUUIDType(), `["00112233-4455-6677-8899-aabbccddeeff"]`, []string{`"00112233-4455-6677-8899-aabbccddeeff"`}},
		{"decimal32", &arrow.Decimal32Type{Precision: 5, Scale: 2}, `["-1.50"]`, []string{`-1.50`}},
		{"decimal64", &arrow.Decimal64Type{Precision: 12, Scale: 3}, `["0.005"]`, []string{`0.005`}},
		{"decimal256", &arrow.Decimal256Type{Precision: 50, Scale: 2}, `["12345678901234567890123456789012345678901234567.89"]`, []string{`12345678901234567890123456789012345678901234567.89`}},
		{"date64", arrow.FixedWidthTypes.Date64, `["1969-12-31"]`, []string{`"1969-12-31"`}},
		{"time32s", arrow.FixedWidthTypes.Time32s, `["23:59:59"]`, []string{`"23:59:59"`}},
		{"time32ms", arrow.FixedWidthTypes.Time32ms, `["23:59:59.01"]`, []string{`"23:59:59.01"`}},
		{"time64us", arrow.FixedWidthTypes.Time64us, `["00:00:00.000001"]`, []string{`"00:00:00.000001"`}},
		{"time64ns", arrow.FixedWidthTypes.Time64ns, `["12:00:00"]`, []string{`"12:00:00"`}},
		{"timestamp_s", arrow.FixedWidthTypes.Timestamp_s, `["2024-02-29T01:02:03Z"]`, []string{`"2024-02-29T01:02:03Z"`}},
		{"timestamp_ns", &arrow.TimestampType{Unit: arrow.Nanosecond}, `["2024-02-29T01:02:03.000000001"]`, []string{`"2024-02-29T01:02:03.000000001"`}},
		{"duration", arrow.FixedWidthTypes.Duration_ms, `["1500ms"]`, []string{`"PT1.5S"`}},
		{"months", arrow.FixedWidthTypes.MonthInterval, `[{"months": 14}]`, []string{`"P14M"`}},
		{"day_time", arrow.FixedWidthTypes.DayTimeInterval, `[{"days": 1, "milliseconds": -500}]`, []string{`"P1DT-0.5S"`}},
		{"month_day_nano", arrow.FixedWidthTypes.MonthDayNanoInterval, `[{"months": 1, "days": 2, "nanoseconds": 3}]`, []string{`"P1M2DT0.000000003S"`}},
		{"dictionary", &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: text}, `["a", "b", "a", null]`, []string{`"a"`, `"b"`, `"a"`, `null`}},
		{"list", arrow.ListOf(i64), `[[1, null], [], null]`, []string{`[1,null]`, `[]`, `null`}},
		{"large_list", arrow.LargeListOf(text), `[["a"]]`, []string{`["a"]`}},
		{"fixed_list", arrow.FixedSizeListOf(2, i64), `[[1, 2], [3, 4]]`, []string{`[1,2]`, `[3,4]`}},
		{"struct", arrow.StructOf(arrow.Field{Name: "a", Type: i64, Nullable: true}, arrow.Field{Name: `b"`, Type: text, Nullable: true}), `[{"a": 1, "b\"": "x"}, {"a": null, "b\"": null}, null]`, []string{`{"a":1,"b\"":"x"}`, `{"a":null,"b\"":null}`, `null`}},
		{"map", arrow.MapOf(text, i64), `[[{"key": "a", "value": 1}, {"key": "b", "value": null}], []]`, []string{`{"a":1,"b":null}`, `{}`}},
		{"map_by_number", arrow.MapOf(i64, text), `[[{"key": 1, "value": "x"}]]`, []string{`[{"key":1,"value":"x"}]`}},
		{"deep", arrow.ListOf(arrow.StructOf(arrow.Field{Name: "at", Type: arrow.FixedWidthTypes.Date32, Nullable: true})), `[[{"at": "2024-02-29"}]]`, []string{`[{"at":"2024-02-29"}]`}},
	}
}

func (s sample) batch(t *testing.T) arrow.RecordBatch {
	t.Helper()
	a, _, err := array.FromJSON(arrowmem.DefaultAllocator, s.typ, strings.NewReader(s.in))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Release()
	schema := arrow.NewSchema([]arrow.Field{{Name: "v", Type: s.typ, Nullable: true}}, nil)
	return array.NewRecordBatch(schema, []arrow.Array{a}, int64(a.Len()))
}

func commit(t *testing.T, s destinations.Session) {
	t.Helper()
	if _, err := s.Commit(context.Background(), destinations.Commit{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func written(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestJSONLValues(t *testing.T) {
	for _, tt := range samples() {
		t.Run(tt.name, func(t *testing.T) {
			b := tt.batch(t)
			defer b.Release()
			path := filepath.Join(t.TempDir(), "v.jsonl")
			s := openSession(t, Config{Path: path}, b.Schema())
			// Twice, once as a slice: an offset must not shift values.
			for _, part := range []arrow.RecordBatch{b, b.NewSlice(b.NumRows()-1, b.NumRows())} {
				if err := s.Write(t.Context(), part); err != nil {
					t.Fatal(err)
				}
			}
			commit(t, s)
			want := append(tt.jsonl, tt.jsonl[len(tt.jsonl)-1])
			if diff := cmp.Diff(`{"v":`+strings.Join(want, "}\n{\"v\":")+"}\n", written(t, path)); diff != "" {
				t.Errorf("the file (-want +got):\n%s", diff)
			}
		})
	}
}

// TestParquetTypes reads every type back as the same Arrow type and value, or finds it refused by Open. Where Parquet
// has no such type the same value comes back in the next one.
func TestParquetTypes(t *testing.T) {
	refused := map[string]bool{"months": true, "day_time": true, "month_day_nano": true, "duration": true, "large_list": true, "decimal32": true, "decimal64": true}
	instead := map[string]string{"date64": "date32", "time32s": "time32[ms]", "timestamp_s": "timestamp[ms, tz=UTC]",
		"dictionary": "dictionary<values=utf8, indices=int32, ordered=false>"}
	for _, tt := range samples() {
		t.Run(tt.name, func(t *testing.T) {
			b := tt.batch(t)
			defer b.Release()
			path := filepath.Join(t.TempDir(), "v.parquet")
			if refused[tt.name] {
				d, err := New(Config{Path: path, Header: true}, connector.Env{})
				if err != nil {
					t.Fatal(err)
				}
				_, err = d.Open(t.Context(), destinations.Plan{Mode: destinations.ModeReplace, Schema: b.Schema(), SyncRunID: "x"})
				if connector.KindOf(err) != connector.KindConfig || !strings.Contains(err.Error(), "column v") {
					t.Errorf("want Open to refuse the column, got %v", err)
				}
				return
			}
			s := openSession(t, Config{Path: path}, b.Schema())
			if err := s.Write(t.Context(), b); err != nil {
				t.Fatal(err)
			}
			commit(t, s)
			got := readParquet(t, path)
			defer got.Release()
			want := tt.typ.String()
			if other, ok := instead[tt.name]; ok {
				want = other
			}
			back := strings.Replace(got.Schema().Field(0).Type.String(), "list<element:", "list<item:", 1) // its name is no part of the type
			if back != want {
				t.Errorf("the type came back as %s, want %s", back, want)
			}
			values := shown(got)
			if tt.name == "time32s" {
				values = strings.Replace(values, ".000", "", 1)
			}
			if diff := cmp.Diff(shown(b), values); diff != "" {
				t.Errorf("the values (-want +got):\n%s", diff)
			}
		})
	}
}

func readParquet(t *testing.T, path string) arrow.Table {
	t.Helper()
	r, err := file.OpenParquetFile(path, false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	p, err := pqarrow.NewFileReader(r, pqarrow.ArrowReadProperties{}, arrowmem.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	table, err := p.ReadTable(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// shown shows the first column of a batch or a table in one form.
func shown(from any) string {
	var text strings.Builder
	show := func(a arrow.Array) {
		for i := range a.Len() {
			text.WriteString(a.ValueStr(i) + "\n")
		}
	}
	switch from := from.(type) {
	case arrow.RecordBatch:
		show(from.Column(0))
	case arrow.Table:
		for _, chunk := range from.Column(0).Data().Chunks() {
			show(chunk)
		}
	}
	return text.String()
}

func TestUnsupportedTypeIsRefused(t *testing.T) {
	union := arrow.SparseUnionOf([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Int64}}, []arrow.UnionTypeCode{0})
	schema := arrow.NewSchema([]arrow.Field{{Name: "odd", Type: union}}, nil)
	for _, name := range formats() {
		dir := t.TempDir()
		d, err := New(Config{Path: filepath.Join(dir, name), Header: true}, connector.Env{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Open(t.Context(), destinations.Plan{Mode: destinations.ModeReplace, Schema: schema, SyncRunID: "x"})
		if connector.KindOf(err) != connector.KindConfig || !strings.Contains(err.Error(), "column odd") {
			t.Errorf("%s: want Open to refuse the column, got %v", name, err)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%s: a refused Open leaves %v", name, left)
		}
	}
}

// TestTextIsCheckedByValues: values that are UTF-8 only together are not.
func TestTextIsCheckedByValues(t *testing.T) {
	for _, c := range []struct {
		values []string
		want   bool
	}{
		{nil, true}, {[]string{"", "é", "", "語", ""}, true}, {[]string{"a", "\xc3", "\xa9", "b"}, false}, {[]string{"\xc3"}, false}, {[]string{"a", "\xff"}, false},
	} {
		b := array.NewStringBuilder(arrowmem.DefaultAllocator)
		b.Append("\xff") // not in the slice
		b.AppendValues(c.values, nil)
		b.AppendNull()
		all := b.NewArray()
		part := array.NewSlice(all, 1, int64(all.Len()))
		if got := validText(part.(*array.String)); got != c.want {
			t.Errorf("%q: valid %t", c.values, got)
		}
		part.Release()
		all.Release()
		b.Release()
	}
}

// TestInvalidUTF8 is a row that no format can hold.
func TestInvalidUTF8(t *testing.T) {
	b := array.NewRecordBuilder(arrowmem.DefaultAllocator, arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "v", Type: arrow.BinaryTypes.String}}, nil))
	for i, v := range []string{"a", "\xff", "\xc3", "\xa9", "é"} {
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		b.Field(1).(*array.StringBuilder).Append(v)
	}
	batch := b.NewRecordBatch()
	defer batch.Release()
	for _, name := range formats() {
		path := filepath.Join(t.TempDir(), strings.Replace(name, "orders", "v", 1))
		s := openSession(t, Config{Path: path}, batch.Schema())
		var re *destinations.RejectError
		if err := s.Write(t.Context(), batch); !errors.As(err, &re) {
			t.Fatalf("%s: want rejects, got %v", name, err)
		}
		want := []destinations.Reject{{Row: 1, Column: "v", Reason: reasonUTF8}, {Row: 2, Column: "v", Reason: reasonUTF8}, {Row: 3, Column: "v", Reason: reasonUTF8}}
		if diff := cmp.Diff(want, re.Rejects); diff != "" {
			t.Errorf("%s: the rejects (-want +got):\n%s", name, diff)
		}
		res, err := s.Commit(t.Context(), destinations.Commit{})
		if err != nil || *res.Inserted != 2 {
			t.Errorf("%s: commit: %v, %d rows, want 2", name, err, *res.Inserted)
		}
	}
}
