package delta

import (
	"math/bits"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
)

// number is a decimal number: coefficient times ten to the exp. The coefficient does not end in a zero (unless it is
// zero, then exp is 0), so that two equal numbers are equal in all fields but neg of a zero.
type number struct {
	neg    bool
	hi, lo uint64 // the coefficient, if digits is at most 38
	digits int    // of the coefficient; 0 for zero
	exp    int
}

// maxDigits is what 128 bits hold for certain, and what DECIMAL holds.
const maxDigits = 38

// maxExp stands for every exponent that is larger: far out of the range of all types.
const maxExp = 1_000_000

// scanNumber reads [+-]digits[.digits][e[+-]digits]; one of the two groups of digits may be empty. Infinity, hex and
// blanks are no numbers here. A coefficient of more than 38 digits is only counted.
func scanNumber(s string) (n number, ok bool) {
	i := 0
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		n.neg = s[i] == '-'
		i++
	}
	var seen, point bool
	zeros, after := 0, 0 // zeros not yet taken into the coefficient; digits behind the point
	for ; i < len(s); i++ {
		c := s[i] - '0'
		if c > 9 {
			if s[i] == '.' && !point {
				point = true
				continue
			}
			break
		}
		seen = true
		if point {
			after++
		}
		if c == 0 {
			zeros++
			continue
		}
		n.push(zeros, c)
		zeros = 0
	}
	if !seen {
		return number{}, false
	}
	e := 0
	if i < len(s) {
		if e, ok = scanExponent(s[i:]); !ok {
			return number{}, false
		}
	}
	if n.digits > 0 {
		n.exp = e + zeros - after
	}
	return n, true
}

// push puts zeros and then the digit c behind the coefficient. Leading zeros are no digits.
func (n *number) push(zeros int, c byte) {
	if n.digits == 0 {
		zeros = 0
	}
	n.digits += zeros + 1
	if n.digits > maxDigits {
		return
	}
	if n.digits <= 19 {
		for ; zeros > 0; zeros-- {
			n.lo *= 10
		}
		n.lo = n.lo*10 + uint64(c)
		return
	}
	for ; zeros >= 0; zeros-- {
		n.hi, n.lo = mul128(n.hi, n.lo, 10)
	}
	var carry uint64
	n.lo, carry = bits.Add64(n.lo, uint64(c), 0)
	n.hi += carry
}

func scanExponent(s string) (int, bool) {
	if s[0] != 'e' && s[0] != 'E' {
		return 0, false
	}
	s = s[1:]
	neg := s != "" && s[0] == '-'
	if s != "" && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	}
	if s == "" {
		return 0, false
	}
	e := 0
	for i := range len(s) {
		c := s[i] - '0'
		if c > 9 {
			return 0, false
		}
		if e < maxExp {
			e = e*10 + int(c)
		}
	}
	if neg {
		e = -e
	}
	return e, true
}

// numberOf is an unscaled decimal as a number.
func numberOf(v decimal128.Num, scale int) number {
	neg := v.Sign() < 0
	if neg {
		v = v.Negate()
	}
	n := number{neg: neg, hi: uint64(v.HighBits()), lo: v.LowBits(), exp: -scale}
	if n.hi == 0 && n.lo == 0 {
		return number{}
	}
	for {
		hi, lo, rem := div128(n.hi, n.lo, 10)
		if rem != 0 {
			break
		}
		n.hi, n.lo, n.exp = hi, lo, n.exp+1
	}
	n.digits = digits128(n.hi, n.lo)
	return n
}

// decimal returns the unscaled value of n at a scale. n has at most 38 digits, none of them below the scale, and at
// most 38 of them with those zeros that the scale adds: see decimalReasons.check.
func (n number) decimal(scale int) decimal128.Num {
	hi, lo := n.hi, n.lo
	if n.digits > 0 {
		for shift := n.exp + scale; shift > 0; shift-- {
			hi, lo = mul128(hi, lo, 10)
		}
	}
	v := decimal128.New(int64(hi), lo)
	if n.neg {
		v = v.Negate()
	}
	return v
}

// appendDecimal appends an unscaled decimal with its point: exactly scale digits behind it.
func appendDecimal(dst []byte, v decimal128.Num, scale int) []byte {
	if v.Sign() < 0 {
		dst = append(dst, '-')
		v = v.Negate()
	}
	var buf [40]byte // 39 digits of 2^128 and the point
	at := len(buf)
	hi, lo := uint64(v.HighBits()), v.LowBits()
	for n := 0; hi != 0 || lo != 0 || n <= scale; n++ {
		if n == scale && scale > 0 {
			at--
			buf[at] = '.'
		}
		var digit uint64
		if hi == 0 {
			lo, digit = lo/10, lo%10
		} else {
			hi, lo, digit = div128(hi, lo, 10)
		}
		at--
		buf[at] = byte('0' + digit)
	}
	return append(dst, buf[at:]...)
}

// appendNumber appends n in a form that strconv reads: digits, e, exponent. n has at most 38 digits.
func appendNumber(dst []byte, n number) []byte {
	v := decimal128.New(int64(n.hi), n.lo)
	if n.neg {
		dst = append(dst, '-')
	}
	dst = append(appendDecimal(dst, v, 0), 'e')
	return strconv.AppendInt(dst, int64(n.exp), 10)
}

func mul128(hi, lo, by uint64) (uint64, uint64) {
	over, low := bits.Mul64(lo, by)
	return hi*by + over, low
}

func div128(hi, lo, by uint64) (qhi, qlo, rem uint64) {
	qhi, rem = hi/by, hi%by
	qlo, rem = bits.Div64(rem, lo, by)
	return qhi, qlo, rem
}

// digits128 counts decimal digits; 0 has none.
func digits128(hi, lo uint64) int {
	n := 0
	if hi != 0 {
		const e19 = 10_000_000_000_000_000_000
		qhi, qlo, _ := div128(hi, lo, e19)
		if qhi != 0 {
			return 39
		}
		n, lo = 19, qlo
	}
	return n + digits64(lo)
}

func digits64(v uint64) int {
	n := 0
	for v >= 10_000 {
		v /= 10_000
		n += 4
	}
	for v > 0 {
		v /= 10
		n++
	}
	return n
}
