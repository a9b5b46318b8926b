package parquetfile

import (
	"encoding/binary"
	"fmt"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// plainFunc appends the values of the rows from..to that are not NULL in the PLAIN encoding. It may stop early, when the
// page is full, and returns the first row that it did not take.
type plainFunc = func(dst []byte, arr arrow.Array, from, to int) (out []byte, next int)

// plainOf chooses the encoding of a type.
func plainOf(dt arrow.DataType) (plainFunc, error) {
	switch t := dt.(type) {
	case *arrow.BooleanType:
		return plainBool, nil
	case *arrow.Int8Type:
		return plainSmall[*array.Int8, int8], nil
	case *arrow.Int16Type:
		return plainSmall[*array.Int16, int16], nil
	case *arrow.Int32Type:
		return plainFixed(int32s), nil
	case *arrow.Date32Type:
		return plainFixed(dates), nil
	case *arrow.Int64Type:
		return plainFixed(int64s), nil
	case *arrow.Float32Type:
		return plainFixed(float32s), nil
	case *arrow.Float64Type:
		return plainFixed(float64s), nil
	case *arrow.TimestampType:
		if t.Unit == arrow.Microsecond {
			return plainFixed(timestamps), nil
		}
	case *arrow.Decimal128Type:
		return plainDecimal(int(t.Precision)), nil
	case *arrow.StringType:
		return plainBytes(func(arr arrow.Array, i int) []byte {
			s := arr.(*array.String).Value(i)
			return unsafe.Slice(unsafe.StringData(s), len(s))
		}), nil
	case *arrow.BinaryType:
		return plainBytes(func(arr arrow.Array, i int) []byte { return arr.(*array.Binary).Value(i) }), nil
	}
	return nil, fmt.Errorf("values of Arrow type %s are not written into Parquet here: a bug in drt", dt)
}

// Takes reports whether values of a type can be written.
func Takes(dt arrow.DataType) bool {
	_, err := plainOf(dt)
	return err == nil
}

// number is what lies in memory as Parquet writes it: little-endian, on every platform that drt is built for.
type number interface {
	~int32 | ~int64 | float32 | float64
}

func int32s(a arrow.Array) []int32               { return a.(*array.Int32).Int32Values() }
func int64s(a arrow.Array) []int64               { return a.(*array.Int64).Int64Values() }
func dates(a arrow.Array) []arrow.Date32         { return a.(*array.Date32).Date32Values() }
func float32s(a arrow.Array) []float32           { return a.(*array.Float32).Float32Values() }
func float64s(a arrow.Array) []float64           { return a.(*array.Float64).Float64Values() }
func timestamps(a arrow.Array) []arrow.Timestamp { return a.(*array.Timestamp).TimestampValues() }

// plainFixed copies numbers as they lie in memory.
func plainFixed[T number](values func(arrow.Array) []T) plainFunc {
	return func(dst []byte, arr arrow.Array, from, to int) ([]byte, int) {
		all := values(arr)
		if arr.NullN() == 0 {
			return append(dst, asBytes(all[from:to])...), to
		}
		for i := from; i < to; i++ {
			if arr.IsValid(i) {
				dst = append(dst, asBytes(all[i:i+1])...)
			}
		}
		return dst, to
	}
}

func asBytes[T any](v []T) []byte {
	var one T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*int(unsafe.Sizeof(one)))
}

// plainSmall widens: the smallest integer of Parquet has 32 bits.
func plainSmall[A interface {
	arrow.Array
	Value(int) T
}, T int8 | int16](dst []byte, arr arrow.Array, from, to int) ([]byte, int) {
	a := arr.(A)
	for i := from; i < to; i++ {
		if a.IsValid(i) {
			dst = binary.LittleEndian.AppendUint32(dst, uint32(int32(a.Value(i))))
		}
	}
	return dst, to
}

// plainBool appends a byte a value; see column.bits.
func plainBool(dst []byte, arr arrow.Array, from, to int) ([]byte, int) {
	a := arr.(*array.Boolean)
	for i := from; i < to; i++ {
		if !a.IsValid(i) {
			continue
		}
		var bit byte
		if a.Value(i) {
			bit = 1
		}
		dst = append(dst, bit)
	}
	return dst, to
}

// appendBits packs bytes of 0 and 1, low bit first.
func appendBits(dst, values []byte) []byte {
	for len(values) > 0 {
		n := min(8, len(values))
		var b byte
		for i, v := range values[:n] {
			b |= v << i
		}
		dst = append(dst, b)
		values = values[n:]
	}
	return dst
}

// A decimal of so many digits fits into INT32, INT64.
const (
	maxInt32Digits = 9
	maxInt64Digits = 18
)

// plainDecimal writes unscaled values: as INT32 or INT64 where the precision allows, else in as few bytes as hold it,
// high byte first.
func plainDecimal(precision int) plainFunc {
	var one func(dst []byte, v decimal128.Num) []byte
	switch size := int(pqarrow.DecimalSize(int32(precision))); {
	case precision <= maxInt32Digits:
		one = func(dst []byte, v decimal128.Num) []byte {
			return binary.LittleEndian.AppendUint32(dst, uint32(v.LowBits()))
		}
	case precision <= maxInt64Digits:
		one = func(dst []byte, v decimal128.Num) []byte { return binary.LittleEndian.AppendUint64(dst, v.LowBits()) }
	default:
		one = func(dst []byte, v decimal128.Num) []byte {
			var b [16]byte
			binary.BigEndian.PutUint64(b[:], uint64(v.HighBits()))
			binary.BigEndian.PutUint64(b[8:], v.LowBits())
			return append(dst, b[16-size:]...)
		}
	}
	return func(dst []byte, arr arrow.Array, from, to int) ([]byte, int) {
		a := arr.(*array.Decimal128)
		for i := from; i < to; i++ {
			if a.IsValid(i) {
				dst = one(dst, a.Value(i))
			}
		}
		return dst, to
	}
}

// plainBytes writes the length of each value in front of it.
func plainBytes(value func(arr arrow.Array, i int) []byte) plainFunc {
	return func(dst []byte, arr arrow.Array, from, to int) ([]byte, int) {
		for i := from; i < to; i++ {
			if !arr.IsValid(i) {
				continue
			}
			v := value(arr, i)
			dst = binary.LittleEndian.AppendUint32(dst, uint32(len(v)))
			dst = append(dst, v...)
			if len(dst) >= pageBytes {
				return dst, i + 1
			}
		}
		return dst, to
	}
}
