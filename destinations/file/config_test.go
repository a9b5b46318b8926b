package file

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

func TestConfigFromExtension(t *testing.T) {
	for path, want := range map[string][3]string{
		"a.csv":            {"csv", "none", ","},
		"a.tsv":            {"csv", "none", "\t"},
		"a.csv.gz":         {"csv", "gzip", ","},
		"A.JSONL":          {"jsonl", "none", ","},
		"a.ndjson.zst":     {"jsonl", "zstd", ","},
		"a.json":           {"json", "none", ","},
		"x.y/a.parquet":    {"parquet", "zstd", ","},
		"dir.csv/b.jsonl":  {"jsonl", "none", ","},
		"a.2024-01-01.csv": {"csv", "none", ","},
	} {
		c := Config{Path: path, Header: true}
		if errs := c.resolve(); len(errs) > 0 {
			t.Errorf("%s: %v", path, errs)
		}
		if diff := cmp.Diff(want, [3]string{c.Format, c.Compression, c.Delimiter}); diff != "" {
			t.Errorf("%s: format, compression, delimiter (-want +got):\n%s", path, diff)
		}
	}
}

func TestConfigMistakes(t *testing.T) {
	for _, tt := range []struct {
		yaml, field, says string
	}{
		{"path: a.xlsx", "format", "does not tell the format"},
		{"path: '-'", "path", "standard output"},
		{"path: a.parquet\nmode: insert", "mode", "uncompressed csv or jsonl"},
		{"path: a.csv.gz\nmode: insert", "mode", "uncompressed csv or jsonl"},
		{"path: a.json\nmode: insert", "mode", "uncompressed csv or jsonl"},
		{"path: a.csv\ncompression: snappy", "compression", "snappy"},
		{"path: a.csv\ndelimiter: x", "delimiter", `"x"`},
		{"path: a.csv\nnull_text: 'a,b'", "null_text", "delimiter"},
		{"path: a.jsonl\nnull_text: x", "null_text", "is for csv"},
		{"path: a.jsonl\nheader: false", "header", "is for csv"},
		{"path: a.csv\nmode: merge", "mode", "unsupported mode"},
		{"format: csv", "path", "path"},
	} {
		t.Run(strings.ReplaceAll(tt.yaml, "\n", " "), func(t *testing.T) {
			n, ds := connector.ParseNode("t.yml", []byte(tt.yaml))
			if len(ds) > 0 {
				t.Fatal(ds)
			}
			_, ds = Spec().New(n, connector.Env{})
			if len(ds) != 1 || !strings.HasSuffix(ds[0].Path, tt.field) && !strings.Contains(ds[0].Summary, tt.field) || !strings.Contains(ds[0].Summary, tt.says) {
				t.Errorf("want one diagnostic at %s that says %q, got %+v", tt.field, tt.says, ds)
			}
		})
	}
}

func TestTargetAndCapabilities(t *testing.T) {
	for yaml, want := range map[string]destinations.Target{
		"path: out/a.csv":               {Name: "file (out/a.csv)", Mode: destinations.ModeReplace},
		"path: out/a.csv\nmode: insert": {Name: "file (out/a.csv)", Mode: destinations.ModeInsert, Set: true},
	} {
		n, _ := connector.ParseNode("t.yml", []byte(yaml))
		d, ds := Spec().New(n, connector.Env{Dir: t.TempDir()})
		if len(ds) > 0 {
			t.Fatal(ds)
		}
		if diff := cmp.Diff(want, d.Target()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", yaml, diff)
		}
	}
	for path, want := range map[string]int{"a.csv": 2, "a.parquet": 1, "a.csv.gz": 1} {
		d, err := New(Config{Path: path, Header: true}, connector.Env{})
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Capabilities().Modes; len(got) != want {
			t.Errorf("%s: modes %v, want %d", path, got, want)
		}
	}
}
