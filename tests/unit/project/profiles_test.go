package project_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const threeProfiles = "crm: {type: sqlite, database: crm.db}\ndev: {type: sqlite, database: dev.db}\nprofiles:\n  nested: {type: duckdb, database: n.db}\n"

// A sync's own profile stands before --profile, that before DRT_PROFILE, that before the project's, that before "default".
func TestWhichProfileASyncReadsFrom(t *testing.T) {
	own := "name: users\nprofile: nested\nmodel: SELECT 1\n" + destination
	for _, c := range []struct {
		name, sync, project, want string
		settings                  []setting
	}{
		{"project", syncYAML, projectYAML, "crm", nil},
		{"environment", syncYAML, projectYAML, "dev", []setting{env("DRT_PROFILE=dev")}},
		{"flag", syncYAML, projectYAML, "nested", []setting{env("DRT_PROFILE=dev"), profile("nested")}},
		{"own", own, projectYAML, "nested", []setting{env("DRT_PROFILE=dev"), profile("crm")}},
		{"default", syncYAML, "name: shop\n", "default", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := loadOne(t, good(tree{
				"syncs/users.yml": c.sync, "drt_project.yml": c.project, "profiles.yml": threeProfiles + "default: {type: sqlite}\n",
			}), c.settings...)
			if s.Profile != c.want {
				t.Errorf("profile %q, want %q", s.Profile, c.want)
			}
		})
	}
}

// Relative paths of a profile start at the project, also for a profile of ~/.drt, which the project's own hides.
func TestProfilesOfTheHomeFolder(t *testing.T) {
	home := tree{".drt/profiles.yml": "crm: {type: sqlite, database: hidden.db}\nshared: {type: duckdb, database: s.db}\nold: {type: snowflake, password: literal}\n"}.write(t)
	for name, want := range map[string]string{"crm": "sqlite (DIR/crm.db)", "shared": "duckdb (DIR/s.db)"} {
		dir := good(nil).write(t)
		p, ds := loadDir(dir, env("HOME="+home), profile(name))
		wantTold(t, ds)
		if got := p.Syncs[0].Source.Describe(); got != strings.ReplaceAll(want, "DIR", dir) {
			t.Errorf("source %s, want %s", got, want)
		}
	}
	_, ds := load(t, good(nil), env("HOME="+home), profile("old"))
	wantTold(t, ds, `~/.drt/profiles.yml:3:13 old.type: source type "snowflake" of the Python drt is not supported yet | there are duckdb, file, sqlite`)
}

// A shared file that is broken stops only the projects that need it.
func TestBrokenProfilesOfTheHomeFolder(t *testing.T) {
	home := tree{".drt/profiles.yml": "crm: [\n"}.write(t)
	loadOne(t, good(nil), env("HOME="+home))
	_, ds := load(t, good(nil), env("HOME="+home), profile("shared"))
	wantTold(t, ds,
		`--profile: profile "shared" is neither in profiles.yml nor in ~/.drt/profiles.yml | there are crm`,
		`~/.drt/profiles.yml:1:7: expected a value | check brackets and commas`,
	)
}

func TestMissingProfiles(t *testing.T) {
	_, ds := load(t, good(tree{"profiles.yml": ""}))
	wantTold(t, ds, "drt_project.yml:2:10 profile: profile \"crm\" is neither in profiles.yml nor in ~/.drt/profiles.yml | write profiles.yml with `crm: {type: sqlite, database: ...}`")
	_, ds = load(t, good(nil), profile("cmr"))
	wantTold(t, ds, `--profile: profile "cmr" is neither in profiles.yml nor in ~/.drt/profiles.yml | did you mean "crm"?`)
}

// Profiles that no sync uses may name what is not set here, or types of another tool; their secrets are refused.
func TestProfilesInUseAndOthers(t *testing.T) {
	_, ds := load(t, good(tree{"profiles.yml": profilesYAML + "prod: {type: sqlite, database: '${PROD}'}\nlake: {type: iceberg, anything: 1}\n"}))
	wantTold(t, ds)
	_, ds = load(t, good(tree{"profiles.yml": profilesYAML + "prod: {type: postgres, password: hunter2}\nobservability: {otel: {}}\n"}))
	wantTold(t, ds,
		"profiles.yml:2:34 prod.password: literal password in YAML | name the environment variable that holds it where it is used: `password_env: PASSWORD`",
		`profiles.yml:3:1 observability: "observability" of the Python drt is not supported yet`,
	)
}

func TestProfileThatIsAFolder(t *testing.T) {
	dir := good(tree{"profiles.yml": ""}).write(t)
	if err := os.Mkdir(filepath.Join(dir, "profiles.yml"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, ds := loadDir(dir)
	if len(ds) != 2 || ds[1].String() != "profiles.yml: not a regular file" {
		t.Errorf("got %q", told(ds))
	}
}
