package bind

import (
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

func addWindows(f Functions) {
	rank := func(name string, k sqltype.Kind) {
		f[name] = builtin{window: true, bind: func(e *Env, s *scope, c *ast.Call, _ []Expr) (Expr, error) {
			if w, err := e.resolveWindow(s, c.Over); err != nil || len(w.Order) == 0 {
				if err == nil {
					err = sqlerr.New("WINDOW_FUNCTION_AND_FRAME_MISMATCH", "%s function needs an ORDER BY in its window.", name)
				}
				return Expr{}, err
			}
			return e.overValue(s, c, c.Name, "", sqltype.Of(k))
		}}
	}
	for _, name := range []string{"row_number", "rank", "dense_rank"} {
		rank(name, sqltype.Int)
	}
	rank("percent_rank", sqltype.Double)
	rank("cume_dist", sqltype.Double)
	f["ntile"] = builtin{min: 1, max: 1, window: true, bind: func(e *Env, s *scope, c *ast.Call, args []Expr) (Expr, error) {
		sql, err := e.argument(c.Name, args[0], 'i')
		if err != nil {
			return Expr{}, err
		}
		return e.overValue(s, c, "ntile", sql, sqltype.Of(sqltype.Int))
	}}
	for _, name := range []string{"lag", "lead"} {
		f[name] = builtin{min: 1, max: 3, window: true, bind: func(e *Env, s *scope, c *ast.Call, args []Expr) (Expr, error) {
			sql := args[0].SQL
			if len(args) > 1 {
				n, err := e.argument(c.Name, args[1], 'i')
				if err != nil {
					return Expr{}, err
				}
				sql += ", " + n
			}
			if len(args) > 2 {
				d, err := e.cast(args[2], args[0].Type, implicit)
				if err != nil {
					return Expr{}, err
				}
				sql += ", " + d.SQL
			}
			return e.overValue(s, c, c.Name, sql, args[0].Type)
		}}
	}
	f["nth_value"] = builtin{min: 2, max: 2, window: true, bind: func(e *Env, s *scope, c *ast.Call, args []Expr) (Expr, error) {
		n, err := e.argument(c.Name, args[1], 'i')
		if err != nil {
			return Expr{}, err
		}
		return e.overValue(s, c, c.Name, args[0].SQL+", "+n, args[0].Type)
	}}
}

// overValue writes a window function; IGNORE NULLS stands inside.
func (e *Env) overValue(s *scope, c *ast.Call, fn, args string, t sqltype.Type) (Expr, error) {
	over, err := e.over(s, c.Over)
	if c.Unit == "IGNORE NULLS" {
		args += " IGNORE NULLS"
	}
	return Expr{SQL: "CAST(" + fn + "(" + args + ")" + over + " AS " + t.DuckDB() + ")", Type: t}, err
}

func (e *Env) resolveWindow(s *scope, w *ast.Window) (*ast.Window, error) {
	if w.Name == "" {
		return w, nil
	}
	for at := s; at != nil; at = at.parent {
		if d, ok := at.windows[strings.ToLower(w.Name)]; ok {
			return d, nil
		}
	}
	return nil, sqlerr.New("MISSING_WINDOW_SPECIFICATION", "Window specification is not defined in the WINDOW clause for %s.", quoteName([]string{w.Name}))
}

func (e *Env) over(s *scope, w *ast.Window) (string, error) {
	w, err := e.resolveWindow(s, w)
	if err != nil {
		return "", err
	}
	var parts []string
	if len(w.Partition) > 0 {
		xs, err := e.exprs(s, w.Partition)
		if err != nil {
			return "", err
		}
		parts = append(parts, "PARTITION BY "+sqls(xs))
	}
	if len(w.Order) > 0 {
		keys := make([]string, len(w.Order))
		for i, o := range w.Order {
			x, err := e.expr(s, o.X)
			if err != nil {
				return "", err
			}
			keys[i] = "(" + x.SQL + ")" + direction(o)
		}
		parts = append(parts, "ORDER BY "+strings.Join(keys, ", "))
	}
	if w.Frame != "" {
		parts = append(parts, w.Frame)
	}
	return " OVER (" + strings.Join(parts, " ") + ")", nil
}

func addSession(f Functions) {
	text := func(name string, g func(e *Env) string) {
		f[name] = builtin{bind: func(e *Env, _ *scope, _ *ast.Call, _ []Expr) (Expr, error) {
			return Expr{SQL: quoteText(g(e)), Type: sqltype.Of(sqltype.String)}, nil
		}}
	}
	text("current_catalog", func(e *Env) string { return e.Catalog })
	text("current_schema", func(e *Env) string { return e.Schema })
	text("current_user", func(e *Env) string { return e.User })
	text("current_timezone", func(e *Env) string { return e.Zone })
	text("version", func(*Env) string { return "4.0.0 drt-sandbox" })
	f["typeof"] = builtin{min: 1, max: 1, bind: func(_ *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		return Expr{SQL: quoteText(args[0].Type.Simple()), Type: sqltype.Of(sqltype.String)}, nil
	}}
	f["raise_error"] = builtin{min: 1, max: 1, bind: func(e *Env, _ *scope, c *ast.Call, args []Expr) (Expr, error) {
		sql, err := e.argument(c.Name, args[0], 's')
		before, after, _ := strings.Cut(sqlerr.Text("USER_RAISED_EXCEPTION", "\x00"), "\x00")
		return Expr{SQL: "CAST(error(" + quoteText(before) + " || " + sql + " || " + quoteText(after) + ") AS INTEGER)", Type: sqltype.Of(sqltype.Void)}, err
	}}
	f["assert_true"] = builtin{min: 1, max: 1, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		b, err := e.toBoolean(args[0])
		fail := "error(" + quoteText(sqlerr.Text("USER_RAISED_EXCEPTION", "The condition of assert_true is not true!")) + ")"
		return Expr{SQL: "CAST(CASE WHEN " + b.SQL + " THEN NULL ELSE " + fail + " END AS INTEGER)", Type: sqltype.Of(sqltype.Void)}, err
	}}
}
