package bind

import (
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

func addCollections(f Functions) {
	f["array"] = builtin{min: 0, max: -1, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		xs, t, err := e.unify("array", args)
		return Expr{SQL: "CAST([" + sqls(xs) + "] AS " + t.DuckDB() + "[])", Type: sqltype.ArrayOf(t)}, err
	}}
	f["map"] = builtin{min: 0, max: -1, bind: makeMap}
	f["struct"] = builtin{min: 1, max: -1, bind: func(e *Env, _ *scope, c *ast.Call, args []Expr) (Expr, error) {
		names := make([]string, len(args))
		for i := range args {
			names[i] = "col" + itoa(i+1)
			if col, ok := c.Args[i].(*ast.Column); ok {
				names[i] = col.Parts[len(col.Parts)-1]
			}
		}
		return makeStruct(names, args)
	}}
	f["named_struct"] = builtin{min: 2, max: -1, bind: func(_ *Env, _ *scope, c *ast.Call, args []Expr) (Expr, error) {
		var names []string
		var values []Expr
		for i := 0; i+1 < len(args); i += 2 {
			if args[i].Lit == nil || args[i].Type.Kind != sqltype.String {
				return Expr{}, unexpected(c.Name, args[i].Type, "a foldable STRING")
			}
			names, values = append(names, args[i].Lit.Text), append(values, args[i+1])
		}
		if len(args)%2 != 0 {
			return Expr{}, wrongArgs(c.Name, len(args), "2n (n > 0)")
		}
		return makeStruct(names, values)
	}}
	f["size"] = builtin{min: 1, max: 1, bind: func(_ *Env, _ *scope, c *ast.Call, args []Expr) (Expr, error) {
		if k := args[0].Type.Kind; k != sqltype.Array && k != sqltype.Map {
			return Expr{}, unexpected(c.Name, args[0].Type, "ARRAY or MAP")
		}
		fn := "len"
		if args[0].Type.Kind == sqltype.Map {
			fn = "cardinality"
		}
		return Expr{SQL: "CAST(" + fn + "(" + args[0].SQL + ") AS INTEGER)", Type: sqltype.Of(sqltype.Int)}, nil
	}}
	addArrays(f)
	addMaps(f)
}

func makeStruct(names []string, values []Expr) (Expr, error) {
	fields := make([]sqltype.Field, len(values))
	parts := make([]string, len(values))
	for i, v := range values {
		if err := sqltype.CheckFieldName(names[i]); err != nil {
			return Expr{}, err
		}
		fields[i] = sqltype.Field{Name: names[i], Type: v.Type}
		parts[i] = quoteIdent(names[i]) + " := " + v.SQL
	}
	return Expr{SQL: "struct_pack(" + strings.Join(parts, ", ") + ")", Type: sqltype.StructOf(fields...)}, nil
}

func makeMap(e *Env, _ *scope, c *ast.Call, args []Expr) (Expr, error) {
	if len(args)%2 != 0 {
		return Expr{}, wrongArgs(c.Name, len(args), "2n (n > 0)")
	}
	var keys, values []Expr
	for i := 0; i < len(args); i += 2 {
		keys, values = append(keys, args[i]), append(values, args[i+1])
	}
	keys, kt, err := e.unify("map", keys)
	if err != nil {
		return Expr{}, err
	}
	values, vt, err := e.unify("map", values)
	t := sqltype.MapOf(kt, vt)
	return Expr{SQL: "CAST(MAP([" + sqls(keys) + "], [" + sqls(values) + "]) AS " + t.DuckDB() + ")", Type: t}, err
}

// onArray makes a function whose first argument is an array.
func onArray(f Functions, name string, extra int, g func(e *Env, xs []Expr) (Expr, error)) {
	f[name] = builtin{min: 1 + extra, max: 1 + extra, bind: func(e *Env, _ *scope, c *ast.Call, args []Expr) (Expr, error) {
		if args[0].Type.Kind != sqltype.Array {
			return Expr{}, unexpected(c.Name, args[0].Type, "ARRAY")
		}
		return g(e, args)
	}}
}

