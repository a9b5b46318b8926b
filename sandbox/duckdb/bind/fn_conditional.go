package bind

import (
	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

func addConditional(f Functions) {
	f["coalesce"] = builtin{min: 1, max: -1, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		xs, t, err := e.unify("coalesce", args)
		return Expr{SQL: "coalesce(" + sqls(xs) + ")", Type: t}, err
	}}
	f["nullif"] = builtin{min: 2, max: 2, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		eq, err := e.compare("=", args[0], args[1])
		return Expr{SQL: "CASE WHEN " + eq.SQL + " THEN NULL ELSE " + args[0].SQL + " END", Type: args[0].Type}, err
	}}
	f["nvl2"] = builtin{min: 3, max: 3, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		xs, t, err := e.unify("nvl2", args[1:])
		if err != nil {
			return Expr{}, err
		}
		return Expr{SQL: "CASE WHEN (" + args[0].SQL + ") IS NOT NULL THEN " + xs[0].SQL + " ELSE " + xs[1].SQL + " END", Type: t}, nil
	}}
	f["if"] = builtin{min: 3, max: 3, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		c, err := e.toBoolean(args[0])
		if err != nil {
			return c, err
		}
		xs, t, err := e.unify("if", args[1:])
		if err != nil {
			return Expr{}, err
		}
		return Expr{SQL: "CASE WHEN " + c.SQL + " THEN " + xs[0].SQL + " ELSE " + xs[1].SQL + " END", Type: t}, nil
	}}
	f["isnull"] = builtin{min: 1, max: 1, bind: func(_ *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		return boolean("(" + args[0].SQL + ") IS NULL"), nil
	}}
	f["isnotnull"] = builtin{min: 1, max: 1, bind: func(_ *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		return boolean("(" + args[0].SQL + ") IS NOT NULL"), nil
	}}
	f["equal_null"] = builtin{min: 2, max: 2, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		return e.compare("<=>", args[0], args[1])
	}}
	for _, name := range []string{"greatest", "least"} {
		f[name] = builtin{min: 2, max: -1, bind: func(e *Env, _ *scope, c *ast.Call, args []Expr) (Expr, error) {
			xs, t, err := e.unify(c.Name, args)
			return Expr{SQL: c.Name + "(" + sqls(xs) + ")", Type: t}, err
		}}
	}
	for name, k := range map[string]sqltype.Kind{"string": sqltype.String, "boolean": sqltype.Boolean, "tinyint": sqltype.TinyInt, "smallint": sqltype.SmallInt,
		"int": sqltype.Int, "bigint": sqltype.BigInt, "float": sqltype.Float, "double": sqltype.Double, "binary": sqltype.Binary, "date": sqltype.Date, "timestamp": sqltype.Timestamp} {
		f[name] = builtin{min: 1, max: 1, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
			out, err := e.cast(args[0], sqltype.Of(k), explicit)
			out.Lit = nil
			return out, err
		}}
	}
}
