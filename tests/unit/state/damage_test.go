package state_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/state"
)

// filled returns a folder whose state has a watermark and a history of some pages, and the bytes of the file.
func filled(t *testing.T) (dir string, text []byte) {
	t.Helper()
	dir = t.TempDir()
	s, err := state.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		r := newRun("users")
		l := begin(t, s, r)
		r.Report = []byte(`{"padding":"` + strings.Repeat("x", 500) + `"}`)
		w := &state.Watermark{Field: "id", Value: &record.Value{Type: "int64", Text: "7"}, Sent: map[record.Hash]uint32{{}: 1}}
		if err := l.Save(t.Context(), ended(r, "success"), w); err != nil {
			t.Fatal(err)
		}
		release(t, l, ended(r, "success"))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	text, err = os.ReadFile(filepath.Join(dir, "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	return dir, text
}

func TestE6_DamagedStateIsRefused(t *testing.T) {
	_, whole := filled(t)
	middle := bytes.Clone(whole)
	clear(middle[4096 : len(middle)-4096])
	tests := []struct {
		name string
		text []byte
	}{
		{"empty", nil},
		{"one byte", whole[:1]},
		{"half a header", whole[:50]},
		{"header only", whole[:100]},
		{"first page only", whole[:4096]},
		{"cut in half", whole[:len(whole)/2]},
		{"last page missing", whole[:len(whole)-4096]},
		{"zeros", make([]byte, len(whole))},
		{"zeros in the middle", middle},
		{"text", []byte(strings.Repeat("this is no database\n", 300))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "state.db")
			if err := os.WriteFile(path, test.text, 0o600); err != nil {
				t.Fatal(err)
			}
			refused(t, dir, path)
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, test.text) {
				t.Errorf("the file was changed: %d bytes, %v; had %d", len(after), err, len(test.text))
			}
		})
	}
}

// refused checks that neither way of opening dir takes it for a state or for a first run.
func refused(t *testing.T, dir, path string) {
	t.Helper()
	for name, open := range openers() {
		s, err := open(t.Context(), dir)
		if err == nil {
			s.Close()
			t.Errorf("%s took it", name)
			continue
		}
		var e *connector.Error
		if !errors.As(err, &e) || e.Hint == "" || !strings.Contains(e.Error(), path) {
			t.Errorf("%s: %v (hint %q): want the path and how to mend it", name, err, e.Hint)
		}
	}
}

func TestE6_JournalWithoutStateIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "state.db-journal"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, dir, filepath.Join(dir, "state.db"))
}

func TestE6_ForeignAndNewerFilesAreRefused(t *testing.T) {
	for name, script := range map[string]string{
		"foreign":      "PRAGMA application_id = 0; PRAGMA user_version = 1",
		"newer":        "PRAGMA user_version = 99",
		"no version":   "PRAGMA user_version = 0",
		"of a program": "PRAGMA application_id = 252006673",
	} {
		t.Run(name, func(t *testing.T) {
			dir, _ := filled(t)
			path := filepath.Join(dir, "state.db")
			execute(t, path, script)
			refused(t, dir, path)
		})
	}
}

func execute(t *testing.T, path, script string) {
	t.Helper()
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := sqlitex.ExecuteTransient(conn, "PRAGMA journal_mode = DELETE", nil); err != nil {
		t.Fatal(err)
	}
	for _, sql := range strings.Split(script, ";") {
		if err := sqlitex.ExecuteTransient(conn, sql, nil); err != nil {
			t.Fatal(err)
		}
	}
}
