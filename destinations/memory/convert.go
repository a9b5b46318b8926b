package memory

import (
	"fmt"
	"math/big"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
)

// convertible reports whether values of one type can go into a column of another; convert judges each value.
func convertible(from, to arrow.DataType) bool {
	switch {
	case arrow.TypeEqual(from, to):
		return true
	case isInteger(from):
		return isInteger(to) || arrow.IsDecimal(to.ID())
	case arrow.IsDecimal(from.ID()):
		return arrow.IsDecimal(to.ID())
	case isText(from):
		return isText(to)
	case from.ID() == arrow.FLOAT32:
		return to.ID() == arrow.FLOAT64
	}
	return false
}

func isInteger(t arrow.DataType) bool { return arrow.IsInteger(t.ID()) }

func isText(t arrow.DataType) bool {
	return t.ID() == arrow.STRING || t.ID() == arrow.LARGE_STRING || t.ID() == arrow.STRING_VIEW
}

// convert returns v as to holds it, or the reason why it cannot; never another value. The reason does not show v.
func convert(v any, to arrow.Field) (any, string) {
	if v == nil {
		if !to.Nullable {
			return nil, "NULL in a NOT NULL column"
		}
		return nil, ""
	}
	switch t := to.Type.(type) {
	case arrow.DecimalType:
		return convertDecimal(v, t)
	case *arrow.Float64Type:
		if f, ok := v.(float32); ok {
			return float64(f), ""
		}
		return v, ""
	}
	if s, ok := v.(string); ok && !utf8.ValidString(s) {
		return nil, "not valid UTF-8"
	}
	if isInteger(to.Type) && !integerFits(v, to.Type) {
		return nil, "out of range of " + to.Type.String()
	}
	return asInteger(v, to.Type), ""
}

// integerFits reports whether an int64 or uint64 is in the range of t.
func integerFits(v any, t arrow.DataType) bool {
	n := new(big.Int)
	switch v := v.(type) {
	case int64:
		n.SetInt64(v)
	case uint64:
		n.SetUint64(v)
	}
	bits := uint(t.(arrow.FixedWidthDataType).BitWidth())
	if arrow.IsUnsignedInteger(t.ID()) {
		return n.Sign() >= 0 && n.BitLen() <= int(bits)
	}
	limit := new(big.Int).Lsh(big.NewInt(1), bits-1)
	return n.Cmp(limit) < 0 && n.Cmp(limit.Neg(limit)) >= 0
}

// asInteger gives an integer the Go type that its column's values have.
func asInteger(v any, t arrow.DataType) any {
	switch n := v.(type) {
	case int64:
		if arrow.IsUnsignedInteger(t.ID()) {
			return uint64(n)
		}
	case uint64:
		if arrow.IsSignedInteger(t.ID()) {
			return int64(n)
		}
	}
	return v
}

// convertDecimal rescales exactly: digits behind the target's scale must be zeros.
func convertDecimal(v any, t arrow.DecimalType) (any, string) {
	whole, fraction, _ := strings.Cut(fmt.Sprint(v), ".")
	scale := int(t.GetScale())
	if rest := fraction[min(scale, len(fraction)):]; strings.Trim(rest, "0") != "" {
		return nil, "more digits behind the point than " + t.String()
	}
	fraction = (fraction + strings.Repeat("0", scale))[:scale]
	if digits := strings.TrimLeft(strings.TrimPrefix(whole, "-")+fraction, "0"); len(digits) > int(t.GetPrecision()) {
		return nil, "out of range of " + t.String()
	}
	if scale == 0 {
		return whole, ""
	}
	return whole + "." + fraction, ""
}
