package file

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
)

// result is what a read gave. NULL is "NULL", a text stands in quotes.
type result struct {
	columns []string // "name type"
	rows    []string // values with | between
	rejects []string // reasons, which name file and line
}

// project is a folder with files.
func project(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// read reads all that cfg names in dir; err is what ended it before its end.
func read(t testing.TB, dir string, cfg Config) (result, error) {
	t.Helper()
	return readFrom(t, connector.Env{Dir: dir}, cfg)
}

func readFrom(t testing.TB, env connector.Env, cfg Config) (out result, err error) {
	t.Helper()
	s, err := New(cfg, env)
	if err != nil {
		t.Fatal(err)
	}
	return readOpen(t, s)
}

func readOpen(t testing.TB, s sources.Source) (out result, err error) {
	t.Helper()
	r, err := s.Open(t.Context(), sources.Query{BatchRows: 1000, BatchBytes: 1 << 20})
	if err != nil {
		return out, err
	}
	defer func() { _ = r.Close() }()
	for _, f := range r.Schema().Fields() {
		out.columns = append(out.columns, f.Name+" "+record.TypeName(f.Type))
	}
	for {
		b, err := r.Next(t.Context())
		if rejecter, ok := r.(sources.RowRejecter); ok {
			for _, reject := range rejecter.Rejects() {
				out.rejects = append(out.rejects, strings.TrimPrefix(reject.Column+" ", " ")+reject.Reason)
			}
		}
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		for i := range int(b.NumRows()) {
			var row []string
			for _, c := range b.Columns() {
				text := c.ValueStr(i)
				if _, ok := c.(*array.String); ok {
					text = "'" + text + "'"
				}
				if c.IsNull(i) {
					text = "NULL"
				}
				row = append(row, text)
			}
			out.rows = append(out.rows, strings.Join(row, "|"))
		}
		b.Release()
	}
}

// csvFiles is the config of CSV files that match pattern.
func csvFiles(pattern string, columns map[string]string) Config {
	cfg := Defaults()
	cfg.Path, cfg.Format, cfg.Columns = pattern, formatCSV, columns
	return cfg
}

func jsonlFiles(pattern string, columns map[string]string) Config {
	cfg := csvFiles(pattern, columns)
	cfg.Format = formatJSONL
	return cfg
}