func addArrays(f Functions) {
	same := func(fn string) func(*Env, []Expr) (Expr, error) {
		return func(_ *Env, xs []Expr) (Expr, error) {
			return Expr{SQL: fn + "(" + xs[0].SQL + ")", Type: xs[0].Type}, nil
		}
	}
	onArray(f, "array_sort", 0, func(_ *Env, xs []Expr) (Expr, error) {
		return Expr{SQL: "list_sort(" + xs[0].SQL + ", 'ASC', 'NULLS LAST')", Type: xs[0].Type}, orderable(xs[0].Type)
	})
	f["sort_array"] = builtin{min: 1, max: 2, bind: func(_ *Env, _ *scope, c *ast.Call, args []Expr) (Expr, error) {
		if args[0].Type.Kind != sqltype.Array {
			return Expr{}, unexpected(c.Name, args[0].Type, "ARRAY")
		}
		how := "'ASC', 'NULLS FIRST'"
		if len(args) == 2 && textOf(args[1]) == "false" {
			how = "'DESC', 'NULLS LAST'"
		}
		return Expr{SQL: "list_sort(" + args[0].SQL + ", " + how + ")", Type: args[0].Type}, orderable(args[0].Type)
	}}
	onArray(f, "flatten", 0, func(_ *Env, xs []Expr) (Expr, error) {
		if xs[0].Type.Elem.Kind != sqltype.Array {
			return Expr{}, unexpected("flatten", xs[0].Type, "ARRAY of ARRAY")
		}
		return Expr{SQL: "flatten(" + xs[0].SQL + ")", Type: *xs[0].Type.Elem}, nil
	})
	onArray(f, "array_compact", 0, func(_ *Env, xs []Expr) (Expr, error) {
		return Expr{SQL: "list_filter(" + xs[0].SQL + ", lambda w: w IS NOT NULL)", Type: xs[0].Type}, nil
	})
	onArray(f, "array_reverse", 0, same("list_reverse"))
	for name, fn := range map[string]string{"array_max": "list_max", "array_min": "list_min"} {
		onArray(f, name, 0, func(_ *Env, xs []Expr) (Expr, error) {
			return Expr{SQL: fn + "(" + xs[0].SQL + ")", Type: *xs[0].Type.Elem}, orderable(xs[0].Type)
		})
	}
	onArray(f, "array_contains", 1, func(e *Env, xs []Expr) (Expr, error) {
		v, err := e.cast(xs[1], *xs[0].Type.Elem, implicit)
		a := "(" + xs[0].SQL + ")"
		return boolean("CASE WHEN " + v.SQL + " IS NULL OR " + a + " IS NULL THEN NULL WHEN list_contains(" + a + ", " + v.SQL + ") THEN true WHEN len(" + a +
			") > list_count(" + a + ") THEN NULL ELSE false END"), err
	})
	onArray(f, "array_append", 1, func(e *Env, xs []Expr) (Expr, error) {
		v, err := e.cast(xs[1], *xs[0].Type.Elem, implicit)
		return Expr{SQL: "list_append(" + xs[0].SQL + ", " + v.SQL + ")", Type: xs[0].Type}, err
	})
	addArrayElements(f)
}

// addArrayElements adds the functions that make a text or an element of an array, or an array of numbers.
func addArrayElements(f Functions) {
	f["array_join"] = builtin{min: 2, max: 2, bind: func(e *Env, _ *scope, c *ast.Call, args []Expr) (Expr, error) {
		if args[0].Type.Kind != sqltype.Array || args[0].Type.Elem.Kind != sqltype.String {
			return Expr{}, unexpected(c.Name, args[0].Type, "ARRAY<STRING>")
		}
		sep, err := e.argument(c.Name, args[1], 's')
		return Expr{SQL: "array_to_string(list_filter(" + args[0].SQL + ", lambda w: w IS NOT NULL), " + sep + ")", Type: sqltype.Of(sqltype.String)}, err
	}}
	for _, name := range []string{"element_at", "try_element_at", "get"} {
		f[name] = builtin{min: 2, max: 2, bind: elementAt}
	}
	f["sequence"] = builtin{min: 2, max: 2, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		xs, t, err := e.unify("sequence", args)
		if err != nil || !t.Integral() {
			return Expr{}, unexpected("sequence", t, "INTEGRAL")
		}
		return Expr{SQL: "CAST(CASE WHEN " + xs[0].SQL + " <= " + xs[1].SQL + " THEN generate_series(" + xs[0].SQL + "::BIGINT, " + xs[1].SQL + "::BIGINT) ELSE generate_series(" + xs[0].SQL + "::BIGINT, " + xs[1].SQL + "::BIGINT, -1) END AS " +
			t.DuckDB() + "[])", Type: sqltype.ArrayOf(t)}, nil
	}}
}

