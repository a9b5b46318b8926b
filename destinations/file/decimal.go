package file

import (
	"math/bits"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
)

// decimal returns the appender of a decimal column: all digits of the scale, no exponent. nil for other types.
func decimal(a arrow.Array) appender {
	switch a := a.(type) {
	case *array.Decimal32:
		values, scale := a.Values(), a.DataType().(arrow.DecimalType).GetScale()
		return func(dst []byte, i int) ([]byte, string) {
			return appendDecimal(dst, decimal128.FromI64(int64(values[i])), scale), ""
		}
	case *array.Decimal64:
		values, scale := a.Values(), a.DataType().(arrow.DecimalType).GetScale()
		return func(dst []byte, i int) ([]byte, string) {
			return appendDecimal(dst, decimal128.FromI64(int64(values[i])), scale), ""
		}
	case *array.Decimal128:
		values, scale := a.Values(), a.DataType().(arrow.DecimalType).GetScale()
		return func(dst []byte, i int) ([]byte, string) { return appendDecimal(dst, values[i], scale), "" }
	case *array.Decimal256:
		scale := a.DataType().(arrow.DecimalType).GetScale()
		return func(dst []byte, i int) ([]byte, string) { return append(dst, a.Value(i).ToString(scale)...), "" }
	}
	return nil
}

// appendDecimal appends n * 10^-scale.
func appendDecimal(dst []byte, n decimal128.Num, scale int32) []byte {
	if n.Sign() < 0 {
		dst = append(dst, '-')
		n = n.Negate()
	}
	start := len(dst)
	dst = appendUint128(dst, uint64(n.HighBits()), n.LowBits())
	if scale <= 0 {
		if n.Sign() != 0 {
			for range -scale {
				dst = append(dst, '0')
			}
		}
		return dst
	}
	return insertPoint(dst, start, int(scale))
}

// appendUint128 appends hi*2^64 + lo, which is below 10^38.
func appendUint128(dst []byte, hi, lo uint64) []byte {
	if hi == 0 {
		return strconv.AppendUint(dst, lo, 10)
	}
	const e19 = 10_000_000_000_000_000_000 // the largest power of ten in 64 bits: two of them cover 38 digits
	q, r := bits.Div64(hi, lo, e19)
	dst = strconv.AppendUint(dst, q, 10)
	start := len(dst)
	dst = strconv.AppendUint(dst, r, 10)
	return padLeft(dst, start, 19)
}

// insertPoint puts a point before the last scale digits of dst[start:], with zeros where there are fewer.
func insertPoint(dst []byte, start, scale int) []byte {
	dst = padLeft(dst, start, scale+1)
	dst = append(dst, 0)
	at := len(dst) - 1 - scale
	copy(dst[at+1:], dst[at:len(dst)-1])
	dst[at] = '.'
	return dst
}

// padLeft makes dst[start:] at least width digits long.
func padLeft(dst []byte, start, width int) []byte {
	missing := width - (len(dst) - start)
	if missing <= 0 {
		return dst
	}
	for range missing {
		dst = append(dst, '0')
	}
	copy(dst[start+missing:], dst[start:])
	for i := range missing {
		dst[start+i] = '0'
	}
	return dst
}
