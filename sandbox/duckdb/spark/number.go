package spark

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
)

// trim cuts white space and control characters, as UTF8String.trimAll does.
func trim(s string) string {
	for s != "" && s[0] <= ' ' {
		s = s[1:]
	}
	for s != "" && s[len(s)-1] <= ' ' {
		s = s[:len(s)-1]
	}
	return s
}

func castError(value, from, to string) error {
	return sqlerr.New("CAST_INVALID_INPUT", "The value '%s' of the type \"%s\" cannot be cast to \"%s\" because it is malformed. "+
		"Correct the value as per the syntax, or change its target type. Use `try_cast` to tolerate malformed input and return NULL instead.",
		clip(value), from, to)
}

// clip keeps messages short.
func clip(s string) string {
	if len(s) > 200 {
		return strings.ToValidUTF8(s[:200], "") + "..."
	}
	return s
}

// ParseInt reads a text as CAST to an integral type of the given name and bits does: digits only, no fraction.
func ParseInt(s, name string, bits int) (int64, error) {
	t := trim(s)
	v, err := strconv.ParseInt(t, 10, bits)
	if err != nil || strings.IndexByte(t, '_') >= 0 {
		return 0, castError(s, "STRING", name)
	}
	return v, nil
}

// ParseBool reads a text as CAST to BOOLEAN does.
func ParseBool(s string) (bool, error) {
	switch strings.ToLower(trim(s)) {
	case "t", "true", "y", "yes", "1":
		return true, nil
	case "f", "false", "n", "no", "0":
		return false, nil
	}
	return false, castError(s, "STRING", "BOOLEAN")
}

// ParseFloat reads a text as CAST to FLOAT (bits 32) or DOUBLE does; what is too large becomes Infinity.
func ParseFloat(s, name string, bits int) (float64, error) {
	t := trim(s)
	switch strings.ToLower(t) {
	case "nan":
		return math.NaN(), nil
	case "inf", "+inf", "infinity", "+infinity":
		return math.Inf(1), nil
	case "-inf", "-infinity":
		return math.Inf(-1), nil
	}
	u := t
	if n := len(t); n > 1 && strings.IndexByte("dDfF", t[n-1]) >= 0 && !strings.HasPrefix(strings.ToLower(t), "0x") {
		u = t[:n-1] // Java takes 1.5d
	}
	if !plainFloat(u) {
		return 0, castError(s, "STRING", name)
	}
	v, err := strconv.ParseFloat(u, bits)
	if err != nil && !math.IsInf(v, 0) {
		return 0, castError(s, "STRING", name)
	}
	return v, nil
}

// plainFloat keeps out what Go reads and Java does not: underscores, hexadecimal, "inf".
func plainFloat(s string) bool {
	digits := false
	for _, c := range []byte(s) {
		switch {
		case c >= '0' && c <= '9':
			digits = true
		case c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E':
		default:
			return false
		}
	}
	return digits
}

// FormatFloat writes a number as Java's toString does: 1.0, 1.0E10, NaN.
func FormatFloat(v float64, bits int) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	}
	if a := math.Abs(v); a == 0 || a >= 1e-3 && a < 1e7 {
		s := strconv.FormatFloat(v, 'f', -1, bits)
		if strings.IndexByte(s, '.') < 0 {
			s += ".0"
		}
		return s
	}
	s := strconv.FormatFloat(v, 'E', -1, bits)
	if strings.IndexByte(s, '.') < 0 {
		s = strconv.FormatFloat(v, 'E', 1, bits) // Java has two digits at least, the nearest: 4.9E-324
	}
	mantissa, exp, _ := strings.Cut(s, "E")
	n, _ := strconv.Atoi(exp)
	return mantissa + "E" + strconv.Itoa(n)
}

