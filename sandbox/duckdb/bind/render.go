package bind

import (
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// Pretty is the name that Spark gives to a column without an alias: "count(1)", "(a + 1)", "upper(name)".
func Pretty(x ast.Expr, params []ast.Literal) string {
	r := renderer{params: params, pretty: true, column: func(c *ast.Column) string { return c.Parts[len(c.Parts)-1] }}
	return r.render(x)
}

// renderer writes expressions as Spark prints them, either as names of columns (pretty) or as conditions in Delta's log.
type renderer struct {
	params []ast.Literal
	pretty bool
	column func(*ast.Column) string
}

func (r renderer) render(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Literal:
		return r.literal(x)
	case *ast.Param:
		if x.Index < len(r.params) {
			return r.literal(&r.params[x.Index])
		}
		return "?"
	case *ast.Column:
		return r.column(x)
	case *ast.Unary:
		if x.Op == "NOT" {
			return r.not(x)
		}
		return "(" + x.Op + " " + r.render(x.X) + ")"
	case *ast.Binary:
		return r.binary(x)
	case *ast.IsNull:
		return r.isNull(x, "isnull", "IS NULL")
	case *ast.IsBool:
		return "(" + r.render(x.X) + " <=> " + map[bool]string{true: "true", false: "false"}[x.True] + ")"
	case *ast.Between:
		v := r.render(x.X)
		if r.pretty {
			return "between(" + v + ", " + r.render(x.Lo) + ", " + r.render(x.Hi) + ")"
		}
		return "((" + v + " >= " + r.render(x.Lo) + ") AND (" + v + " <= " + r.render(x.Hi) + "))"
	case *ast.In:
		return r.in(x)
	case *ast.Like:
		return r.render(x.X) + " " + x.Op + " " + r.render(x.Pattern)
	case *ast.Cast:
		return r.cast(x)
	case *ast.Case:
		return r.caseWhen(x)
	case *ast.Call:
		return r.call(x)
	}
	return r.rest(x)
}

func (r renderer) rest(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Index:
		return r.render(x.X) + "[" + r.render(x.I) + "]"
	case *ast.Field:
		return r.render(x.X) + "." + x.Name
	case *ast.Path:
		return r.render(x.X) + ":" + strings.TrimPrefix(strings.ReplaceAll(x.Path, `"`, ""), "$.")
	case *ast.Tuple:
		return "(" + r.list(x.Items) + ")"
	case *ast.Subquery:
		return "scalarsubquery()"
	case *ast.Exists:
		return "exists()"
	case *ast.Interval:
		return x.Text
	case *ast.Lambda:
		return "lambdafunction(" + r.render(x.Body) + ")"
	}
	return "*"
}

func (r renderer) list(xs []ast.Expr) string {
	parts := make([]string, len(xs))
	for i, x := range xs {
		parts[i] = r.render(x)
	}
	return strings.Join(parts, ", ")
}

func (r renderer) literal(l *ast.Literal) string {
	switch {
	case l.Null && r.pretty:
		return "NULL"
	case l.Null:
		return "null"
	}
	switch l.Type.Kind {
	case sqltype.Date, sqltype.Timestamp, sqltype.TimestampNTZ:
		if r.pretty {
			return l.Type.SQL() + " '" + l.Text + "'"
		}
	}
	return l.Text
}

func (r renderer) isNull(x *ast.IsNull, fn, word string) string {
	if r.pretty {
		return "(" + r.render(x.X) + " " + word + ")"
	}
	return fn + "(" + r.render(x.X) + ")"
}

func (r renderer) not(x *ast.Unary) string {
	switch y := x.X.(type) {
	case *ast.IsNull:
		return r.isNull(y, "isnotnull", "IS NOT NULL")
	case *ast.Binary:
		if y.Op == "=" || y.Op == "<=>" {
			return "NOT " + r.render(y)
		}
	}
	if r.pretty {
		return "(NOT " + r.render(x.X) + ")"
	}
	return "NOT " + r.render(x.X)
}

func (r renderer) binary(x *ast.Binary) string {
	l, right := r.render(x.L), r.render(x.R)
	switch {
	case x.Op == "<>":
		if r.pretty {
			return "(NOT (" + l + " = " + right + "))"
		}
		return "NOT (" + l + " = " + right + ")"
	case x.Op == "||":
		return "concat(" + l + ", " + right + ")"
	case x.Op == "DIV":
		return "(" + l + " div " + right + ")"
	}
	return "(" + l + " " + x.Op + " " + right + ")"
}

func (r renderer) in(x *ast.In) string {
	if x.Query != nil {
		return r.render(x.X) + " IN (list#0 [])"
	}
	if r.pretty {
		return "(" + r.render(x.X) + " IN (" + r.list(x.List) + "))"
	}
	return r.render(x.X) + " IN (" + strings.ReplaceAll(r.list(x.List), ", ", ",") + ")"
}

func (r renderer) cast(x *ast.Cast) string {
	if r.pretty {
		return "CAST(" + r.render(x.X) + " AS " + x.Type.SQL() + ")"
	}
	return "cast(" + r.render(x.X) + " as " + x.Type.Simple() + ")"
}

func (r renderer) caseWhen(x *ast.Case) string {
	var b strings.Builder
	b.WriteString("CASE")
	for _, w := range x.Whens {
		cond := r.render(w.Cond)
		if x.Operand != nil {
			cond = "(" + r.render(x.Operand) + " = " + cond + ")"
		}
		b.WriteString(" WHEN " + cond + " THEN " + r.render(w.Then))
	}
	if x.Else != nil {
		b.WriteString(" ELSE " + r.render(x.Else))
	}
	return b.String() + " END"
}

func (r renderer) call(x *ast.Call) string {
	if x.Star {
		return x.Name + "(1)"
	}
	if x.Over != nil {
		return x.Name + "(" + r.list(x.Args) + ") OVER (...)"
	}
	args := r.list(x.Args)
	if x.Distinct {
		args = "DISTINCT " + args
	}
	return x.Name + "(" + args + ")"
}
