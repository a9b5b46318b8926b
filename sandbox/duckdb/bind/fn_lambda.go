package bind

import (
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

func addLambdas(f Functions) {
	f["transform"] = builtin{min: 2, max: 2, raw: true, bind: func(e *Env, s *scope, c *ast.Call, _ []Expr) (Expr, error) {
		x, v, body, err := e.lambda(s, c)
		return Expr{SQL: "list_transform(" + x.SQL + ", lambda " + v + ": " + body.SQL + ")", Type: sqltype.ArrayOf(body.Type)}, err
	}}
	f["filter"] = builtin{min: 2, max: 2, raw: true, bind: func(e *Env, s *scope, c *ast.Call, _ []Expr) (Expr, error) {
		x, v, body, err := e.lambda(s, c)
		if err == nil {
			body, err = e.toBoolean(body)
		}
		return Expr{SQL: "list_filter(" + x.SQL + ", lambda " + v + ": coalesce(" + body.SQL + ", false))", Type: x.Type}, err
	}}
	for name, fn := range map[string]string{"exists": "list_bool_or", "forall": "list_bool_and"} {
		f[name] = builtin{min: 2, max: 2, raw: true, bind: func(e *Env, s *scope, c *ast.Call, _ []Expr) (Expr, error) {
			x, v, body, err := e.lambda(s, c)
			if err == nil {
				body, err = e.toBoolean(body)
			}
			// Three-valued: a NULL leaves the answer open, unless another element decides it.
			list := "list_transform(" + x.SQL + ", lambda " + v + ": " + body.SQL + ")"
			decided := map[string]string{"list_bool_or": "true", "list_bool_and": "false"}[fn]
			return boolean("CASE WHEN " + x.SQL + " IS NULL THEN NULL WHEN list_contains(" + list + ", " + decided + ") THEN " + decided + " WHEN len(" + list +
				") > list_count(" + list + ") THEN NULL ELSE NOT " + decided + " END"), err
		}}
	}
}

// lambda binds f(array, x -> body).
func (e *Env) lambda(s *scope, c *ast.Call) (x Expr, v string, body Expr, err error) {
	l, ok := c.Args[1].(*ast.Lambda)
	if !ok {
		return x, "", body, unexpected(c.Name, sqltype.Of(sqltype.Void), "a lambda function")
	}
	if len(l.Params) != 1 {
		return x, "", body, sqlerr.Unsupported("%s with the index of elements is not in the sandbox.", c.Name)
	}
	if x, err = e.expr(s, c.Args[0]); err != nil {
		return x, "", body, err
	}
	if x.Type.Kind != sqltype.Array {
		return x, "", body, unexpected(c.Name, x.Type, "ARRAY")
	}
	v = e.alias()
	inner := &scope{parent: s, vars: map[string]Expr{strings.ToLower(l.Params[0]): {SQL: v, Type: *x.Type.Elem}}}
	body, err = e.expr(inner, l.Body)
	return x, v, body, err
}

func addJSON(f Functions) {
	f["from_json"] = builtin{min: 2, max: 3, raw: true, bind: func(e *Env, s *scope, c *ast.Call, _ []Expr) (Expr, error) {
		x, err := e.expr(s, c.Args[0])
		if err != nil {
			return x, err
		}
		text, err := e.argument(c.Name, x, 's')
		if err != nil {
			return x, err
		}
		ddl, ok := e.text(c.Args[1])
		if !ok {
			return x, sqlerr.New("INVALID_SCHEMA.NON_STRING_LITERAL", "The input schema is not a valid schema string. The input expression must be string literal and not null.")
		}
		t, err := schema(ddl)
		if err != nil {
			return x, err
		}
		fail, err := e.failfast(c.Args[2:])
		if err != nil {
			return x, err
		}
		if t.Has(sqltype.Map) && hasBadKey(t) {
			return x, sqlerr.New("INVALID_JSON_SCHEMA_MAP_TYPE", "Input schema %q can only contain STRING as a key type for a MAP.", t.SQL())
		}
		flag := "false"
		if fail {
			flag = "true"
		}
		sql, err := e.fromCanonical(call("spark_from_json", text, quoteText(t.SQL()), quoteText(e.Zone), flag), t)
		return Expr{SQL: sql, Type: t}, err
	}}
	f["to_json"] = builtin{min: 1, max: 2, bind: func(e *Env, _ *scope, c *ast.Call, args []Expr) (Expr, error) {
		if len(c.Args) > 1 {
			keep, err := e.keepsNullFields(c.Args[1])
			if err != nil {
				return Expr{}, err
			}
			e.nullFields = keep
			defer func() { e.nullFields = false }()
		}
		t := args[0].Type
		if !t.Nested() && t.Kind != sqltype.Variant {
			return Expr{}, unexpected(c.Name, t, "STRUCT, ARRAY, MAP or VARIANT")
		}
		if t.Has(sqltype.Timestamp) && !e.utc() {
			return Expr{}, sqlerr.Unsupported("to_json of TIMESTAMP in a session zone other than UTC is not in the sandbox.")
		}
		sql, err := e.toJSON(args[0])
		return Expr{SQL: sql, Type: sqltype.Of(sqltype.String)}, err
	}}
	f["is_variant_null"] = builtin{min: 1, max: 1, bind: func(_ *Env, _ *scope, c *ast.Call, args []Expr) (Expr, error) {
		if args[0].Type.Kind != sqltype.Variant {
			return Expr{}, unexpected(c.Name, args[0].Type, "VARIANT")
		}
		return boolean("coalesce(" + args[0].SQL + " = 'null', false)"), nil
	}}
}

// keepsNullFields reads the options of to_json: map('ignoreNullFields', 'false').
func (e *Env) keepsNullFields(options ast.Expr) (bool, error) {
	m, ok := options.(*ast.Call)
	if ok && m.Name == "map" && len(m.Args) == 2 {
		k, _ := e.text(m.Args[0])
		v, _ := e.text(m.Args[1])
		if strings.EqualFold(k, "ignoreNullFields") && (strings.EqualFold(v, "false") || strings.EqualFold(v, "true")) {
			return strings.EqualFold(v, "false"), nil
		}
	}
	return false, sqlerr.Unsupported("The options of to_json, other than map('ignoreNullFields', ...), are not in the sandbox.")
}

// schema reads 'array<...>' or a list of columns 'a INT, b STRING'.
func schema(ddl string) (sqltype.Type, error) {
	t, err := sqltype.ParseText(ddl)
	if err == nil {
		return t, nil
	}
	t, err = sqltype.ParseText("STRUCT<" + ddl + ">")
	if err != nil {
		return t, sqlerr.New("PARSE_SYNTAX_ERROR", "Syntax error in the schema %q.", ddl)
	}
	return t, nil
}

func hasBadKey(t sqltype.Type) bool {
	if t.Kind == sqltype.Map && t.Key.Kind != sqltype.String {
		return true
	}
	if t.Elem != nil && hasBadKey(*t.Elem) {
		return true
	}
	for _, f := range t.Fields {
		if hasBadKey(f.Type) {
			return true
		}
	}
	return false
}
