package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// block is a fenced block of a document.
type block struct {
	Document string
	Line     int
	Language string
	Text     string
	NotRun   bool // the line before it says that tests do not run it, or that another test does ("code: ")
}

var fence = regexp.MustCompile("^```([a-z]*)$")

// documents returns README.md and every page below docs, as paths from the repository's root.
func documents(t *testing.T) []string {
	t.Helper()
	found := []string{"README.md", "CONTRIBUTING.md"}
	err := filepath.WalkDir(filepath.Join(repository(), "docs"), func(path string, _ os.DirEntry, err error) error {
		if strings.HasSuffix(path, ".md") {
			rel, _ := filepath.Rel(repository(), path)
			found = append(found, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func blocks(t *testing.T, document string) []block {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository(), document))
	if err != nil {
		t.Fatal(err)
	}
	var all []block
	var open *block
	before := ""
	for i, line := range strings.Split(string(text), "\n") {
		m := fence.FindStringSubmatch(line)
		switch {
		case m != nil && open == nil:
			open = &block{Document: document, Line: i + 1, Language: m[1], NotRun: strings.HasPrefix(before, "<!-- not run") || strings.HasPrefix(before, "<!-- code: ")}
		case m != nil:
			all = append(all, *open)
			open = nil
		case open != nil:
			open.Text += line + "\n"
		}
		before = line
	}
	return all
}

// TestCommandsInDocuments runs the shell blocks of each document in order, in one folder that holds the examples.
func TestCommandsInDocuments(t *testing.T) {
	for _, document := range documents(t) {
		var script strings.Builder
		for _, b := range blocks(t, document) {
			// Building and testing drt is what runs this test.
			if b.Language == "sh" && !b.NotRun && !strings.HasPrefix(b.Text, "go test") && !strings.HasPrefix(b.Text, "make ") {
				fmt.Fprintf(&script, "echo '%s:%d' >&2\n%s", document, b.Line, b.Text)
			}
		}
		if script.Len() == 0 {
			continue
		}
		t.Run(strings.ReplaceAll(document, "/", "_"), func(t *testing.T) {
			t.Parallel()
			runScript(t, strings.ReplaceAll(script.String(), "go run ./cmd/drt", "drt"))
		})
	}
}

func runScript(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	if err := copyExamples(filepath.Join(dir, "examples"), "."); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+binDir+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestYAMLInDocuments validates every YAML block. A block is a whole file if its first line names one
// ("# profiles.yml"), else a part of a sync file: what it lacks is filled in.
func TestYAMLInDocuments(t *testing.T) {
	n := 0
	for _, document := range documents(t) {
		for _, b := range blocks(t, document) {
			if b.Language != "yaml" || b.NotRun {
				continue
			}
			n++
			t.Run(fmt.Sprintf("%s_%d", strings.ReplaceAll(document, "/", "_"), b.Line), func(t *testing.T) {
				t.Parallel()
				validateBlock(t, b)
			})
		}
	}
	if n < 5 {
		t.Errorf("only %d YAML blocks were found", n)
	}
}

const (
	plainProject  = "name: docs\nprofile: main_profile\n"
	plainProfiles = "main_profile:\n  type: sqlite\n  database: data.db\n"
	plainModel    = "model: SELECT 1 AS user_id\n"
	plainTarget   = "destination:\n  type: databricks\n  catalog: main\n  schema: default\n  table: t\n  mode: merge\n  upsert_key: [user_id]\n"
)

func validateBlock(t *testing.T, b block) {
	dir := t.TempDir()
	files := map[string]string{"drt_project.yml": plainProject, "profiles.yml": plainProfiles, "syncs/block.yml": "name: block\n" + plainModel + plainTarget}
	first, _, _ := strings.Cut(b.Text, "\n")
	name := strings.TrimSpace(strings.TrimPrefix(first, "#"))
	name, _, _ = strings.Cut(name, ":")
	switch {
	case name == "drt_project.yml":
		files[name] = b.Text
		files["profiles.yml"] = anyProfile(b.Text)
	case name == "profiles.yml":
		files[name] = b.Text
		files["drt_project.yml"] = "name: docs\nprofile: " + firstKey(b.Text) + "\n"
	default:
		delete(files, "syncs/block.yml")
		files["syncs/block.yml"] = wholeSync(b.Text)
		files["drt_project.yml"] = plainProject
		if m := regexp.MustCompile(`(?m)^profile: (\w+)`).FindStringSubmatch(b.Text); m != nil {
			files["profiles.yml"] += m[1] + ":\n  type: sqlite\n  database: other.db\n"
		}
	}
	for path, text := range files {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(filepath.Join(binDir, "drt"), "validate", "-C", dir)
	cmd.Env = append(os.Environ(), "HOME="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s:%d: %v\n%s", b.Document, b.Line, err, out)
	}
}

// wholeSync adds the keys that a part of a sync file leaves out.
func wholeSync(text string) string {
	has := func(key string) bool { return regexp.MustCompile(`(?m)^` + key + `:`).MatchString(text) }
	if !has("name") {
		text = "name: block\n" + text
	}
	if !has("model") {
		text = plainModel + text
	}
	if !has("destination") {
		text += plainTarget
	}
	return text
}

func firstKey(profiles string) string {
	m := regexp.MustCompile(`(?m)^(\w+):`).FindStringSubmatch(profiles)
	if m == nil {
		return ""
	}
	return m[1]
}

// anyProfile defines the profile that a project file names.
func anyProfile(project string) string {
	m := regexp.MustCompile(`(?m)^profile: (\w+)`).FindStringSubmatch(project)
	if m == nil {
		return plainProfiles
	}
	return m[1] + ":\n  type: sqlite\n  database: data.db\n"
}
