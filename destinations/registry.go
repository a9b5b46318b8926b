package destinations

import "github.com/drt-go/drt/connector"

// Spec announces a destination: build it with Define.
type Spec = connector.Spec[Destination]

// Registry is the list of destinations in one binary.
type Registry = connector.Registry[Destination]

// Define makes the Spec of a destination. defaults is the config before YAML is decoded over it, and C's fields are
// the only list of what can be configured: help, JSON Schema and docs come from them. build does no I/O and returns
// config mistakes as *connector.FieldError (several: errors.Join).
func Define[C any](name string, defaults C, build func(C, connector.Env) (Destination, error)) Spec {
	return connector.Define(name, defaults, build)
}

// NewRegistry lists specs. It panics if two have the same name: that is wrong wiring.
func NewRegistry(specs ...Spec) *Registry { return connector.NewRegistry("destination", specs...) }
