package bind

import (
	"strconv"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// output is one column of a select list.
type output struct {
	name string
	x    Expr
	ast  ast.Expr // nil for columns of *
}

// selectQuery binds one SELECT with the ORDER BY of its query, which may use columns that are not selected.
func (e *Env) selectQuery(parent *scope, q *ast.Select, order []ast.Order) (Query, error) {
	s := &scope{parent: parent, windows: q.Windows, merged: map[string]string{}}
	from := ""
	if q.From != nil {
		f, err := e.from(s, q.From)
		if err != nil {
			return Query{}, err
		}
		from = f
	}
	items, from, err := e.generators(s, q.Items, from)
	if err != nil {
		return Query{}, err
	}
	outs, err := e.items(s, items)
	if err != nil {
		return Query{}, err
	}
	tail, err := e.clauses(s, q, outs, len(order) > 0)
	if err != nil {
		return Query{}, err
	}
	out := Query{}
	parts := make([]string, len(outs))
	for i, o := range outs {
		c := Column{Name: o.name, Type: o.x.Type, SQL: "c" + strconv.Itoa(i), Char: o.x.Char}
		out.Cols = append(out.Cols, c)
		parts[i] = o.x.SQL + " AS " + c.SQL
	}
	verb := "SELECT "
	if q.Distinct {
		verb = "SELECT DISTINCT "
		if err := distinctTypes(out.Cols); err != nil {
			return Query{}, err
		}
	}
	out.SQL = verb + strings.Join(parts, ", ")
	if from != "" {
		out.SQL += " FROM " + from
	}
	out.SQL += tail
	if len(order) > 0 {
		by, err := e.orderBy(s, order, out, outs)
		if err != nil {
			return Query{}, err
		}
		out.SQL += " ORDER BY " + by
	}
	return out, nil
}

func distinctTypes(cols []Column) error {
	for _, c := range cols {
		if c.Type.Has(sqltype.Map) || c.Type.Has(sqltype.Variant) {
			return sqlerr.New("UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE", "The feature is not supported: DISTINCT on the column %s of type %q.", quoteName([]string{c.Name}), c.Type.SQL())
		}
	}
	return nil
}

// items binds the select list; a name given to an item can be used by later ones.
func (e *Env) items(s *scope, items []ast.Item) ([]output, error) {
	var outs []output
	s.aliases = map[string]ast.Expr{}
	for _, it := range items {
		if star, ok := it.X.(*ast.Star); ok {
			cols, err := e.star(s, star)
			if err != nil {
				return nil, err
			}
			outs = append(outs, cols...)
			continue
		}
		x, err := e.expr(s, it.X)
		if err != nil {
			return nil, err
		}
		o := output{x: x, ast: it.X}
		if _, isCol := it.X.(*ast.Column); !isCol {
			o.x.Char = 0
		}
		switch len(it.Aliases) {
		case 0:
			o.name = Pretty(it.X, e.Params)
		case 1:
			o.name = it.Aliases[0]
			s.aliases[strings.ToLower(o.name)] = it.X
		default:
			return nil, sqlerr.New("MULTI_ALIAS_WITHOUT_GENERATOR", "Multi part aliasing is not supported with an expression that is no generator.")
		}
		outs = append(outs, o)
	}
	return outs, nil
}

func (e *Env) star(s *scope, star *ast.Star) ([]output, error) {
	var outs []output
	used := false
	seen := map[string]bool{}
	for _, r := range s.rels {
		if len(star.Qualifier) > 0 && !r.matches(star.Qualifier) {
			continue
		}
		used = true
		for _, c := range r.cols {
			key := strings.ToLower(c.Name)
			x := Expr{SQL: r.columnSQL(c), Type: c.Type.Value(), Char: c.Char}
			if m, ok := s.merged[key]; ok && len(star.Qualifier) == 0 {
				if seen[key] {
					continue
				}
				x.SQL = m
				seen[key] = true
			}
			if !contains(star.Except, c.Name) {
				outs = append(outs, output{name: c.Name, x: x, ast: nil})
			}
		}
	}
	if used {
		return outs, nil
	}
	if len(star.Qualifier) > 0 {
		return e.structStar(s, star)
	}
	return nil, sqlerr.New("INVALID_USAGE_OF_STAR_OR_REGEX", "Invalid usage of '*' without a FROM clause.")
}

// structStar is x.* for a struct x.
func (e *Env) structStar(s *scope, star *ast.Star) ([]output, error) {
	x, err := e.column(s, &ast.Column{Parts: star.Qualifier})
	if err != nil || x.Type.Kind != sqltype.Struct {
		return nil, sqlerr.New("CANNOT_RESOLVE_STAR_EXPAND", "Cannot resolve %s.* given input columns.", quoteName(star.Qualifier))
	}
	var outs []output
	for _, f := range x.Type.Fields {
		b, err := e.field(x, f.Name)
		if err != nil {
			return nil, err
		}
		outs = append(outs, output{name: f.Name, x: b})
	}
	return outs, nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if strings.EqualFold(x, s) {
			return true
		}
	}
	return false
}

