package bind

import (
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

func addText(f Functions) {
	f["concat"] = builtin{min: 0, max: -1, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) { return e.concat(args) }}
	f["concat_ws"] = builtin{min: 1, max: -1, bind: concatWS}
	f["length"] = builtin{min: 1, max: 1, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		t := sqltype.Of(sqltype.Int)
		if args[0].Type.Kind == sqltype.Binary {
			return Expr{SQL: "CAST(octet_length(" + args[0].SQL + ") AS INTEGER)", Type: t}, nil
		}
		sql, err := e.argument("length", args[0], 's')
		return Expr{SQL: "CAST(length(" + sql + ") AS INTEGER)", Type: t}, err
	}}
	f["encode"] = builtin{min: 2, max: 2, bind: encode}
	f["hex"] = builtin{min: 1, max: 1, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		t := sqltype.Of(sqltype.String)
		if args[0].Type.Integral() {
			return Expr{SQL: "hex(CAST(" + args[0].SQL + " AS BIGINT))", Type: t}, nil
		}
		sql, err := e.argument("hex", args[0], 'b')
		return Expr{SQL: "hex(" + sql + ")", Type: t}, err
	}}
	for name, side := range map[string]string{"trim": "both", "btrim": "both", "ltrim": "left", "rtrim": "right"} {
		f[name] = builtin{min: 1, max: 2, bind: trimFunction(side)}
	}
	f["locate"] = builtin{min: 2, max: 3, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		if len(args) == 3 {
			return Expr{}, sqlerr.Unsupported("locate with a start position is not in the sandbox.")
		}
		xs, err := e.texts("locate", args)
		if err != nil {
			return Expr{}, err
		}
		return Expr{SQL: "CAST(instr(" + xs[1] + ", " + xs[0] + ") AS INTEGER)", Type: sqltype.Of(sqltype.Int)}, nil
	}}
	f["split"] = builtin{min: 2, max: 3, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		if len(args) == 3 && textOf(args[2]) != "-1" {
			return Expr{}, sqlerr.Unsupported("split with a limit is not in the sandbox.")
		}
		xs, err := e.texts("split", args[:2])
		if err != nil {
			return Expr{}, err
		}
		return Expr{SQL: "string_split_regex(" + xs[0] + ", " + xs[1] + ")", Type: sqltype.ArrayOf(sqltype.Of(sqltype.String))}, nil
	}}
	f["reverse"] = builtin{min: 1, max: 1, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		if args[0].Type.Kind == sqltype.Array {
			return Expr{SQL: "list_reverse(" + args[0].SQL + ")", Type: args[0].Type}, nil
		}
		sql, err := e.argument("reverse", args[0], 's')
		return Expr{SQL: "reverse(" + sql + ")", Type: sqltype.Of(sqltype.String)}, err
	}}
}

// texts casts all arguments to STRING.
func (e *Env) texts(name string, args []Expr) ([]string, error) {
	out := make([]string, len(args))
	for i, a := range args {
		var err error
		if out[i], err = e.argument(name, a, 's'); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// concat is NULL if any part is, for texts, bytes and arrays.
func (e *Env) concat(args []Expr) (Expr, error) {
	if len(args) == 0 {
		return stringLit(""), nil
	}
	arrays, binaries := true, true
	for _, a := range args {
		arrays = arrays && a.Type.Kind == sqltype.Array
		binaries = binaries && a.Type.Kind == sqltype.Binary
	}
	if arrays || binaries {
		xs, t, err := e.unify("concat", args)
		if err != nil {
			return Expr{}, err
		}
		parts := make([]string, len(xs))
		for i, x := range xs {
			parts[i] = "(" + x.SQL + ")"
		}
		return Expr{SQL: "(" + strings.Join(parts, " || ") + ")", Type: t}, nil
	}
	xs, err := e.texts("concat", args)
	return Expr{SQL: "(" + strings.Join(xs, " || ") + ")", Type: sqltype.Of(sqltype.String)}, err
}

// concatWS skips NULLs; an array counts as its elements.
func concatWS(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
	sep, err := e.argument("concat_ws", args[0], 's')
	if err != nil {
		return Expr{}, err
	}
	var lists []string
	for _, a := range args[1:] {
		if a.Type.Kind == sqltype.Array && a.Type.Elem.Kind == sqltype.String {
			lists = append(lists, "coalesce("+a.SQL+", [])")
			continue
		}
		x, err := e.argument("concat_ws", a, 's')
		if err != nil {
			return Expr{}, err
		}
		lists = append(lists, "["+x+"]")
	}
	t := sqltype.Of(sqltype.String)
	if len(lists) == 0 {
		return Expr{SQL: "CASE WHEN " + sep + " IS NOT NULL THEN '' END", Type: t}, nil
	}
	all := strings.Join(lists, " || ")
	return Expr{SQL: "array_to_string(list_filter(" + all + ", lambda w: w IS NOT NULL), " + sep + ")", Type: t}, nil
}

// trimFunction: trim(chars FROM text) and ltrim(chars, text) name the characters first.
func trimFunction(side string) func(*Env, *scope, *ast.Call, []Expr) (Expr, error) {
	fn := map[string]string{"both": "trim", "left": "ltrim", "right": "rtrim"}[side]
	return func(e *Env, _ *scope, c *ast.Call, args []Expr) (Expr, error) {
		xs, err := e.texts(c.Name, args)
		if err != nil {
			return Expr{}, err
		}
		text, chars := xs[0], "' '"
		if len(xs) == 2 {
			chars = xs[1]
			if c.Unit != "OF" && c.Name != "btrim" {
				text, chars = xs[1], xs[0]
			}
		}
		return Expr{SQL: fn + "(" + text + ", " + chars + ")", Type: sqltype.Of(sqltype.String)}, nil
	}
}

// encode turns text into bytes.
func encode(e *Env, _ *scope, c *ast.Call, args []Expr) (Expr, error) {
	if charset, ok := e.text(c.Args[1]); !ok || !strings.EqualFold(charset, "UTF-8") {
		return Expr{}, sqlerr.Unsupported("encode into another charset than 'UTF-8' is not in the sandbox.")
	}
	sql, err := e.argument("encode", args[0], 's')
	return Expr{SQL: "encode(" + sql + ")", Type: sqltype.Of(sqltype.Binary)}, err
}
