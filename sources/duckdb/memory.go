package duckdb

import (
	"encoding/json"
	"strings"

	duckdb "github.com/duckdb/duckdb-go-bindings"
)

// What DuckDB may take, unless the profile says it. A model that only reads a table needs a few blocks at a time; what it is
// given beyond them DuckDB fills with parts of the table that nobody reads again. One that sorts, joins or groups spills
// less with more: with 128MB, ten million rows took twice the time, and a window over them failed on four threads.
const (
	streamingLimit = "64MB"
	workingLimit   = "512MB"
)

// streams says whether the plan of m hands on rows of tables as it reads them. What cannot be told does not.
func (m model) streams(in *instance) bool {
	var result duckdb.Result
	defer duckdb.DestroyResult(&result)
	if duckdb.Query(in.conn, "EXPLAIN (FORMAT json) "+m.sql, &result) == duckdb.StateError {
		return false
	}
	chunk := duckdb.FetchChunk(result)
	defer duckdb.DestroyDataChunk(&chunk)
	if chunk.Ptr == nil || duckdb.DataChunkGetSize(chunk) != 1 || duckdb.DataChunkGetColumnCount(chunk) != 2 {
		return false
	}
	text := (*stringT)(duckdb.VectorGetData(duckdb.DataChunkGetVector(chunk, 1)))
	var plan []operator
	return json.Unmarshal([]byte(text.view()), &plan) == nil && len(plan) > 0 && allStream(plan)
}

// operator is a node of a plan.
type operator struct {
	Name     string     `json:"name"`
	Children []operator `json:"children"`
}

func allStream(plan []operator) bool {
	for _, o := range plan {
		switch strings.TrimSpace(o.Name) {
		case "SEQ_SCAN", "TABLE_SCAN", "PROJECTION", "FILTER":
		default:
			return false
		}
		if !allStream(o.Children) {
			return false
		}
	}
	return true
}
