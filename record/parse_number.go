package record

import (
	"errors"
	"math"
	"math/bits"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
)

// Why a text is not a number of its type: reasons for a Reject, so they do not show the text.
var (
	ErrNotNumber  = errors.New("not a number")
	ErrNotWhole   = errors.New("not a whole number")
	ErrOutOfRange = errors.New("out of range")
	ErrScale      = errors.New("more digits after the point than the type holds")
)

// ParseInt reads a whole number that fits into bits (8, 16, 32, 64). "12.00" and "1.2e1" are whole numbers.
func ParseInt(s string, bits int) (int64, error) {
	if n, ok := shortInt(s); ok {
		return n, intRange(n, bits)
	}
	d, err := ParseDecimal(s, MaxDecimalPrecision, 0)
	switch {
	case errors.Is(err, ErrScale):
		return 0, ErrNotWhole
	case err != nil:
		return 0, err
	}
	n := int64(d.LowBits())
	if (n < 0) != (d.HighBits() < 0) || (d.HighBits() != 0 && d.HighBits() != -1) {
		return 0, ErrOutOfRange
	}
	return n, intRange(n, bits)
}

// shortInt reads up to 18 digits, which cannot overflow.
func shortInt(s string) (n int64, ok bool) {
	digits := s
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		digits = s[1:]
	}
	if len(digits) == 0 || len(digits) > 18 {
		return 0, false
	}
	for i := range len(digits) {
		c := digits[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + int64(c)
	}
	if s[0] == '-' {
		n = -n
	}
	return n, true
}

func intRange(n int64, bits int) error {
	if shift := 64 - bits; n<<shift>>shift != n {
		return ErrOutOfRange
	}
	return nil
}

// ParseFloat reads a number in decimal, NaN, or Infinity with a sign or without. A number too large for bits (32,
// 64) is ErrOutOfRange, never Infinity.
func ParseFloat(s string, bits int) (float64, error) {
	if len(s) > 1 && (s[0] == '0' || s[0] == '-' || s[0] == '+') && hasHexOrUnderscore(s) {
		return 0, ErrNotNumber
	}
	f, err := strconv.ParseFloat(s, bits)
	switch {
	case err == nil:
		return f, nil
	case errors.Is(err, strconv.ErrRange):
		return 0, ErrOutOfRange
	}
	return 0, ErrNotNumber
}

func hasHexOrUnderscore(s string) bool {
	for i := range len(s) {
		if s[i] == 'x' || s[i] == 'X' || s[i] == '_' {
			return true
		}
	}
	return false
}

// magnitude is an unsigned number of up to 38 digits.
type magnitude struct{ hi, lo uint64 }

// mulAdd returns m*10 + d; ok is false if that has more than 128 bits.
func (m magnitude) mulAdd(d uint64) (magnitude, bool) {
	carry, lo := bits.Mul64(m.lo, 10)
	over, hi := bits.Mul64(m.hi, 10)
	hi, c := bits.Add64(hi, carry, 0)
	if over != 0 || c != 0 {
		return magnitude{}, false
	}
	lo, c = bits.Add64(lo, d, 0)
	hi, c = bits.Add64(hi, 0, c)
	return magnitude{hi, lo}, c == 0
}

// ParseDecimal reads a number in decimal, with sign, point and exponent, exactly: ErrScale if it has digits other
// than 0 beyond scale, ErrOutOfRange if it has more than precision digits in all.
func ParseDecimal(s string, precision, scale int32) (decimal128.Num, error) {
	mantissa, exponent, negative, err := splitNumber(s)
	if err != nil {
		return decimal128.Num{}, err
	}
	// One pass over the digits: those beyond the scale must be 0, missing ones are filled in.
	point := len(mantissa)
	for i := range len(mantissa) {
		if mantissa[i] == '.' {
			point = i
			break
		}
	}
	keep := point + exponent + int(scale) // so many digits of the mantissa are the unscaled number
	var m magnitude
	taken, ok := 0, true
	for i := range len(mantissa) {
		if mantissa[i] == '.' {
			continue
		}
		if taken >= keep {
			if mantissa[i] != '0' {
				return decimal128.Num{}, ErrScale
			}
			continue
		}
		taken++
		if m, ok = m.mulAdd(uint64(mantissa[i] - '0')); !ok {
			return decimal128.Num{}, ErrOutOfRange
		}
	}
	for ; taken < keep && m != (magnitude{}); taken++ {
		if m, ok = m.mulAdd(0); !ok {
			return decimal128.Num{}, ErrOutOfRange
		}
	}
	if m.hi > math.MaxInt64 {
		return decimal128.Num{}, ErrOutOfRange
	}
	n := decimal128.New(int64(m.hi), m.lo)
	if !n.FitsInPrecision(precision) {
		return decimal128.Num{}, ErrOutOfRange
	}
	if negative {
		n = n.Negate()
	}
	return n, nil
}

// maxExponent bounds the zeros that an exponent may ask for: beyond it nothing but 0 fits into a decimal.
const maxExponent = 10_000

// splitNumber checks the shape of s: sign, digits with at most one point, exponent.
func splitNumber(s string) (mantissa string, exponent int, negative bool, err error) {
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		negative = s[0] == '-'
		s = s[1:]
	}
	digits, points, end := 0, 0, len(s)
scan:
	for i := range len(s) {
		switch c := s[i]; {
		case c-'0' <= 9:
			digits++
		case c == '.' && points == 0:
			points++
		case (c == 'e' || c == 'E') && digits > 0:
			end = i
			break scan
		default:
			return "", 0, false, ErrNotNumber
		}
	}
	if digits == 0 {
		return "", 0, false, ErrNotNumber
	}
	if end < len(s) {
		n, ok := shortInt(s[end+1:])
		if !ok {
			return "", 0, false, ErrNotNumber
		}
		if n > maxExponent || n < -maxExponent {
			return "", 0, false, ErrOutOfRange
		}
		exponent = int(n)
	}
	return s[:end], exponent, negative, nil
}
