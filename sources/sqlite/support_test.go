package sqlite

import (
	"errors"
	"io"
	"path/filepath"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
)

// database makes a database file by other code than this package's.
func database(t testing.TB, statements ...string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "t.db")
	c := writer(t, path)
	run(t, c, statements...)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// writer opens the database at path for writing. The caller closes it.
func writer(t testing.TB, path string) *sqlite.Conn {
	t.Helper()
	c, err := sqlite.OpenConn(path, sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func run(t testing.TB, c *sqlite.Conn, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if err := sqlitex.ExecuteTransient(c, s, nil); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func sourceOf(t testing.TB, path string) sources.Source {
	t.Helper()
	s, err := New(Config{Database: path}, connector.Env{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ask(model string) sources.Query {
	return sources.Query{Model: model, Origin: "models/m.sql", BatchRows: 1000, BatchBytes: 1 << 20}
}

// result is what a read gave.
type result struct {
	columns []string // "name type"
	rows    [][]string
	rejects []record.Reject
}

// read reads q to its end; err is what ended it before.
func read(t testing.TB, path string, q sources.Query) (out result, err error) {
	t.Helper()
	r, err := sourceOf(t, path).Open(t.Context(), q)
	if err != nil {
		return out, err
	}
	defer func() { _ = r.Close() }()
	for _, f := range r.Schema().Fields() {
		out.columns = append(out.columns, f.Name+" "+record.TypeName(f.Type))
	}
	for {
		b, err := r.Next(t.Context())
		out.rejects = append(out.rejects, r.(sources.RowRejecter).Rejects()...)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		for i := range int(b.NumRows()) {
			var row []string
			for _, c := range b.Columns() {
				row = append(row, c.ValueStr(i))
			}
			out.rows = append(out.rows, row)
		}
		b.Release()
	}
}
