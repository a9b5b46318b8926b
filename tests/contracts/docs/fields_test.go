// Package docs holds the tables of docs/connectors to the connectors themselves.
package docs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
	filedestination "github.com/drt-go/drt/destinations/file"
	"github.com/drt-go/drt/destinations/memory"
	"github.com/drt-go/drt/sources/duckdb"
	"github.com/drt-go/drt/sources/file"
	"github.com/drt-go/drt/sources/sqlite"
)

func TestFieldTables(t *testing.T) {
	for page, fields := range map[string][]connector.Field{
		"databricks":       databricks.Spec().Fields(),
		"file-destination": filedestination.Spec().Fields(),
		"memory":           memory.Spec().Fields(),
		"sqlite":           sqlite.Spec().Fields(),
		"duckdb":           duckdb.Spec().Fields(),
		"file":             file.Spec().Fields(),
	} {
		t.Run(page, func(t *testing.T) {
			want := table("", fields)
			if diff := cmp.Diff(want, documented(t, page)); diff != "" {
				t.Errorf("docs/connectors/%s.md differs from the config struct (-want +got):\n%s\nput this between the markers:\n%s", page, diff, want)
			}
		})
	}
}

// TestModesWithoutAConfig holds what `drt connectors` shows to what the destination says of itself.
func TestModesWithoutAConfig(t *testing.T) {
	for _, s := range []destinations.Spec{databricks.Spec(), filedestination.Spec(), memory.Spec()} {
		c, ok := s.Defaults().(destinations.Capable)
		if !ok {
			t.Errorf("%s: the config does not say what the destination can do", s.Name())
			continue
		}
		if len(c.Capabilities().Modes) == 0 {
			t.Errorf("%s: no modes", s.Name())
		}
	}
}

const header = "| Field | Type | Default | Meaning |\n|---|---|---|---|\n"

func table(prefix string, fields []connector.Field) string {
	text := rows(prefix, fields)
	return header + text
}

func rows(prefix string, fields []connector.Field) string {
	var b strings.Builder
	for _, f := range fields {
		kind, def := f.Type, "`"+f.Default+"`"
		if len(f.Enum) > 0 {
			kind = "`" + strings.Join(f.Enum, "`, `") + "`"
		}
		if f.Default == "" {
			def = ""
		}
		if f.Required {
			def = "required"
		}
		fmt.Fprintf(&b, "| `%s%s` | %s | %s | %s |\n", prefix, f.Name, kind, def, f.Doc)
		b.WriteString(rows(prefix+f.Name+".", f.Fields))
	}
	return b.String()
}

func documented(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "connectors", page+".md"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(text), "<!-- fields -->\n")
	between, _, closed := strings.Cut(after, "<!-- /fields -->")
	if !ok || !closed {
		t.Fatalf("%s.md has no <!-- fields --> ... <!-- /fields -->", page)
	}
	return strings.TrimSpace(between) + "\n"
}
