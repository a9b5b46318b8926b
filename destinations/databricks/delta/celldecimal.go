package delta

import (
	"fmt"
	"math"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
)

// decimalCell passes DECIMAL: unscaled values at the scale of the column.
type decimalCell struct {
	plain
	scale int
	read  func(arr arrow.Array, i int) (decimal128.Num, string)
}

func newDecimalCell(src source, to Type) (cell, error) {
	c := decimalCell{scale: to.Scale}
	not := "not a " + to.SQL()
	switch src.class {
	case classInt:
		c.read = func(arr arrow.Array, i int) (decimal128.Num, string) {
			v, _ := src.integer(arr, i)
			return fitDecimal(numberOf(decimal128.FromI64(v), 0), to)
		}
	case classDecimal:
		c.read = readDecimal(src, to)
	case classFloat:
		c.read = func(arr arrow.Array, i int) (decimal128.Num, string) {
			f := src.float(arr, i)
			if v, ok := quickDecimal(f, src.bits, to); ok {
				return v, ""
			}
			if math.IsNaN(f) || math.IsInf(f, 0) {
				return decimal128.Num{}, not
			}
			var buf [64]byte
			n, _ := scanNumber(unsafeString(strconv.AppendFloat(buf[:0], f, 'e', -1, src.bits)))
			return fitDecimal(n, to)
		}
	case classText:
		c.read = func(arr arrow.Array, i int) (decimal128.Num, string) {
			n, ok := scanNumber(src.text(arr, i))
			if !ok {
				return decimal128.Num{}, not
			}
			return fitDecimal(n, to)
		}
	default:
		return nil, refuse(src, to, "")
	}
	return c, nil
}

// readDecimal passes decimals as they are if the scale is the same, and otherwise by their digits.
func readDecimal(src source, to Type) func(arrow.Array, int) (decimal128.Num, string) {
	precision := int32(to.Precision)
	return func(arr arrow.Array, i int) (decimal128.Num, string) {
		v, reason := src.decimal(arr, i)
		if reason != "" || src.scale == to.Scale && v.FitsInPrecision(precision) {
			return v, reason
		}
		return fitDecimal(numberOf(v, src.scale), to)
	}
}

// fitDecimal returns n unscaled, or says how many digits are too many.
func fitDecimal(n number, to Type) (decimal128.Num, string) {
	if after := -n.exp; after > to.Scale {
		return decimal128.Num{}, fmt.Sprintf("%s cannot hold %s after the point", to.SQL(), count(after))
	}
	if before := n.digits + n.exp; n.digits > 0 && before > to.Precision-to.Scale {
		return decimal128.Num{}, fmt.Sprintf("%s cannot hold %s before the point", to.SQL(), count(before))
	}
	return n.decimal(to.Scale), ""
}

func count(digits int) string {
	switch {
	case digits == 1:
		return "1 digit"
	case digits >= maxExp/2:
		return "that many digits"
	}
	return strconv.Itoa(digits) + " digits"
}

// quickDecimal is the common case of float to DECIMAL, a double of at most fifteen digits: any two such decimals are
// different doubles, so that the one which divides back into f is f's shortest text.
func quickDecimal(f float64, bits int, to Type) (decimal128.Num, bool) {
	if bits != 64 || to.Scale > 15 || f == 0 {
		return decimal128.Num{}, f == 0
	}
	unit := power10(to.Scale)
	m := math.RoundToEven(f * unit)
	if !(math.Abs(m) < 1e15) || m/unit != f || !(math.Abs(m) < power10(min(to.Precision, 15))) {
		return decimal128.Num{}, false
	}
	return decimal128.FromI64(int64(m)), true
}

func (c decimalCell) appendText(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	v, reason := c.read(arr, i)
	if reason != "" {
		return dst, reason
	}
	return appendDecimal(dst, v, c.scale), ""
}

func (c decimalCell) appendQuoted(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	v, reason := c.read(arr, i)
	if reason != "" {
		return dst, reason
	}
	return append(appendDecimal(append(dst, '"'), v, c.scale), '"'), ""
}

// appendValue quotes, because from_json reads bare numbers as doubles.
func (c decimalCell) appendValue(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	return c.appendQuoted(dst, arr, i)
}

func (c decimalCell) appendTo(b array.Builder, arr arrow.Array, i int) string {
	v, reason := c.read(arr, i)
	if reason != "" {
		return reason
	}
	if b, ok := b.(*array.Decimal128Builder); ok {
		b.Append(v)
	}
	return ""
}
