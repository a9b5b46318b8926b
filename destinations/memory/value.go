package memory

import (
	"encoding/binary"
	"math"
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// valueAt returns value i of a in the Go type that Row documents. ok is false for a type that is not listed there.
func valueAt(a arrow.Array, i int) (v any, ok bool) {
	if a.IsNull(i) {
		return nil, true
	}
	switch a := a.(type) {
	case *array.Null:
		return nil, true
	case *array.Boolean:
		return a.Value(i), true
	case *array.Float32:
		return a.Value(i), true
	case *array.Float64:
		return a.Value(i), true
	case *array.Decimal128:
		return a.Value(i).ToString(a.DataType().(*arrow.Decimal128Type).Scale), true
	case *array.Decimal256:
		return a.Value(i).ToString(a.DataType().(*arrow.Decimal256Type).Scale), true
	case array.StringLike:
		// Clone: an Arrow string lies in the batch, which is not ours to keep.
		return string([]byte(a.Value(i))), true
	case *array.Binary:
		return append([]byte{}, a.Value(i)...), true
	case *array.LargeBinary:
		return append([]byte{}, a.Value(i)...), true
	case *array.FixedSizeBinary:
		return append([]byte{}, a.Value(i)...), true
	case array.ExtensionArray:
		return valueAt(a.Storage(), i)
	}
	if v, ok := integerAt(a, i); ok {
		return v, true
	}
	if v, ok := timeAt(a, i); ok {
		return v, true
	}
	return nestedAt(a, i)
}

func integerAt(a arrow.Array, i int) (any, bool) {
	switch a := a.(type) {
	case *array.Int8:
		return int64(a.Value(i)), true
	case *array.Int16:
		return int64(a.Value(i)), true
	case *array.Int32:
		return int64(a.Value(i)), true
	case *array.Int64:
		return a.Value(i), true
	case *array.Uint8:
		return uint64(a.Value(i)), true
	case *array.Uint16:
		return uint64(a.Value(i)), true
	case *array.Uint32:
		return uint64(a.Value(i)), true
	case *array.Uint64:
		return a.Value(i), true
	}
	return nil, false
}

func timeAt(a arrow.Array, i int) (any, bool) {
	switch a := a.(type) {
	case *array.Date32:
		return a.Value(i).ToTime().UTC(), true
	case *array.Date64:
		return a.Value(i).ToTime().UTC(), true
	case *array.Timestamp:
		return a.Value(i).ToTime(a.DataType().(*arrow.TimestampType).Unit).UTC(), true
	case *array.Time32:
		return time.Duration(a.Value(i)) * a.DataType().(*arrow.Time32Type).Unit.Multiplier(), true
	case *array.Time64:
		return time.Duration(a.Value(i)) * a.DataType().(*arrow.Time64Type).Unit.Multiplier(), true
	case *array.Duration:
		return time.Duration(a.Value(i)) * a.DataType().(*arrow.DurationType).Unit.Multiplier(), true
	}
	return nil, false
}

func nestedAt(a arrow.Array, i int) (any, bool) {
	switch a := a.(type) {
	case *array.Map:
		start, end := a.ValueOffsets(i)
		pairs := make([][2]any, 0, end-start)
		for j := int(start); j < int(end); j++ {
			k, ok := valueAt(a.Keys(), j)
			v, ok2 := valueAt(a.Items(), j)
			if !ok || !ok2 {
				return nil, false
			}
			pairs = append(pairs, [2]any{k, v})
		}
		return pairs, true
	case array.ListLike:
		start, end := a.ValueOffsets(i)
		list := make([]any, 0, end-start)
		for j := int(start); j < int(end); j++ {
			v, ok := valueAt(a.ListValues(), j)
			if !ok {
				return nil, false
			}
			list = append(list, v)
		}
		return list, true
	case *array.Struct:
		fields := a.DataType().(*arrow.StructType)
		m := make(map[string]any, a.NumField())
		for f := range a.NumField() {
			v, ok := valueAt(a.Field(f), i)
			if !ok {
				return nil, false
			}
			m[fields.Field(f).Name] = v
		}
		return m, true
	}
	return nil, false
}

// appendKey appends v so that two values have the same bytes exactly if a warehouse calls them the same: NaN is
// itself, and 0.0 is -0.0.
func appendKey(dst []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, 'n')
	case bool:
		return strconv.AppendBool(append(dst, 'b'), v)
	case int64:
		return strconv.AppendInt(append(dst, 'i'), v, 10)
	case uint64:
		return strconv.AppendUint(append(dst, 'i'), v, 10)
	case float32:
		return appendFloat(dst, float64(v))
	case float64:
		return appendFloat(dst, v)
	case string:
		return appendText(append(dst, 's'), v)
	case []byte:
		return appendText(append(dst, 'x'), string(v))
	case time.Time:
		dst = strconv.AppendInt(append(dst, 't'), v.Unix(), 10)
		return strconv.AppendInt(append(dst, '.'), int64(v.Nanosecond()), 10)
	case time.Duration:
		return strconv.AppendInt(append(dst, 'd'), int64(v), 10)
	default:
		return appendNestedKey(dst, v)
	}
}

// appendText puts the length first, so that no text can end where another begins.
func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

func appendFloat(dst []byte, f float64) []byte {
	if math.IsNaN(f) {
		return append(dst, "fNaN"...)
	}
	if f == 0 {
		f = 0 // of -0.0 too
	}
	return strconv.AppendFloat(append(dst, 'f'), f, 'g', -1, 64)
}
