package bind

import (
	"fmt"
	"strconv"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

func addMath(f Functions) {
	f["abs"] = builtin{min: 1, max: 1, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		x, err := e.number("abs", args[0])
		return Expr{SQL: "abs(" + x.SQL + ")", Type: x.Type}, err
	}}
	f["negative"] = builtin{min: 1, max: 1, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		x, err := e.number("negative", args[0])
		return Expr{SQL: "(-(" + x.SQL + "))", Type: x.Type}, err
	}}
	f["positive"] = builtin{min: 1, max: 1, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) { return e.number("positive", args[0]) }}
	f["signum"] = builtin{min: 1, max: 1, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		sql, err := e.argument("signum", args[0], 'd')
		return Expr{SQL: "CAST(sign(" + sql + ") AS DOUBLE)", Type: sqltype.Of(sqltype.Double)}, err
	}}
	for _, name := range []string{"ceil", "floor"} {
		f[name] = builtin{min: 1, max: 1, bind: whole}
	}
	f["round"] = builtin{min: 1, max: 2, bind: round}
	for name, op := range map[string]string{"mod": "%", "div": "DIV"} {
		f[name] = builtin{min: 2, max: 2, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
			return e.arithmetic(op, args[0], args[1])
		}}
	}
	f["pmod"] = builtin{min: 2, max: 2, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		m, err := e.arithmetic("%", args[0], args[1])
		if err != nil {
			return m, err
		}
		b, err := e.cast(args[1], m.Type, implicit)
		if !m.Type.Integral() {
			return m, sqlerr.Unsupported("pmod of %s is not in the sandbox.", m.Type.SQL())
		}
		return Expr{SQL: "CASE WHEN " + m.SQL + " < 0 THEN (" + m.SQL + " + " + b.SQL + ") % " + b.SQL + " ELSE " + m.SQL + " END", Type: m.Type}, err
	}}
	f["log"] = builtin{min: 1, max: 2, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		x, err := e.argument("log", args[len(args)-1], 'd')
		if err != nil {
			return Expr{}, err
		}
		t := sqltype.Of(sqltype.Double)
		if len(args) == 1 {
			return Expr{SQL: "CASE WHEN " + x + " > 0 THEN ln(" + x + ") END", Type: t}, nil
		}
		base, err := e.argument("log", args[0], 'd')
		return Expr{SQL: "CASE WHEN " + x + " > 0 AND " + base + " > 0 THEN ln(" + x + ") / ln(" + base + ") END", Type: t}, err
	}}
	f["nanvl"] = builtin{min: 2, max: 2, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		a, err := e.argument("nanvl", args[0], 'd')
		if err != nil {
			return Expr{}, err
		}
		b, err := e.argument("nanvl", args[1], 'd')
		return Expr{SQL: "CASE WHEN isnan(" + a + ") THEN " + b + " ELSE " + a + " END", Type: sqltype.Of(sqltype.Double)}, err
	}}
}

// number makes a text DOUBLE and refuses what is no number.
func (e *Env) number(name string, x Expr) (Expr, error) {
	switch {
	case x.Type.Numeric():
		return x, nil
	case x.Type.Kind == sqltype.String, x.Type.Kind == sqltype.Void:
		return e.cast(x, sqltype.Of(sqltype.Double), implicit)
	}
	return x, unexpected(name, x.Type, "NUMERIC")
}

// whole is ceil and floor: BIGINT, or a DECIMAL without fraction.
func whole(e *Env, _ *scope, c *ast.Call, args []Expr) (Expr, error) {
	x, err := e.number(c.Name, args[0])
	if err != nil {
		return x, err
	}
	fn := "floor"
	if c.Name != "floor" {
		fn = "ceil"
	}
	switch {
	case x.Type.Integral():
		return e.cast(x, sqltype.Of(sqltype.BigInt), implicit)
	case x.Type.Kind == sqltype.Decimal:
		t := sqltype.DecimalOf(min(x.Type.Precision-x.Type.Scale+1, 38), 0)
		return Expr{SQL: "CAST(" + fn + "(" + x.SQL + ") AS " + t.DuckDB() + ")", Type: t}, nil
	}
	return e.cast(Expr{SQL: fn + "(" + x.SQL + ")", Type: x.Type}, sqltype.Of(sqltype.BigInt), explicit)
}

// round rounds half up to a constant number of digits.
func round(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
	n := 0
	if len(args) == 2 {
		if args[1].Lit == nil {
			return Expr{}, sqlerr.New("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "The input scale of round should be a foldable \"INT\" expression.")
		}
		v, err := strconv.Atoi(args[1].Lit.Text)
		if err != nil {
			return Expr{}, unexpected("round", args[1].Type, "INT")
		}
		n = v
	}
	x, err := e.number("round", args[0])
	if err != nil {
		return x, err
	}
	switch {
	case x.Type.Integral() && n >= 0:
		return x, nil
	case x.Type.Integral():
		return x, sqlerr.Unsupported("round of an integer to negative digits is not in the sandbox.")
	case x.Type.Kind == sqltype.Decimal:
		if n < 0 {
			return x, sqlerr.Unsupported("round of a DECIMAL to negative digits is not in the sandbox.")
		}
		s := min(n, x.Type.Scale)
		t := sqltype.DecimalOf(min(x.Type.Precision-x.Type.Scale+s+1, 38), s)
		return Expr{SQL: "CAST(" + x.SQL + " AS " + t.DuckDB() + ")", Type: t}, nil
	}
	sql := fmt.Sprintf("spark_round_f64(CAST(%s AS DOUBLE), %d)", x.SQL, n)
	return Expr{SQL: "CAST(" + sql + " AS " + x.Type.DuckDB() + ")", Type: x.Type}, nil
}
