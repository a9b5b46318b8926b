package delta

import (
	"math"
	"strconv"
	"strings"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// floatCell passes FLOAT (bits 32) and DOUBLE (64).
type floatCell struct {
	plain
	bits int
	read func(arr arrow.Array, i int) (float64, string)
}

func newFloatCell(src source, to Type) (cell, error) {
	c := floatCell{bits: 64}
	if to.Kind == Float {
		c.bits = 32
	}
	name := keyword(to.Kind)
	not, loses := "not a "+name, "has more digits than a "+name+" holds"
	bits := c.bits
	switch src.class {
	case classFloat:
		c.read = exactFloat(src, bits, loses)
	case classInt:
		c.read = func(arr arrow.Array, i int) (float64, string) {
			v, _ := src.integer(arr, i)
			f := float64(v)
			if bits == 32 {
				f = float64(float32(v))
			}
			// 2^63 is what the largest int64 would round to, and does not convert back.
			if f >= 1<<63 || int64(f) != v {
				return 0, loses
			}
			return f, ""
		}
	case classDecimal:
		c.read = func(arr arrow.Array, i int) (float64, string) {
			d, reason := src.decimal(arr, i)
			if reason != "" {
				return 0, reason
			}
			f, ok := numberOf(d, src.scale).float(bits)
			if !ok {
				return 0, loses
			}
			return f, ""
		}
	case classText:
		beyond := "outside the range of " + name
		c.read = func(arr arrow.Array, i int) (float64, string) {
			s := src.text(arr, i)
			n, ok := scanNumber(s)
			if !ok {
				f, ok := parseSpecial(s)
				if !ok {
					return 0, not
				}
				return f, ""
			}
			f, ok := n.float(bits)
			if n.digits > maxDigits {
				f, ok = floatOfText(s, bits)
			}
			switch {
			case ok:
				return f, ""
			case f == 0 || math.IsInf(f, 0):
				return 0, beyond
			}
			return 0, loses
		}
	default:
		return nil, refuse(src, to, "")
	}
	return c, nil
}

// exactFloat narrows a float only if nothing is lost. Infinity and NaN fit every width.
func exactFloat(src source, bits int, loses string) func(arrow.Array, int) (float64, string) {
	if bits == 64 || src.bits == 32 {
		return func(arr arrow.Array, i int) (float64, string) { return src.float(arr, i), "" }
	}
	return func(arr arrow.Array, i int) (float64, string) {
		f := src.float(arr, i)
		if float64(float32(f)) != f && !math.IsNaN(f) {
			return 0, loses
		}
		return f, ""
	}
}

// parseSpecial reads the floats that are no numbers, in the words that Spark knows.
func parseSpecial(s string) (float64, bool) {
	if strings.EqualFold(s, "nan") {
		return math.NaN(), true
	}
	sign := 1
	if s != "" && (s[0] == '-' || s[0] == '+') {
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
	}
	return math.Inf(sign), strings.EqualFold(s, "infinity") || strings.EqualFold(s, "inf")
}

// float returns the float next to n, and whether it stands for n: printed with as many digits as n has, it must be n
// again. So 0.1 passes, and 9007199254740993 does not, because the float next to it is another whole number.
func (n number) float(bits int) (float64, bool) {
	if n.digits == 0 {
		if n.neg {
			return math.Copysign(0, -1), true
		}
		return 0, true
	}
	if n.digits > maxDigits {
		return 0, false
	}
	// Fifteen digits and a small power of ten: both are exact doubles, so one division or multiplication rounds once,
	// and any fifteen digits come back from a double.
	if bits == 64 && n.digits <= 15 && n.exp >= -22 && n.exp <= 22 {
		f := float64(n.lo)
		if n.exp < 0 {
			f /= power10(-n.exp)
		} else {
			f *= power10(n.exp)
		}
		if n.neg {
			f = -f
		}
		return f, true
	}
	var buf [64]byte
	text := appendNumber(buf[:0], n)
	f, err := strconv.ParseFloat(unsafeString(text), bits)
	if err != nil {
		return f, false // too large: an Infinity
	}
	var back [64]byte
	m, _ := scanNumber(unsafeString(strconv.AppendFloat(back[:0], f, 'e', n.digits-1, 64)))
	return f, m == n
}

// floatOfText is number.float for more digits than a number holds. It is rare, and allocates.
func floatOfText(s string, bits int) (float64, bool) {
	const enough = 1100 // more digits than any double has
	f, err := strconv.ParseFloat(s, bits)
	want := significant(s)
	if err != nil || len(want) > enough {
		return f, false
	}
	return f, significant(strconv.FormatFloat(f, 'e', len(want)-1, 64)) == want
}

// significant returns the digits of a number's text without the zeros on both sides.
func significant(s string) string {
	if e := strings.IndexAny(s, "eE"); e >= 0 {
		s = s[:e]
	}
	return strings.Trim(strings.Replace(strings.TrimLeft(s, "+-"), ".", "", 1), "0")
}

// power10 is ten to the n, for n from 0 to 22, where it is exact.
func power10(n int) float64 {
	p := 1.0
	for ; n > 0; n-- {
		p *= 10
	}
	return p
}

// unsafeString is b as a string, for a call that keeps no reference to it.
func unsafeString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// appendFloat appends the shortest text that reads back as f, or Spark's words for what is no number.
func appendFloat(dst []byte, f float64, bits int) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	if f == 0 && math.Signbit(f) {
		return append(dst, "-0.0"...) // as -0 it is a whole number to a JSON parser, and has no sign
	}
	if bits == 64 {
		if out, ok := appendShort(dst, f); ok {
			return out
		}
	}
	form := byte('f')
	if a := math.Abs(f); a != 0 && (a < 1e-6 || a >= 1e17) {
		form = 'e'
	}
	return strconv.AppendFloat(dst, f, form, -1, bits)
}

// appendShort appends a double that is a decimal of at most four digits behind the point and fifteen in all, as prices
// and measurements are. As in quickDecimal, such a decimal is its double's shortest text; to divide once is a third of
// the time of looking for it.
func appendShort(dst []byte, f float64) ([]byte, bool) {
	a := math.Abs(f)
	if !(a < 1e11) {
		return dst, false
	}
	u := uint64(a*1e4 + 0.5)
	if float64(u)/1e4 != a {
		return dst, false
	}
	if f < 0 {
		dst = append(dst, '-')
	}
	dst = strconv.AppendUint(dst, u/1e4, 10)
	frac := uint32(u % 1e4)
	if frac == 0 {
		return dst, true
	}
	dst = append(dst, ".0000"...)
	put2(dst, len(dst)-4, frac/100)
	put2(dst, len(dst)-2, frac%100)
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst, true
}

func (c floatCell) appendText(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	f, reason := c.read(arr, i)
	return appendFloat(dst, f, c.bits), reason
}

func (c floatCell) appendQuoted(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	f, reason := c.read(arr, i)
	return append(appendFloat(append(dst, '"'), f, c.bits), '"'), reason
}

// appendValue quotes NaN and Infinity, for which JSON has no number.
func (c floatCell) appendValue(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	f, reason := c.read(arr, i)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(appendFloat(append(dst, '"'), f, c.bits), '"'), reason
	}
	return appendFloat(dst, f, c.bits), reason
}

func (c floatCell) appendTo(b array.Builder, arr arrow.Array, i int) string {
	f, reason := c.read(arr, i)
	if reason != "" {
		return reason
	}
	switch b := b.(type) {
	case *array.Float32Builder:
		b.Append(float32(f))
	case *array.Float64Builder:
		b.Append(f)
	}
	return ""
}
