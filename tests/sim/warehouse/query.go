package warehouse

import (
	"fmt"
	"slices"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
)

// relation is the rows of a query, or of a part of one.
type relation struct {
	columns []column
	rows    [][]any
}

// as is r under another alias.
func (r relation) as(a ast.Alias) relation {
	columns := make([]column, len(r.columns))
	for i, c := range r.columns {
		columns[i] = column{a.Name, c.name}
		if i < len(a.Columns) {
			columns[i].name = a.Columns[i]
		}
	}
	return relation{columns, r.rows}
}

// execution is one statement, with its values and what it has read.
type execution struct {
	w    *Warehouse
	run  string // stands for the run's id in names of tables
	args []any
	// read are the tables that it reads, as they were when it began.
	read map[string]snapshot
}

// query runs q; outer is the row around a correlated one.
func (x *execution) query(q *ast.Query, outer *scope) relation {
	if q.With != nil || q.Offset != nil {
		panic(bug("WITH or OFFSET"))
	}
	r := x.body(q.Body, outer, q.OrderBy)
	if q.Limit != nil {
		n := (&scope{x: x}).eval(q.Limit).(int64)
		r.rows = r.rows[:min(int(n), len(r.rows))]
	}
	return r
}

func (x *execution) body(b ast.Body, outer *scope, order []ast.Order) relation {
	switch b := b.(type) {
	case *ast.Select:
		return x.selectRows(b, outer, order)
	case *ast.SetOp:
		if b.Op != "UNION" || !b.All || order != nil {
			panic(bug("%s", b.Op))
		}
		l, r := x.body(b.L, outer, nil), x.body(b.R, outer, nil)
		if len(l.columns) != len(r.columns) {
			panic(bug("UNION ALL of %d and %d columns", len(l.columns), len(r.columns)))
		}
		return relation{l.columns, append(slices.Clone(l.rows), r.rows...)}
	case *ast.Values:
		var r relation
		for _, row := range b.Rows {
			var out []any
			for _, v := range row {
				out = append(out, (&scope{x: x}).eval(v))
			}
			r.rows = append(r.rows, out)
		}
		for i := range b.Rows[0] {
			r.columns = append(r.columns, column{name: fmt.Sprintf("col%d", i+1)})
		}
		return r
	case *ast.Query:
		return x.query(b, outer)
	}
	panic(bug("query %T is not known", b))
}

func (x *execution) selectRows(s *ast.Select, outer *scope, order []ast.Order) relation {
	if r, ok := x.document(s); ok {
		return r
	}
	if s.From == nil || s.GroupAll || s.Windows != nil {
		panic(bug("a SELECT without FROM, or GROUP BY ALL, or WINDOW"))
	}
	in := x.from(s.From, outer)
	at := func(row []any) *scope { return &scope{columns: in.columns, row: row, outer: outer, x: x} }
	if s.Where != nil {
		in.rows = keep(in.rows, func(row []any) bool { return truth(at(row).eval(s.Where)) })
	}
	if s.Qualify != nil {
		in.rows = x.qualify(in, s.Qualify, outer)
	}
	var scopes []*scope
	if len(s.GroupBy) > 0 || aggregates(s.Items) {
		scopes = grouped(in, s.GroupBy, at)
	} else {
		for _, row := range in.rows {
			scopes = append(scopes, at(row))
		}
	}
	if s.Having != nil {
		scopes = keep(scopes, func(sc *scope) bool { return truth(sc.eval(s.Having)) })
	}
	slices.SortStableFunc(scopes, func(a, b *scope) int {
		for _, o := range order {
			if c := compare(a.eval(o.X), b.eval(o.X)); c != 0 {
				if o.Desc {
					return -c
				}
				return c
			}
		}
		return 0
	})
	return project(s, in, scopes)
}

func keep[T any](all []T, ok func(T) bool) []T {
	var out []T
	for _, v := range all {
		if ok(v) {
			out = append(out, v)
		}
	}
	return out
}

