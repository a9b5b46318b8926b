package project_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/project"
	"github.com/drt-go/drt/sources"
)

// lakeConfig has the keys of the databricks destination that examples write.
type lakeConfig struct {
	HostEnv     string   `yaml:"host_env" default:"DATABRICKS_HOST"`
	HTTPPathEnv string   `yaml:"http_path_env" default:"DATABRICKS_HTTP_PATH"`
	TokenEnv    string   `yaml:"token_env" default:"DATABRICKS_TOKEN"`
	Catalog     string   `yaml:"catalog" validate:"required"`
	Schema      string   `yaml:"schema" validate:"required"`
	Table       string   `yaml:"table" validate:"required"`
	Mode        string   `yaml:"mode" validate:"oneof=insert merge" default:"insert"`
	UpsertKey   []string `yaml:"upsert_key" validate:"dive,required"`
	Create      bool     `yaml:"create" default:"false"`
}

type lake struct{ lakeConfig }

func newLake(c lakeConfig, _ connector.Env) (destinations.Destination, error) {
	if c.Mode == "merge" && len(c.UpsertKey) == 0 {
		return nil, errors.Join(&connector.FieldError{Field: "upsert_key", Message: "upsert_key is required", Hint: "write `upsert_key: [id]`"})
	}
	return lake{c}, nil
}

func (l lake) Target() destinations.Target {
	name := fmt.Sprintf("databricks (%s.%s.%s)", l.Catalog, l.Schema, l.Table)
	return destinations.Target{Name: name, Mode: destinations.Mode(l.Mode), Key: l.UpsertKey}
}
func (lake) Capabilities() destinations.Capabilities { return destinations.Capabilities{} }
func (lake) Open(context.Context, destinations.Plan) (destinations.Session, error) {
	return nil, errors.New("loading a project opens nothing")
}

type dbConfig struct {
	Database string `yaml:"database" default:":memory:"`
}

type db struct{ describe string }

func (d db) Describe() string { return d.describe }
func (db) Open(context.Context, sources.Query) (sources.Reader, error) {
	return nil, errors.New("loading a project opens nothing")
}

// files is a source that needs no model.
type files struct{ db }

func (files) ModelOptional() {}

type filesConfig struct {
	Path    string            `yaml:"path" validate:"required"`
	Columns map[string]string `yaml:"columns"`
}

func registries() (*sources.Registry, *destinations.Registry) {
	newDB := func(kind string) sources.Spec {
		return sources.Define(kind, dbConfig{Database: ":memory:"}, func(c dbConfig, e connector.Env) (sources.Source, error) {
			return db{fmt.Sprintf("%s (%s)", kind, filepath.Join(e.Dir, c.Database))}, nil
		})
	}
	newFiles := sources.Define("file", filesConfig{}, func(c filesConfig, _ connector.Env) (sources.Source, error) {
		return files{db{"file (" + c.Path + ")"}}, nil
	})
	return sources.NewRegistry(newDB("sqlite"), newDB("duckdb"), newFiles),
		destinations.NewRegistry(destinations.Define("databricks", lakeConfig{Mode: "insert"}, newLake))
}

// tree is a project's files by slash path.
type tree map[string]string

const (
	projectYAML  = "name: shop\nprofile: crm\n"
	profilesYAML = "crm: {type: sqlite, database: crm.db}\n"
	destination  = "destination: {type: databricks, catalog: main, schema: default, table: users}\n"
	syncYAML     = "name: users\nmodel: SELECT 1\n" + destination
)

// good is the smallest project; with adds or replaces files, an empty text removes one.
func good(with tree) tree {
	all := tree{"drt_project.yml": projectYAML, "profiles.yml": profilesYAML, "syncs/users.yml": syncYAML}
	for name, text := range with {
		all[name] = text
	}
	return all
}

func (files tree) write(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	files.writeTo(t, dir)
	return dir
}

func (files tree) writeTo(t testing.TB, dir string) {
	t.Helper()
	for name, text := range files {
		if text == "" {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

type setting func(*project.Options)

func env(pairs ...string) setting {
	return func(o *project.Options) {
		o.Env.Lookup = func(name string) (string, bool) {
			for _, p := range pairs {
				if key, value, _ := strings.Cut(p, "="); key == name {
					return value, true
				}
			}
			return "", false
		}
	}
}

func profile(name string) setting { return func(o *project.Options) { o.Profile = name } }

func vars(name, value string) setting {
	return func(o *project.Options) { o.Vars = map[string]string{name: value} }
}

func load(t *testing.T, files tree, settings ...setting) (*project.Project, connector.Diagnostics) {
	t.Helper()
	return loadDir(files.write(t), settings...)
}

func loadDir(dir string, settings ...setting) (*project.Project, connector.Diagnostics) {
	var o project.Options
	o.Sources, o.Destinations = registries()
	env()(&o)
	for _, s := range settings {
		s(&o)
	}
	return project.Load(dir, o)
}

// loadOne loads a project whose only sync has no mistake.
func loadOne(t *testing.T, files tree, settings ...setting) *project.Sync {
	t.Helper()
	p, ds := load(t, files, settings...)
	wantTold(t, ds)
	if len(p.Syncs) != 1 {
		t.Fatalf("%d syncs, want 1", len(p.Syncs))
	}
	return p.Syncs[0]
}

// told renders diagnostics as "file:line:column path: summary | hint".
func told(ds connector.Diagnostics) []string {
	lines := []string{}
	for _, d := range ds {
		line := d.String()
		if d.Path != "" {
			place, _, _ := strings.Cut(line, ": ")
			if d.Range.File == nil {
				place = ""
			}
			line = strings.TrimSpace(place+" "+d.Path) + ": " + d.Summary
		}
		if d.Hint != "" {
			line += " | " + d.Hint
		}
		lines = append(lines, line)
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
