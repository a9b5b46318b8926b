package connector_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
)

// staging and config stand for what a connector's author writes.
type staging struct {
	Loader string `yaml:"loader" validate:"omitempty,oneof=auto json values" default:"auto" doc:"how rows are staged"`
	Rows   *int   `yaml:"rows" validate:"omitempty,gt=0" doc:"rows a chunk"`
}

type config struct {
	HostEnv   string             `yaml:"host_env" validate:"required" doc:"variable with the host"`
	TokenEnv  string             `yaml:"token_env" default:"DATABRICKS_TOKEN"`
	Table     string             `yaml:"table" validate:"required" doc:"target"`
	Mode      string             `yaml:"mode" validate:"oneof=insert merge" default:"insert"`
	UpsertKey []string           `yaml:"upsert_key" validate:"dive,required"`
	Staging   staging            `yaml:"staging"`
	Columns   map[string]string  `yaml:"columns"`
	Copies    []staging          `yaml:"copies" validate:"dive"`
	Create    bool               `yaml:"create" default:"false"`
	Port      uint16             `yaml:"port"`
	Share     float64            `yaml:"share"`
	Timeout   connector.Duration `yaml:"timeout"`
	Raw       *connector.Node    `yaml:"raw" type:"any"`
	Password  connector.Secret   `yaml:"password"`
}

// decode parses and decodes text over the defaults of config.
func decode(text string, skip ...string) (config, connector.Diagnostics) {
	c := config{Mode: "insert", Staging: staging{Loader: "auto"}}
	n, ds := connector.ParseNode("a.yml", []byte(text))
	if n != nil {
		ds = append(ds, connector.Decode(n, &c, skip...)...)
	}
	return c, ds
}

// told renders diagnostics as "line:column-end path: summary | hint".
func told(ds connector.Diagnostics) []string {
	lines := []string{}
	for _, d := range ds.Unique() {
		at := fmt.Sprintf("%d:%d", d.Range.Line, d.Range.Column)
		if d.Range.EndColumn > 0 {
			at += fmt.Sprintf("-%d", d.Range.EndColumn)
		}
		lines = append(lines, strings.TrimSuffix(fmt.Sprintf("%s %s: %s | %s", at, d.Path, d.Summary, d.Hint), " | "))
	}
	return lines
}

func wantTold(t *testing.T, ds connector.Diagnostics, want ...string) {
	t.Helper()
	if want == nil {
		want = []string{}
	}
	if diff := cmp.Diff(want, told(ds)); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
}
