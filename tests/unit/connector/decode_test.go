package connector_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/drt-go/drt/connector"
)

const whole = `host_env: H
table: t
mode: merge
upsert_key: [id, "2"]
staging: {loader: json, rows: 0x10}
columns:
  token: STRING
  2: DATE
copies:
  - &c {loader: values}
  - <<: *c
    rows: 1_000
create: true
port: 8080
share: 1.5
timeout: 2 days
raw: [1, {a: b}]
`

func TestDecodeFillsTheStruct(t *testing.T) {
	got, ds := decode(whole)
	wantTold(t, ds)
	rows, thousand := 16, 1000
	want := config{
		HostEnv: "H", Table: "t", Mode: "merge", UpsertKey: []string{"id", "2"},
		Staging: staging{Loader: "json", Rows: &rows}, Columns: map[string]string{"token": "STRING", "2": "DATE"},
		Copies: []staging{{Loader: "values"}, {Loader: "values", Rows: &thousand}},
		Create: true, Port: 8080, Share: 1.5, Timeout: connector.Duration(48 * time.Hour),
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(config{}, "Raw", "Password")); diff != "" {
		t.Errorf("config (-want +got):\n%s", diff)
	}
	if got.Raw == nil || got.Raw.Path != "raw" || got.Raw.Range().Line != 17 {
		t.Errorf("raw node = %+v", got.Raw)
	}
}

func TestDecodeKeepsDefaults(t *testing.T) {
	got, ds := decode("host_env: H\ntable: t\nstaging:\nupsert_key:\ncolumns: {}\n")
	wantTold(t, ds)
	if got.Mode != "insert" || got.Staging.Loader != "auto" {
		t.Errorf("defaults are gone: %+v", got)
	}
}

func TestE11_UnknownKeys(t *testing.T) {
	_, ds := decode("host_env: H\ntable: t\nupsert_keys: [a]\nUpsertKey: [a]\nstaging:\n  lodaer: json\n  qq: 1\ncopies: [{rwos: 1}]\nrows: 1\nzzzzzz: 1\n")
	wantTold(t, ds,
		`3:1-12 upsert_keys: unknown key "upsert_keys" | did you mean "upsert_key"?`,
		`4:1-10 UpsertKey: unknown key "UpsertKey" | did you mean "upsert_key"?`,
		`6:3-9 staging.lodaer: unknown key "lodaer" | did you mean "loader"?`,
		`7:3-5 staging.qq: unknown key "qq" | expected one of loader, rows`,
		`8:11-15 copies[0].rwos: unknown key "rwos" | did you mean "rows"?`,
		`9:1-5 rows: unknown key "rows" | it belongs under "staging"`,
		`10:1-7 zzzzzz: unknown key "zzzzzz" | expected one of host_env, token_env, table, mode, upsert_key, staging, columns, copies, create, port, share, timeout, raw`,
	)
}

func TestE11_WrongTypes(t *testing.T) {
	_, ds := decode(`host_env: [H]
table: 12
mode: {a: 1}
upsert_key: id
staging: json
columns: [a]
copies: [1, {rows: "x"}]
create: yes
port: -1
share: .nan
timeout: 90
`)
	wantTold(t, ds,
		`1:1-9 host_env: expected text, got a list`,
		"2:8-10 table: expected text, got 12 | quote it: `table: \"12\"`",
		`3:1-5 mode: expected text, got a mapping`,
		"4:13-15 upsert_key: expected a list, got text | write `upsert_key: [id]`",
		`5:10-14 staging: expected a mapping of keys to values, got text`,
		`6:1-8 columns: expected a mapping of keys to values, got a list`,
		`7:10-11 copies[0]: expected a mapping of keys to values, got a number`,
		`7:20-23 copies[1].rows: expected a whole number, got "x" | leave out the quotes`,
		`8:9-12 create: expected true or false, got "yes" | write true`,
		`9:7-9 port: expected a whole number that is not negative, got -1`,
		`10:8-12 share: expected a number, got .nan`,
		`11:10-12 timeout: expected a duration, got 90 | write a number and a unit: "90 seconds", "2 days", "1h30m"`,
	)
}

func TestE11_MissingAndUnsupportedValues(t *testing.T) {
	_, ds := decode("mode: garbage\nupsert_key: [a, \"\"]\nstaging: {loader: jsn, rows: 0}\ntable:\ncopies: [{loader: csv}]\n")
	wantTold(t, ds,
		`1:1-2 host_env: host_env is required`,
		`1:7-14 mode: unsupported mode: garbage | expected one of insert, merge`,
		`2:17-19 upsert_key[1]: upsert_key[1] is required`,
		`3:19-22 staging.loader: unsupported loader: jsn | did you mean "json"?`,
		`3:30-31 staging.rows: rows must be greater than 0`,
		`4:7-8 table: expected text, got nothing | write a value, or leave the key out`,
		`5:19-22 copies[0].loader: unsupported loader: csv | expected one of auto, json, values`,
	)
}