// ParseDecimal reads a text as CAST to DECIMAL(p,s) does and returns it with s digits of fraction, rounded half up.
func ParseDecimal(text string, p, s int) (string, error) {
	t := trim(text)
	neg, whole, frac, exp, ok := splitDecimal(t)
	if !ok {
		return "", castError(text, "STRING", decimalName(p, s))
	}
	if exp == 0 && len(frac) <= s {
		whole = strings.TrimLeft(whole, "0")
		if len(whole) > p-s {
			return "", outOfRange(t, p, s)
		}
		if !neg && len(frac) == s && whole != "" {
			return strings.TrimLeft(strings.TrimPrefix(t, "+"), "0"), nil
		}
		return join(neg, whole, frac, s), nil
	}
	return roundDecimal(t, neg, whole+frac, len(frac)-exp, p, s)
}

func decimalName(p, s int) string {
	return "DECIMAL(" + strconv.Itoa(p) + "," + strconv.Itoa(s) + ")"
}

func outOfRange(value string, p, s int) error {
	return sqlerr.New("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", "The value %s cannot be interpreted as a numeric since it has more than %d digits, or does not fit %s.", clip(value), p, decimalName(p, s))
}

// splitDecimal reads [+-]digits[.digits][e[+-]digits].
func splitDecimal(t string) (neg bool, whole, frac string, exp int, ok bool) {
	if t != "" && (t[0] == '-' || t[0] == '+') {
		neg = t[0] == '-'
		t = t[1:]
	}
	if i := strings.IndexAny(t, "eE"); i >= 0 {
		n, err := strconv.Atoi(strings.TrimPrefix(t[i+1:], "+"))
		if err != nil || n > 1000 || n < -1000 {
			return false, "", "", 0, false
		}
		exp, t = n, t[:i]
	}
	whole, frac, _ = strings.Cut(t, ".")
	if whole == "" && frac == "" || !digits(whole) || !digits(frac) {
		return false, "", "", 0, false
	}
	return neg, whole, frac, exp, true
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func join(neg bool, whole, frac string, s int) string {
	if whole == "" {
		whole = "0"
	}
	out := whole
	if s > 0 {
		out += "." + frac + strings.Repeat("0", s-len(frac))
	}
	if neg {
		out = "-" + out
	}
	return out
}

// roundDecimal brings unscaled*10^-scale to s digits of fraction, half up.
func roundDecimal(text string, neg bool, unscaled string, scale, p, s int) (string, error) {
	n, _ := new(big.Int).SetString("0"+unscaled, 10)
	if scale <= s {
		n.Mul(n, pow10(s-scale))
	} else {
		d := pow10(scale - s)
		half := new(big.Int).Rsh(d, 1)
		n.Add(n, half).Quo(n, d)
	}
	out := n.String()
	if n.Sign() == 0 {
		out, neg = "", false
	}
	if len(out) > 38 && p == 38 {
		return "", sqlerr.New("NUMERIC_OUT_OF_SUPPORTED_RANGE", "The value %s cannot be interpreted as a numeric since it has more than 38 digits.", clip(text))
	}
	if len(out) > p {
		return "", outOfRange(text, p, s)
	}
	if len(out) <= s {
		out = strings.Repeat("0", s-len(out)) + out
	}
	return join(neg, out[:len(out)-s], out[len(out)-s:], s), nil
}

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// Divide is the quotient of two decimal texts with s digits of fraction, half up, as DECIMAL(p,s).
func Divide(a, b string, p, s int) (string, error) {
	na, wa, fa, ea, ok1 := splitDecimal(a)
	nb, wb, fb, eb, ok2 := splitDecimal(b)
	if !ok1 || !ok2 || ea != 0 || eb != 0 {
		return "", castError(a+" / "+b, "STRING", decimalName(p, s))
	}
	num, _ := new(big.Int).SetString("0"+wa+fa, 10)
	den, _ := new(big.Int).SetString("0"+wb+fb, 10)
	if den.Sign() == 0 {
		return "", sqlerr.New("DIVIDE_BY_ZERO", "Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead.")
	}
	// One digit more than wanted would lose what rounds: 2*num/den decides exactly.
	num.Mul(num, pow10(s+len(fb)))
	den.Mul(den, pow10(len(fa)))
	q, r := new(big.Int).QuoRem(num, den, new(big.Int))
	if r.Lsh(r, 1).Cmp(den) >= 0 {
		q.Add(q, big.NewInt(1))
	}
	return roundDecimal(a+" / "+b, na != nb, q.String(), s, p, s)
}
