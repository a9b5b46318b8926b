package sources_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources/file"
	"github.com/drt-go/drt/sources/sourcetest"
)

// TestFile writes its files with the standard library and arrow-go.
func TestFile(t *testing.T) {
	for _, name := range []string{"a.csv", "a.csv.gz", "a.jsonl", "a.jsonl.gz", "-.csv", "-.jsonl", "a.parquet"} {
		t.Run(name, func(t *testing.T) { sourcetest.Run(t, fileHarness(name)) })
	}
}

// fileHarness keeps rows in files whose name ends as name does; a name that begins with - is standard input.
func fileHarness(name string) sourcetest.Harness {
	h := sourcetest.Harness{
		Spec:    file.Spec(),
		NoModel: true,
		Types: []arrow.DataType{
			arrow.FixedWidthTypes.Boolean,
			arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64,
			arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64, arrow.BinaryTypes.String, arrow.BinaryTypes.Binary,
			arrow.FixedWidthTypes.Date32, arrow.FixedWidthTypes.Timestamp_us, &arrow.TimestampType{Unit: arrow.Microsecond},
			&arrow.Decimal128Type{Precision: 18, Scale: 2}, &arrow.Decimal128Type{Precision: 38, Scale: 10},
		},
		Load: func(t testing.TB, rows arrow.RecordBatch) sourcetest.Place { return loadFile(t, name, rows) },
		Broken: func(t testing.TB) []sourcetest.Place {
			return brokenFiles(t, name)
		},
	}
	if !strings.HasPrefix(name, "-") {
		h.Missing = func(t testing.TB) sourcetest.Place {
			return sourcetest.Place{Config: "path: " + name, Env: connector.Env{Dir: t.TempDir()}}
		}
	}
	if strings.HasPrefix(name, "-") {
		h.Endless = func(t testing.TB) sourcetest.Place {
			p := loadFile(t, name, twoColumns(t, 10))
			r, w := io.Pipe()
			t.Cleanup(func() { _ = w.Close() })
			p.Env.Stdin = io.MultiReader(p.Env.Stdin, r)
			return p
		}
	}
	if !strings.HasSuffix(name, ".parquet") {
		h.BadRow = func(t testing.TB) (sourcetest.Place, string) {
			p := loadFile(t, name, twoColumns(t, 3))
			p.Config = strings.Replace(p.Config, `"name": STRING`, `"name": DATE`, 1)
			text := "id,name\n1,2024-01-01\n2,yesterday\n3,\n"
			if strings.Contains(name, "jsonl") {
				text = `{"id":1,"name":"2024-01-01"}` + "\n" + `{"id":2,"name":"yesterday"}` + "\n" + `{"id":3}` + "\n"
			}
			return store(t, p, name, []byte(text)), "name"
		}
	}
	return h
}

func loadFile(t testing.TB, name string, rows arrow.RecordBatch) sourcetest.Place {
	t.Helper()
	dir := t.TempDir()
	p := sourcetest.Place{Env: connector.Env{Dir: dir}, Config: "path: " + name,
		Fingerprint: func(t testing.TB) string { return folder(t, dir) }}
	var text []byte
	switch {
	case strings.HasSuffix(name, ".parquet"):
		text = parquetOf(t, rows)
	case strings.Contains(name, ".csv"):
		text = csvOf(t, rows)
	default:
		text = jsonlOf(t, rows)
	}
	if strings.HasPrefix(name, "-") {
		p.Config = "path: '-'\nformat: " + strings.TrimPrefix(name, "-.")
		p.Once, p.Fingerprint = true, nil
	}
	if !strings.HasSuffix(name, ".parquet") {
		p.Config += "\ncolumns: {" + declared(rows.Schema()) + "}"
	}
	return store(t, p, name, text)
}

func declared(s *arrow.Schema) string {
	var list []string
	for _, f := range s.Fields() {
		list = append(list, fmt.Sprintf("%q: %s", f.Name, quoteType(record.TypeName(f.Type))))
	}
	return strings.Join(list, ", ")
}

func quoteType(s string) string {
	if strings.Contains(s, ",") {
		return `"` + s + `"`
	}
	return s
}

