package parse

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// number reads a numeric literal with its suffix: 12 INT, 12L BIGINT, 1.5 DECIMAL(2,1), 1e3 DOUBLE.
func (p *parser) number(sign string) ast.Expr {
	raw := strings.ToUpper(p.next().Raw)
	for _, s := range []struct {
		suffix string
		kind   sqltype.Kind
	}{{"BD", sqltype.Decimal}, {"L", sqltype.BigInt}, {"S", sqltype.SmallInt}, {"Y", sqltype.TinyInt}, {"D", sqltype.Double}, {"F", sqltype.Float}} {
		if body, ok := strings.CutSuffix(raw, s.suffix); ok {
			if s.kind == sqltype.Decimal {
				return p.decimalLiteral(sign + body)
			}
			return p.suffixed(sign+body, s.kind)
		}
	}
	if strings.Contains(raw, "E") {
		return p.suffixed(sign+raw, sqltype.Double)
	}
	if strings.Contains(raw, ".") {
		return p.decimalLiteral(sign + raw)
	}
	return p.integer(sign + raw)
}

func (p *parser) suffixed(text string, k sqltype.Kind) ast.Expr {
	var err error
	bits := map[sqltype.Kind]int{sqltype.BigInt: 64, sqltype.SmallInt: 16, sqltype.TinyInt: 8}[k]
	if bits > 0 {
		_, err = strconv.ParseInt(text, 10, bits)
	} else {
		_, err = strconv.ParseFloat(text, 64)
	}
	if err != nil {
		panic(bail{sqlerr.New("INVALID_NUMERIC_LITERAL_RANGE", "Numeric literal %s is outside the valid range of %s.", text, sqltype.Of(k).SQL())})
	}
	return &ast.Literal{Type: sqltype.Of(k), Text: text}
}

func (p *parser) integer(text string) ast.Expr {
	n, ok := new(big.Int).SetString(text, 10)
	if !ok {
		p.at--
		p.fail()
	}
	k := sqltype.BigInt
	switch {
	case n.IsInt64() && n.Int64() == int64(int32(n.Int64())):
		k = sqltype.Int
	case !n.IsInt64():
		return p.decimalLiteral(text)
	}
	return &ast.Literal{Type: sqltype.Of(k), Text: n.String()}
}

// decimalLiteral has the precision and scale of its digits.
func (p *parser) decimalLiteral(text string) ast.Expr {
	exp := 0
	if i := strings.IndexByte(text, 'E'); i >= 0 {
		n, err := strconv.Atoi(text[i+1:])
		if err != nil || n > 38 || n < -38 {
			p.refuse("The literal %s is not in the sandbox.", text)
		}
		exp, text = n, text[:i]
	}
	whole, frac, _ := strings.Cut(strings.TrimLeft(text, "+-"), ".")
	digits := whole + frac
	scale := len(frac) - exp
	if scale < 0 {
		digits, scale = digits+strings.Repeat("0", -scale), 0
	}
	digits = strings.TrimLeft(digits, "0")
	precision := max(len(digits), scale, 1)
	if precision > 38 {
		panic(bail{sqlerr.New("DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", "Decimal precision %d exceeds max precision 38.", precision)})
	}
	if _, ok := new(big.Int).SetString("0"+digits, 10); !ok {
		p.at--
		p.fail()
	}
	digits = strings.Repeat("0", max(0, scale-len(digits))) + digits
	out := digits[:len(digits)-scale]
	if out == "" {
		out = "0"
	}
	if scale > 0 {
		out += "." + digits[len(digits)-scale:]
	}
	if strings.HasPrefix(text, "-") {
		out = "-" + out
	}
	return &ast.Literal{Type: sqltype.DecimalOf(precision, scale), Text: out}
}

// interval is INTERVAL '1' DAY, INTERVAL 1 DAY or INTERVAL '1 day 2 hours'.
func (p *parser) interval() ast.Expr {
	from := p.at
	p.expect("INTERVAL")
	sign := ""
	if p.accept("-") {
		sign = "-"
	}
	text := sign + p.next().Value
	iv := &ast.Interval{}
	fields := strings.Fields(text)
	if len(fields) == 1 {
		fields = append(fields, p.name())
	}
	if p.is("TO") {
		p.refuse("INTERVAL ... TO ... is not in the sandbox.")
	}
	if len(fields)%2 != 0 {
		p.fail()
	}
	for i := 0; i < len(fields); i += 2 {
		p.addInterval(iv, fields[i], fields[i+1])
	}
	iv.Text = p.text(from, p.at)
	return iv
}

func (p *parser) addInterval(iv *ast.Interval, amount, unit string) {
	n, err := strconv.ParseInt(amount, 10, 64)
	if err != nil || n > 1<<40 || n < -(1<<40) {
		p.refuse("INTERVAL %s %s is not in the sandbox.", amount, unit)
	}
	const second = 1_000_000
	switch strings.TrimSuffix(strings.ToUpper(unit), "S") {
	case "YEAR":
		iv.Months += 12 * n
	case "MONTH":
		iv.Months += n
	case "WEEK":
		iv.Micros += 7 * 86400 * second * n
	case "DAY":
		iv.Micros += 86400 * second * n
	case "HOUR":
		iv.Micros += 3600 * second * n
	case "MINUTE":
		iv.Micros += 60 * second * n
	case "SECOND":
		iv.Micros += second * n
	case "MILLISECOND":
		iv.Micros += 1000 * n
	case "MICROSECOND":
		iv.Micros += n
	default:
		p.fail()
	}
}
