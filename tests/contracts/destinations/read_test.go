package destinations_test

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2"
	"github.com/klauspost/compress/zstd"

	"github.com/drt-go/drt/destinations/destinationtest"
)

// content reads a file, unpacked.
func content(t testing.TB, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var r io.Reader = f
	switch {
	case strings.HasSuffix(path, ".gz"):
		r, err = gzip.NewReader(f)
	case strings.HasSuffix(path, ".zst"):
		r, err = zstd.NewReader(f, zstd.WithDecoderConcurrency(1))
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("%s is not whole: %v", path, err)
	}
	return text
}

// readCSV reads RFC 4180 by its grammar. An empty field without quotes is NULL, which encoding/csv cannot tell.
func readCSV(t testing.TB, path string) []destinationtest.Row {
	t.Helper()
	rest := content(t, path)
	names, rest := csvLine(t, rest)
	var rows []destinationtest.Row
	for len(rest) > 0 {
		var fields []any
		fields, rest = csvLine(t, rest)
		if len(fields) != len(names) {
			t.Fatalf("a line has %d fields, the header %d: %v", len(fields), len(names), fields)
		}
		row := destinationtest.Row{}
		for i, name := range names {
			row[name.(string)] = word(fields[i])
		}
		rows = append(rows, row)
	}
	return rows
}

// csvLine takes one line off text.
func csvLine(t testing.TB, text []byte) (fields []any, rest []byte) {
	t.Helper()
	for {
		var field any
		if text[0] == '"' {
			field, text = csvQuoted(t, text[1:])
		} else {
			n := bytes.IndexAny(text, ",\n")
			if n < 0 {
				t.Fatalf("the last line does not end: %q", text)
			}
			if n > 0 {
				field = string(text[:n])
			}
			text = text[n:]
		}
		fields = append(fields, field)
		end := text[0]
		text = text[1:]
		if end == '\n' {
			return fields, text
		}
		if end != ',' {
			t.Fatalf("%q follows a field", end)
		}
	}
}

func csvQuoted(t testing.TB, text []byte) (field string, rest []byte) {
	t.Helper()
	var b strings.Builder
	for {
		n := bytes.IndexByte(text, '"')
		if n < 0 || n+1 == len(text) {
			t.Fatal("a quoted field does not end")
		}
		b.Write(text[:n])
		if text[n+1] != '"' {
			return b.String(), text[n+1:]
		}
		b.WriteByte('"')
		text = text[n+2:]
	}
}

// word gives the words for infinity the form of strconv, which the suite compares in.
func word(v any) any {
	switch v {
	case "Infinity":
		return "+Inf"
	case "-Infinity":
		return "-Inf"
	}
	return v
}

func readJSONL(t testing.TB, path string) []destinationtest.Row {
	t.Helper()
	var rows []destinationtest.Row
	for line := range strings.Lines(string(content(t, path))) {
		if !strings.HasSuffix(line, "}\n") {
			t.Fatalf("a line does not end: %q", line)
		}
		rows = append(rows, readObjects(t, "["+line+"]")...)
	}
	return rows
}

func readJSON(t testing.TB, path string) []destinationtest.Row {
	t.Helper()
	return readObjects(t, string(content(t, path)))
}

func readObjects(t testing.TB, text string) []destinationtest.Row {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var objects []map[string]any
	if err := d.Decode(&objects); err != nil {
		t.Fatalf("not JSON: %v", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		t.Fatalf("something follows the JSON: %v", err)
	}
	var rows []destinationtest.Row
	for _, o := range objects {
		row := destinationtest.Row{}
		for name, v := range o {
			if n, ok := v.(json.Number); ok {
				v = n.String()
			}
			row[name] = word(v)
		}
		rows = append(rows, row)
	}
	return rows
}

// readParquet lets DuckDB read the file. Decimals come as text: its Go type drops their scale.
func readParquet(t testing.TB, path string) []destinationtest.Row {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	from := " FROM read_parquet('" + strings.ReplaceAll(path, "'", "''") + "')"
	types := query(t, db, "SELECT column_name, column_type FROM (DESCRIBE SELECT *"+from+")")
	var columns []string
	for _, c := range types {
		name := `"` + strings.ReplaceAll(c["column_name"].(string), `"`, `""`) + `"`
		if strings.HasPrefix(c["column_type"].(string), "DECIMAL") {
			name = "CAST(" + name + " AS VARCHAR) AS " + name
		}
		columns = append(columns, name)
	}
	return query(t, db, "SELECT "+strings.Join(columns, ", ")+from)
}

func query(t testing.TB, db *sql.DB, text string) []destinationtest.Row {
	t.Helper()
	found, err := db.Query(text)
	if err != nil {
		t.Fatalf("DuckDB: %v", err)
	}
	defer func() { _ = found.Close() }()
	names, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var rows []destinationtest.Row
	for found.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		row := destinationtest.Row{}
		for i, name := range names {
			row[name] = values[i]
		}
		rows = append(rows, row)
	}
	if err := found.Err(); err != nil {
		t.Fatal(fmt.Errorf("DuckDB: %w", err))
	}
	return rows
}
