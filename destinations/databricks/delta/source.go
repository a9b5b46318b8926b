package delta

import (
	"fmt"
	"math"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/decimal256"
)

// class is what the values of a source mean, whatever their width.
type class uint8

const (
	classNull class = iota
	classBool
	classInt
	classFloat
	classDecimal
	classText
	classBytes
	classUUID
	classDate    // days since 1970-01-01
	classClock   // a time of day
	classWall    // a timestamp without zone: microseconds of the wall clock
	classInstant // a timestamp with zone: microseconds since 1970-01-01T00:00:00Z
	classNested
)

// source reads the values of one Arrow type. The function that fits the class is set.
type source struct {
	class   class
	name    string // for messages: as the user knows it
	utc     bool   // classInstant: the zone is UTC, so that wall clock and instant are the same
	bits    int    // classFloat: 32 or 64
	scale   int    // classDecimal
	text    func(arr arrow.Array, i int) string
	bytes   func(arr arrow.Array, i int) []byte
	float   func(arr arrow.Array, i int) float64
	integer func(arr arrow.Array, i int) (int64, string) // bool, int, date, clock, wall, instant
	decimal func(arr arrow.Array, i int) (decimal128.Num, string)
	nested  arrow.DataType
}

const (
	uuidExtension = "arrow.uuid"
	reasonMicros  = "finer than a microsecond"
	reasonDay     = "has a time of day"
	reasonZone    = "names no offset from UTC, which a TIMESTAMP needs: end it with Z or an offset in the model"
)

// uuidType stands for the 16 bytes under the UUID extension type; it is never that of an array.
type uuidType struct{ *arrow.FixedSizeBinaryType }

// valuer is an array of T.
type valuer[T any] interface {
	arrow.Array
	Value(i int) T
}

func readInt[A valuer[T], T ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32](arr arrow.Array, i int) (int64, string) {
	return int64(arr.(A).Value(i)), ""
}

func readText[A valuer[string]](arr arrow.Array, i int) string { return arr.(A).Value(i) }

func readBytes[A valuer[[]byte]](arr arrow.Array, i int) []byte { return arr.(A).Value(i) }

// newSource says how to read from, which holds its own values (see unwrap).
func newSource(from arrow.DataType) (source, error) {
	switch from.(type) {
	case *arrow.NullType:
		return source{class: classNull, name: "NULL"}, nil
	case *arrow.BooleanType:
		return source{class: classBool, name: "BOOLEAN", integer: readBool}, nil
	case *arrow.StringType:
		return source{class: classText, name: "text", text: readText[*array.String]}, nil
	case *arrow.LargeStringType:
		return source{class: classText, name: "text", text: readText[*array.LargeString]}, nil
	case *arrow.StringViewType:
		return source{class: classText, name: "text", text: readText[*array.StringView]}, nil
	case *arrow.BinaryType:
		return source{class: classBytes, name: "bytes", bytes: readBytes[*array.Binary]}, nil
	case *arrow.LargeBinaryType:
		return source{class: classBytes, name: "bytes", bytes: readBytes[*array.LargeBinary]}, nil
	case *arrow.BinaryViewType:
		return source{class: classBytes, name: "bytes", bytes: readBytes[*array.BinaryView]}, nil
	case *arrow.FixedSizeBinaryType:
		return source{class: classBytes, name: "bytes", bytes: readBytes[*array.FixedSizeBinary]}, nil
	case uuidType:
		return source{class: classUUID, name: "UUID", bytes: readBytes[*array.FixedSizeBinary]}, nil
	case *arrow.ListType, *arrow.LargeListType, *arrow.FixedSizeListType, *arrow.MapType, *arrow.StructType:
		return source{class: classNested, name: from.Name(), nested: from}, nil
	}
	if s, ok := numberSource(from); ok {
		return s, nil
	}
	if s, ok := timeSource(from); ok {
		return s, nil
	}
	return source{}, fmt.Errorf("values of Arrow type %s cannot be loaded: CAST them to text in the model", from)
}

func readBool(arr arrow.Array, i int) (int64, string) {
	if arr.(*array.Boolean).Value(i) {
		return 1, ""
	}
	return 0, ""
}

