package bind

import (
	"fmt"
	"strconv"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// arithmetic binds + - * / % DIV & | ^ << >> with Spark's result types; overflow and zero are errors.
func (e *Env) arithmetic(op string, l, r Expr) (Expr, error) {
	if l.Type.Kind == sqltype.Date || l.Type.Kind == sqltype.Timestamp || l.Type.Kind == sqltype.TimestampNTZ {
		return e.dateArithmetic(op, l, r)
	}
	l, r, err := e.numbers(op, l, r)
	if err != nil {
		return l, err
	}
	switch op {
	case "&", "|", "^", "<<", ">>":
		return e.bits(op, l, r)
	case "DIV":
		return e.integralDivision(l, r)
	case "/":
		if l.Type.Kind != sqltype.Decimal && r.Type.Kind != sqltype.Decimal || fractional(l.Type) || fractional(r.Type) {
			return e.sameType(op, l, r, sqltype.Of(sqltype.Double))
		}
	}
	if (l.Type.Kind == sqltype.Decimal || r.Type.Kind == sqltype.Decimal) && !fractional(l.Type) && !fractional(r.Type) {
		return e.decimalOp(op, l, r)
	}
	t, _ := sqltype.Common(l.Type, r.Type)
	return e.sameType(op, l, r, t)
}

func fractional(t sqltype.Type) bool { return t.Kind == sqltype.Float || t.Kind == sqltype.Double }

// numbers makes both operands numeric: a text becomes what the other one asks for.
func (e *Env) numbers(op string, l, r Expr) (Expr, Expr, error) {
	fix := func(x, other Expr) (Expr, error) {
		switch {
		case x.Type.Numeric():
			return x, nil
		case x.Type.Kind == sqltype.Void:
			t := other.Type
			if !t.Numeric() {
				t = sqltype.Of(sqltype.Double)
			}
			return e.cast(x, t, implicit)
		case x.Type.Kind == sqltype.String:
			t := sqltype.Of(sqltype.Double)
			if other.Type.Integral() {
				t = sqltype.Of(sqltype.BigInt)
			}
			return e.cast(x, t, implicit)
		}
		return x, unexpected(op, x.Type, "NUMERIC")
	}
	a, err := fix(l, r)
	if err != nil {
		return l, r, err
	}
	b, err := fix(r, l)
	return a, b, err
}

// sameType computes in type t, integral or fractional.
func (e *Env) sameType(op string, l, r Expr, t sqltype.Type) (Expr, error) {
	var err error
	if l, err = e.cast(l, t, implicit); err != nil {
		return l, err
	}
	if r, err = e.cast(r, t, implicit); err != nil {
		return r, err
	}
	out := Expr{Type: t}
	switch {
	case op == "/":
		out.SQL = call("spark_div_f64", l.SQL, r.SQL)
	case op == "%" && t.Integral():
		out.SQL = "CAST(" + call("spark_mod_i64", l.SQL, r.SQL) + " AS " + t.DuckDB() + ")"
	case op == "%":
		out.SQL = "CAST(" + call("spark_mod_f64", l.SQL, r.SQL) + " AS " + t.DuckDB() + ")"
	case t.Integral():
		// DuckDB checks the overflow of its own type.
		out.SQL = "CAST((" + l.SQL + " " + op + " " + r.SQL + ") AS " + t.DuckDB() + ")"
	default:
		f := map[string]string{"+": "spark_add_f64", "-": "spark_sub_f64", "*": "spark_mul_f64"}[op]
		out.SQL = "CAST(" + call(f, l.SQL, r.SQL) + " AS " + t.DuckDB() + ")"
		if t.Kind == sqltype.Float {
			out.SQL = call("spark_f64_f32", call(f, l.SQL, r.SQL))
		}
	}
	return out, nil
}

func (e *Env) integralDivision(l, r Expr) (Expr, error) {
	if !l.Type.Integral() || !r.Type.Integral() {
		return l, sqlerr.Unsupported("DIV of %s and %s is not in the sandbox.", l.Type.SQL(), r.Type.SQL())
	}
	return Expr{SQL: call("spark_div_i64", l.SQL, r.SQL), Type: sqltype.Of(sqltype.BigInt)}, nil
}

func (e *Env) bits(op string, l, r Expr) (Expr, error) {
	if !l.Type.Integral() || !r.Type.Integral() {
		return l, unexpected(op, l.Type, "INTEGRAL")
	}
	if op == "<<" || op == ">>" {
		return l, sqlerr.Unsupported("The operator %s is not in the sandbox.", op)
	}
	t, _ := sqltype.Common(l.Type, r.Type)
	if op == "^" {
		return Expr{SQL: "CAST(xor(" + l.SQL + "::BIGINT, " + r.SQL + "::BIGINT) AS " + t.DuckDB() + ")", Type: t}, nil
	}
	return Expr{SQL: "CAST(((" + l.SQL + ") " + op + " (" + r.SQL + ")) AS " + t.DuckDB() + ")", Type: t}, nil
}

// decimalOf is the DECIMAL that an integral operand becomes; a literal needs only its own digits.
func decimalOf(x Expr) sqltype.Type {
	if x.Lit != nil && !x.Lit.Null && x.Type.Integral() {
		n := len(x.Lit.Text)
		if x.Lit.Text[0] == '-' {
			n--
		}
		return sqltype.DecimalOf(max(n, 1), 0)
	}
	return sqltype.AsDecimal(x.Type)
}

// decimalOp has Spark's precision and scale. What fits 38 digits exactly is DuckDB's to compute, the rest is done on
// digits.
func (e *Env) decimalOp(op string, l, r Expr) (Expr, error) {
	a, b := decimalOf(l), decimalOf(r)
	p, s := decimalResult(op, a, b)
	t := sqltype.BoundedDecimal(p, s)
	l, err := e.cast(l, a, implicit)
	if err != nil {
		return l, err
	}
	if r, err = e.cast(r, b, implicit); err != nil {
		return r, err
	}
	switch {
	case p <= 38 && (op == "+" || op == "-"):
		wide := fmt.Sprintf("DECIMAL(%d,%d)", p, s)
		return Expr{SQL: "CAST((CAST(" + l.SQL + " AS " + wide + ") " + op + " CAST(" + r.SQL + " AS " + wide + ")) AS " + wide + ")", Type: t}, nil
	case p <= 38 && op == "*":
		return Expr{SQL: fmt.Sprintf("CAST((CAST(%s AS DECIMAL(38,%d)) * CAST(%s AS DECIMAL(38,%d))) AS %s)", l.SQL, a.Scale, r.SQL, b.Scale, t.DuckDB()), Type: t}, nil
	}
	sql := call("spark_decimal_op", quoteText(op), "CAST("+l.SQL+" AS VARCHAR)", "CAST("+r.SQL+" AS VARCHAR)", strconv.Itoa(t.Precision), strconv.Itoa(t.Scale))
	return Expr{SQL: "CAST(" + sql + " AS " + t.DuckDB() + ")", Type: t}, nil
}

func decimalResult(op string, a, b sqltype.Type) (p, s int) {
	switch op {
	case "*":
		return a.Precision + b.Precision + 1, a.Scale + b.Scale
	case "/":
		s = max(6, a.Scale+b.Precision+1)
		return a.Precision - a.Scale + b.Scale + s, s
	case "%":
		s = max(a.Scale, b.Scale)
		return min(a.Precision-a.Scale, b.Precision-b.Scale) + s, s
	}
	s = max(a.Scale, b.Scale)
	return max(a.Precision-a.Scale, b.Precision-b.Scale) + s + 1, s
}

// dateArithmetic is date + n days, date - n days, date - date.
func (e *Env) dateArithmetic(op string, l, r Expr) (Expr, error) {
	if l.Type.Kind == sqltype.Date && r.Type.Integral() && (op == "+" || op == "-") {
		return Expr{SQL: "(" + l.SQL + " " + op + " CAST(" + r.SQL + " AS INTEGER))", Type: l.Type}, nil
	}
	return l, sqlerr.Unsupported("%s %s %s is not in the sandbox.", l.Type.SQL(), op, r.Type.SQL())
}

// intervalOp is x + INTERVAL or x - INTERVAL.
func (e *Env) intervalOp(s *scope, x *ast.Binary) (Expr, bool, error) {
	iv, ok := x.R.(*ast.Interval)
	if !ok || x.Op != "+" && x.Op != "-" {
		return Expr{}, false, nil
	}
	l, err := e.expr(s, x.L)
	if err != nil {
		return l, true, err
	}
	if l.Type.Kind == sqltype.String {
		if l, err = e.cast(l, sqltype.Of(sqltype.Timestamp), implicit); err != nil {
			return l, true, err
		}
	}
	add := fmt.Sprintf(" %s (to_months(%d) + to_microseconds(%d))", x.Op, iv.Months, iv.Micros)
	switch {
	case l.Type.Kind == sqltype.Date && iv.Micros%86400_000_000 == 0:
		add = fmt.Sprintf(" %s (to_months(%d) + to_days(%d))", x.Op, iv.Months, iv.Micros/86400_000_000)
		return Expr{SQL: "CAST((" + l.SQL + add + ") AS DATE)", Type: l.Type}, true, nil
	case l.Type.Kind == sqltype.Date:
		if l, err = e.cast(l, sqltype.Of(sqltype.Timestamp), implicit); err != nil {
			return l, true, err
		}
	case !datelike(l.Type):
		return l, true, unexpected(x.Op, l.Type, "TIMESTAMP")
	}
	if iv.Months != 0 && l.Type.Kind == sqltype.Timestamp && !e.utc() {
		return l, true, sqlerr.Unsupported("Adding months to a TIMESTAMP in a session zone other than UTC is not in the sandbox.")
	}
	return Expr{SQL: "(" + l.SQL + add + ")", Type: l.Type}, true, nil
}
