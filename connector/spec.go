package connector

import (
	"fmt"
	"slices"
)

// Spec announces a connector of contract T (sources.Source or destinations.Destination): its name, its config and
// how it is built. The config's Go type stays inside Define.
type Spec[T any] struct {
	name     string
	defaults any
	fields   func() []Field
	build    func(*Node, Env) (T, Diagnostics)
}

// Define makes a Spec. See sources.Define and destinations.Define.
func Define[T, C any](name string, defaults C, build func(C, Env) (T, error)) Spec[T] {
	return Spec[T]{
		name:     name,
		defaults: defaults,
		fields:   func() []Field { return FieldsOf(defaults) },
		build: func(n *Node, env Env) (T, Diagnostics) {
			var none T
			cfg := defaults
			if ds := Decode(n, &cfg, "type"); len(ds) > 0 {
				return none, ds
			}
			t, err := build(cfg, env)
			if err != nil {
				return none, n.Diagnose(err)
			}
			return t, nil
		},
	}
}

// Name is the `type:` that YAML writes.
func (s Spec[T]) Name() string { return s.name }

// Defaults returns the config before YAML is decoded over it, by value.
func (s Spec[T]) Defaults() any { return s.defaults }

// Fields lists what can be configured, in the order of the config struct.
func (s Spec[T]) Fields() []Field { return s.fields() }

// New decodes n strictly over the defaults, validates it and builds the connector. No I/O.
func (s Spec[T]) New(n *Node, env Env) (T, Diagnostics) { return s.build(n, env) }

// Registry is the list of connectors of one kind in one binary. It is read-only after NewRegistry.
type Registry[T any] struct {
	kind  string
	specs []Spec[T]
}

// NewRegistry lists specs under kind ("source", "destination"), sorted by name. It panics on a double name.
func NewRegistry[T any](kind string, specs ...Spec[T]) *Registry[T] {
	r := &Registry[T]{kind: kind, specs: slices.Clone(specs)}
	slices.SortFunc(r.specs, func(a, b Spec[T]) int {
		if a.name == b.name {
			panic(fmt.Sprintf("drt: two %ss are named %q", kind, a.name))
		}
		if a.name < b.name {
			return -1
		}
		return 1
	})
	return r
}

// Specs returns all, sorted by name.
func (r *Registry[T]) Specs() []Spec[T] { return slices.Clone(r.specs) }

// Lookup finds a spec by name.
func (r *Registry[T]) Lookup(name string) (Spec[T], bool) {
	i := slices.IndexFunc(r.specs, func(s Spec[T]) bool { return s.name == name })
	if i < 0 {
		return Spec[T]{}, false
	}
	return r.specs[i], true
}

// New builds the connector that n's key `type` names. A missing or unknown type is a Diagnostic with a suggestion.
func (r *Registry[T]) New(n *Node, env Env) (T, Diagnostics) {
	var none T
	name, ds := n.typeName(r.kind, r.names())
	if len(ds) > 0 {
		return none, ds
	}
	s, _ := r.Lookup(name)
	return s.New(n, env)
}

func (r *Registry[T]) names() []string {
	names := make([]string, len(r.specs))
	for i, s := range r.specs {
		names[i] = s.name
	}
	return names
}
