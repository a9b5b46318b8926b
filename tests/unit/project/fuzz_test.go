package project_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/drt-go/drt/project"
)

// FuzzLoad loads a project with any sync, profile and settings. It must not panic; a sync comes back whole or not at
// all; what the environment holds is shown nowhere.
func FuzzLoad(f *testing.F) {
	for _, e := range examples() {
		switch e.file {
		case "syncs/users.yml":
			f.Add([]byte(e.text), []byte(profilesYAML), []byte(projectYAML))
		case "profiles.yml":
			f.Add([]byte(syncYAML), []byte(e.text), []byte(projectYAML))
		default:
			f.Add([]byte(syncYAML), []byte(profilesYAML), []byte(e.text))
		}
	}
	f.Add([]byte("name: a\nmodel: |\n {{ var('x', \"y\") }} ${V} $${ {{ '{{' }} {{ cursor_value }} {{\n"+destination), []byte("crm: {type: ${V}}"), []byte("name: ${V}\nvars: {x: ${V}}"))
	dir := f.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "syncs"), 0o755); err != nil {
		f.Fatal(err)
	}
	const value = "v4lue-of-the-environment"
	f.Fuzz(func(t *testing.T, sync, profiles, settings []byte) {
		for name, text := range map[string][]byte{"syncs/users.yml": sync, "profiles.yml": profiles, "drt_project.yml": settings} {
			if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		p, ds := loadDir(dir, func(o *project.Options) {
			o.Env.Lookup = func(name string) (string, bool) { return value, !strings.HasPrefix(name, "N") && name != "HOME" }
		})
		for _, s := range p.Syncs {
			if s.Name == "" || s.Source == nil || s.Destination == nil || s.Origin == "" {
				t.Fatalf("sync %+v", s)
			}
		}
		var out bytes.Buffer
		_ = ds.Print(&out, true)
		_ = ds.WriteJSON(&out)
		if strings.Contains(out.String(), value) && !strings.Contains(out.String(), "DRT_PROFILE") {
			t.Fatalf("a value of the environment is shown:\n%s", out.String())
		}
	})
}
