package connector_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
)

func printed(ds connector.Diagnostics, colour bool) string {
	var b bytes.Buffer
	_ = ds.Print(&b, colour)
	return b.String()
}

func TestPrintShowsThePlaceFirst(t *testing.T) {
	n, _ := connector.ParseNode("syncs/users.yml", []byte("name: users\ndestination:\n    table: t\n    upsert_keys: [user_id] # Schlüssel\n    host_env:\tH\n"))
	ds := connector.Decode(n.Child("destination"), &config{Mode: "insert"})
	ds = append(ds, connector.Diagnostic{
		Range: connector.Range{File: &connector.File{Name: "drt_project.yml"}}, Summary: "no such file", Hint: "drt init",
	}, connector.Diagnostic{Summary: `profile "x" is missing`, Path: "--profile"}, ds[0])
	want := `error: profile "x" is missing (--profile)
drt_project.yml: error: no such file
     | drt init
syncs/users.yml:4:5: error: unknown key "upsert_keys" (destination.upsert_keys)
   4 |     upsert_keys: [user_id] # Schlüssel
     |     ^^^^^^^^^^^ did you mean "upsert_key"?
`
	if diff := cmp.Diff(want, printed(ds, false)); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
	if got := printed(ds, true); !strings.Contains(got, "users.yml:4:5: \x1b[31merror:\x1b[0m unknown") {
		t.Errorf("no colour: %q", got)
	}
}

// Columns count runes, carets stand under what is wrong, and a tab is one column.
func TestPrintAlignsCarets(t *testing.T) {
	_, ds := decode("host_env: H\ntable: t\nstaging: {\"loader\": \"jsön\",\trows: 0}\n")
	want := `a.yml:3:21: error: unsupported loader: jsön (staging.loader)
   3 | staging: {"loader": "jsön", rows: 0}
     |                     ^^^^^^ did you mean "json"?
a.yml:3:35: error: rows must be greater than 0 (staging.rows)
   3 | staging: {"loader": "jsön", rows: 0}
     |                                   ^
`
	if diff := cmp.Diff(want, printed(ds, false)); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

// A long line is cut around the place, and nothing in a file steers the terminal.
func TestPrintCutsLongLinesAndControlCharacters(t *testing.T) {
	_, ds := decode("host_env: H\ntable: t\nupsert_key: [" + strings.Repeat("column, ", 1000) + "{a: 1}, " + strings.Repeat("column, ", 1000) + "]\n")
	lines := strings.Split(printed(ds, false), "\n")
	if len(lines[1]) > 150 || !strings.Contains(lines[1], "{a: 1}") || strings.Index(lines[1], "{a: 1}") != len(strings.TrimRight(lines[2], "^"))+len("…")-1 {
		t.Errorf("excerpt:\n%s\n%s", lines[1], lines[2])
	}
	_, ds = decode("host_env: H\ntable: t\n\"\\e[31m\\u202e\": 1\n")
	if got := printed(ds, false); strings.ContainsAny(got, "\x1b\u202e") {
		t.Errorf("control characters are printed: %q", got)
	}
}

func TestJSONHasTheSame(t *testing.T) {
	_, ds := decode("host_env: H\ntabel: <t>\n")
	ds = append(ds, ds[0])
	var b bytes.Buffer
	if err := ds.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	want := `[
  {
    "severity": "error",
    "file": "a.yml",
    "line": 2,
    "column": 1,
    "end_column": 6,
    "path": "tabel",
    "message": "unknown key \"tabel\"",
    "hint": "did you mean \"table\"?"
  }
]
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	b.Reset()
	if _ = connector.Diagnostics(nil).WriteJSON(&b); b.String() != "[]\n" {
		t.Errorf("no diagnostics are %q", b.String())
	}
}

func TestSortIsByFileLineColumn(t *testing.T) {
	a, b := &connector.File{Name: "a"}, &connector.File{Name: "b"}
	at := func(f *connector.File, line, column int, summary string) connector.Diagnostic {
		return connector.Diagnostic{Range: connector.Range{File: f, Line: line, Column: column}, Summary: summary}
	}
	ds := connector.Diagnostics{at(b, 1, 1, "7"), at(a, 2, 1, "5"), at(a, 10, 1, "6"), at(a, 1, 2, "3"), at(a, 1, 2, "4"), at(a, 1, 1, "2"), {Summary: "1"}, at(a, 1, 2, "3")}
	ds.Sort()
	got := ""
	for _, d := range ds.Unique() {
		got += d.Summary
	}
	if got != "1234567" {
		t.Errorf("order %s", got)
	}
}

func TestNearest(t *testing.T) {
	known := []string{"upsert_key", "mode", "model", "table", "id"}
	for name, want := range map[string]string{
		"upsert_keys": "upsert_key", "upsertKey": "upsert_key", "UPSERT-KEY": "upsert_key", "mdoe": "mode", "modle": "model", "tabel": "table",
		"x": "", "": "", "destination": "", "ids": "id", "tbl": "",
	} {
		if got := connector.Nearest(name, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
}
