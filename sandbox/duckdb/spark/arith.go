package spark

import (
	"math"
	"math/big"

	"github.com/drt-go/drt/sandbox/duckdb/native"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
)

func divideByZero() error {
	return sqlerr.New("DIVIDE_BY_ZERO", "Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead.")
}

func remainderByZero() error {
	return sqlerr.New("REMAINDER_BY_ZERO", "Remainder by zero. Use `try_mod` to tolerate divisor being 0 and return NULL instead.")
}

func overflow(op string) error {
	return sqlerr.New("ARITHMETIC_OVERFLOW", "The result of %s overflows. Use a wider type to tolerate it.", op)
}

// DecimalOp computes a op b on decimal texts with s digits of fraction, half up, as DECIMAL(p,s).
func DecimalOp(op, a, b string, p, s int) (string, error) {
	if op == "/" {
		return Divide(a, b, p, s)
	}
	na, wa, fa, _, ok1 := splitDecimal(a)
	nb, wb, fb, _, ok2 := splitDecimal(b)
	if !ok1 || !ok2 {
		return "", castError(a, "STRING", decimalName(p, s))
	}
	x, y := signed(na, wa+fa), signed(nb, wb+fb)
	scale := max(len(fa), len(fb))
	if op == "*" {
		x.Mul(x, y)
		scale = len(fa) + len(fb)
	} else {
		x.Mul(x, pow10(scale-len(fa)))
		y.Mul(y, pow10(scale-len(fb)))
		switch op {
		case "+":
			x.Add(x, y)
		case "-":
			x.Sub(x, y)
		case "%":
			if y.Sign() == 0 {
				return "", remainderByZero()
			}
			x.Rem(x, y)
		}
	}
	text, err := roundDecimal(a+" "+op+" "+b, x.Sign() < 0, new(big.Int).Abs(x).String(), scale, p, s)
	return text, err
}

func signed(neg bool, digits string) *big.Int {
	n, _ := new(big.Int).SetString("0"+digits, 10)
	if neg {
		n.Neg(n)
	}
	return n
}

// RoundFloat is round(x, n) of a DOUBLE: half up on its decimal text.
func RoundFloat(v float64, n int) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return v
	}
	neg, whole, frac, exp, ok := splitDecimal(FormatFloat(v, 64))
	if !ok || n > 300 || n < -300 {
		return v
	}
	d := signed(false, whole+frac)
	scale := len(frac) - exp
	if scale <= n {
		return v
	}
	unit := pow10(scale - n)
	d.Add(d, new(big.Int).Rsh(unit, 1)).Quo(d, unit)
	r := new(big.Rat).SetInt(d)
	if n >= 0 {
		r.Quo(r, new(big.Rat).SetInt(pow10(n)))
	} else {
		r.Mul(r, new(big.Rat).SetInt(pow10(-n)))
	}
	out, _ := r.Float64()
	if neg {
		out = -out
	}
	return out
}

func arithmeticFunctions() []native.Function {
	doubles := []native.Type{native.Double, native.Double}
	longs := []native.Type{native.BigInt, native.BigInt}
	var out []native.Function
	f64 := func(name string, f func(a, b float64) (float64, error)) {
		out = append(out, native.Function{Name: name, Args: doubles, Result: native.Double, Apply: rows(func(in []native.Vector, o *native.Vector, i int) (err error) {
			*native.At[float64](o, i), err = f(*native.At[float64](&in[0], i), *native.At[float64](&in[1], i))
			return err
		})})
	}
	i64 := func(name string, f func(a, b int64) (int64, error)) {
		out = append(out, native.Function{Name: name, Args: longs, Result: native.BigInt, Apply: rows(func(in []native.Vector, o *native.Vector, i int) (err error) {
			*native.At[int64](o, i), err = f(*native.At[int64](&in[0], i), *native.At[int64](&in[1], i))
			return err
		})})
	}
	f64("spark_add_f64", func(a, b float64) (float64, error) { return a + b, nil })
	f64("spark_sub_f64", func(a, b float64) (float64, error) { return a - b, nil })
	f64("spark_mul_f64", func(a, b float64) (float64, error) { return a * b, nil })
	f64("spark_div_f64", func(a, b float64) (float64, error) {
		if b == 0 {
			return 0, divideByZero()
		}
		return a / b, nil
	})
	f64("spark_mod_f64", func(a, b float64) (float64, error) {
		if b == 0 {
			return 0, remainderByZero()
		}
		return math.Mod(a, b), nil
	})
	i64("spark_div_i64", func(a, b int64) (int64, error) {
		switch {
		case b == 0:
			return 0, divideByZero()
		case a == math.MinInt64 && b == -1:
			return 0, overflow("div")
		}
		return a / b, nil
	})
	i64("spark_mod_i64", func(a, b int64) (int64, error) {
		switch b {
		case 0:
			return 0, remainderByZero()
		case -1:
			return 0, nil
		}
		return a % b, nil
	})
	return append(out, decimalOpFunction(), roundFunction())
}

func decimalOpFunction() native.Function {
	return native.Function{Name: "spark_decimal_op", Args: []native.Type{native.Varchar, native.Varchar, native.Varchar, native.Integer, native.Integer}, Result: native.Varchar,
		Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
			s, err := DecimalOp(in[0].Text(i), in[1].Text(i), in[2].Text(i), int(*native.At[int32](&in[3], i)), int(*native.At[int32](&in[4], i)))
			return setText(out, i, s, false, err)
		})}
}

func roundFunction() native.Function {
	return native.Function{Name: "spark_round_f64", Args: []native.Type{native.Double, native.Integer}, Result: native.Double,
		Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
			*native.At[float64](out, i) = RoundFloat(*native.At[float64](&in[0], i), int(*native.At[int32](&in[1], i)))
			return nil
		})}
}
