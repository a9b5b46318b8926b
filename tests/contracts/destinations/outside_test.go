package destinations_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOutsideModule builds the guide's drt as somebody else would: in a module of their own, by the exported packages
// alone, and runs it.
func TestOutsideModule(t *testing.T) {
	if testing.Short() {
		t.Skip("it links a whole drt")
	}
	dir := t.TempDir()
	copyModule(t, dir)
	inModule(t, dir, "go", "test", "./lookup")
	drt := filepath.Join(dir, "drt.exe")
	inModule(t, dir, "go", "build", "-o", drt, ".")
	if out := inModule(t, dir, drt, "connectors", "lookup"); !strings.Contains(out, "upsert_key") {
		t.Errorf("drt connectors lookup does not show the fields:\n%s", out)
	}
	inModule(t, dir, drt, "run", "-C", "project")
	text, err := os.ReadFile(filepath.Join(dir, "project", "products.json"))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"id": 1.0, "name": "Kettle", "price": "39.90", "in_stock": true}
	if diff := cmp.Diff(want, got["[1]"]); diff != "" || len(got) != 3 {
		t.Errorf("%d products, want 3; the first (-want +got):\n%s", len(got), diff)
	}
}

// copyModule copies the example into dir as a module of its own: drt at this checkout, the same versions of all else.
func copyModule(t *testing.T, dir string) {
	t.Helper()
	const inside, outside = "github.com/drt-go/drt/examples/custom-destination", "example.com/drt-lookup"
	if err := os.CopyFS(dir, os.DirFS(example)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"main.go", "lookup/lookup_test.go"} {
		rewrite(t, filepath.Join(dir, name), func(s string) string { return strings.ReplaceAll(s, inside, outside) })
	}
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	rewrite(t, filepath.Join(dir, "go.mod"), func(s string) string {
		return strings.Replace(s, "module github.com/drt-go/drt\n", "module "+outside+"\n", 1) +
			"\nrequire github.com/drt-go/drt v0.0.0\n\nreplace github.com/drt-go/drt => " + root + "\n"
	})
}

func rewrite(t *testing.T, path string, edit func(string) string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, []byte(edit(string(text))), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func inModule(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
	return string(out)
}
