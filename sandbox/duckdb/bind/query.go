package bind

import (
	"strconv"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// Query is a bound query: its columns are c0, c1, ... in SQL.
type Query struct {
	SQL  string
	Cols []Column
}

// Query binds a statement that is a query.
func (e *Env) Query(q *ast.Query) (Query, error) { return e.query(nil, q) }

func (e *Env) query(parent *scope, q *ast.Query) (Query, error) {
	if e.depth++; e.depth > 500 {
		return Query{}, sqlerr.Unsupported("The query nests too deep.")
	}
	mark := len(e.ctes)
	defer func() { e.ctes = e.ctes[:mark]; e.depth-- }()
	for _, c := range q.With {
		b, err := e.query(parent, c.Query)
		if err != nil {
			return Query{}, err
		}
		if b.Cols, err = rename(b.Cols, c.Columns, c.Name); err != nil {
			return Query{}, err
		}
		e.ctes = append(e.ctes, cte{name: c.Name, sql: b.SQL, cols: b.Cols})
	}
	var out Query
	var err error
	if s, ok := q.Body.(*ast.Select); ok {
		out, err = e.selectQuery(parent, s, q.OrderBy)
	} else {
		out, err = e.body(parent, q.Body)
		if err == nil && len(q.OrderBy) > 0 {
			out, err = e.orderOutput(parent, out, q.OrderBy)
		}
	}
	if err != nil {
		return Query{}, err
	}
	return e.limit(out, q)
}

func rename(cols []Column, names []string, what string) ([]Column, error) {
	if len(names) == 0 {
		return cols, nil
	}
	if len(names) != len(cols) {
		return nil, sqlerr.New("ASSIGNMENT_ARITY_MISMATCH", "The number of columns or variables assigned or aliased: %d does not match the number of source expressions: %d (%s).", len(names), len(cols), what)
	}
	out := append([]Column(nil), cols...)
	for i := range out {
		out[i].Name = names[i]
	}
	return out, nil
}

func (e *Env) limit(q Query, a *ast.Query) (Query, error) {
	for _, l := range []struct {
		word string
		x    ast.Expr
	}{{"LIMIT", a.Limit}, {"OFFSET", a.Offset}} {
		if l.x == nil {
			continue
		}
		n, ok := e.Int(l.x)
		if !ok || n < 0 {
			return q, sqlerr.New("INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE", "The limit like expression of %s must be a constant integer that is not negative.", l.word)
		}
		q.SQL += " " + l.word + " " + strconv.FormatInt(n, 10)
	}
	return q, nil
}

func (e *Env) body(parent *scope, b ast.Body) (Query, error) {
	switch b := b.(type) {
	case *ast.Select:
		return e.selectQuery(parent, b, nil)
	case *ast.Query:
		q, err := e.query(parent, b)
		q.SQL = "SELECT * FROM (" + q.SQL + ") AS " + e.alias()
		return q, err
	case *ast.Values:
		return e.values(parent, b)
	case *ast.TableBody:
		item := ast.Item{X: &ast.Star{}}
		return e.selectQuery(parent, &ast.Select{Items: []ast.Item{item}, From: b.Table}, nil)
	case *ast.SetOp:
		return e.setOp(parent, b)
	}
	return Query{}, sqlerr.Unsupported("A query of the kind %T is not in the sandbox.", b)
}

func (e *Env) setOp(parent *scope, b *ast.SetOp) (Query, error) {
	l, err := e.body(parent, b.L)
	if err != nil {
		return l, err
	}
	r, err := e.body(parent, b.R)
	if err != nil {
		return r, err
	}
	if len(l.Cols) != len(r.Cols) {
		return l, sqlerr.New("NUM_COLUMNS_MISMATCH", "%s can only be performed on inputs with the same number of columns, but the first input has %d columns and the second input has %d columns.", b.Op, len(l.Cols), len(r.Cols))
	}
	cols := make([]Column, len(l.Cols))
	for i, c := range l.Cols {
		t, ok := sqltype.Common(c.Type, r.Cols[i].Type)
		if !ok {
			return l, sqlerr.New("INCOMPATIBLE_COLUMN_TYPE", "%s can only be performed on tables with compatible column types. The column %d of the second table is %q type which is not compatible with %q.", b.Op, i+1, r.Cols[i].Type.SQL(), c.Type.SQL())
		}
		if !b.All && t.Has(sqltype.Map) {
			return l, sqlerr.New("UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE", "Cannot have MAP type columns in DataFrame which calls set operations.")
		}
		cols[i] = Column{Name: c.Name, Type: t, SQL: "c" + strconv.Itoa(i)}
	}
	ls, err := e.project(l, cols)
	if err != nil {
		return l, err
	}
	rs, err := e.project(r, cols)
	op := b.Op
	if b.All {
		op += " ALL"
	}
	return Query{SQL: "(" + ls + ") " + op + " (" + rs + ")", Cols: cols}, err
}

// project casts the columns of q to the types of cols.
func (e *Env) project(q Query, cols []Column) (string, error) {
	a := e.alias()
	parts := make([]string, len(cols))
	for i, c := range cols {
		x, err := e.cast(Expr{SQL: a + "." + q.Cols[i].SQL, Type: q.Cols[i].Type}, c.Type, implicit)
		if err != nil {
			return "", err
		}
		parts[i] = x.SQL + " AS " + c.SQL
	}
	return "SELECT " + strings.Join(parts, ", ") + " FROM (" + q.SQL + ") AS " + a, nil
}

// values binds VALUES: the types of a column must agree, and texts do not turn into numbers.
func (e *Env) values(parent *scope, v *ast.Values) (Query, error) {
	rows := make([][]Expr, len(v.Rows))
	for i, r := range v.Rows {
		if len(r) != len(v.Rows[0]) {
			return Query{}, sqlerr.New("INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH", "Inline table expected %d columns but found %d columns in row %d.", len(v.Rows[0]), len(r), i)
		}
		var err error
		if rows[i], err = e.exprs(&scope{parent: parent}, r); err != nil {
			return Query{}, err
		}
	}
	cols := make([]Column, len(rows[0]))
	for k := range cols {
		t := sqltype.Of(sqltype.Void)
		for _, r := range rows {
			c, ok := sqltype.Common(t, r[k].Type)
			if !ok || (t.Kind == sqltype.String) != (r[k].Type.Kind == sqltype.String) && t.Kind != sqltype.Void && r[k].Type.Kind != sqltype.Void {
				return Query{}, sqlerr.New("INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE", "Found incompatible types in the column `col%d` for inline table.", k+1)
			}
			t = c
		}
		cols[k] = Column{Name: "col" + strconv.Itoa(k+1), Type: t, SQL: "c" + strconv.Itoa(k)}
	}
	lines := make([]string, len(rows))
	for i, r := range rows {
		for k := range r {
			var err error
			if r[k], err = e.cast(r[k], cols[k].Type, implicit); err != nil {
				return Query{}, err
			}
		}
		lines[i] = "(" + sqls(r) + ")"
	}
	names := make([]string, len(cols))
	for k := range names {
		names[k] = cols[k].SQL
	}
	return Query{SQL: "SELECT * FROM (VALUES " + strings.Join(lines, ", ") + ") AS " + e.alias() + "(" + strings.Join(names, ", ") + ")", Cols: cols}, nil
}

// orderOutput orders a set operation or VALUES by its own columns.
func (e *Env) orderOutput(parent *scope, q Query, order []ast.Order) (Query, error) {
	s := &scope{parent: parent}
	from := s.add(e, Relation{SQL: "(" + q.SQL + ")", Cols: q.Cols})
	by, err := e.orderBy(s, order, q, nil)
	q.SQL = "SELECT * FROM " + from + " ORDER BY " + by
	return q, err
}
