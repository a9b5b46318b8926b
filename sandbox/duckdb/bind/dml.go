package bind

import (
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// Scope is where the names of a statement that writes are looked up.
type Scope = scope

// NewScope makes an empty scope.
func (e *Env) NewScope() *Scope { return &scope{merged: map[string]string{}} }

// Add makes a relation's columns known and returns it as it stands behind FROM, and its alias.
func (s *scope) Add(e *Env, r Relation) (sql, alias string) {
	sql = s.add(e, r)
	return sql, s.rels[len(s.rels)-1].alias
}

// AddAs makes the columns of r known under an alias that another FROM gives them.
func (s *scope) AddAs(alias string, r Relation) {
	s.rels = append(s.rels, scoped{alias: alias, name: r.Name, cols: r.Cols})
}

// From binds a table of a FROM clause and adds it to s.
func (e *Env) From(s *Scope, t ast.Table) (string, error) { return e.from(s, t) }

// Columns are all columns in s, each with what names it.
func (s *scope) Columns() []Expr {
	var out []Expr
	for _, r := range s.rels {
		for _, c := range r.cols {
			out = append(out, Expr{SQL: r.columnSQL(c), Type: c.Type.Value(), Char: c.Char})
		}
	}
	return out
}

// Relations returns the relations of s, in order.
func (s *scope) Relations() []Relation {
	var out []Relation
	for _, r := range s.rels {
		out = append(out, Relation{SQL: r.alias, Name: r.name, Cols: r.cols})
	}
	return out
}

// Expr binds an expression.
func (e *Env) Expr(s *Scope, x ast.Expr) (Expr, error) { return e.expr(s, x) }

// Condition binds an expression that must be BOOLEAN.
func (e *Env) Condition(s *Scope, x ast.Expr, where string) (Expr, error) {
	return e.condition(s, x, where)
}

// Cast brings x to t as CAST does.
func (e *Env) Cast(x Expr, t sqltype.Type) (Expr, error) { return e.cast(x, t, explicit) }

// Null is NULL of a type.
func Null(t sqltype.Type) Expr { return Expr{SQL: nullOf(t), Type: t} }

// Store brings x to the type of a column that it is assigned to. An overflow is of class overflow; texts are checked
// against CHAR(n) and VARCHAR(n).
func (e *Env) Store(x Expr, column string, t sqltype.Type, overflow string) (Expr, error) {
	v := t.Value()
	if x.Type.Numeric() && v.Numeric() && !widens(x.Type, v) {
		return e.storeNumber(x, column, v, overflow)
	}
	out, err := e.cast(x, v, store)
	if err != nil || t.Kind != sqltype.Char && t.Kind != sqltype.Varchar {
		return out, err
	}
	pad := "false"
	if t.Kind == sqltype.Char {
		pad = "true"
	}
	return Expr{SQL: call("spark_char", out.SQL, itoa(t.Length), pad), Type: v}, nil
}

// widens reports whether every value of from is one of to.
func widens(from, to sqltype.Type) bool {
	switch {
	case from.Equal(to), to.Kind == sqltype.Double, to.Kind == sqltype.Float:
		return true
	case from.Integral() && to.Integral():
		return from.Kind <= to.Kind
	case to.Kind == sqltype.Decimal && (from.Integral() || from.Kind == sqltype.Decimal):
		d := sqltype.AsDecimal(from)
		return d.Scale <= to.Scale && d.Precision-d.Scale <= to.Precision-to.Scale
	}
	return false
}

func (e *Env) storeNumber(x Expr, column string, t sqltype.Type, overflow string) (Expr, error) {
	tried, err := e.cast(x, t, try)
	if err != nil {
		return x, err
	}
	fail := "error(" + quoteText(sqlerr.Text(overflow, "Fail to assign a value of \""+x.Type.SQL()+"\" type to the \""+t.SQL()+"\" type column or variable "+
		quoteName([]string{column})+" due to an overflow. Use `try_cast` on the input value to tolerate overflow and return NULL instead.")) + ")"
	return Expr{SQL: "CASE WHEN " + x.SQL + " IS NULL THEN NULL ELSE coalesce(" + tried.SQL + ", " + fail + ") END", Type: t}, nil
}

// HasTupleSubquery reports whether (a, b) IN (SELECT ...) stands anywhere in x.
func HasTupleSubquery(x ast.Expr) bool {
	found := false
	ast.Walk(x, func(y ast.Expr) {
		if in, ok := y.(*ast.In); ok && in.Query != nil {
			if _, ok := in.X.(*ast.Tuple); ok {
				found = true
			}
		}
	})
	return found
}

// HasSubquery reports whether a query stands anywhere in x.
func HasSubquery(x ast.Expr) bool {
	found := false
	ast.Walk(x, func(y ast.Expr) {
		switch y := y.(type) {
		case *ast.Subquery, *ast.Exists:
			found = true
		case *ast.In:
			found = found || y.Query != nil
		}
	})
	return found
}

// Logged is a condition as Delta writes it into its log: columns have an id behind their name, and what is constant is
// folded away. ok is false if nothing is left of it.
func (e *Env) Logged(s *Scope, x ast.Expr) string {
	ids := map[string]string{}
	column := func(c *ast.Column) string {
		name := c.Parts[len(c.Parts)-1]
		b, err := e.column(s, c)
		if err != nil {
			return name
		}
		id, ok := ids[b.SQL]
		if !ok {
			id = itoa(1000 + e.aliases*100 + len(ids))
			ids[b.SQL] = id
		}
		suffix := ""
		if b.Type.Kind == sqltype.BigInt {
			suffix = "L"
		}
		return name + "#" + id + suffix
	}
	r := renderer{params: e.Params, column: column}
	return r.render(fold(x, e.Params))
}

// fold evaluates what compares constants only, as Spark's optimizer does before a condition is logged.
func fold(x ast.Expr, params []ast.Literal) ast.Expr {
	switch x := x.(type) {
	case *ast.Binary:
		l, r := fold(x.L, params), fold(x.R, params)
		if x.Op == "AND" || x.Op == "OR" {
			return foldLogic(x.Op, l, r)
		}
		a, okA := constant(l, params)
		b, okB := constant(r, params)
		if okA && okB && a.Type.Equal(b.Type) && !a.Null && !b.Null {
			switch x.Op {
			case "=", "<=>":
				return truth(a.Text == b.Text)
			case "<>":
				return truth(a.Text != b.Text)
			}
		}
		return &ast.Binary{Op: x.Op, L: l, R: r}
	case *ast.Unary:
		y := fold(x.X, params)
		if b, ok := isTruth(y); ok && x.Op == "NOT" {
			return truth(!b)
		}
		return &ast.Unary{Op: x.Op, X: y}
	}
	return x
}

func foldLogic(op string, l, r ast.Expr) ast.Expr {
	a, okA := isTruth(l)
	b, okB := isTruth(r)
	and := op == "AND"
	switch {
	case okA && a != and || okB && b != and: // false AND x, true OR x
		return truth(!and)
	case okA:
		return r
	case okB:
		return l
	}
	return &ast.Binary{Op: op, L: l, R: r}
}

func constant(x ast.Expr, params []ast.Literal) (*ast.Literal, bool) {
	switch x := x.(type) {
	case *ast.Literal:
		return x, true
	case *ast.Param:
		if x.Index < len(params) {
			return &params[x.Index], true
		}
	case *ast.Cast:
		if l, ok := constant(x.X, params); ok && l.Type.Equal(x.Type) {
			return l, true
		}
	}
	return nil, false
}

func truth(b bool) *ast.Literal {
	text := "false"
	if b {
		text = "true"
	}
	return &ast.Literal{Type: sqltype.Of(sqltype.Boolean), Text: text}
}

func isTruth(x ast.Expr) (value, ok bool) {
	l, ok := x.(*ast.Literal)
	if !ok || l.Type.Kind != sqltype.Boolean || l.Null {
		return false, false
	}
	return strings.EqualFold(l.Text, "true"), true
}
