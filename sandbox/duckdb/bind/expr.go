package bind

import (
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// expr binds an expression in s.
func (e *Env) expr(s *scope, x ast.Expr) (Expr, error) {
	if e.depth++; e.depth > 500 {
		return Expr{}, sqlerr.Unsupported("The expression nests too deep.")
	}
	defer func() { e.depth-- }()
	switch x := x.(type) {
	case *ast.Literal:
		return e.literal(x)
	case *ast.Param:
		return e.param(x)
	case *ast.Column:
		return e.column(s, x)
	case *ast.Unary:
		return e.unary(s, x)
	case *ast.Binary:
		return e.binary(s, x)
	case *ast.IsNull:
		b, err := e.expr(s, x.X)
		return boolean("(" + b.SQL + ") IS NULL"), err
	case *ast.IsBool:
		return e.isBool(s, x)
	case *ast.Between:
		lo := &ast.Binary{Op: ">=", L: x.X, R: x.Lo}
		hi := &ast.Binary{Op: "<=", L: x.X, R: x.Hi}
		return e.binary(s, &ast.Binary{Op: "AND", L: lo, R: hi})
	case *ast.In:
		return e.in(s, x)
	case *ast.Like:
		return e.like(s, x)
	case *ast.Case:
		return e.caseWhen(s, x)
	case *ast.Cast:
		return e.explicitCast(s, x)
	case *ast.Call:
		return e.call(s, x)
	}
	return e.exprRest(s, x)
}

func (e *Env) exprRest(s *scope, x ast.Expr) (Expr, error) {
	switch x := x.(type) {
	case *ast.Index:
		return e.index(s, x)
	case *ast.Field:
		b, err := e.expr(s, x.X)
		if err != nil {
			return b, err
		}
		return e.field(b, x.Name)
	case *ast.Path:
		return e.path(s, x)
	case *ast.Tuple:
		return e.tuple(s, x)
	case *ast.Subquery:
		return e.scalarSubquery(s, x)
	case *ast.Exists:
		q, err := e.query(s, x.Query)
		return boolean("EXISTS (" + q.SQL + ")"), err
	case *ast.Star:
		return Expr{}, sqlerr.New("INVALID_USAGE_OF_STAR_OR_REGEX", "Invalid usage of '*' in expression.")
	case *ast.Interval:
		return Expr{}, sqlerr.Unsupported("INTERVAL values are in the sandbox only behind + or - of a date or timestamp.")
	case *ast.Lambda:
		return Expr{}, sqlerr.New("INVALID_LAMBDA_FUNCTION_CALL", "A lambda function should only be used in a higher order function.")
	case *ast.Default:
		return Expr{}, sqlerr.New("DEFAULT_PLACEMENT_INVALID", "A DEFAULT keyword in this place is not a value of its own.")
	}
	return Expr{}, sqlerr.Unsupported("The expression %T is not in the sandbox.", x)
}

func boolean(sql string) Expr { return Expr{SQL: "(" + sql + ")", Type: sqltype.Of(sqltype.Boolean)} }

// condition binds x and brings it to BOOLEAN.
func (e *Env) condition(s *scope, x ast.Expr, where string) (Expr, error) {
	b, err := e.expr(s, x)
	if err != nil {
		return b, err
	}
	if b.Type.Kind != sqltype.Boolean && b.Type.Kind != sqltype.Void {
		return b, sqlerr.New("DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN", "Filter expression in %s of type %q is not a boolean.", where, b.Type.SQL())
	}
	return e.cast(b, sqltype.Of(sqltype.Boolean), implicit)
}

func (e *Env) unary(s *scope, x *ast.Unary) (Expr, error) {
	b, err := e.expr(s, x.X)
	if err != nil {
		return b, err
	}
	if x.Op == "NOT" {
		b, err = e.toBoolean(b)
		return boolean("NOT (" + b.SQL + ")"), err
	}
	if b.Type.Kind == sqltype.String {
		if b, err = e.cast(b, sqltype.Of(sqltype.Double), implicit); err != nil {
			return b, err
		}
	}
	if !b.Type.Numeric() && b.Type.Kind != sqltype.Void || x.Op == "~" && !b.Type.Integral() {
		return b, unexpected(x.Op, b.Type, "NUMERIC")
	}
	if x.Op == "+" {
		return b, nil
	}
	return Expr{SQL: "(" + x.Op + "(" + b.SQL + "))", Type: b.Type}, nil
}

func unexpected(what string, got sqltype.Type, want string) error {
	return sqlerr.New("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "Cannot resolve %q due to data type mismatch: it requires the %q type, however it has the type %q.", what, want, got.SQL())
}

func (e *Env) toBoolean(b Expr) (Expr, error) {
	switch b.Type.Kind {
	case sqltype.Boolean:
		return b, nil
	case sqltype.Void, sqltype.String:
		return e.cast(b, sqltype.Of(sqltype.Boolean), implicit)
	}
	return b, unexpected("condition", b.Type, "BOOLEAN")
}

func (e *Env) isBool(s *scope, x *ast.IsBool) (Expr, error) {
	b, err := e.expr(s, x.X)
	if err != nil {
		return b, err
	}
	if b, err = e.toBoolean(b); err != nil {
		return b, err
	}
	if x.True {
		return boolean("(" + b.SQL + ") IS TRUE"), nil
	}
	return boolean("(" + b.SQL + ") IS FALSE"), nil
}

func (e *Env) binary(s *scope, x *ast.Binary) (Expr, error) {
	if b, ok, err := e.intervalOp(s, x); ok || err != nil {
		return b, err
	}
	l, err := e.expr(s, x.L)
	if err != nil {
		return l, err
	}
	r, err := e.expr(s, x.R)
	if err != nil {
		return r, err
	}
	switch x.Op {
	case "AND", "OR":
		if l, err = e.toBoolean(l); err != nil {
			return l, err
		}
		r, err = e.toBoolean(r)
		return boolean("(" + l.SQL + ") " + x.Op + " (" + r.SQL + ")"), err
	case "=", "<>", "<", ">", "<=", ">=", "<=>":
		return e.compare(x.Op, l, r)
	case "||":
		return e.concat([]Expr{l, r})
	}
	return e.arithmetic(x.Op, l, r)
}

// compare brings both to one type. MAP and VARIANT cannot be compared.
func (e *Env) compare(op string, l, r Expr) (Expr, error) {
	t, ok := sqltype.Common(l.Type, r.Type)
	if !ok {
		return l, sqlerr.New("DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", "Cannot resolve \"(%s)\" due to data type mismatch: the left and right operands of the binary operator have incompatible types (%q and %q).", op, l.Type.SQL(), r.Type.SQL())
	}
	if t.Has(sqltype.Map) || t.Has(sqltype.Variant) {
		return l, sqlerr.New("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "Cannot resolve \"(%s)\" due to data type mismatch: the %q does not support ordering on type %q.", op, op, t.SQL())
	}
	l, r = padChar(l, r)
	var err error
	if l, err = e.cast(l, t, implicit); err != nil {
		return l, err
	}
	if r, err = e.cast(r, t, implicit); err != nil {
		return r, err
	}
	if op == "<=>" {
		op = "IS NOT DISTINCT FROM"
	}
	return boolean("(" + l.SQL + ") " + op + " (" + r.SQL + ")"), nil
}

// padChar pads a literal that is compared with a CHAR(n) column.
func padChar(l, r Expr) (Expr, Expr) {
	pad := func(col, lit Expr) Expr {
		if n := col.Char - len([]rune(textOf(lit))); col.Char > 0 && lit.Lit != nil && !lit.Lit.Null && lit.Type.Kind == sqltype.String && n > 0 {
			return stringLit(lit.Lit.Text + strings.Repeat(" ", n))
		}
		return lit
	}
	return pad(r, l), pad(l, r)
}

func textOf(x Expr) string {
	if x.Lit == nil {
		return ""
	}
	return x.Lit.Text
}

// unify brings all to their common type.
func (e *Env) unify(what string, xs []Expr) ([]Expr, sqltype.Type, error) {
	t := sqltype.Of(sqltype.Void)
	for _, x := range xs {
		c, ok := sqltype.Common(t, x.Type)
		if !ok {
			return nil, t, sqlerr.New("DATATYPE_MISMATCH.DATA_DIFF_TYPES", "Cannot resolve %q due to data type mismatch: input to %s should all be the same type, but it's (%q, %q).", what, what, t.SQL(), x.Type.SQL())
		}
		t = c
	}
	out := make([]Expr, len(xs))
	for i, x := range xs {
		var err error
		if out[i], err = e.cast(x, t, implicit); err != nil {
			return nil, t, err
		}
	}
	return out, t, nil
}

func (e *Env) exprs(s *scope, xs []ast.Expr) ([]Expr, error) {
	out := make([]Expr, len(xs))
	for i, x := range xs {
		var err error
		if out[i], err = e.expr(s, x); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func sqls(xs []Expr) string {
	parts := make([]string, len(xs))
	for i, x := range xs {
		parts[i] = x.SQL
	}
	return strings.Join(parts, ", ")
}

func (e *Env) explicitCast(s *scope, x *ast.Cast) (Expr, error) {
	b, err := e.expr(s, x.X)
	if err != nil {
		return b, err
	}
	m := explicit
	if x.Try {
		m = try
	}
	out, err := e.cast(b, x.Type, m)
	out.Lit, out.Char = nil, 0
	return out, err
}

func (e *Env) caseWhen(s *scope, x *ast.Case) (Expr, error) {
	var conds, thens []Expr
	for _, w := range x.Whens {
		cond := w.Cond
		if x.Operand != nil {
			cond = &ast.Binary{Op: "=", L: x.Operand, R: w.Cond}
		}
		c, err := e.expr(s, cond)
		if err != nil {
			return c, err
		}
		if c, err = e.toBoolean(c); err != nil {
			return c, err
		}
		t, err := e.expr(s, w.Then)
		if err != nil {
			return t, err
		}
		conds, thens = append(conds, c), append(thens, t)
	}
	if x.Else != nil {
		t, err := e.expr(s, x.Else)
		if err != nil {
			return t, err
		}
		thens = append(thens, t)
	}
	thens, t, err := e.unify("casewhen", thens)
	if err != nil {
		return Expr{}, err
	}
	var b strings.Builder
	b.WriteString("CASE")
	for i, c := range conds {
		b.WriteString(" WHEN " + c.SQL + " THEN " + thens[i].SQL)
	}
	if x.Else != nil {
		b.WriteString(" ELSE " + thens[len(thens)-1].SQL)
	}
	return Expr{SQL: "(" + b.String() + " END)", Type: t}, nil
}
