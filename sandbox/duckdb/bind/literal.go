package bind

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/spark"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// literal writes a constant of the type it has.
func (e *Env) literal(l *ast.Literal) (Expr, error) {
	out := Expr{Type: l.Type, Lit: l}
	if l.Null {
		out.SQL = nullOf(l.Type)
		return out, nil
	}
	var err error
	switch l.Type.Kind {
	case sqltype.String:
		out.SQL = quoteText(l.Text)
	case sqltype.Boolean:
		out.SQL = l.Text
	case sqltype.Binary:
		out.SQL, err = binaryLiteral(l.Text)
	case sqltype.Date:
		var d int32
		if d, err = spark.ParseDate(l.Text); err == nil {
			out.SQL = "(DATE '1970-01-01' + " + strconv.Itoa(int(d)) + ")"
		}
	case sqltype.Timestamp, sqltype.TimestampNTZ:
		out.SQL, err = e.timeLiteral(l)
	default:
		out.SQL, err = numberLiteral(l)
	}
	if err != nil {
		return Expr{}, invalidLiteral(l, err)
	}
	return out, nil
}

func nullOf(t sqltype.Type) string { return "CAST(NULL AS " + t.DuckDB() + ")" }

func invalidLiteral(l *ast.Literal, err error) error {
	switch l.Type.Kind {
	case sqltype.Date, sqltype.Timestamp, sqltype.TimestampNTZ, sqltype.Binary:
		return sqlerr.New("INVALID_TYPED_LITERAL", "The value of the typed literal %q is invalid: '%s'.", l.Type.SQL(), l.Text)
	}
	return err
}

func binaryLiteral(text string) (string, error) {
	if len(text)%2 == 1 {
		text = "0" + text
	}
	if _, err := hex.DecodeString(text); err != nil {
		return "", err
	}
	return "unhex('" + text + "')", nil
}

func (e *Env) timeLiteral(l *ast.Literal) (string, error) {
	z := &spark.Zones{}
	loc, err := z.Load(e.Zone)
	if err != nil {
		return "", err
	}
	v, err := z.ParseTimestamp(l.Text, loc, l.Type.Kind == sqltype.TimestampNTZ)
	return timestampSQL(v), err
}

func timestampSQL(micros int64) string {
	return "make_timestamp(" + strconv.FormatInt(micros, 10) + "::BIGINT)"
}

// numberLiteral checks the text, which may come from a client's parameter, and quotes it.
func numberLiteral(l *ast.Literal) (string, error) {
	text := l.Text
	var err error
	switch {
	case l.Type.Integral():
		bits := map[sqltype.Kind]int{sqltype.TinyInt: 8, sqltype.SmallInt: 16, sqltype.Int: 32, sqltype.BigInt: 64}[l.Type.Kind]
		_, err = spark.ParseInt(text, l.Type.SQL(), bits)
	case l.Type.Kind == sqltype.Decimal:
		text, err = spark.ParseDecimal(text, l.Type.Precision, l.Type.Scale)
	default:
		var f float64
		f, err = spark.ParseFloat(text, l.Type.SQL(), 64)
		text = strings.Replace(strings.ToLower(spark.FormatFloat(f, 64)), "infinity", "inf", 1)
	}
	return "'" + strings.TrimSpace(text) + "'::" + l.Type.DuckDB(), err
}

func (e *Env) param(p *ast.Param) (Expr, error) {
	if p.Index >= len(e.Params) {
		return Expr{}, sqlerr.New("UNBOUND_SQL_PARAMETER", "Found the unbound parameter: _%d. Please, fix `args` and provide a mapping of the parameter to either a SQL literal or collection constructor functions such as `map()`, `array()`, `struct()`.", p.Index)
	}
	return e.literal(&e.Params[p.Index])
}

// literalOf is the constant that x is, after markers are replaced.
func (e *Env) literalOf(x ast.Expr) (*ast.Literal, bool) {
	switch x := x.(type) {
	case *ast.Literal:
		return x, true
	case *ast.Param:
		if x.Index < len(e.Params) {
			return &e.Params[x.Index], true
		}
	case *ast.Cast:
		if l, ok := e.literalOf(x.X); ok && x.Type.Kind == sqltype.String && l.Type.Kind == sqltype.String {
			return l, true
		}
	}
	return nil, false
}

// text is the value of a constant text, for arguments that must be one.
func (e *Env) text(x ast.Expr) (string, bool) {
	l, ok := e.literalOf(x)
	if !ok || l.Null || l.Type.Kind != sqltype.String {
		return "", false
	}
	return l.Text, true
}

// Int is the value of a constant integer, for LIMIT and VERSION AS OF.
func (e *Env) Int(x ast.Expr) (int64, bool) {
	l, ok := e.literalOf(x)
	if !ok || l.Null || !l.Type.Integral() && l.Type.Kind != sqltype.String {
		return 0, false
	}
	v, err := spark.ParseInt(l.Text, "BIGINT", 64)
	return v, err == nil
}

// Time is the value of a constant time, for TIMESTAMP AS OF.
func (e *Env) Time(x ast.Expr) (time.Time, bool) {
	l, ok := e.literalOf(x)
	if !ok || l.Null {
		return time.Time{}, false
	}
	z := &spark.Zones{}
	loc, err := z.Load(e.Zone)
	if err != nil {
		return time.Time{}, false
	}
	v, err := z.ParseTimestamp(l.Text, loc, false)
	return time.UnixMicro(v).UTC(), err == nil
}
