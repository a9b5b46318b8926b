package connector

import "io"

// Env is all that a connector may know of the world outside its config. It is read-only and may be shared
// between goroutines.
type Env struct {
	// Dir is the project's folder, absolute: relative paths in a config start here.
	Dir string
	// Lookup finds an environment variable by name. A field `<x>_env` holds such a name. Never nil.
	Lookup func(name string) (value string, ok bool)
	// Stdin is what a path of "-" reads. Nil if there is none.
	Stdin io.Reader
	// Warehouse, if set (drt run --sandbox), is where a connector that speaks to a Databricks SQL warehouse
	// connects, instead of to what its config and environment name.
	Warehouse *Warehouse
	// Version is drt's own, for user agents.
	Version string
}

// Warehouse is the address of a Databricks SQL warehouse.
type Warehouse struct {
	Host     string // with scheme and port where they are not https and 443: "http://127.0.0.1:41234"
	HTTPPath string // "/sql/1.0/warehouses/<id>"
	Token    Secret
}
