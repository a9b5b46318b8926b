package file

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
)

func TestCSVAsItIsFound(t *testing.T) {
	long := strings.Repeat("long ", 200_000)
	for name, test := range map[string]struct {
		text string
		want result
	}{
		"BOM and CRLF":       {"\ufeffid,name\r\n1,a\r\n2,b\r\n", result{rows: []string{"1|'a'", "2|'b'"}}},
		"no last line break": {"id,name\n1,a\n2,b", result{rows: []string{"1|'a'", "2|'b'"}}},
		"empty lines":        {"id,name\n\n1,a\r\n\r\n\n2,b\n\n", result{rows: []string{"1|'a'", "2|'b'"}}},
		"quotes with line breaks, delimiters and quotes": {"id,name\n1,\"a\nb\r\n\"\"c\"\", d\"\n2,\"\"\"\"\n3,\" \"\n",
			result{rows: []string{"1|'a\nb\r\n\"c\", d'", "2|'\"'", "3|' '"}}},
		"empty and NULL": {"id,name\n1,\"\"\n2,\n,x\n\"\",y\n", result{rows: []string{"1|''", "2|NULL", "NULL|'x'", "NULL|'y'"}}},
		"header only":    {"id,name\n", result{}},
		"quoted header":  {"\"id\",\"name\"\n1,a\n", result{rows: []string{"1|'a'"}}},
		"ragged rows": {"id,name\n1\n2,b\n3,c,d\n4,\"e\nf\"\n5\n",
			result{rows: []string{"2|'b'", "4|'e\nf'"}, rejects: []string{
				"a.csv:2: 1 fields, where the header has 2", "a.csv:4: 3 fields, where the header has 2", "a.csv:7: 1 fields, where the header has 2"}}},
		"stray quotes": {"id,name\n1,a\"b\n2,\"b\" c\n3,c\n",
			result{rows: []string{"3|'c'"}, rejects: []string{"a.csv:2: a quote in the middle of an unquoted field", "a.csv:3: text after the closing quote of a field"}}},
		"bad values": {"id,name\nx,a\n1.5,b\n9223372036854775808,c\n4,\xff\xfe\n5,e\n",
			result{rows: []string{"5|'e'"}, rejects: []string{"id a.csv:2: not a BIGINT", "id a.csv:3: not a BIGINT", "id a.csv:4: not a BIGINT", "name a.csv:5: not valid UTF-8"}}},
		"a field of 1 MB": {"id,name\n1," + long + "\n2,\"" + long + "\"\n", result{rows: []string{"1|'" + long + "'", "2|'" + long + "'"}}},
		"a NUL byte":      {"id,name\n1,a\x00b\n", result{rows: []string{"1|'a\x00b'"}}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := project(t, map[string]string{"a.csv": test.text})
			columns := map[string]string{"id": "BIGINT"}
			got, err := read(t, dir, csvFiles("a.csv", columns))
			if err != nil {
				t.Fatal(err)
			}
			test.want.columns = []string{"id BIGINT", "name STRING"}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(result{})); diff != "" {
				t.Errorf("(-want +got):\n%.2000s", diff)
			}
		})
	}
}

// Each error names the file, and the line where there is one.
func TestCSVThatBreaksTheRead(t *testing.T) {
	rows := strings.Repeat("1,a\n", 5000)
	for name, test := range map[string]struct {
		files map[string]string
		kind  connector.Kind
		says  []string
	}{
		"an empty file":                   {map[string]string{"a.csv": ""}, connector.KindPermanent, []string{"a.csv", "empty"}},
		"only a BOM":                      {map[string]string{"a.csv": "\ufeff"}, connector.KindPermanent, []string{"a.csv", "empty"}},
		"nothing matches":                 {map[string]string{"b.txt": ""}, connector.KindNotFound, []string{"no file matches", "*.csv"}},
		"a header twice":                  {map[string]string{"a.csv": "id,name,id\n1,a,2\n"}, connector.KindPermanent, []string{"a.csv", `columns 1 and 3 of the header are both named "id"`}},
		"a header without name":           {map[string]string{"a.csv": "id,,x\n"}, connector.KindPermanent, []string{"a.csv", "column 2 of the header has no name"}},
		"an open quote":                   {map[string]string{"a.csv": "id,name\n" + rows + "2,\"open\n" + rows}, connector.KindPermanent, []string{"a.csv", "line 5002", "inside a quoted field"}},
		"cut in a row":                    {map[string]string{"a.csv": "id,name\n" + rows + "2"}, connector.KindPermanent, []string{"a.csv", "line 5002", "1 of 2 fields"}},
		"CR line ends":                    {map[string]string{"a.csv": "id,name\r1,a\r2,b\r"}, connector.KindPermanent, []string{"a.csv", "carriage return in the header"}},
		"UTF-16":                          {map[string]string{"a.csv": "\xff\xfei\x00d\x00"}, connector.KindPermanent, []string{"a.csv", "UTF-16"}},
		"a second file lacks a column":    {map[string]string{"a.csv": "id,name\n1,a\n", "b.csv": "id\n2\n"}, connector.KindPermanent, []string{"b.csv", `lacks the column "name"`}},
		"a second file has a column more": {map[string]string{"a.csv": "id,name\n1,a\n", "b.csv": "id,name,x\n2,b,3\n"}, connector.KindPermanent, []string{"b.csv", `has the column "x"`}},
		"a declared column is missing":    {map[string]string{"a.csv": "ID,name\n1,a\n"}, connector.KindConfig, []string{"a.csv", `columns declares "id"`, "ID, name"}},
		"nothing but bad rows":            {map[string]string{"a.csv": "id,name\n" + strings.Repeat("x,a\n", 20_000)}, connector.KindRejected, []string{"a.csv:2", "not a BIGINT"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(t, project(t, test.files), csvFiles("*.csv", map[string]string{"id": "BIGINT"}))
			checkError(t, err, test.kind, test.says...)
		})
	}
}

func checkError(t *testing.T, err error, kind connector.Kind, says ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	if k := connector.KindOf(err); k != kind {
		t.Errorf("kind %s, want %s: %v", k, kind, err)
	}
	for _, s := range says {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("the error does not say %q: %v", s, err)
		}
	}
}

func TestCSVColumnsMayChangePlaces(t *testing.T) {
	dir := project(t, map[string]string{"a.csv": "id,name\n1,a\n", "b.csv": "name,id\nb,2\n", "notes.txt": "no CSV"})
	got, err := read(t, dir, csvFiles("*.csv", map[string]string{"id": "BIGINT"}))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1|'a'", "2|'b'"}, got.rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestCSVRowsAtTheEdgeOfTheWindow puts each byte of a row at the place where the window ends.
func TestCSVRowsAtTheEdgeOfTheWindow(t *testing.T) {
	const row = "7,\"a \"\"quoted\"\"\r\nfield\"\r\n"
	for shift := range len(row) + 2 {
		filler := strings.Repeat("f", windowSize-len("id,name\n0,\n")-shift)
		dir := project(t, map[string]string{"a.csv": "id,name\n0," + filler + "\n" + row + row})
		got, err := read(t, dir, csvFiles("a.csv", map[string]string{"id": "BIGINT"}))
		if err != nil {
			t.Fatalf("shift %d: %v", shift, err)
		}
		want := []string{"0|'" + filler + "'", "7|'a \"quoted\"\r\nfield'", "7|'a \"quoted\"\r\nfield'"}
		if diff := cmp.Diff(want, got.rows); diff != "" || len(got.rejects) > 0 {
			t.Errorf("shift %d: rejects %v", shift, got.rejects)
		}
	}
}
