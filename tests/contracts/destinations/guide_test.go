package destinations_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// example holds the code of the guide, and guide tells of it. Paths are from this folder.
const (
	example = "../../../examples/custom-destination"
	guide   = "../../../docs/guides/write-a-destination.md"
)

var updateGuide = flag.Bool("update-guide", false, "put the example's files into the guide")

// TestGuideShowsTheExample holds each marked code block of the guide to the file that it names.
func TestGuideShowsTheExample(t *testing.T) {
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)<!-- code: (\\S+) -->\n```(\\w+)\n(.*?)```\n")
	blocks := 0
	next := block.ReplaceAllFunc(text, func(found []byte) []byte {
		blocks++
		m := block.FindSubmatch(found)
		code, err := os.ReadFile(filepath.Join(example, string(m[1])))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(code), string(m[3])); diff != "" && !*updateGuide {
			t.Errorf("the guide shows another %s (-file +guide), mend it with -update-guide:\n%s", m[1], diff)
		}
		return []byte("<!-- code: " + string(m[1]) + " -->\n```" + string(m[2]) + "\n" + string(code) + "```\n")
	})
	if blocks != 6 {
		t.Errorf("the guide shows %d files, want 6", blocks)
	}
	if *updateGuide {
		if err := os.WriteFile(guide, next, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