func numberSource(from arrow.DataType) (source, bool) {
	ints := source{class: classInt, name: "integer"}
	switch t := from.(type) {
	case *arrow.Int8Type:
		ints.integer = readInt[*array.Int8]
	case *arrow.Int16Type:
		ints.integer = readInt[*array.Int16]
	case *arrow.Int32Type:
		ints.integer = readInt[*array.Int32]
	case *arrow.Int64Type:
		ints.integer = readInt[*array.Int64]
	case *arrow.Uint8Type:
		ints.integer = readInt[*array.Uint8]
	case *arrow.Uint16Type:
		ints.integer = readInt[*array.Uint16]
	case *arrow.Uint32Type:
		ints.integer = readInt[*array.Uint32]
	case *arrow.Uint64Type:
		// Beyond an int64, so it is read as a decimal without scale.
		return source{class: classDecimal, name: "integer", decimal: func(arr arrow.Array, i int) (decimal128.Num, string) {
			return decimal128.FromU64(arr.(*array.Uint64).Value(i)), ""
		}}, true
	case *arrow.Float16Type:
		return source{class: classFloat, name: "FLOAT", bits: 32, float: func(arr arrow.Array, i int) float64 {
			return float64(arr.(*array.Float16).Value(i).Float32())
		}}, true
	case *arrow.Float32Type:
		return source{class: classFloat, name: "FLOAT", bits: 32, float: func(arr arrow.Array, i int) float64 {
			return float64(arr.(*array.Float32).Value(i))
		}}, true
	case *arrow.Float64Type:
		return source{class: classFloat, name: "DOUBLE", bits: 64, float: func(arr arrow.Array, i int) float64 {
			return arr.(*array.Float64).Value(i)
		}}, true
	case arrow.DecimalType:
		return decimalSource(t)
	}
	return ints, ints.integer != nil
}

func decimalSource(t arrow.DecimalType) (source, bool) {
	s := source{class: classDecimal, name: fmt.Sprintf("DECIMAL(%d,%d)", t.GetPrecision(), t.GetScale()), scale: int(t.GetScale())}
	switch t.(type) {
	case *arrow.Decimal32Type:
		s.decimal = func(arr arrow.Array, i int) (decimal128.Num, string) {
			return decimal128.FromI64(int64(arr.(*array.Decimal32).Value(i))), ""
		}
	case *arrow.Decimal64Type:
		s.decimal = func(arr arrow.Array, i int) (decimal128.Num, string) {
			return decimal128.FromI64(int64(arr.(*array.Decimal64).Value(i))), ""
		}
	case *arrow.Decimal128Type:
		s.decimal = func(arr arrow.Array, i int) (decimal128.Num, string) {
			return arr.(*array.Decimal128).Value(i), ""
		}
	case *arrow.Decimal256Type:
		s.decimal = func(arr arrow.Array, i int) (decimal128.Num, string) {
			return narrow(arr.(*array.Decimal256).Value(i))
		}
	}
	return s, s.decimal != nil
}

// narrow cuts the upper half off a number that does not need it.
func narrow(n decimal256.Num) (decimal128.Num, string) {
	w := n.Array() // low word first
	sign := uint64(int64(w[1]) >> 63)
	if w[2] != sign || w[3] != sign {
		return decimal128.Num{}, "more than 38 digits"
	}
	return decimal128.New(int64(w[1]), w[0]), ""
}

func timeSource(from arrow.DataType) (source, bool) {
	switch t := from.(type) {
	case *arrow.Date32Type:
		return source{class: classDate, name: "DATE", integer: readInt[*array.Date32]}, true
	case *arrow.Date64Type:
		return source{class: classDate, name: "DATE", integer: readDate64}, true
	case *arrow.Time32Type:
		return source{class: classClock, name: "TIME", integer: micros(readInt[*array.Time32], t.Unit)}, true
	case *arrow.Time64Type:
		return source{class: classClock, name: "TIME", integer: micros(readInt[*array.Time64], t.Unit)}, true
	case *arrow.TimestampType:
		s := source{class: classWall, name: "TIMESTAMP_NTZ", integer: micros(readInt[*array.Timestamp], t.Unit)}
		if t.TimeZone != "" {
			s.class, s.name, s.utc = classInstant, "TIMESTAMP", isUTC(t.TimeZone)
		}
		return s, true
	}
	return source{}, false
}

func readDate64(arr arrow.Array, i int) (int64, string) {
	const day = 24 * 60 * 60 * 1000
	ms := int64(arr.(*array.Date64).Value(i))
	if ms%day != 0 {
		return 0, reasonDay
	}
	return ms / day, ""
}

// micros turns values of a unit into microseconds. What would overflow becomes an end of int64, which no range holds.
func micros(read func(arrow.Array, int) (int64, string), unit arrow.TimeUnit) func(arrow.Array, int) (int64, string) {
	if unit == arrow.Microsecond {
		return read
	}
	if unit == arrow.Nanosecond {
		return func(arr arrow.Array, i int) (int64, string) {
			v, _ := read(arr, i)
			if v%1000 != 0 {
				return 0, reasonMicros
			}
			return v / 1000, ""
		}
	}
	factor := int64(unit.Multiplier() / time.Microsecond)
	return func(arr arrow.Array, i int) (int64, string) {
		v, _ := read(arr, i)
		switch {
		case v > math.MaxInt64/factor:
			return math.MaxInt64, ""
		case v < math.MinInt64/factor:
			return math.MinInt64, ""
		}
		return v * factor, ""
	}
}

// isUTC knows the names under which sources say UTC.
func isUTC(zone string) bool {
	switch zone {
	case "UTC", "utc", "Utc", "Etc/UTC", "Z", "GMT", "Etc/GMT", "+00:00", "-00:00", "+0000", "+00", "Zulu", "Etc/Zulu", "UCT", "Etc/UCT":
		return true
	}
	return false
}
