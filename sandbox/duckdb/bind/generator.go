package bind

import (
	"strconv"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/spark"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

func isGenerator(x ast.Expr) (*ast.Call, bool) {
	c, ok := x.(*ast.Call)
	if !ok {
		return nil, false
	}
	switch c.Name {
	case "explode", "posexplode", "explode_outer", "posexplode_outer", "inline", "inline_outer":
		return c, true
	}
	return nil, false
}

// generators moves a generator of the select list into FROM.
func (e *Env) generators(s *scope, items []ast.Item, from string) ([]ast.Item, string, error) {
	var out []ast.Item
	found := false
	for _, it := range items {
		c, ok := isGenerator(it.X)
		if !ok {
			out = append(out, it)
			continue
		}
		if found {
			return nil, "", sqlerr.New("UNSUPPORTED_GENERATOR.MULTI_GENERATOR", "The generator is not supported: only one generator allowed per SELECT clause but found 2.")
		}
		found = true
		g, err := e.generator(s, c)
		if err != nil {
			return nil, "", err
		}
		if g.Cols, err = rename(g.Cols, it.Aliases, c.Name); err != nil {
			return nil, "", err
		}
		g.Name = []string{"\x00generated"} // a qualifier that no user can write
		from = joinGenerator(from, s.add(e, g), strings.HasSuffix(c.Name, "_outer"))
		for _, col := range g.Cols {
			out = append(out, ast.Item{X: &ast.Column{Parts: []string{g.Name[0], col.Name}}, Aliases: []string{col.Name}})
		}
	}
	return out, from, nil
}

func joinGenerator(from, g string, outer bool) string {
	switch {
	case from == "":
		return g
	case outer:
		return "(" + from + " LEFT JOIN LATERAL " + g + " ON true)"
	case strings.HasPrefix(g, "("):
		return from + " CROSS JOIN LATERAL " + g
	}
	return from + " CROSS JOIN " + g
}

func (e *Env) lateralView(s *scope, v *ast.LateralView) (string, error) {
	in, err := e.from(s, v.Input)
	if err != nil {
		return "", err
	}
	c, ok := isGenerator(v.Call)
	if !ok {
		return "", sqlerr.New("UNRESOLVED_ROUTINE", "Cannot resolve generator %s on search path.", quoteName([]string{v.Call.Name}))
	}
	g, err := e.generator(s, c)
	if err != nil {
		return "", err
	}
	sql, err := e.aliased(s, g, v.Alias)
	return joinGenerator(in, sql, v.Outer || strings.HasSuffix(c.Name, "_outer")), err
}

// generator makes a relation of explode, posexplode or inline.
func (e *Env) generator(s *scope, c *ast.Call) (Relation, error) {
	if len(c.Args) != 1 {
		return Relation{}, wrongArgs(c.Name, len(c.Args), "1")
	}
	if r, ok, err := e.jsonRows(c); ok || err != nil {
		return r, err
	}
	x, err := e.expr(s, c.Args[0])
	if err != nil {
		return Relation{}, err
	}
	name := strings.TrimSuffix(c.Name, "_outer")
	pos := "generate_subscripts(" + x.SQL + ", 1) - 1"
	var cols []Column
	var parts []string
	switch {
	case name != "inline" && x.Type.Kind == sqltype.Array:
		cols = []Column{{Name: "col", Type: *x.Type.Elem, SQL: "c0"}}
		parts = []string{"unnest(" + x.SQL + ") AS c0"}
	case name != "inline" && x.Type.Kind == sqltype.Map:
		cols = []Column{{Name: "key", Type: *x.Type.Key, SQL: "c0"}, {Name: "value", Type: *x.Type.Elem, SQL: "c1"}}
		parts = []string{"unnest(map_keys(" + x.SQL + ")) AS c0", "unnest(map_values(" + x.SQL + ")) AS c1"}
		pos = "generate_subscripts(map_keys(" + x.SQL + "), 1) - 1"
	case name == "inline" && x.Type.Kind == sqltype.Array && x.Type.Elem.Kind == sqltype.Struct:
		return e.inline(x)
	default:
		return Relation{}, unexpected(c.Name, x.Type, "ARRAY or MAP")
	}
	if name == "posexplode" {
		cols = append([]Column{{Name: "pos", Type: sqltype.Of(sqltype.Int), SQL: "p"}}, cols...)
		parts = append(parts, "CAST("+pos+" AS INTEGER) AS p")
	}
	return Relation{SQL: "(SELECT " + strings.Join(parts, ", ") + ")", Cols: cols}, nil
}

func (e *Env) inline(x Expr) (Relation, error) {
	r := Relation{}
	a := e.alias()
	var parts []string
	for i, f := range x.Type.Elem.Fields {
		c := "c" + strconv.Itoa(i)
		r.Cols = append(r.Cols, Column{Name: f.Name, Type: f.Type, SQL: c})
		parts = append(parts, "struct_extract("+a+".s, "+quoteText(f.Name)+") AS "+c)
	}
	r.SQL = "(SELECT " + strings.Join(parts, ", ") + " FROM (SELECT unnest(" + x.SQL + ") AS s) AS " + a + ")"
	return r, nil
}

// jsonRows reads the rows of explode(from_json(<constant>, 'array<array<string>>', ...)) in one pass, without going
// through DuckDB's own JSON: that is how rows are staged, a statement of up to a megabyte after the other.
func (e *Env) jsonRows(c *ast.Call) (Relation, bool, error) {
	name := strings.TrimSuffix(c.Name, "_outer")
	fj, ok := c.Args[0].(*ast.Call)
	if !ok || fj.Name != "from_json" || len(fj.Args) < 2 || name == "inline" || name != c.Name {
		return Relation{}, false, nil
	}
	l, ok := e.literalOf(fj.Args[0])
	if !ok || l.Type.Kind != sqltype.String && l.Type.Kind != sqltype.Void {
		return Relation{}, false, nil
	}
	ddl, ok := e.text(fj.Args[1])
	t, err := sqltype.ParseText(ddl)
	want := sqltype.ArrayOf(sqltype.ArrayOf(sqltype.Of(sqltype.String)))
	if !ok || err != nil || !t.Equal(want) {
		return Relation{}, false, nil
	}
	failfast, err := e.failfast(fj.Args[2:])
	if err != nil {
		return Relation{}, false, err
	}
	text := l.Text
	if l.Null {
		text = ""
	}
	rows, _, err := spark.Rows([]byte(text), failfast)
	if err != nil {
		return Relation{}, false, err
	}
	table, err := e.Texts(rows)
	if err != nil {
		return Relation{}, false, err
	}
	r := Relation{SQL: table, Cols: []Column{{Name: "col", Type: *want.Elem, SQL: "r"}}}
	if name == "posexplode" {
		r.Cols = append([]Column{{Name: "pos", Type: sqltype.Of(sqltype.Int), SQL: "pos"}}, r.Cols...)
	}
	return r, true, nil
}

// failfast reads the options of from_json: map('mode', 'FAILFAST').
func (e *Env) failfast(opts []ast.Expr) (bool, error) {
	if len(opts) == 0 {
		return false, nil
	}
	m, ok := opts[0].(*ast.Call)
	if !ok || m.Name != "map" || len(m.Args)%2 != 0 {
		return false, sqlerr.Unsupported("The options of from_json must be map('mode', ...) in the sandbox.")
	}
	fail := false
	for i := 0; i < len(m.Args); i += 2 {
		k, _ := e.text(m.Args[i])
		v, _ := e.text(m.Args[i+1])
		switch {
		case strings.EqualFold(k, "mode") && strings.EqualFold(v, "FAILFAST"):
			fail = true
		case strings.EqualFold(k, "mode") && strings.EqualFold(v, "PERMISSIVE"):
		default:
			return false, sqlerr.Unsupported("The option %s = %s of from_json is not in the sandbox.", k, v)
		}
	}
	return fail, nil
}
