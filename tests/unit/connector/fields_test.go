package connector_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
)

// level is written as text; deletes as text or as a mapping.
type level int

func (l *level) UnmarshalText([]byte) error { *l = 1; return nil }

type deletes struct {
	Soft string `yaml:"soft" doc:"column"`
}

func (d *deletes) UnmarshalText(text []byte) error {
	if string(text) != "hard" {
		return &connector.FieldError{Message: "expected hard", Hint: "or a mapping"}
	}
	return nil
}

type shared struct {
	Host string `yaml:"host" validate:"required"`
}

type everything struct {
	shared  `yaml:",inline"`
	Level   level                `yaml:"level" enum:"low high" default:"low"`
	Deletes deletes              `yaml:"deletes"`
	Wait    time.Duration        `yaml:"wait" default:"5s"`
	Limits  []float64            `yaml:"limits" validate:"unique,dive,gte=0"`
	Kinds   []string             `yaml:"kinds" validate:"dive,oneof=a b"`
	Stages  map[string][]staging `yaml:"stages"`
	Maximum *int64               `yaml:"maximum" validate:"omitempty,gte=0,lte=9" doc:"most"`
	Any     any                  `yaml:"any"`
	Secret  connector.Secret     `yaml:"secret"`
	Unnamed string
	Hidden  string `yaml:"-"`
}

func TestFieldsComeFromTheTags(t *testing.T) {
	stages := []connector.Field{
		{Name: "loader", Type: "string", Default: "auto", Enum: []string{"auto", "json", "values"}, Doc: "how rows are staged"},
		{Name: "rows", Type: "integer", Rules: []connector.Rule{{Name: "gt", Param: "0"}}, Doc: "rows a chunk"},
	}
	want := []connector.Field{
		{Name: "host", Type: "string", Required: true},
		{Name: "level", Type: "string", Enum: []string{"low", "high"}, Default: "low"},
		{Name: "deletes", Type: "string or object", Fields: []connector.Field{{Name: "soft", Type: "string", Doc: "column"}}},
		{Name: "wait", Type: "duration", Default: "5s"},
		{Name: "limits", Type: "list of number", Rules: []connector.Rule{{Name: "unique"}}},
		{Name: "kinds", Type: "list of string", Enum: []string{"a", "b"}},
		{Name: "stages", Type: "map of list of object", Fields: stages},
		{Name: "maximum", Type: "integer", Rules: []connector.Rule{{Name: "gte", Param: "0"}, {Name: "lte", Param: "9"}}, Doc: "most"},
		{Name: "any", Type: "any"},
	}
	if diff := cmp.Diff(want, connector.FieldsOf(&everything{})); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

func TestDecodeOfEveryKindOfField(t *testing.T) {
	n, ds := connector.ParseNode("a.yml", []byte("host: h\nlevel: high\ndeletes: {soft: c}\nwait: 2 minutes\nlimits: [1, 2.5]\nkinds: [a]\nstages: {x: [{rows: 1}]}\nmaximum: 0\nany: {a: [1, x, true, 1.5, ~]}\n"))
	var got everything
	wantTold(t, append(ds, connector.Decode(n, &got)...))
	if got.Host != "h" || got.Level != 1 || got.Deletes.Soft != "c" || got.Wait != 2*time.Minute || *got.Maximum != 0 || *got.Stages["x"][0].Rows != 1 {
		t.Errorf("got %+v", got)
	}
	if diff := cmp.Diff(map[string]any{"a": []any{int64(1), "x", true, 1.5, nil}}, got.Any); diff != "" {
		t.Errorf("any (-want +got):\n%s", diff)
	}
}

func TestMistakesInEveryKindOfField(t *testing.T) {
	n, ds := connector.ParseNode("a.yml", []byte("deletes: soft\nwait: x\nlimits: [1, 1]\nkinds: [a, c]\nmaximum: 10\nsecret: x\nUnnamed: x\nlevel: [a]\n"))
	wantTold(t, append(ds, connector.Decode(n, &everything{})...),
		`1:1-2 host: host is required`,
		`1:10-14 deletes: expected hard, got "soft" | or a mapping`,
		`2:7-8 wait: expected a duration, got "x" | write a number and a unit: "90 seconds", "2 days", "1h30m"`,
		`3:1-7 limits: limits names the same thing twice`,
		`4:12-13 kinds[1]: unsupported kinds[1]: c | expected one of a, b`,
		`5:10-12 maximum: maximum must be at most 9`,
		"6:9-10 secret: literal secret in YAML | name the environment variable that holds it: `secret_env: SECRET`",
		`7:1-8 Unnamed: unknown key "Unnamed" | expected one of host, level, deletes, wait, limits, kinds, stages, maximum, any`,
		`8:1-6 level: expected text, got a list`,
	)
}