// store puts text where p looks for it.
func store(t testing.TB, p sourcetest.Place, name string, text []byte) sourcetest.Place {
	t.Helper()
	if strings.HasSuffix(name, ".gz") {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, err := z.Write(text)
		must(t, err)
		must(t, z.Close())
		text = b.Bytes()
	}
	if p.Once {
		p.Env.Stdin = bytes.NewReader(text)
		return p
	}
	must(t, os.WriteFile(filepath.Join(p.Env.Dir, name), text, 0o600))
	return p
}

// csvOf writes NULL as nothing and "" as "".
func csvOf(t testing.TB, rows arrow.RecordBatch) []byte {
	t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	var header []string
	for _, f := range rows.Schema().Fields() {
		header = append(header, f.Name)
	}
	must(t, w.Write(header))
	w.Flush()
	for i := range int(rows.NumRows()) {
		for c, col := range rows.Columns() {
			if c > 0 {
				b.WriteByte(',')
			}
			if col.IsNull(i) {
				continue
			}
			b.WriteString(`"` + strings.ReplaceAll(fieldOf(col, i), `"`, `""`) + `"`)
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func fieldOf(col arrow.Array, i int) string {
	if b, ok := col.(*array.Binary); ok {
		return base64.StdEncoding.EncodeToString(b.Value(i))
	}
	return textOf(col, i)
}

func jsonlOf(t testing.TB, rows arrow.RecordBatch) []byte {
	t.Helper()
	var b bytes.Buffer
	for i := range int(rows.NumRows()) {
		b.WriteByte('{')
		for c, col := range rows.Columns() {
			if c > 0 {
				b.WriteByte(',')
			}
			key, err := json.Marshal(rows.ColumnName(c))
			must(t, err)
			value, err := json.Marshal(jsonOf(col, i))
			must(t, err)
			fmt.Fprintf(&b, "%s: %s", key, value)
		}
		b.WriteString("}\n")
	}
	return b.Bytes()
}

// jsonOf writes whole numbers, decimals and booleans as such, the rest as text.
func jsonOf(col arrow.Array, i int) any {
	if col.IsNull(i) {
		return nil
	}
	switch col.(type) {
	case *array.Int8, *array.Int16, *array.Int32, *array.Int64, *array.Boolean, *array.Decimal128:
		return json.RawMessage(textOf(col, i))
	}
	return fieldOf(col, i)
}

func parquetOf(t testing.TB, rows arrow.RecordBatch) []byte {
	t.Helper()
	var b bytes.Buffer
	// With the Arrow schema beside the Parquet one, as pandas and others write it, and small row groups.
	w, err := pqarrow.NewFileWriter(rows.Schema(), &b, parquet.NewWriterProperties(parquet.WithMaxRowGroupLength(1000)),
		pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema(), pqarrow.WithAllocator(memory.DefaultAllocator)))
	must(t, err)
	must(t, w.WriteBuffered(rows))
	must(t, w.Close())
	return b.Bytes()
}

func brokenFiles(t testing.TB, name string) []sourcetest.Place {
	whole := loadFile(t, name, twoColumns(t, 5000))
	var places []sourcetest.Place
	add := func(what string, text []byte) {
		p := whole
		p.Name = what
		p.Env.Dir = t.TempDir()
		places = append(places, store(t, p, strings.TrimSuffix(name, ".gz"), text))
		if strings.HasSuffix(name, ".gz") {
			must(t, os.Rename(filepath.Join(p.Env.Dir, strings.TrimSuffix(name, ".gz")), filepath.Join(p.Env.Dir, name)))
		}
	}
	var text []byte
	if whole.Once {
		text, _ = io.ReadAll(whole.Env.Stdin)
	} else {
		var err error
		text, err = os.ReadFile(filepath.Join(whole.Env.Dir, name))
		must(t, err)
	}
	switch {
	case strings.HasSuffix(name, ".gz"), strings.HasSuffix(name, ".parquet"):
		add("cut in half", text[:len(text)/2])
		add("cut at the end", text[:len(text)-3])
		add("of another kind", []byte(strings.Repeat("something else ", 50)))
	case strings.Contains(name, ".csv"):
		add("an open quote", append(text, `5001,"never closed`+"\n"...))
		add("cut in a row", append(text, "5001"...))
		add("UTF-16", []byte("\xff\xfei\x00d\x00\n\x00"))
	default:
		add("cut in a row", append(text, `{"id": 5001, "na`...))
		add("an unknown key", append(bytes.Repeat(text, 3), `{"id": 5001, "new": 1}`+"\n"...))
	}
	return places
}