// A key that is misspelled is not missing as well.
func TestMisspelledRequiredKeyIsToldOnce(t *testing.T) {
	_, ds := decode("host_env: H\ntabel: t\n")
	wantTold(t, ds, `2:1-6 tabel: unknown key "tabel" | did you mean "table"?`)
}

// A missing key is told where it belongs: at the key of the mapping that lacks it.
func TestMissingKeyOfANestedMapping(t *testing.T) {
	n, _ := connector.ParseNode("a.yml", []byte("name: x\ndestination:\n  mode: merge\n"))
	c := config{Mode: "insert"}
	wantTold(t, connector.Decode(n.Child("destination"), &c),
		`2:1-12 destination.host_env: host_env is required`,
		`2:1-12 destination.table: table is required`,
	)
}

func TestSkippedKeysBelongToSomebodyElse(t *testing.T) {
	_, ds := decode("type: x\nhost_env: H\nstaging: {other: 1, token: a, ohter: 1}\n", "type", "staging.other", "staging.token", "table")
	wantTold(t, ds, `3:31-36 staging.ohter: unknown key "ohter" | expected one of loader, rows`)
}

// Anchors and merge keys work; a merged value never hides one that is written out.
func TestAliasesAndMergeKeys(t *testing.T) {
	got, ds := decode("host_env: &h H\ntoken_env: *h\ntable: t\ncopies:\n  - &a {loader: json, rows: 1}\n  - {<<: *a, rows: 2}\n  - <<: [{rows: 3}, *a]\n")
	wantTold(t, ds)
	want := "H json1 json2 json3"
	var b = got.TokenEnv
	for _, c := range got.Copies {
		b += fmt.Sprintf(" %s%d", c.Loader, *c.Rows)
	}
	if b != want {
		t.Errorf("got %q, want %q", b, want)
	}
}

func TestDiagnoseFindsTheFields(t *testing.T) {
	n, _ := connector.ParseNode("a.yml", []byte("name: x\ndestination:\n  mode: merge\n  upsert_key: [a, b]\n  columns: {id: X}\n"))
	d := n.Child("destination")
	err := fmt.Errorf("open: %w", errors.Join(
		&connector.FieldError{Field: "upsert_key[1]", Message: "no such column", Hint: "add it"},
		&connector.FieldError{Field: "columns[id]", Message: "unknown type"},
		errors.Join(&connector.FieldError{Field: "staging.volume", Message: "volume is required"}, errors.New("plain")),
		&connector.Error{Kind: connector.KindConfig, Op: "config", Message: "no", Hint: "yes"},
	))
	wantTold(t, d.Diagnose(err),
		`2:1-12 destination.staging.volume: volume is required`,
		`2:1-12 destination: plain`,
		`2:1-12 destination: config: no | yes`,
		`4:19-20 destination.upsert_key[1]: no such column | add it`,
		`5:17-18 destination.columns[id]: unknown type`,
	)
	wantTold(t, d.Diagnose(nil))
}

func TestRegistryNamesTheTypesItHas(t *testing.T) {
	type none struct{}
	spec := func(name string) connector.Spec[int] {
		return connector.Define(name, none{}, func(none, connector.Env) (int, error) { return 7, nil })
	}
	r := connector.NewRegistry("destination", spec("memory"), spec("databricks"))
	for _, c := range []struct{ text, want string }{
		{"d: {type: databrick}", `1:11-20 d.type: unknown destination type "databrick" | did you mean "databricks"?`},
		{"d: {type: s3}", `1:11-13 d.type: unknown destination type "s3" | expected one of databricks, memory`},
		{"d: {typ: memory}", `1:1-2 d: type is required | expected one of databricks, memory`},
		{"d: {type: [a]}", `1:5-9 d.type: expected the type of the destination, got a list | expected one of databricks, memory`},
		{"d: memory", "1:4-10 d: expected a mapping with the key type, got text | write `type: databricks` or `type: memory`"},
		{"d: {type: memory, x: 1}", `1:19-20 d.x: unknown key "x"`},
	} {
		n, _ := connector.ParseNode("a.yml", []byte(c.text))
		_, ds := r.New(n.Child("d"), connector.Env{})
		wantTold(t, ds, c.want)
	}
	n, _ := connector.ParseNode("a.yml", []byte("type: memory"))
	if got, ds := r.New(n, connector.Env{}); got != 7 || len(ds) > 0 {
		t.Errorf("New = %d, %v", got, told(ds))
	}
}

func TestParseDuration(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "1 second": time.Second, "2 seconds": 2 * time.Second, "5 minutes": 5 * time.Minute, "5m": 5 * time.Minute,
		"1 hour": time.Hour, "2 days": 2 * day, "1day": day, "3 weeks": 21 * day, "1w": 7 * day, "1h30m": 90 * time.Minute, " 250ms ": 250 * time.Millisecond,
	} {
		if got, err := connector.ParseDuration(text); err != nil || time.Duration(got) != want {
			t.Errorf("ParseDuration(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "5", "days", "-5s", "-1 day", "2 fortnights", "1.5 days", "99999999999 weeks", "1 Day"} {
		if got, err := connector.ParseDuration(text); err == nil {
			t.Errorf("ParseDuration(%q) = %v, want an error", text, got)
		}
	}
}
