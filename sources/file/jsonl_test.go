package file

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
)

func TestJSONLAsItIsFound(t *testing.T) {
	long := strings.Repeat("long ", 200_000)
	for name, test := range map[string]struct {
		text string
		want result
	}{
		"BOM, CRLF, blank lines": {"\ufeff{\"id\":1,\"name\":\"a\"}\r\n\r\n  \n{\"id\":2}", result{rows: []string{"1|'a'", "2|NULL"}}},
		"order, spaces, nulls":   {"{ \"name\" : null , \"id\" : 1 }\n{}\n{\"name\":\"\",\"id\":2}\n", result{rows: []string{"1|NULL", "NULL|NULL", "2|''"}}},
		"escapes":                {`{"id":1,"name":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}` + "\n", result{rows: []string{"1|'\"\\/\b\f\n\r\té😀'"}}},
		"nested values are text": {`{"id":1,"name":{"a":[1,"}"]}}` + "\n" + `{"id":2,"name":[]}` + "\n", result{rows: []string{`1|'{"a":[1,"}"]}'`, "2|'[]'"}}},
		"numbers as written":     {`{"id":9007199254740993,"name":1.10}` + "\n", result{rows: []string{"9007199254740993|'1.10'"}}},
		"a field of 1 MB":        {`{"id":1,"name":"` + long + "\"}\n", result{rows: []string{"1|'" + long + "'"}}},
		"bad lines": {"{\"id\":1}\nnot json\n[1]\n{\"id\":1,}\n{\"id\":01}\n{\"id\":1} x\n{\"id\":\"x\"}\n{\"id\":1,\"id\":2}\n{\"id\":3,\"name\":\"\\ud800\"}\n{\"id\":4}\n",
			result{rows: []string{"1|NULL", "4|NULL"}, rejects: []string{
				"a.jsonl:2: not a JSON object", "a.jsonl:3: not a JSON object", "a.jsonl:4: not valid JSON", "a.jsonl:5: not valid JSON",
				"a.jsonl:6: not valid JSON", "id a.jsonl:7: not a BIGINT", "id a.jsonl:8: the key is there twice", `a.jsonl:9: an escape \u that is no character`}}},
		"an empty file": {"", result{}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := project(t, map[string]string{"a.jsonl": test.text})
			got, err := read(t, dir, jsonlFiles("a.jsonl", map[string]string{"id": "BIGINT", "name": "STRING"}))
			if err != nil {
				t.Fatal(err)
			}
			test.want.columns = got.columns
			slices.Sort(got.columns)
			if diff := cmp.Diff([]string{"id BIGINT", "name STRING"}, got.columns); diff != "" {
				t.Errorf("columns (-want +got):\n%s", diff)
			}
			if strings.HasPrefix(name, "order") { // the first row's order is that of the columns
				test.want.rows = []string{"NULL|1", "NULL|NULL", "''|2"}
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(result{})); diff != "" {
				t.Errorf("(-want +got):\n%.2000s", diff)
			}
		})
	}
}

func TestJSONLThatBreaksTheRead(t *testing.T) {
	rows := strings.Repeat(`{"id":1}`+"\n", 12_000)
	for name, test := range map[string]struct {
		text string
		kind connector.Kind
		says []string
	}{
		"cut in a row":           {rows + `{"id":2,"na`, connector.KindPermanent, []string{"a.jsonl", "line 12001", "ends in the middle"}},
		"a key that comes late":  {rows + `{"id":2,"new":1}` + "\n", connector.KindPermanent, []string{"a.jsonl", "line 12001", `"new"`, "declare it"}},
		"UTF-16":                 {"\xfe\xff\x00{", connector.KindPermanent, []string{"a.jsonl", "UTF-16"}},
		"nothing but bad lines":  {strings.Repeat("no json\n", 20_000), connector.KindRejected, []string{"a.jsonl:1", "not a JSON object"}},
		"a line beyond all size": {`{"id":"` + strings.Repeat("x", maxRow+1), connector.KindPermanent, []string{"a.jsonl", "longer than 64 MiB"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(t, project(t, map[string]string{"a.jsonl": test.text}), jsonlFiles("a.jsonl", map[string]string{"id": "BIGINT"}))
			checkError(t, err, test.kind, test.says...)
		})
	}
}

// Keys that only a later file has are columns too, if they are among the first rows of all.
func TestJSONLKeysOfAllFiles(t *testing.T) {
	dir := project(t, map[string]string{"a.jsonl": `{"id":"1"}` + "\n", "b.jsonl": `{"name":"x"}` + "\n"})
	got, err := read(t, dir, jsonlFiles("*.jsonl", nil))
	if err != nil {
		t.Fatal(err)
	}
	want := result{columns: []string{"id STRING", "name STRING"}, rows: []string{"'1'|NULL", "NULL|'x'"}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(result{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
