package bind

import (
	"fmt"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

func addAggregates(f Functions) {
	agg := func(name string, min, max int, g func(e *Env, s *scope, c *ast.Call, args []Expr) (Expr, error)) {
		f[name] = builtin{min: min, max: max, agg: true, bind: g}
	}
	agg("count", 1, -1, count)
	agg("count_if", 1, 1, func(e *Env, s *scope, c *ast.Call, args []Expr) (Expr, error) {
		b, err := e.toBoolean(args[0])
		if err != nil {
			return b, err
		}
		return e.aggregate(s, c, "count", "CASE WHEN "+b.SQL+" THEN 1 END", sqltype.Of(sqltype.BigInt))
	})
	agg("sum", 1, 1, sum)
	agg("avg", 1, 1, avg)
	for _, name := range []string{"min", "max"} {
		agg(name, 1, 1, func(e *Env, s *scope, c *ast.Call, args []Expr) (Expr, error) {
			if err := orderable(args[0].Type); err != nil {
				return Expr{}, err
			}
			return e.aggregate(s, c, c.Name, args[0].SQL, args[0].Type)
		})
	}
	for name, fn := range map[string]string{"max_by": "arg_max_null", "min_by": "arg_min_null"} {
		agg(name, 2, 2, func(e *Env, s *scope, c *ast.Call, args []Expr) (Expr, error) {
			return e.aggregate(s, c, fn, args[0].SQL+", "+args[1].SQL, args[0].Type)
		})
	}
	for name, fn := range map[string]string{"first": "first", "last": "last"} {
		agg(name, 1, 1, func(e *Env, s *scope, c *ast.Call, args []Expr) (Expr, error) {
			if c.Over != nil {
				return e.overValue(s, c, map[string]string{"first": "first_value", "last": "last_value"}[fn], args[0].SQL, args[0].Type)
			}
			if c.Unit == "IGNORE NULLS" {
				c = addFilter(c, &ast.Unary{Op: "NOT", X: &ast.IsNull{X: c.Args[0]}})
			}
			return e.aggregate(s, c, fn, args[0].SQL, args[0].Type)
		})
	}
	for name, fn := range map[string]string{"bool_and": "bool_and", "bool_or": "bool_or"} {
		agg(name, 1, 1, func(e *Env, s *scope, c *ast.Call, args []Expr) (Expr, error) {
			b, err := e.toBoolean(args[0])
			if err != nil {
				return b, err
			}
			return e.aggregate(s, c, fn, b.SQL, b.Type)
		})
	}
	for name, fn := range map[string]string{"stddev": "stddev_samp", "stddev_pop": "stddev_pop", "var_samp": "var_samp", "var_pop": "var_pop"} {
		agg(name, 1, 1, func(e *Env, s *scope, c *ast.Call, args []Expr) (Expr, error) {
			sql, err := e.argument(c.Name, args[0], 'd')
			if err != nil {
				return Expr{}, err
			}
			return e.aggregate(s, c, fn, sql, sqltype.Of(sqltype.Double))
		})
	}
	agg("collect_list", 1, 1, collect(false))
	agg("collect_set", 1, 1, collect(true))
	agg("approx_count_distinct", 1, 1, func(e *Env, s *scope, c *ast.Call, args []Expr) (Expr, error) {
		d := *c
		d.Distinct = true // the exact number is within any error that was asked for
		return e.aggregate(s, &d, "count", args[0].SQL, sqltype.Of(sqltype.BigInt))
	})
}

func addFilter(c *ast.Call, x ast.Expr) *ast.Call {
	d := *c
	if d.Filter != nil {
		x = &ast.Binary{Op: "AND", L: d.Filter, R: x}
	}
	d.Filter = x
	return &d
}

// aggregate writes fn([DISTINCT] args) [FILTER ..] [OVER ..], cast to its type in Spark.
func (e *Env) aggregate(s *scope, c *ast.Call, fn, args string, t sqltype.Type) (Expr, error) {
	sql, err := e.aggregateSQL(s, c, fn, args)
	return Expr{SQL: "CAST(" + sql + " AS " + t.DuckDB() + ")", Type: t}, err
}

func (e *Env) aggregateSQL(s *scope, c *ast.Call, fn, args string) (string, error) {
	if c.Distinct {
		if c.Over != nil {
			return "", sqlerr.New("DISTINCT_WINDOW_FUNCTION_UNSUPPORTED", "Distinct window functions are not supported.")
		}
		args = "DISTINCT " + args
	}
	sql := fn + "(" + args + ")"
	if c.Filter != nil {
		x, err := e.condition(s, c.Filter, "FILTER")
		if err != nil {
			return "", err
		}
		sql += " FILTER (WHERE " + x.SQL + ")"
	}
	if c.Over != nil {
		over, err := e.over(s, c.Over)
		if err != nil {
			return "", err
		}
		sql += over
	}
	return sql, nil
}

// count counts rows whose arguments are all there; several with DISTINCT count different combinations.
func count(e *Env, s *scope, c *ast.Call, args []Expr) (Expr, error) {
	t := sqltype.Of(sqltype.BigInt)
	if c.Star {
		return e.aggregate(s, c, "count", "*", t)
	}
	if len(args) == 1 {
		if err := orderable(args[0].Type); err != nil && c.Distinct {
			return Expr{}, err
		}
		return e.aggregate(s, c, "count", args[0].SQL, t)
	}
	var there []string
	for _, a := range args {
		there = append(there, "("+a.SQL+") IS NOT NULL")
	}
	return e.aggregate(s, c, "count", "CASE WHEN "+strings.Join(there, " AND ")+" THEN ROW("+sqls(args)+") END", t)
}

func sum(e *Env, s *scope, c *ast.Call, args []Expr) (Expr, error) {
	x, err := e.number("sum", args[0])
	if err != nil {
		return x, err
	}
	t := sqltype.Of(sqltype.Double)
	switch {
	case x.Type.Integral():
		t = sqltype.Of(sqltype.BigInt)
	case x.Type.Kind == sqltype.Decimal:
		t = sqltype.DecimalOf(min(x.Type.Precision+10, 38), x.Type.Scale)
	default:
		if x, err = e.cast(x, t, implicit); err != nil {
			return x, err
		}
	}
	return e.aggregate(s, c, "sum", x.SQL, t)
}

func avg(e *Env, s *scope, c *ast.Call, args []Expr) (Expr, error) {
	x, err := e.number("avg", args[0])
	if err != nil {
		return x, err
	}
	if x.Type.Kind != sqltype.Decimal {
		return e.aggregate(s, c, "avg", x.SQL, sqltype.Of(sqltype.Double))
	}
	t := sqltype.BoundedDecimal(x.Type.Precision+4, x.Type.Scale+4)
	total, err := e.aggregateSQL(s, c, "sum", x.SQL)
	if err != nil {
		return x, err
	}
	n, err := e.aggregateSQL(s, c, "count", x.SQL)
	div := fmt.Sprintf("spark_decimal_op('/', CAST(%s AS VARCHAR), CAST(%s AS VARCHAR), %d, %d)", total, "nullif("+n+", 0)", t.Precision, t.Scale)
	return Expr{SQL: "CAST(" + div + " AS " + t.DuckDB() + ")", Type: t}, err
}

// collect leaves out NULLs; of nothing it makes an empty array.
func collect(set bool) func(*Env, *scope, *ast.Call, []Expr) (Expr, error) {
	return func(e *Env, s *scope, c *ast.Call, args []Expr) (Expr, error) {
		d := addFilter(c, &ast.Unary{Op: "NOT", X: &ast.IsNull{X: c.Args[0]}})
		d.Distinct = d.Distinct || set
		sql, err := e.aggregateSQL(s, d, "list", args[0].SQL)
		t := sqltype.ArrayOf(args[0].Type)
		return Expr{SQL: "coalesce(" + sql + ", CAST([] AS " + t.DuckDB() + "))", Type: t}, err
	}
}
