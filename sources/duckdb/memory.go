package duckdb

import (
	"context"
	"encoding/json"
	"strings"

	duckdb "github.com/duckdb/duckdb-go-bindings"

	"github.com/drt-go/drt/sources"
)

// allowance is what an instance may use.
type allowance struct {
	memory  string
	threads int // 0 is defaultThreads
}

// What DuckDB may use, unless the profile says it, goes by the plan of the model. Measured with ten million rows: a read of a
// table is as fast with one thread and a few blocks, and what it is given beyond them DuckDB fills with parts of the table
// that nobody reads again. What sorts, joins or groups spills less with more: 128MB took twice the time, and a window
// failed with it on four threads.
var (
	toRead    = allowance{"48MB", 1}
	toCompute = allowance{"64MB", 0} // row by row
	toWork    = allowance{"512MB", 0}
)

// allow says what q may use.
func (s *Source) allow(ctx context.Context, q sources.Query) (allowance, error) {
	if s.cfg.MemoryLimit != "" {
		return allowance{memory: s.cfg.MemoryLimit}, nil
	}
	in, err := s.open(toRead)
	if err != nil {
		return allowance{}, err
	}
	defer in.close()
	defer sources.Interrupt(ctx, func() { duckdb.Interrupt(in.conn) })()
	m, stmt, err := prepare(in, q)
	if err != nil {
		return allowance{}, err
	}
	duckdb.DestroyPrepare(&stmt)
	return demand(m.plan(in)), nil
}

// operator is a node of a plan.
type operator struct {
	Name     string     `json:"name"`
	Children []operator `json:"children"`
}

// plan is how DuckDB would run m; nil if it does not say.
func (m model) plan(in *instance) (plan []operator) {
	var result duckdb.Result
	defer duckdb.DestroyResult(&result)
	if duckdb.Query(in.conn, "EXPLAIN (FORMAT json) "+m.sql, &result) == duckdb.StateError {
		return nil
	}
	chunk := duckdb.FetchChunk(result)
	defer duckdb.DestroyDataChunk(&chunk)
	if chunk.Ptr == nil || duckdb.DataChunkGetSize(chunk) != 1 || duckdb.DataChunkGetColumnCount(chunk) != 2 {
		return nil
	}
	text := (*stringT)(duckdb.VectorGetData(duckdb.DataChunkGetVector(chunk, 1)))
	if json.Unmarshal([]byte(text.view()), &plan) != nil {
		return nil
	}
	return plan
}

// demand is what a plan asks for. What is not known works.
func demand(plan []operator) allowance {
	out := toWork
	for _, o := range plan {
		switch strings.TrimSpace(o.Name) {
		case "SEQ_SCAN", "TABLE_SCAN":
			out = toRead
		case "PROJECTION", "FILTER":
			if out = toCompute; demand(o.Children) == toWork {
				return toWork
			}
		default:
			return toWork
		}
	}
	return out
}
