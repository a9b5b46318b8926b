package warehouse

import (
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
)

// merging is a MERGE at work.
type merging struct {
	x       *execution
	s       *ast.Merge
	c       *dml
	source  relation
	columns []column // of a pair: those of the target, then those of the source

	inserted, updated, deleted int
}

func (x *execution) merge(s *ast.Merge) *dml {
	if s.Evolve || s.Target.Alias.Name == "" {
		panic(bug("MERGE of a form that is not known"))
	}
	m := &merging{x: x, s: s, source: x.from(s.Source, nil)}
	m.c = &dml{operation: "MERGE", target: x.snapshot(s.Target.Parts)}
	m.columns = append(m.c.target.scopeColumns(s.Target.Alias.Name), m.source.columns...)
	matched := make([]bool, len(m.source.rows))
	for _, r := range m.c.target.rows {
		var pairs [][]any
		for i, row := range m.source.rows {
			pair := append(append([]any(nil), *r...), row...)
			if truth((&scope{columns: m.columns, row: pair, x: x}).eval(s.On)) {
				matched[i], pairs = true, append(pairs, pair)
			}
		}
		m.target(r, pairs)
	}
	for i, row := range m.source.rows {
		if !matched[i] {
			m.insert(row)
		}
	}
	m.finish()
	return m.c
}

// target does with a row of the target what the first clause that is true for it says. Of several pairs at most one may
// change it.
func (m *merging) target(r Row, pairs [][]any) {
	if len(pairs) == 0 {
		m.act(r, "NOT MATCHED BY SOURCE", append(append([]any(nil), *r...), make([]any, len(m.source.columns))...))
		return
	}
	acted := 0
	for _, pair := range pairs {
		if m.first("MATCHED", pair) != nil {
			acted++
		}
	}
	if acted > 1 {
		panic(refuse("DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE", "21506", "Cannot perform Merge as multiple source rows matched."))
	}
	for _, pair := range pairs {
		m.act(r, "MATCHED", pair)
	}
}

func (m *merging) first(kind string, pair []any) *ast.MergeClause {
	for i := range m.s.Clauses {
		c := &m.s.Clauses[i]
		if c.Kind == kind && (c.Cond == nil || truth((&scope{columns: m.columns, row: pair, x: m.x}).eval(c.Cond))) {
			return c
		}
	}
	return nil
}

func (m *merging) act(r Row, kind string, pair []any) {
	c := m.first(kind, pair)
	if c == nil {
		return
	}
	m.c.removed = append(m.c.removed, r)
	switch c.Action {
	case "DELETE":
		m.deleted++
	case "UPDATE":
		m.updated++
		m.c.added = append(m.c.added, m.x.fits(m.c.target, m.x.assigned(m.c.target, *r, c.Set, &scope{columns: m.columns, row: pair, x: m.x})))
	default:
		panic(bug("MERGE action %s", c.Action))
	}
}

func (m *merging) insert(row []any) {
	pair := append(make([]any, len(m.c.target.columns)), row...)
	c := m.first("NOT MATCHED", pair)
	if c == nil {
		return
	}
	if c.Action != "INSERT" || c.All || len(c.Columns) != len(c.Values) {
		panic(bug("MERGE action %s", c.Action))
	}
	sc := &scope{columns: m.columns, row: pair, x: m.x}
	values := make([]any, len(m.c.target.columns))
	for i, name := range c.Columns {
		values[m.c.target.index(name)] = sc.eval(c.Values[i])
	}
	m.inserted++
	m.c.added = append(m.c.added, m.x.fits(m.c.target, values))
}

// finish fills in what the log and the reply say.
func (m *merging) finish() {
	predicates := map[string][]string{}
	for _, c := range m.s.Clauses {
		p := `{"actionType":"` + strings.ToLower(c.Action) + `"}`
		if c.Cond != nil {
			p = `{"predicate":"` + escaped(m.x.text(c.Cond)) + `","actionType":"` + strings.ToLower(c.Action) + `"}`
		}
		predicates[c.Kind] = append(predicates[c.Kind], p)
	}
	listed := func(kind string) string { return "[" + strings.Join(predicates[kind], ",") + "]" }
	m.c.parameters = texts("predicate", `["`+escaped(m.x.text(m.s.On))+`"]`, "matchedPredicates", listed("MATCHED"),
		"notMatchedPredicates", listed("NOT MATCHED"), "notMatchedBySourcePredicates", listed("NOT MATCHED BY SOURCE"))
	m.c.metrics = texts("numTargetRowsInserted", m.inserted, "numTargetRowsUpdated", m.updated, "numTargetRowsDeleted", m.deleted,
		"numOutputRows", m.inserted+m.updated, "numSourceRows", len(m.source.rows))
	m.c.result = counts("num_affected_rows", m.inserted+m.updated+m.deleted, "num_updated_rows", m.updated,
		"num_deleted_rows", m.deleted, "num_inserted_rows", m.inserted)
}
