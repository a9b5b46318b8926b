// Package native is the thin layer over DuckDB's C interface that the sandbox needs: open, run, read results into
// Arrow batches, append rows, and register functions written in Go that work on whole vectors. It knows nothing of
// Databricks. It does without the Arrow entry points of the bindings, so no build tag is needed.
package native
