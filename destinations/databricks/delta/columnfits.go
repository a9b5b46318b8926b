package delta

import (
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
)

// fits returns the test whether all values of an array can be staged as they lie in memory, nil if the layout differs.
// A test may say no although every value is fine, because it looks at what lies under NULLs too: then the slow way
// finds out.
func fits(from arrow.DataType, to Type, stage arrow.DataType) func(arrow.Array) bool {
	if from.ID() != stage.ID() || to.Nested() {
		return nil
	}
	switch to.Kind {
	case Boolean, TinyInt, SmallInt, Int, BigInt, Float, Double, Binary:
		return func(arrow.Array) bool { return true }
	case Date:
		return func(arr arrow.Array) bool {
			return between(arr.(*array.Date32).Date32Values(), minDay, maxDay)
		}
	case Timestamp, TimestampNTZ:
		if from.(*arrow.TimestampType).Unit != arrow.Microsecond {
			return nil
		}
		return func(arr arrow.Array) bool {
			return between(arr.(*array.Timestamp).TimestampValues(), minMicros, maxMicros)
		}
	case Decimal:
		if from.(*arrow.Decimal128Type).Scale != int32(to.Scale) {
			return nil
		}
		limit := decimal128.GetScaleMultiplier(to.Precision)
		return func(arr arrow.Array) bool { return below(arr.(*array.Decimal128).Values(), limit) }
	case String:
		return func(arr arrow.Array) bool { return validText(arr.(*array.String)) }
	case Char, Varchar:
		return func(arr arrow.Array) bool {
			s := arr.(*array.String)
			return validText(s) && shortText(s, to.Length)
		}
	}
	return nil
}

// between says whether all values lie in a range.
func between[T ~int32 | ~int64](values []T, lo, hi T) bool {
	least, most := hi, lo
	for _, v := range values { // min and max take no branch
		least, most = min(least, v), max(most, v)
	}
	return least >= lo && most <= hi
}

// below says whether the size of every value is less than limit.
func below(values []decimal128.Num, limit decimal128.Num) bool {
	for _, v := range values {
		if v.Abs().GreaterEqual(limit) {
			return false
		}
	}
	return true
}

// validText says whether every value is UTF-8: the bytes of all values together are, and no value begins within a
// character. That is several times faster than to look at one after the other.
func validText(arr *array.String) bool {
	if arr.Len() == 0 {
		return true
	}
	all := arr.ValueBytes()
	if !utf8.Valid(all) {
		return false
	}
	base := arr.ValueOffset(0)
	for i := range arr.Len() {
		if at := arr.ValueOffset(i) - base; at < len(all) && !utf8.RuneStart(all[at]) {
			return false
		}
	}
	return true
}

// shortText says whether every value has at most limit bytes, and so at most limit characters.
func shortText(arr *array.String, limit int) bool {
	for i := range arr.Len() {
		if arr.ValueLen(i) > limit {
			return false
		}
	}
	return true
}
