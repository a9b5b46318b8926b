// Package imports holds the import rules of docs/architecture.md.
package imports

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/drt-go/drt"

// rule says which of our own packages those at or below From may import: themselves and those at or below May.
type rule struct {
	From string
	May  []string
}

// The first rule whose From fits a package holds for it.
var rules = []rule{
	{"record", nil},
	{"connector", nil},
	{"sources/sourcetest", []string{"connector", "record", "sources"}},
	{"sources/", []string{"connector", "record", "sources."}},
	{"sources", []string{"connector", "record"}},
	{"destinations/destinationtest", []string{"connector", "record", "destinations.", "destinations/memory"}},
	{"destinations/", []string{"connector", "record", "destinations."}},
	{"destinations", []string{"connector", "record"}},
	{"state", []string{"connector", "record", "sources.", "destinations."}},
	{"engine", []string{"connector", "record", "sources.", "destinations.", "state"}},
	{"project", []string{"connector", "record", "sources.", "destinations."}},
	{"sandbox/lex", nil},
	{"sandbox/wire", []string{"sandbox/lex"}},
	{"sandbox/duckdb", []string{"sandbox/wire", "sandbox/lex", "sandbox/duckdb"}},
	{"sandbox/spark", []string{"sandbox/wire", "sandbox/lex"}},
	{"sandbox", []string{"sandbox/wire"}},
	{"internal/cli", []string{"connector", "record", "sources.", "destinations.", "engine", "project", "state", "sandbox.", "sandbox/wire", "sandbox/duckdb"}},
	{"cmd/drt", []string{".", "sources", "destinations"}},
	{"examples", []string{".", "connector", "record", "sources", "destinations"}},
	{"benchmarks", []string{"connector", "record", "sources", "destinations", "engine", "state", "sandbox", "project"}},
	{"", []string{"internal/cli", "sources.", "destinations."}}, // the root package
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func TestImportsFollowTheArchitecture(t *testing.T) {
	for _, p := range listPackages(t) {
		from := relative(p.ImportPath)
		if strings.HasPrefix(from, "tests/") {
			continue
		}
		r := ruleFor(from)
		for _, imported := range p.Imports {
			if to, ours := strings.CutPrefix(imported, module); ours && !allowed(r, from, strings.TrimPrefix(to, "/")) {
				t.Errorf("%s imports %s, which docs/architecture.md forbids", p.ImportPath, imported)
			}
		}
	}
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 10 {
		t.Fatalf("go list found %d packages only", len(all))
	}
	return all
}

func relative(importPath string) string {
	return strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/")
}

func ruleFor(from string) rule {
	for _, r := range rules {
		if strings.HasSuffix(r.From, "/") && strings.HasPrefix(from, r.From) || from == r.From || r.From != "" && strings.HasPrefix(from, strings.TrimSuffix(r.From, "/")+"/") {
			return r
		}
	}
	return rules[len(rules)-1]
}

// allowed reports whether from may import to. An entry with a final dot is that package alone, another is its
// whole tree. A package below a connector belongs to the connector.
func allowed(r rule, from, to string) bool {
	if below(from, to) || below(to, from) && to != "" && strings.Count(to, "/") >= 1 {
		return true
	}
	for _, may := range r.May {
		exact, isExact := strings.CutSuffix(may, ".")
		if isExact && to == exact || !isExact && (to == may || below(may, to)) {
			return true
		}
	}
	return false
}

// below reports whether child lies in parent's tree.
func below(parent, child string) bool { return parent != "" && strings.HasPrefix(child, parent+"/") }
