package sourcetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/drt-go/drt/connector"
)

// build builds a source from YAML and returns what is said against it.
func (h Harness) build(config string, p Place) string {
	n, ds := connector.ParseNode("profiles.yml", []byte("type: "+h.Spec.Name()+"\n"+config))
	if len(ds) == 0 {
		_, ds = h.Spec.New(n, p.Env)
	}
	var all []string
	for _, d := range ds {
		all = append(all, fmt.Sprintf("%s: %s", d.Path, d.Summary))
	}
	return strings.Join(all, "; ")
}

func fieldsAreDescribed(t testing.TB, h Harness) {
	if h.Spec.Name() == "" {
		t.Error("a source has a name: it is what `type` says")
	}
	for _, f := range h.Spec.Fields() {
		if f.Doc == "" {
			t.Errorf("field %s has no doc tag: help, JSON Schema and the documents come from it", f.Name)
		}
	}
}

func sourceNamesItself(t testing.TB, h Harness) {
	p := h.Load(t, numbered(1, 0))
	if d := h.source(t, p).Describe(); !strings.HasPrefix(d, h.Spec.Name()) {
		t.Errorf("Describe begins with the name of the source, as in %q; got %q", h.Spec.Name()+" (...)", d)
	}
}
