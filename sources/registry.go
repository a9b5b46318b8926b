package sources

import "github.com/drt-go/drt/connector"

// Spec announces a source: build it with Define.
type Spec = connector.Spec[Source]

// Registry is the list of sources in one binary.
type Registry = connector.Registry[Source]

// Define makes the Spec of a source. defaults is the config before YAML is decoded over it, and C's fields are the
// only list of what can be configured: help, JSON Schema and docs come from them. build does no I/O and returns
// config mistakes as *connector.FieldError (several: errors.Join).
func Define[C any](name string, defaults C, build func(C, connector.Env) (Source, error)) Spec {
	return connector.Define(name, defaults, build)
}

// NewRegistry lists specs. It panics if two have the same name: that is wrong wiring.
func NewRegistry(specs ...Spec) *Registry { return connector.NewRegistry("source", specs...) }