// project makes the columns of the result.
func project(s *ast.Select, in relation, scopes []*scope) relation {
	var out relation
	for _, item := range s.Items {
		if star, ok := item.X.(*ast.Star); ok {
			if star.Qualifier != nil || star.Except != nil {
				panic(bug("* with a qualifier"))
			}
			out.columns = append(out.columns, in.columns...)
			continue
		}
		name := item.Text
		if len(item.Aliases) == 1 {
			name = item.Aliases[0]
		} else if c, ok := item.X.(*ast.Column); ok {
			name = c.Parts[len(c.Parts)-1]
		}
		out.columns = append(out.columns, column{name: name})
	}
	seen := map[string]bool{}
	for _, sc := range scopes {
		row := make([]any, 0, len(out.columns))
		for _, item := range s.Items {
			if _, ok := item.X.(*ast.Star); ok {
				row = append(row, sc.row...)
				continue
			}
			row = append(row, sc.eval(item.X))
		}
		if s.Distinct {
			k := key(row)
			if seen[k] {
				continue
			}
			seen[k] = true
		}
		out.rows = append(out.rows, row)
	}
	return out
}

// aggregates says whether a SELECT list computes over a group.
func aggregates(items []ast.Item) bool {
	var in func(e ast.Expr) bool
	in = func(e ast.Expr) bool {
		switch e := e.(type) {
		case *ast.Call:
			switch strings.ToLower(e.Name) {
			case "count", "sum", "max":
				return true
			}
			return slices.ContainsFunc(e.Args, in)
		case *ast.Cast:
			return in(e.X)
		}
		return false
	}
	return slices.ContainsFunc(items, func(i ast.Item) bool { return in(i.X) })
}

// grouped makes one scope for each group, in the order of its first row; without GROUP BY there is one, also of no rows.
func grouped(in relation, by []ast.Expr, at func([]any) *scope) []*scope {
	var scopes []*scope
	groups := map[string]*scope{}
	if len(by) == 0 {
		sc := at(make([]any, len(in.columns)))
		sc.group = [][]any{}
		scopes, groups[""] = append(scopes, sc), sc
	}
	for _, row := range in.rows {
		var values []any
		for _, e := range by {
			values = append(values, at(row).eval(e))
		}
		k := key(values)
		sc := groups[k]
		if sc == nil {
			sc = at(row)
			scopes, groups[k] = append(scopes, sc), sc
		}
		sc.group = append(sc.group, row)
	}
	return scopes
}

// qualify keeps the first row of each partition: row_number() OVER (PARTITION BY ... ORDER BY ...) = 1, and no other form.
func (x *execution) qualify(in relation, e ast.Expr, outer *scope) [][]any {
	b, ok := e.(*ast.Binary)
	if !ok || b.Op != "=" {
		panic(bug("QUALIFY of a form that is not known"))
	}
	c, ok := b.L.(*ast.Call)
	if !ok || !strings.EqualFold(c.Name, "row_number") || c.Over == nil || len(c.Over.Order) != 1 {
		panic(bug("QUALIFY of a form that is not known"))
	}
	if n, ok := b.R.(*ast.Literal); !ok || n.Text != "1" {
		panic(bug("QUALIFY of a form that is not known"))
	}
	o := c.Over.Order[0]
	if !o.Desc || o.NullsFirst == nil || *o.NullsFirst {
		panic(bug("QUALIFY orders in a way that is not known"))
	}
	best, at := map[string]int{}, map[string]any{}
	for i, row := range in.rows {
		sc := &scope{columns: in.columns, row: row, outer: outer, x: x}
		var values []any
		for _, p := range c.Over.Partition {
			values = append(values, sc.eval(p))
		}
		k, v := key(values), sc.eval(o.X)
		if _, found := best[k]; !found || compare(v, at[k]) > 0 {
			best[k], at[k] = i, v
		}
	}
	var rows [][]any
	for i, row := range in.rows {
		for _, b := range best {
			if b == i {
				rows = append(rows, row)
			}
		}
	}
	return rows
}
