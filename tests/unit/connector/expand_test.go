package connector_test

import (
	"strings"
	"testing"

	"github.com/drt-go/drt/connector"
)

func replaceV(s string) (string, []*connector.TextError) {
	var bad []*connector.TextError
	for _, name := range []string{"${X}", "${Y}"} {
		if strings.Contains(s, name) {
			bad = append(bad, &connector.TextError{Text: name, Message: name + " is not set", Hint: "set it"})
		}
	}
	return strings.ReplaceAll(s, "${V}", "7"), bad
}

func expanded(t *testing.T, text string, skip ...string) (config, connector.Diagnostics) {
	t.Helper()
	n, ds := connector.ParseNode("a.yml", []byte(text))
	if len(ds) > 0 {
		t.Fatal(told(ds))
	}
	before := n.Child("host_env").YAML.Value
	e, ds := n.Expand(replaceV, skip...)
	c := config{Mode: "insert"}
	ds = append(ds, connector.Decode(e, &c)...)
	if n.Child("host_env").YAML.Value != before {
		t.Error("Expand changed what it copied")
	}
	return c, ds
}

// What is filled in fits text and numbers alike, also in lists, maps and behind aliases; keys stay.
func TestExpandFillsInEveryType(t *testing.T) {
	got, ds := expanded(t, "host_env: H${V}\ntable: &t '${V}'\nport: ${V}\nshare: ${V}\nupsert_key: [a, *t]\ncolumns: {'${V}': 'x${V}'}\nmode: insert\n")
	wantTold(t, ds)
	if got.HostEnv != "H7" || got.Table != "7" || got.Port != 7 || got.Share != 7 || got.UpsertKey[1] != "7" || got.Columns["${V}"] != "x7" {
		t.Errorf("got %+v", got)
	}
}

func TestExpandSkips(t *testing.T) {
	got, ds := expanded(t, "host_env: H\ntable: ${V}\nstaging: {loader: json}\ncolumns: {a: '${X}', b: '${V}'}\n", "table", "columns.a")
	wantTold(t, ds)
	if got.Table != "${V}" || got.Columns["a"] != "${X}" || got.Columns["b"] != "7" {
		t.Errorf("got %+v", got)
	}
}

// Every reference that cannot be filled in is told at its place, once, and does not look like a wrong type.
func TestExpandTellsWhatIsNotSet(t *testing.T) {
	_, ds := expanded(t, "host_env: H\ntable: |\n  a ${X}\n  é ${Y}\nport: ${X}\nupsert_key: [\"a\", \"${V}${Y}\"]\n")
	wantTold(t, ds,
		`3:5-9 table: ${X} is not set | set it`,
		`4:5-9 table: ${Y} is not set | set it`,
		`5:7-11 port: ${X} is not set | set it`,
		`6:24-28 upsert_key[1]: ${Y} is not set | set it`,
	)
}

// A value from outside may be a secret: no message repeats it.
func TestExpandedValuesAreNotQuoted(t *testing.T) {
	_, ds := expanded(t, "host_env: H\ntable: t\nmode: x${V}\ncreate: ${V}x\ntimeout: ${V}\nport: -${V}\n")
	wantTold(t, ds,
		`3:7-12 mode: unsupported mode | expected one of insert, merge`,
		`4:9-14 create: expected true or false, got text`,
		`5:10-14 timeout: expected a duration, got text | write a number and a unit: "90 seconds", "2 days", "1h30m"`,
		`6:7-12 port: expected a whole number that is not negative, got text`,
	)
}

func TestPositionIsTheNearestKeyThatIsWritten(t *testing.T) {
	n, _ := connector.ParseNode("a.yml", []byte("name: x\nsync:\n  mode: full\n  mirror: {scope: [a, b]}\n"))
	for path, want := range map[string][2]int{
		"": {1, 1}, "name": {1, 7}, "sync": {2, 1}, "sync.mode": {3, 9}, "sync.mirror.scope[1]": {4, 23}, "sync.mirror.scope[7]": {4, 12},
		"sync.guards.max_deletes": {2, 1}, "destination.table": {1, 1}, "sync.mode.x": {3, 9},
	} {
		r := n.Position(path)
		if got := [2]int{r.Line, r.Column}; got != want {
			t.Errorf("Position(%q) = %v, want %v", path, got, want)
		}
	}
}