func orderable(t sqltype.Type) error {
	if t.Has(sqltype.Map) || t.Has(sqltype.Variant) {
		return sqlerr.New("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "The function does not support ordering on type %q.", t.SQL())
	}
	return nil
}

// elementAt is element_at (first element 1, an error beyond the end), try_element_at (NULL), and get (first element 0, NULL).
func elementAt(e *Env, _ *scope, c *ast.Call, args []Expr) (Expr, error) {
	x, i := args[0], args[1]
	if x.Type.Kind == sqltype.Map {
		key, err := e.cast(i, *x.Type.Key, implicit)
		return Expr{SQL: mapValue(x.SQL, key.SQL), Type: *x.Type.Elem}, err
	}
	if x.Type.Kind != sqltype.Array || !i.Type.Integral() {
		return Expr{}, unexpected(c.Name, x.Type, "ARRAY or MAP")
	}
	t := *x.Type.Elem
	switch c.Name {
	case "get":
		return Expr{SQL: "CASE WHEN " + i.SQL + " >= 0 THEN (" + x.SQL + ")[" + i.SQL + " + 1] END", Type: t}, nil
	case "try_element_at":
		return Expr{SQL: "(" + x.SQL + ")[" + i.SQL + "]", Type: t}, nil
	}
	fail := "error(" + quoteText(sqlerr.Text("INVALID_ARRAY_INDEX_IN_ELEMENT_AT", "The index is out of bounds. The array has fewer elements. Use `try_element_at` to tolerate accessing element at invalid index and return NULL instead.")) + ")"
	return Expr{SQL: "CASE WHEN abs(" + i.SQL + ") BETWEEN 1 AND len(" + x.SQL + ") THEN (" + x.SQL + ")[" + i.SQL + "] WHEN " + x.SQL + " IS NULL OR " + i.SQL + " IS NULL THEN NULL ELSE " + fail + " END", Type: t}, nil
}

func addMaps(f Functions) {
	onMap := func(name string, g func(x Expr) Expr) {
		f[name] = builtin{min: 1, max: 1, bind: func(_ *Env, _ *scope, c *ast.Call, args []Expr) (Expr, error) {
			if args[0].Type.Kind != sqltype.Map {
				return Expr{}, unexpected(c.Name, args[0].Type, "MAP")
			}
			return g(args[0]), nil
		}}
	}
	onMap("map_keys", func(x Expr) Expr { return Expr{SQL: "map_keys(" + x.SQL + ")", Type: sqltype.ArrayOf(*x.Type.Key)} })
	onMap("map_values", func(x Expr) Expr { return Expr{SQL: "map_values(" + x.SQL + ")", Type: sqltype.ArrayOf(*x.Type.Elem)} })
	onMap("map_entries", func(x Expr) Expr {
		return Expr{SQL: "map_entries(" + x.SQL + ")", Type: sqltype.ArrayOf(entryOf(x.Type))}
	})
	f["map_from_arrays"] = builtin{min: 2, max: 2, bind: func(_ *Env, _ *scope, c *ast.Call, args []Expr) (Expr, error) {
		if args[0].Type.Kind != sqltype.Array || args[1].Type.Kind != sqltype.Array {
			return Expr{}, unexpected(c.Name, args[0].Type, "ARRAY")
		}
		return Expr{SQL: "MAP(" + args[0].SQL + ", " + args[1].SQL + ")", Type: sqltype.MapOf(*args[0].Type.Elem, *args[1].Type.Elem)}, nil
	}}
	onArray(f, "map_from_entries", 0, func(_ *Env, xs []Expr) (Expr, error) {
		el := xs[0].Type.Elem
		if el.Kind != sqltype.Struct || len(el.Fields) != 2 {
			return Expr{}, unexpected("map_from_entries", xs[0].Type, "ARRAY of pair STRUCT")
		}
		return Expr{SQL: "map_from_entries(" + xs[0].SQL + ")", Type: sqltype.MapOf(el.Fields[0].Type, el.Fields[1].Type)}, nil
	})
}
