package file

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/drt-go/drt/connector"
)

// FuzzCSV: the scanner never panics, and where encoding/csv takes a text, it finds the same fields in it.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "a\r\n\"b\"\"c\"\r\n", "a,\"b\nc\"\n\n,\n", "\"\"\n\"", "a\"b,c\n", "\"a\"b\n", ",,\r\n\r", "a,b"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		want, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		var got [][]string
		w := newWindow(bytes.NewReader(text))
		w.buf = make([]byte, 3) // so that every place is the end of a window once
		faults := false
		for s := newCSVScanner(w, ','); ; {
			ok, scanErr := s.scan()
			if scanErr != nil {
				faults = true
			}
			if !ok || scanErr != nil {
				break
			}
			faults = faults || s.fault != nil
			var row []string
			for i := range s.fields {
				b, _ := s.text(i)
				row = append(row, string(b))
			}
			got = append(got, row)
		}
		if err != nil || faults || bytes.Contains(text, []byte("\r")) {
			return // they differ in what they forgive, and encoding/csv drops \r inside quotes
		}
		got = slices.DeleteFunc(got, func(row []string) bool { return len(row) == 1 && row[0] == "" })
		want = slices.DeleteFunc(want, func(row []string) bool { return len(row) == 1 && row[0] == "" })
		if !slices.EqualFunc(want, got, slices.Equal) {
			t.Errorf("encoding/csv: %q\nhere: %q", want, got)
		}
	})
}

// FuzzJSONObject: the walker takes a line exactly if encoding/json takes it as an object, and finds the same members.
func FuzzJSONObject(f *testing.F) {
	for _, s := range []string{`{"a":1}`, `{}`, `{"a":"\ud83d\ude00","b":[1,{"c":"]"}],"d":null}`, `{"a":-0.1e+5}`, `{"a":tru}`, `{"a":1,}`, `{"\u0061":"b"}`, `{"a":{"b":"\\"}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		type member struct{ key, text string }
		var got []member
		var o jsonObject
		err := o.each(line, func(key []byte, v jsonValue) error {
			if v.kind == jsonString {
				got = append(got, member{string(key), "s" + string(v.text)})
			} else {
				got = append(got, member{string(key), ""})
			}
			return nil
		})
		var want map[string]any
		std := json.NewDecoder(bytes.NewReader(line))
		std.UseNumber() // a number is text here: 1e999 is one, though no float64
		isObject := json.Valid(line) && std.Decode(&want) == nil && want != nil
		if errors.Is(err, errSurrogate) {
			return // encoding/json puts U+FFFD in its place
		}
		if isObject != (err == nil) {
			t.Fatalf("encoding/json takes %q: %t; here: %v", line, isObject, err)
		}
		for i, m := range got {
			s, isString := want[m.key].(string)
			last := !slices.ContainsFunc(got[i+1:], func(later member) bool { return later.key == m.key })
			if isString && last && json.Valid(line) && strings.ToValidUTF8(m.text, "\ufffd") != "s"+s && !strings.Contains(s, "\ufffd") {
				t.Errorf("member %q is %q, encoding/json says %q", m.key, m.text, s)
			}
		}
	})
}

// FuzzParquet: a damaged file is an error or its rows, never a panic and never fewer rows than its directory says.
func FuzzParquet(f *testing.F) {
	whole := parquetFileOf(f, 100)
	f.Add(whole, 0, byte(0))
	for _, at := range []int{0, 4, len(whole) / 2, len(whole) - 60, len(whole) - 8, len(whole) - 1} {
		f.Add(whole[:at], at/2, byte(0xff))
		f.Add(whole, at, byte(0x80))
	}
	nested := nestedParquet(f, 10)
	for _, at := range []int{5, len(nested) / 2, len(nested) - 60} {
		f.Add(nested, at, byte(0x80))
	}
	f.Fuzz(func(t *testing.T, text []byte, at int, flip byte) {
		text = slices.Clone(text)
		if at >= 0 && at < len(text) {
			text[at] ^= flip
		}
		if len(text) > 1<<20 {
			return
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "a.parquet"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := read(t, dir, Config{Path: "a.parquet", Header: true, Delimiter: ","})
		var e *connector.Error
		if err != nil && !errors.As(err, &e) {
			t.Errorf("not a *connector.Error: %T %v", err, err)
		}
	})
}

// parquetFileOf is a file of n rows in two row groups.
func parquetFileOf(t testing.TB, n int) []byte {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "name", Type: arrow.BinaryTypes.String, Nullable: true}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range n {
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		b.Field(1).(*array.StringBuilder).Append(strings.Repeat("name", i%5))
	}
	return writeParquet(t, b, n/2+1)
}

// nestedParquet is a file of n rows in two row groups: a STRUCT of a number, a list and a MAP of STRUCTs, and a list of lists.
func nestedParquet(t testing.TB, n int) []byte {
	t.Helper()
	nullable := func(name string, dt arrow.DataType) arrow.Field {
		return arrow.Field{Name: name, Type: dt, Nullable: true}
	}
	point := arrow.StructOf(nullable("z", arrow.PrimitiveTypes.Float64))
	s := arrow.StructOf(nullable("x", arrow.PrimitiveTypes.Int64), nullable("y", arrow.ListOf(arrow.BinaryTypes.String)), nullable("m", arrow.MapOf(arrow.BinaryTypes.String, point)))
	schema := arrow.NewSchema([]arrow.Field{nullable("s", s), nullable("l", arrow.ListOf(arrow.ListOf(arrow.PrimitiveTypes.Int32)))}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range n {
		row := fmt.Sprintf(`{"s":{"x":%d,"y":["a","b%d"],"m":[{"key":"k","value":{"z":%d.5}}]},"l":[[%d],[1,2],[]]}`, i, i%3, i, i)
		if i%7 == 3 {
			row = `{"s":null,"l":null}`
		}
		if err := b.UnmarshalJSON([]byte(row)); err != nil {
			t.Fatal(err)
		}
	}
	return writeParquet(t, b, n/2+1)
}

// writeParquet writes the rows of b in groups.
func writeParquet(t testing.TB, b *array.RecordBuilder, groupRows int) []byte {
	t.Helper()
	batch := b.NewRecordBatch()
	defer batch.Release()
	var out bytes.Buffer
	w, err := pqarrow.NewFileWriter(b.Schema(), &out, parquet.NewWriterProperties(parquet.WithMaxRowGroupLength(int64(groupRows))), pqarrow.DefaultWriterProps())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.WriteBuffered(batch), w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
