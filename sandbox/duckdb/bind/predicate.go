package bind

import (
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

func (e *Env) in(s *scope, x *ast.In) (Expr, error) {
	if x.Query != nil {
		return e.inQuery(s, x)
	}
	if t, ok := x.X.(*ast.Tuple); ok {
		return e.inTuples(s, t, x.List)
	}
	all, err := e.exprs(s, append([]ast.Expr{x.X}, x.List...))
	if err != nil {
		return Expr{}, err
	}
	for i := range all[1:] {
		_, all[i+1] = padChar(all[0], all[i+1])
	}
	all, t, err := e.unify("in", all)
	if err != nil {
		return Expr{}, err
	}
	if t.Has(sqltype.Map) || t.Has(sqltype.Variant) {
		return Expr{}, sqlerr.New("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "The IN operator does not support ordering on type %q.", t.SQL())
	}
	return boolean("(" + all[0].SQL + ") IN (" + sqls(all[1:]) + ")"), nil
}

// inTuples is (a, b) IN ((1, 'x'), ...), typed strictly as Spark does.
func (e *Env) inTuples(s *scope, x *ast.Tuple, list []ast.Expr) (Expr, error) {
	l, err := e.tuple(s, x)
	if err != nil {
		return l, err
	}
	parts := make([]string, len(list))
	for i, item := range list {
		t, ok := item.(*ast.Tuple)
		if !ok || len(t.Items) != len(x.Items) {
			return l, sqlerr.New("DATATYPE_MISMATCH.DATA_DIFF_TYPES", "Input to `in` should all be the same type, but the list holds something else than %d values.", len(x.Items))
		}
		r, err := e.tuple(s, t)
		if err != nil {
			return l, err
		}
		for k, f := range r.Type.Fields {
			if f.Type.Kind != sqltype.Void && !f.Type.Equal(l.Type.Fields[k].Type) {
				return l, sqlerr.New("DATATYPE_MISMATCH.DATA_DIFF_TYPES", "Input to `in` should all be the same type, but it's (%q, %q).", l.Type.SQL(), r.Type.SQL())
			}
		}
		parts[i] = r.SQL
	}
	return boolean(l.SQL + " IN (" + strings.Join(parts, ", ") + ")"), nil
}

// tuple is (a, b), a struct.
func (e *Env) tuple(s *scope, x *ast.Tuple) (Expr, error) {
	items, err := e.exprs(s, x.Items)
	if err != nil {
		return Expr{}, err
	}
	fields := make([]sqltype.Field, len(items))
	for i, it := range items {
		fields[i] = sqltype.Field{Name: "col" + string(rune('1'+i%9)), Type: it.Type}
	}
	return Expr{SQL: "ROW(" + sqls(items) + ")", Type: sqltype.StructOf(fields...)}, nil
}

func (e *Env) inQuery(s *scope, x *ast.In) (Expr, error) {
	if _, ok := x.X.(*ast.Tuple); ok {
		return Expr{}, sqlerr.Unsupported("(a, b) IN (SELECT ...) is not in the sandbox, use EXISTS or a join.")
	}
	l, err := e.expr(s, x.X)
	if err != nil {
		return l, err
	}
	q, err := e.query(s, x.Query)
	if err != nil {
		return l, err
	}
	if len(q.Cols) != 1 {
		return l, sqlerr.New("DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH", "The number of columns in the left hand side of an IN subquery does not match the number of columns in the output of subquery: 1 and %d.", len(q.Cols))
	}
	t, ok := sqltype.Common(l.Type, q.Cols[0].Type)
	if !ok {
		return l, sqlerr.New("DATATYPE_MISMATCH.IN_SUBQUERY_DATA_TYPE_MISMATCH", "The data type of one or more elements in the left hand side of an IN subquery is not compatible with the data type of the output of the subquery: %s and %s.", l.Type.SQL(), q.Cols[0].Type.SQL())
	}
	if l, err = e.cast(l, t, implicit); err != nil {
		return l, err
	}
	a := e.alias()
	r, err := e.cast(Expr{SQL: a + ".c0", Type: q.Cols[0].Type}, t, implicit)
	return boolean("(" + l.SQL + ") IN (SELECT " + r.SQL + " FROM (" + q.SQL + ") AS " + a + ")"), err
}

func (e *Env) scalarSubquery(s *scope, x *ast.Subquery) (Expr, error) {
	q, err := e.query(s, x.Query)
	if err != nil {
		return Expr{}, err
	}
	if len(q.Cols) != 1 {
		return Expr{}, sqlerr.New("INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN", "Scalar subquery must return only one column, but returned %d.", len(q.Cols))
	}
	return Expr{SQL: "(" + q.SQL + ")", Type: q.Cols[0].Type}, nil
}

// like binds LIKE, ILIKE and RLIKE. The escape of LIKE is a backslash, before anything but %, _ and itself an error.
func (e *Env) like(s *scope, x *ast.Like) (Expr, error) {
	both, err := e.exprs(s, []ast.Expr{x.X, x.Pattern})
	if err != nil {
		return Expr{}, err
	}
	for i := range both {
		if both[i], err = e.cast(both[i], sqltype.Of(sqltype.String), implicit); err != nil {
			return Expr{}, err
		}
	}
	if x.Op == "RLIKE" {
		return boolean(call("regexp_matches", both[0].SQL, both[1].SQL)), nil
	}
	if len([]rune(x.Escape)) != 1 {
		return Expr{}, sqlerr.New("INVALID_ESCAPE_CHAR", "`EscapeChar` should be a string literal of length one, but got %q.", x.Escape)
	}
	return boolean("(" + both[0].SQL + ") " + x.Op + " (" + both[1].SQL + ") ESCAPE " + quoteText(x.Escape)), nil
}

// index is x[i]: the first element of an array is 0 and one beyond the end is an error; a missing key of a map is NULL.
func (e *Env) index(s *scope, x *ast.Index) (Expr, error) {
	b, err := e.expr(s, x.X)
	if err != nil {
		return b, err
	}
	i, err := e.expr(s, x.I)
	if err != nil {
		return i, err
	}
	switch b.Type.Kind {
	case sqltype.Map:
		key, err := e.cast(i, *b.Type.Key, implicit)
		return Expr{SQL: mapValue(b.SQL, key.SQL), Type: *b.Type.Elem}, err
	case sqltype.Array:
		if !i.Type.Integral() {
			return b, unexpected("[]", i.Type, "INTEGRAL")
		}
		return Expr{SQL: elementSQL(b.SQL, i), Type: *b.Type.Elem}, nil
	}
	return b, sqlerr.New("INVALID_EXTRACT_BASE_FIELD_TYPE", "Can't extract a value from %q. Need a complex type [STRUCT, ARRAY, MAP].", b.Type.SQL())
}

func elementSQL(list string, i Expr) string {
	msg := func(index string) string {
		e := sqlerr.Text("INVALID_ARRAY_INDEX", "The index \x00 is out of bounds. Use the SQL function `get()` to tolerate accessing element at invalid index and return NULL instead.")
		before, after, _ := strings.Cut(e, "\x00")
		return "error(" + quoteText(before) + " || " + index + " || " + quoteText(after) + ")"
	}
	if i.Lit != nil && !strings.HasPrefix(i.Lit.Text, "-") {
		n := strings.TrimLeft(i.Lit.Text, "0")
		if n == "" {
			n = "0"
		}
		return "CASE WHEN len(" + list + ") > " + n + " THEN (" + list + ")[" + n + " + 1] WHEN " + list + " IS NULL THEN NULL ELSE " + msg("'"+n+"'") + " END"
	}
	return "CASE WHEN " + i.SQL + " >= 0 AND " + i.SQL + " < len(" + list + ") THEN (" + list + ")[" + i.SQL + " + 1] WHEN " + list + " IS NULL OR " + i.SQL +
		" IS NULL THEN NULL ELSE " + msg("("+i.SQL+")::VARCHAR") + " END"
}

func (e *Env) path(s *scope, x *ast.Path) (Expr, error) {
	b, err := e.expr(s, x.X)
	if err != nil {
		return b, err
	}
	switch b.Type.Kind {
	case sqltype.Variant:
		return Expr{SQL: call("spark_get_variant", b.SQL, quoteText(x.Path)), Type: b.Type}, nil
	case sqltype.String:
		return Expr{SQL: call("spark_get_json", b.SQL, quoteText(x.Path)), Type: b.Type}, nil
	}
	return b, unexpected(":", b.Type, "VARIANT")
}
