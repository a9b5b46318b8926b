package delta

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/sandbox/wire"
)

// refused is the sandbox's own class for what it does not do: it may refuse what Delta runs, it may never answer
// differently.
const refused = "UNSUPPORTED_IN_SANDBOX"

// TestConformance runs the statements of testdata/conformance/*.sql on both engines and compares rows, counts and error
// classes. Statements are separated by a line `;`, parameters are lines `-- ? TYPE text` before the statement, and
// `-- may refuse` before one allows the sandbox to refuse it.
func TestConformance(t *testing.T) {
	files, err := filepath.Glob("testdata/conformance/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conformance files: %v", err)
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".sql")
		t.Run(name, func(t *testing.T) { conform(t, name, path) })
	}
}

func conform(t *testing.T, name, path string) {
	statements := readStatements(t, path)
	got := map[string][]answer{}
	for engine, e := range engines(t) {
		s, err := e.Open(context.Background(), "main", "", nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, setup := range []string{"CREATE SCHEMA main.conform_" + name, "USE main.conform_" + name} {
			if a := ask(s, statement{text: setup}); a.Class != "" {
				t.Fatalf("%s: %s: %s", engine, setup, a.Message)
			}
		}
		for _, st := range statements {
			got[engine] = append(got[engine], ask(s, st))
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	for i, st := range statements {
		compare(t, st, got["delta"][i], got["sandbox"][i])
	}
}

func compare(t *testing.T, st statement, delta, sandbox answer) {
	t.Helper()
	if st.mayRefuse && sandbox.Class == refused {
		return
	}
	if sandbox.Class == refused {
		t.Errorf("line %d: the sandbox refuses what Delta does: %s\n%s", st.line, sandbox.Message, st.text)
		return
	}
	if diff := cmp.Diff(delta.comparable(), sandbox.comparable()); diff != "" {
		t.Errorf("line %d (-delta +sandbox):\n%s\n%s\ndelta said: %s\nsandbox said: %s", st.line, diff, st.text, delta.Message, sandbox.Message)
	}
}

type statement struct {
	line      int
	text      string
	params    []wire.Param
	mayRefuse bool
}

func readStatements(t *testing.T, path string) []statement {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []statement
	var now statement
	flush := func() {
		if now.text = strings.TrimSpace(now.text); now.text != "" {
			all = append(all, now)
		}
		now = statement{}
	}
	for i, line := range strings.Split(string(text), "\n") {
		switch p, isParam := strings.CutPrefix(line, "-- ? "); {
		case line == ";":
			flush()
		case isParam:
			now.params = append(now.params, readParam(p))
		case line == "-- may refuse":
			now.mayRefuse = true
		case strings.HasPrefix(line, "--"):
		default:
			if now.text == "" {
				now.line = i + 1
			}
			now.text += line + "\n"
		}
	}
	flush()
	return all
}

func readParam(text string) wire.Param {
	kind, value, _ := strings.Cut(text, " ")
	if kind == "NULL" {
		return wire.Param{Type: "VOID", Null: true}
	}
	return wire.Param{Type: kind, Text: value}
}

// answer is what an engine said.
type answer struct {
	Columns  []string
	Rows     []string // each joined by |, sorted: order is compared where a statement asks for it
	Modified int64
	Class    string
	State    string
	Message  string
}

// comparable leaves out what may differ: the words of an error, the spelling of nested types, and the name that
// open-source Spark has for the column `database` of SHOW TABLES.
func (a answer) comparable() answer {
	a.Message = ""
	columns := make([]string, 0, len(a.Columns))
	for _, c := range a.Columns {
		name, kind, _ := strings.Cut(c, " ")
		if name == "namespace" {
			name = "database"
		}
		columns = append(columns, name+" "+strings.NewReplacer(" ", "", "`", "").Replace(kind))
	}
	a.Columns = columns
	return a
}

func ask(s wire.Session, st statement) answer {
	r, err := s.Execute(context.Background(), st.text, st.params)
	var e *wire.Error
	switch {
	case errors.As(err, &e):
		return answer{Class: e.Class, State: e.SQLState, Message: e.Message}
	case err != nil:
		return answer{Class: "?", Message: err.Error()}
	}
	a := answer{Modified: r.Modified}
	for _, c := range r.Columns {
		a.Columns = append(a.Columns, c.Name+" "+c.Type)
	}
	if r.Rows == nil {
		return a
	}
	defer r.Rows.Release()
	for r.Rows.Next() {
		b := r.Rows.RecordBatch()
		for i := range int(b.NumRows()) {
			a.Rows = append(a.Rows, rowText(b, i))
		}
	}
	if err := r.Rows.Err(); err != nil {
		return answer{Class: "?", Message: err.Error()}
	}
	if !strings.Contains(strings.ToUpper(st.text), "ORDER BY") {
		sort.Strings(a.Rows)
	}
	return a
}

func rowText(b arrow.RecordBatch, i int) string {
	parts := make([]string, b.NumCols())
	for j := range parts {
		parts[j] = cellText(b.Column(j), i)
	}
	return strings.Join(parts, "|")
}

// cellText tells NULL from the text "NULL", and a float by its shortest form.
func cellText(a arrow.Array, i int) string {
	if a.IsNull(i) {
		return "∅"
	}
	switch a := a.(type) {
	case *array.Float64:
		return fmt.Sprint(a.Value(i))
	case *array.Float32:
		return fmt.Sprint(a.Value(i))
	case *array.Timestamp:
		return a.Value(i).ToTime(a.DataType().(*arrow.TimestampType).Unit).UTC().Format("2006-01-02T15:04:05.999999")
	default:
		return a.ValueStr(i)
	}
}
