package bind

import (
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// castNested casts ARRAY, MAP and STRUCT part by part.
func (e *Env) castNested(x Expr, t sqltype.Type, m castMode) (Expr, error) {
	from := x.Type
	if from.Kind != t.Kind {
		if t.Kind == sqltype.String {
			return Expr{}, sqlerr.Unsupported("Casting %s to STRING is not in the sandbox, use to_json.", from.SQL())
		}
		return Expr{}, cannotCast(from, t)
	}
	out := Expr{Type: t}
	var err error
	switch t.Kind {
	case sqltype.Array:
		out.SQL, err = e.mapList(x.SQL, *from.Elem, *t.Elem, m)
	case sqltype.Map:
		var entries string
		entries, err = e.mapList("map_entries("+x.SQL+")", entryOf(from), entryOf(t), m)
		out.SQL = "map_from_entries(" + entries + ")"
	default:
		out.SQL, err = e.mapStruct(x.SQL, from, t, m)
	}
	return out, err
}

func entryOf(t sqltype.Type) sqltype.Type {
	return sqltype.StructOf(sqltype.Field{Name: "key", Type: *t.Key}, sqltype.Field{Name: "value", Type: *t.Elem})
}

func (e *Env) mapList(sql string, from, to sqltype.Type, m castMode) (string, error) {
	if from.Equal(to) {
		return sql, nil
	}
	v := e.alias()
	b, err := e.cast(Expr{SQL: v, Type: from}, to, m)
	return "list_transform(" + sql + ", lambda " + v + ": " + b.SQL + ")", err
}

// mapStruct matches fields by position, as CAST does, or by name where a column is assigned.
func (e *Env) mapStruct(sql string, from, to sqltype.Type, m castMode) (string, error) {
	if len(from.Fields) != len(to.Fields) {
		return "", cannotCast(from, to)
	}
	parts := make([]string, len(to.Fields))
	for i, f := range to.Fields {
		src := from.Fields[i]
		if m == store {
			for _, g := range from.Fields {
				if strings.EqualFold(g.Name, f.Name) {
					src = g
				}
			}
		}
		b, err := e.cast(Expr{SQL: "struct_extract(" + sql + ", " + quoteText(src.Name) + ")", Type: src.Type}, f.Type, m)
		if err != nil {
			return "", err
		}
		parts[i] = quoteIdent(f.Name) + " := " + b.SQL
	}
	return "CASE WHEN " + sql + " IS NULL THEN NULL ELSE struct_pack(" + strings.Join(parts, ", ") + ") END", nil
}

func quoteIdent(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// toJSON writes x as JSON text: NULL fields of structs are left out, NULL elements stay.
func (e *Env) toJSON(x Expr) (string, error) {
	t := x.Type
	switch {
	case t.Kind == sqltype.Variant || t.Kind == sqltype.Boolean || t.Integral() || t.Kind == sqltype.Decimal:
		return "CAST(" + x.SQL + " AS VARCHAR)", nil
	case t.Kind == sqltype.Float || t.Kind == sqltype.Double:
		text := e.castToText(x)
		return "CASE WHEN isfinite(" + x.SQL + ") THEN " + text + " ELSE '\"' || " + text + " || '\"' END", nil
	case t.Kind == sqltype.Binary:
		return "'\"' || spark_base64(" + x.SQL + ") || '\"'", nil
	case t.Kind == sqltype.Timestamp:
		return "'\"' || " + e.isoTime(e.wall(x.SQL)) + " || " + quoteText(e.isoZone()) + " || '\"'", nil
	case t.Kind == sqltype.TimestampNTZ:
		return "'\"' || " + e.isoTime(x.SQL) + " || '\"'", nil
	case t.Kind == sqltype.Array:
		return e.listJSON(x.SQL, *t.Elem)
	case t.Kind == sqltype.Map:
		return e.mapJSON(x.SQL, t)
	case t.Kind == sqltype.Struct:
		return e.structJSON(x)
	}
	return "spark_quote(" + e.castToText(x) + ")", nil
}

func (e *Env) isoTime(sql string) string { return "strftime(" + sql + ", '%Y-%m-%dT%H:%M:%S.%g')" }

func (e *Env) isoZone() string {
	if e.utc() {
		return "Z"
	}
	return "" // refused before: see to_json
}

func (e *Env) listJSON(sql string, elem sqltype.Type) (string, error) {
	v := e.alias()
	el, err := e.toJSON(Expr{SQL: v, Type: elem})
	return "'[' || array_to_string(list_transform(" + sql + ", lambda " + v + ": coalesce(" + el + ", 'null')), ',') || ']'", err
}

func (e *Env) mapJSON(sql string, t sqltype.Type) (string, error) {
	v := e.alias()
	key := e.castToText(Expr{SQL: v + ".key", Type: *t.Key})
	val, err := e.toJSON(Expr{SQL: v + ".value", Type: *t.Elem})
	return "'{' || array_to_string(list_transform(map_entries(" + sql + "), lambda " + v + ": spark_quote(" + key + ") || ':' || coalesce(" + val + ", 'null')), ',') || '}'", err
}

func (e *Env) structJSON(x Expr) (string, error) {
	parts := make([]string, len(x.Type.Fields))
	for i, f := range x.Type.Fields {
		b, err := e.toJSON(Expr{SQL: "struct_extract(" + x.SQL + ", " + quoteText(f.Name) + ")", Type: f.Type})
		if err != nil {
			return "", err
		}
		if e.nullFields {
			b = "coalesce(" + b + ", 'null')"
		}
		parts[i] = "spark_quote(" + quoteText(f.Name) + ") || ':' || " + b
	}
	return "CASE WHEN " + x.SQL + " IS NULL THEN NULL ELSE '{' || array_to_string(list_filter([" + strings.Join(parts, ", ") +
		"], lambda jf: jf IS NOT NULL), ',') || '}' END", nil
}

// fromCanonical turns the text of spark_from_json into a value of t.
func (e *Env) fromCanonical(sql string, t sqltype.Type) (string, error) {
	if !t.Nested() {
		return "", sqlerr.New("INVALID_SCHEMA", "from_json needs a STRUCT, ARRAY or MAP, got %s.", t.SQL())
	}
	raw := asRead(t)
	return e.hexToBytes("CAST(CAST("+sql+" AS JSON) AS "+raw.DuckDB()+")", raw, t)
}

// asRead is t with STRING in place of BINARY, which JSON cannot hold.
func asRead(t sqltype.Type) sqltype.Type {
	switch t.Kind {
	case sqltype.Binary:
		return sqltype.Of(sqltype.String)
	case sqltype.Array:
		return sqltype.ArrayOf(asRead(*t.Elem))
	case sqltype.Map:
		return sqltype.MapOf(asRead(*t.Key), asRead(*t.Elem))
	case sqltype.Struct:
		fields := make([]sqltype.Field, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = sqltype.Field{Name: f.Name, Type: asRead(f.Type)}
		}
		return sqltype.StructOf(fields...)
	}
	return t
}

func (e *Env) hexToBytes(sql string, from, to sqltype.Type) (string, error) {
	switch {
	case !to.Has(sqltype.Binary):
		return sql, nil
	case to.Kind == sqltype.Binary:
		return "unhex(" + sql + ")", nil
	case to.Kind == sqltype.Array:
		v := e.alias()
		el, err := e.hexToBytes(v, *from.Elem, *to.Elem)
		return "list_transform(" + sql + ", lambda " + v + ": " + el + ")", err
	case to.Kind == sqltype.Map:
		v := e.alias()
		el, err := e.hexToBytes(v+".value", *from.Elem, *to.Elem)
		return "map_from_entries(list_transform(map_entries(" + sql + "), lambda " + v + ": struct_pack(key := " + v + ".key, value := " + el + ")))", err
	}
	parts := make([]string, len(to.Fields))
	for i, f := range to.Fields {
		b, err := e.hexToBytes("struct_extract("+sql+", "+quoteText(f.Name)+")", from.Fields[i].Type, f.Type)
		if err != nil {
			return "", err
		}
		parts[i] = quoteIdent(f.Name) + " := " + b
	}
	return "CASE WHEN " + sql + " IS NULL THEN NULL ELSE struct_pack(" + strings.Join(parts, ", ") + ") END", nil
}

// toVariant makes a VARIANT, which is kept as JSON text.
func (e *Env) toVariant(x Expr) (Expr, error) {
	t := sqltype.Of(sqltype.Variant)
	switch x.Type.Kind {
	case sqltype.Binary, sqltype.Date, sqltype.Timestamp, sqltype.TimestampNTZ, sqltype.Float, sqltype.Double:
		return Expr{}, sqlerr.Unsupported("Casting %s to VARIANT is not in the sandbox.", x.Type.SQL())
	}
	sql, err := e.toJSON(x)
	return Expr{SQL: sql, Type: t}, err
}

func (e *Env) fromVariant(x Expr, t sqltype.Type, m castMode) (string, error) {
	if t.Nested() {
		return "", sqlerr.Unsupported("Casting VARIANT to %s is not in the sandbox.", t.SQL())
	}
	text := call("spark_variant_text", x.SQL)
	if t.Kind == sqltype.String {
		return text, nil
	}
	return e.castFromText(text, t, m == try), nil
}
