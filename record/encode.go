package record

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal256"
)

// encoder appends the canonical encoding of row i of one column; see RowHasher.
type encoder func(dst []byte, i int) []byte

const (
	tagNull byte = iota
	tagBool
	tagInt
	tagUint
	tagFloat
	tagDecimal
	tagText
	tagBytes
	tagDate
	tagTimestamp
	tagTimestampNTZ
	tagTime
	tagDuration
	tagInterval
	tagList
	tagStruct
	tagMap
)

// encoderOf chooses once per column and batch, so that a row costs one call.
func encoderOf(arr arrow.Array) encoder {
	encode := valueEncoder(arr)
	if arr.NullN() == 0 {
		return encode
	}
	return func(dst []byte, i int) []byte {
		if arr.IsNull(i) {
			return append(dst, tagNull)
		}
		return encode(dst, i)
	}
}

func valueEncoder(arr arrow.Array) encoder {
	for _, family := range []func(arrow.Array) encoder{numberEncoder, textEncoder, timeEncoder, nestedEncoder} {
		if encode := family(arr); encode != nil {
			return encode
		}
	}
	panic("record: " + arr.DataType().String() + " cannot be hashed; NewRowHasher refuses it")
}

func appendWord(dst []byte, tag byte, w uint64) []byte {
	return binary.LittleEndian.AppendUint64(append(dst, tag), w)
}

func numberEncoder(arr arrow.Array) encoder {
	switch a := arr.(type) {
	case *array.Null:
		return func(dst []byte, _ int) []byte { return append(dst, tagNull) }
	case *array.Boolean:
		return func(dst []byte, i int) []byte {
			if a.Value(i) {
				return append(dst, tagBool, 1)
			}
			return append(dst, tagBool, 0)
		}
	case *array.Int64:
		return func(dst []byte, i int) []byte { return appendWord(dst, tagInt, uint64(a.Value(i))) }
	case *array.Int8, *array.Int16, *array.Int32:
		return smallIntEncoder(arr, tagInt)
	case *array.Uint8, *array.Uint16, *array.Uint32, *array.Uint64:
		return smallIntEncoder(arr, tagUint)
	case *array.Float64:
		return func(dst []byte, i int) []byte { return appendFloat(dst, a.Value(i)) }
	case *array.Float32:
		return func(dst []byte, i int) []byte { return appendFloat(dst, float64(a.Value(i))) }
	case *array.Float16:
		return func(dst []byte, i int) []byte { return appendFloat(dst, float64(a.Value(i).Float32())) }
	case *array.Decimal32, *array.Decimal64, *array.Decimal128, *array.Decimal256:
		return func(dst []byte, i int) []byte { return appendDecimal(dst, arr, i) }
	}
	return nil
}

func smallIntEncoder(arr arrow.Array, tag byte) encoder {
	return func(dst []byte, i int) []byte {
		c, _ := smallInt(arr, i)
		return appendWord(dst, tag, c.word[0])
	}
}

func appendFloat(dst []byte, f float64) []byte {
	if math.IsNaN(f) {
		f = math.NaN()
	}
	return appendWord(dst, tagFloat, math.Float64bits(f))
}

func appendDecimal(dst []byte, arr arrow.Array, i int) []byte {
	c, _ := decimalAt(arr, i)
	dst = appendWord(dst, tagDecimal, uint64(int64(c.scale)))
	for _, w := range decimal256.Num.Array(c.decimal()) {
		dst = binary.LittleEndian.AppendUint64(dst, w)
	}
	return dst
}

func textEncoder(arr arrow.Array) encoder {
	switch a := arr.(type) {
	case *array.String:
		return func(dst []byte, i int) []byte { return appendCounted(append(dst, tagText), a.Value(i)) }
	case *array.LargeString:
		return func(dst []byte, i int) []byte { return appendCounted(append(dst, tagText), a.Value(i)) }
	case *array.StringView:
		return func(dst []byte, i int) []byte { return appendCounted(append(dst, tagText), a.Value(i)) }
	case *array.Binary:
		return func(dst []byte, i int) []byte { return appendCounted(append(dst, tagBytes), a.Value(i)) }
	case *array.LargeBinary:
		return func(dst []byte, i int) []byte { return appendCounted(append(dst, tagBytes), a.Value(i)) }
	case *array.BinaryView:
		return func(dst []byte, i int) []byte { return appendCounted(append(dst, tagBytes), a.Value(i)) }
	case *array.FixedSizeBinary:
		return func(dst []byte, i int) []byte { return appendCounted(append(dst, tagBytes), a.Value(i)) }
	}
	return nil
}

func timeEncoder(arr arrow.Array) encoder {
	switch a := arr.(type) {
	case *array.Date32:
		return func(dst []byte, i int) []byte { return appendWord(dst, tagDate, uint64(int64(a.Value(i)))) }
	case *array.Date64:
		return func(dst []byte, i int) []byte {
			return appendWord(dst, tagDate, uint64(floorDiv(int64(a.Value(i)), 86_400_000)))
		}
	case *array.Timestamp:
		tag, unit := tagTimestamp, a.DataType().(*arrow.TimestampType).Unit
		if a.DataType().(*arrow.TimestampType).TimeZone == "" {
			tag = tagTimestampNTZ
		}
		return func(dst []byte, i int) []byte { return appendTime(dst, tag, int64(a.Value(i)), unit) }
	case *array.Time32:
		unit := a.DataType().(*arrow.Time32Type).Unit
		return func(dst []byte, i int) []byte { return appendTime(dst, tagTime, int64(a.Value(i)), unit) }
	case *array.Time64:
		unit := a.DataType().(*arrow.Time64Type).Unit
		return func(dst []byte, i int) []byte { return appendTime(dst, tagTime, int64(a.Value(i)), unit) }
	case *array.Duration:
		unit := a.DataType().(*arrow.DurationType).Unit
		return func(dst []byte, i int) []byte { return appendTime(dst, tagDuration, int64(a.Value(i)), unit) }
	case *array.MonthInterval:
		return func(dst []byte, i int) []byte { return appendInterval(dst, int64(a.Value(i)), 0, 0) }
	case *array.DayTimeInterval:
		return func(dst []byte, i int) []byte {
			v := a.Value(i)
			return appendInterval(dst, 0, int64(v.Days), int64(v.Milliseconds)*int64(time.Millisecond))
		}
	case *array.MonthDayNanoInterval:
		return func(dst []byte, i int) []byte {
			v := a.Value(i)
			return appendInterval(dst, int64(v.Months), int64(v.Days), v.Nanoseconds)
		}
	}
	return nil
}

func appendTime(dst []byte, tag byte, v int64, unit arrow.TimeUnit) []byte {
	sec, nano := splitTime(v, unit)
	return binary.LittleEndian.AppendUint32(appendWord(dst, tag, uint64(sec)), uint32(nano))
}

func appendInterval(dst []byte, months, days, nanos int64) []byte {
	dst = appendWord(dst, tagInterval, uint64(months))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(days))
	return binary.LittleEndian.AppendUint64(dst, uint64(nanos))
}
