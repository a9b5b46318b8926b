package project

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
)

var update = flag.Bool("update", false, "rewrite the tables of the guide")

const guide = "../docs/guides/project-files.md"

// The tables of the guide are the structs. `go test ./project -run Guide -update` rewrites them.
func TestGuideHasTheKeysOfTheStructs(t *testing.T) {
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	want := string(text)
	for name, config := range map[string]any{"sync": syncFile{}, "project": projectFile{}} {
		var b strings.Builder
		b.WriteString("| key | type | default | meaning |\n|---|---|---|---|\n")
		writeRows(&b, "", connector.FieldsOf(config))
		block := regexp.MustCompile(`(?s)(<!-- table: ` + name + ` -->\n).*?(<!-- end -->)`)
		if !block.MatchString(want) {
			t.Fatalf("the guide has no place for the table %q", name)
		}
		want = block.ReplaceAllStringFunc(want, func(old string) string {
			m := block.FindStringSubmatch(old)
			return m[1] + b.String() + m[2]
		})
	}
	if *update {
		if err := os.WriteFile(guide, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("guide (-structs +guide):\n%s", diff)
	}
}

func writeRows(b *strings.Builder, path string, fields []connector.Field) {
	for _, f := range fields {
		kind := f.Type
		if len(f.Enum) > 0 {
			kind = strings.Join(f.Enum, ", ")
		}
		if f.Type == "string or object" {
			kind += ", or a mapping"
		}
		def := f.Default
		if f.Required {
			def = "required"
		}
		fmt.Fprintf(b, "| `%s%s` | %s | %s | %s |\n", path, f.Name, kind, def, strings.ReplaceAll(f.Doc, "|", `\|`))
		writeRows(b, path+f.Name+".", f.Fields)
	}
}
