package bind

import (
	"fmt"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// castMode says who asks for a cast.
type castMode int

const (
	explicit castMode = iota // CAST(x AS t)
	try                      // TRY_CAST: NULL where CAST fails
	implicit                 // coercion of an operand or argument
	store                    // assignment to a column
)

// cast brings x to type t as Spark's ANSI cast does.
func (e *Env) cast(x Expr, t sqltype.Type, m castMode) (Expr, error) {
	from := x.Type
	if from.Equal(t) {
		return x, nil
	}
	out := Expr{Type: t}
	if from.Kind == sqltype.Void {
		out.SQL = nullOf(t)
		if x.Lit != nil {
			out.Lit = &ast.Literal{Type: t, Null: true}
		}
		return out, nil
	}
	if t.Kind == sqltype.Char || t.Kind == sqltype.Varchar {
		t = sqltype.Of(sqltype.String) // CAST ignores the length, as Spark does for expressions
		out.Type = t
		if from.Equal(t) {
			return x, nil
		}
	}
	var err error
	switch {
	case t.Kind == sqltype.Variant:
		return e.toVariant(x)
	case from.Kind == sqltype.Variant:
		out.SQL, err = e.fromVariant(x, t, m)
	case from.Nested() || t.Nested():
		return e.castNested(x, t, m)
	case t.Kind == sqltype.String:
		out.SQL = e.castToText(x)
	case from.Kind == sqltype.String:
		out.SQL = e.castFromText(x.SQL, t, m == try)
	default:
		out.SQL, err = e.castScalar(x, t, m == try)
	}
	return out, err
}

func cannotCast(from, to sqltype.Type) error {
	return sqlerr.New("DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION", "Cannot resolve the cast due to data type mismatch: cannot cast %q to %q.", from.SQL(), to.SQL())
}

func call(f string, args ...string) string { return f + "(" + strings.Join(args, ", ") + ")" }

func (e *Env) castToText(x Expr) string {
	switch x.Type.Kind {
	case sqltype.Double:
		return call("spark_f64_text", x.SQL)
	case sqltype.Float:
		return call("spark_f32_text", x.SQL)
	case sqltype.Binary:
		return call("spark_utf8", x.SQL)
	case sqltype.Timestamp:
		return "CAST(" + e.wall(x.SQL) + " AS VARCHAR)"
	}
	return "CAST(" + x.SQL + " AS VARCHAR)"
}

// wall is what the clocks of the session show at an instant.
func (e *Env) wall(sql string) string {
	if e.utc() {
		return sql
	}
	return call("spark_wall", sql, quoteText(e.Zone))
}

func (e *Env) instant(sql string) string {
	if e.utc() {
		return sql
	}
	return call("spark_instant", sql, quoteText(e.Zone))
}

func (e *Env) utc() bool {
	return strings.EqualFold(e.Zone, "UTC") || strings.EqualFold(e.Zone, "Etc/UTC")
}

func (e *Env) castFromText(sql string, t sqltype.Type, try bool) string {
	f := "spark_"
	if try {
		f = "spark_try_"
	}
	switch t.Kind {
	case sqltype.TinyInt:
		return call(f+"i8", sql)
	case sqltype.SmallInt:
		return call(f+"i16", sql)
	case sqltype.Int:
		return call(f+"i32", sql)
	case sqltype.BigInt:
		return call(f+"i64", sql)
	case sqltype.Float:
		return call(f+"f32", sql)
	case sqltype.Double:
		return call(f+"f64", sql)
	case sqltype.Boolean:
		return call(f+"bool", sql)
	case sqltype.Date:
		return call(f+"date", sql)
	case sqltype.Timestamp:
		return call(f+"ts", sql, quoteText(e.Zone))
	case sqltype.TimestampNTZ:
		return call(f+"ntz", sql, quoteText("UTC"))
	case sqltype.Decimal:
		return fmt.Sprintf("CAST(%sdecimal(%s, %d, %d) AS %s)", f, sql, t.Precision, t.Scale, t.DuckDB())
	}
	return call("encode", sql) // BINARY
}

// castScalar casts between numbers, times and BOOLEAN.
func (e *Env) castScalar(x Expr, t sqltype.Type, try bool) (string, error) {
	from := x.Type
	switch {
	case from.Numeric() && t.Numeric():
		return e.castNumber(x, t, try), nil
	case from.Kind == sqltype.Boolean && t.Numeric(), from.Numeric() && t.Kind == sqltype.Boolean:
		return castSQL(x.SQL, t, try), nil
	case from.Kind == sqltype.Binary, t.Kind == sqltype.Binary:
		return "", cannotCast(from, t)
	case datelike(from) && datelike(t):
		return e.castTime(x, t), nil
	case from.Kind == sqltype.Timestamp && t.Numeric():
		return e.castNumber(Expr{SQL: "(epoch_us(" + x.SQL + ")::DOUBLE / 1000000)", Type: sqltype.Of(sqltype.Double)}, t, try), nil
	case from.Integral() && t.Kind == sqltype.Timestamp:
		return "make_timestamp(" + x.SQL + "::BIGINT * 1000000)", nil
	}
	return "", cannotCast(from, t)
}

func datelike(t sqltype.Type) bool {
	return t.Kind == sqltype.Date || t.Kind == sqltype.Timestamp || t.Kind == sqltype.TimestampNTZ
}

func castSQL(sql string, t sqltype.Type, try bool) string {
	if try {
		return "TRY_CAST(" + sql + " AS " + t.DuckDB() + ")"
	}
	return "CAST(" + sql + " AS " + t.DuckDB() + ")"
}

func (e *Env) castNumber(x Expr, t sqltype.Type, try bool) string {
	from := x.Type
	fraction := from.Kind == sqltype.Double || from.Kind == sqltype.Float
	switch {
	case fraction && t.Integral():
		f := "spark_f64_"
		if try {
			f = "spark_try_f64_"
		}
		bits := map[sqltype.Kind]string{sqltype.TinyInt: "i8", sqltype.SmallInt: "i16", sqltype.Int: "i32", sqltype.BigInt: "i64"}[t.Kind]
		return "CAST(" + call(f+bits, "CAST("+x.SQL+" AS DOUBLE)") + " AS " + t.DuckDB() + ")"
	case fraction && t.Kind == sqltype.Decimal:
		return e.castFromText(e.castToText(x), t, try)
	case from.Kind == sqltype.Double && t.Kind == sqltype.Float:
		return call("spark_f64_f32", x.SQL)
	case from.Kind == sqltype.Decimal && t.Integral():
		return castSQL("trunc("+x.SQL+")", t, try) // DuckDB would round
	}
	return castSQL(x.SQL, t, try)
}

func (e *Env) castTime(x Expr, t sqltype.Type) string {
	from := x.Type.Kind
	switch {
	case from == sqltype.Date && t.Kind == sqltype.Timestamp:
		return e.instant("CAST(" + x.SQL + " AS TIMESTAMP)")
	case from == sqltype.Timestamp && t.Kind == sqltype.Date:
		return "CAST(" + e.wall(x.SQL) + " AS DATE)"
	case from == sqltype.Timestamp && t.Kind == sqltype.TimestampNTZ:
		return e.wall(x.SQL)
	case from == sqltype.TimestampNTZ && t.Kind == sqltype.Timestamp:
		return e.instant(x.SQL)
	}
	return "CAST(" + x.SQL + " AS " + t.DuckDB() + ")"
}
