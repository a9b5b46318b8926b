package warehouse

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
)

// from reads what a FROM names.
func (x *execution) from(t ast.Table, outer *scope) relation {
	switch t := t.(type) {
	case *ast.TableName:
		if t.Version != nil || t.Timestamp != nil {
			panic(bug("time travel"))
		}
		if len(t.Parts) == 3 && strings.EqualFold(t.Parts[1], "information_schema") {
			return x.w.informationSchema(t.Parts[2])
		}
		s := x.snapshot(t.Parts)
		r := relation{rows: make([][]any, len(s.rows))}
		for _, c := range s.columns {
			r.columns = append(r.columns, column{name: c.Name})
		}
		for i, row := range s.rows {
			r.rows[i] = *row
		}
		a := t.Alias
		if a.Name == "" {
			a.Name = t.Parts[len(t.Parts)-1]
		}
		return r.as(a)
	case *ast.SubqueryTable:
		if t.Lateral {
			panic(bug("LATERAL"))
		}
		return x.query(t.Query, outer).as(t.Alias)
	case *ast.Join:
		return x.join(t, outer)
	}
	panic(bug("FROM %T is not known", t))
}

func (x *execution) join(j *ast.Join, outer *scope) relation {
	if j.Natural || j.Using != nil || j.Kind != "CROSS" && j.Kind != "LEFT" {
		panic(bug("%s JOIN", j.Kind))
	}
	l, r := x.from(j.L, outer), x.from(j.R, outer)
	out := relation{columns: append(slices.Clone(l.columns), r.columns...)}
	for _, a := range l.rows {
		matched := false
		for _, b := range r.rows {
			row := append(slices.Clone(a), b...)
			if j.On == nil || truth((&scope{columns: out.columns, row: row, outer: outer, x: x}).eval(j.On)) {
				out.rows, matched = append(out.rows, row), true
			}
		}
		if !matched && j.Kind == "LEFT" {
			out.rows = append(out.rows, append(slices.Clone(a), make([]any, len(r.columns))...))
		}
	}
	return out
}

// document is SELECT posexplode(from_json(?, 'array<array<string>>', ...)) AS (pos, r), which stages rows.
func (x *execution) document(s *ast.Select) (relation, bool) {
	if len(s.Items) != 1 || s.From != nil {
		return relation{}, false
	}
	explode, ok := s.Items[0].X.(*ast.Call)
	if !ok || !strings.EqualFold(explode.Name, "posexplode") || len(explode.Args) != 1 || len(s.Items[0].Aliases) != 2 {
		return relation{}, false
	}
	from, ok := explode.Args[0].(*ast.Call)
	if !ok || !strings.EqualFold(from.Name, "from_json") || len(from.Args) != 3 {
		return relation{}, false
	}
	text, _ := (&scope{x: x}).eval(from.Args[0]).(string)
	var doc [][]any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		panic(refuse("MALFORMED_RECORD_IN_PARSING", "22023", "Malformed records are detected in record parsing."))
	}
	r := relation{columns: []column{{name: s.Items[0].Aliases[0]}, {name: s.Items[0].Aliases[1]}}}
	for i, row := range doc {
		r.rows = append(r.rows, []any{int64(i), row})
	}
	return r, true
}