// clauses binds WHERE, GROUP BY, HAVING and QUALIFY.
func (e *Env) clauses(s *scope, q *ast.Select, outs []output, _ bool) (string, error) {
	sql := ""
	aliases := s.aliases
	if q.Where != nil {
		s.aliases = nil // a name of the select list cannot be used before it is computed
		w, err := e.condition(s, q.Where, "WHERE")
		s.aliases = aliases
		if err != nil {
			return "", err
		}
		sql += " WHERE " + w.SQL
	}
	g, err := e.groupBy(s, q, outs)
	if err != nil {
		return "", err
	}
	sql += g
	if q.Having != nil {
		h, err := e.condition(s, q.Having, "HAVING")
		if err != nil {
			return "", err
		}
		sql += " HAVING " + h.SQL
	}
	if q.Qualify != nil {
		h, err := e.condition(s, q.Qualify, "QUALIFY")
		if err != nil {
			return "", err
		}
		sql += " QUALIFY " + h.SQL
	}
	return sql, nil
}

func (e *Env) groupBy(s *scope, q *ast.Select, outs []output) (string, error) {
	if q.GroupAll {
		return " GROUP BY ALL", nil
	}
	var parts []string
	for _, g := range q.GroupBy {
		x, err := e.groupKey(s, g, outs)
		if err != nil {
			return "", err
		}
		if x.Type.Has(sqltype.Map) || x.Type.Has(sqltype.Variant) {
			return "", sqlerr.New("GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE", "The expression cannot be used as a grouping expression because its data type %q is not an orderable data type.", x.Type.SQL())
		}
		if x.Lit == nil { // a constant groups nothing, and DuckDB would read a number as a position
			parts = append(parts, x.SQL)
		}
	}
	if len(parts) == 0 {
		if len(q.GroupBy) > 0 {
			return " GROUP BY ()", nil
		}
		return "", nil
	}
	return " GROUP BY " + strings.Join(parts, ", "), nil
}

func (e *Env) groupKey(s *scope, g ast.Expr, outs []output) (Expr, error) {
	l, ok := g.(*ast.Literal)
	if !ok || !l.Type.Integral() || l.Null {
		return e.expr(s, g)
	}
	n, _ := strconv.Atoi(l.Text)
	if n < 1 || n > len(outs) {
		return Expr{}, sqlerr.New("GROUP_BY_POS_OUT_OF_RANGE", "GROUP BY position %s is not in select list (valid range is [1, %d]).", l.Text, len(outs))
	}
	return outs[n-1].x, nil
}

// orderBy binds ORDER BY: a position, a name of the select list, or an expression over the input.
func (e *Env) orderBy(s *scope, order []ast.Order, q Query, outs []output) (string, error) {
	parts := make([]string, len(order))
	for i, o := range order {
		x, t, err := e.orderKey(s, o.X, q, outs)
		if err != nil {
			return "", err
		}
		if t.Has(sqltype.Map) || t.Has(sqltype.Variant) {
			return "", sqlerr.New("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "The `sortorder` does not support ordering on type %q.", t.SQL())
		}
		parts[i] = x + direction(o)
	}
	return strings.Join(parts, ", "), nil
}

// direction: NULL is the smallest value unless the statement says otherwise.
func direction(o ast.Order) string {
	first := !o.Desc
	if o.NullsFirst != nil {
		first = *o.NullsFirst
	}
	out := " ASC"
	if o.Desc {
		out = " DESC"
	}
	if first {
		return out + " NULLS FIRST"
	}
	return out + " NULLS LAST"
}

func (e *Env) orderKey(s *scope, x ast.Expr, q Query, outs []output) (string, sqltype.Type, error) {
	if l, ok := x.(*ast.Literal); ok && l.Type.Integral() && !l.Null {
		n, _ := strconv.Atoi(l.Text)
		if n < 1 || n > len(q.Cols) {
			return "", sqltype.Type{}, sqlerr.New("ORDER_BY_POS_OUT_OF_RANGE", "ORDER BY position %s is not in select list (valid range is [1, %d]).", l.Text, len(q.Cols))
		}
		return strconv.Itoa(n), q.Cols[n-1].Type, nil
	}
	if c, ok := x.(*ast.Column); ok && len(c.Parts) == 1 {
		for i, col := range q.Cols {
			if strings.EqualFold(col.Name, c.Parts[0]) {
				return strconv.Itoa(i + 1), col.Type, nil
			}
		}
	}
	b, err := e.expr(s, x)
	if err != nil {
		return "", b.Type, err
	}
	for i, o := range outs {
		if o.x.SQL == b.SQL {
			return strconv.Itoa(i + 1), b.Type, nil
		}
	}
	return "(" + b.SQL + ")", b.Type, nil
}
