package delta

import (
	"math"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
)

// intCell passes everything that is an int64 inside: BOOLEAN (0 or 1), the integers, DATE (days), TIMESTAMP and
// TIMESTAMP_NTZ (microseconds).
type intCell struct {
	plain
	kind Kind
	read func(arr arrow.Array, i int) (int64, string)
}

func newIntCell(src source, to Type) (cell, error) {
	c := intCell{kind: to.Kind}
	var err error
	switch to.Kind {
	case Boolean:
		c.read, err = readBoolean(src, to)
	case Date:
		c.read, err = readDate(src, to)
	case Timestamp:
		c.read, err = readTimestamp(src, to)
	case TimestampNTZ:
		c.read, err = readNTZ(src, to)
	default:
		c.read, err = readInteger(src, to)
	}
	return c, err
}

func (c intCell) appendText(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	v, reason := c.read(arr, i)
	if reason != "" {
		return dst, reason
	}
	return appendInt(dst, c.kind, v), ""
}

func (c intCell) appendQuoted(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	v, reason := c.read(arr, i)
	if reason != "" {
		return dst, reason
	}
	return append(appendInt(append(dst, '"'), c.kind, v), '"'), ""
}

// appendValue leaves out the quotes where from_json wants none.
func (c intCell) appendValue(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	if c.kind <= BigInt {
		return c.appendText(dst, arr, i)
	}
	return c.appendQuoted(dst, arr, i)
}

// appendInt appends v as the text of its kind.
func appendInt(dst []byte, k Kind, v int64) []byte {
	switch k {
	case Boolean:
		return strconv.AppendBool(dst, v != 0)
	case Date:
		return appendDate(dst, v)
	case Timestamp:
		return append(appendMicros(dst, v), 'Z')
	case TimestampNTZ:
		return appendMicros(dst, v)
	}
	return strconv.AppendInt(dst, v, 10)
}

func (c intCell) appendTo(b array.Builder, arr arrow.Array, i int) string {
	v, reason := c.read(arr, i)
	if reason != "" {
		return reason
	}
	switch b := b.(type) {
	case *array.BooleanBuilder:
		b.Append(v != 0)
	case *array.Int8Builder:
		b.Append(int8(v))
	case *array.Int16Builder:
		b.Append(int16(v))
	case *array.Int32Builder:
		b.Append(int32(v))
	case *array.Int64Builder:
		b.Append(v)
	case *array.Date32Builder:
		b.Append(arrow.Date32(v))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(v))
	}
	return ""
}

func intRange(k Kind) (lo, hi int64) {
	switch k {
	case TinyInt:
		return math.MinInt8, math.MaxInt8
	case SmallInt:
		return math.MinInt16, math.MaxInt16
	case Int:
		return math.MinInt32, math.MaxInt32
	}
	return math.MinInt64, math.MaxInt64
}

// readInteger takes whole numbers of every kind that lie in the range.
func readInteger(src source, to Type) (func(arrow.Array, int) (int64, string), error) {
	lo, hi := intRange(to.Kind)
	name := keyword(to.Kind)
	not, beyond := "not "+article(name), "outside the range of "+name
	check := func(v int64) (int64, string) {
		if v < lo || v > hi {
			return 0, beyond
		}
		return v, ""
	}
	switch src.class {
	case classInt:
		read := src.integer
		if to.Kind == BigInt {
			return read, nil
		}
		return func(arr arrow.Array, i int) (int64, string) {
			v, _ := read(arr, i)
			return check(v)
		}, nil
	case classFloat:
		return func(arr arrow.Array, i int) (int64, string) {
			f := src.float(arr, i)
			if f != math.Trunc(f) || math.IsInf(f, 0) {
				return 0, not
			}
			if f < -1<<63 || f >= 1<<63 {
				return 0, beyond
			}
			return check(int64(f))
		}, nil
	case classDecimal:
		return func(arr arrow.Array, i int) (int64, string) {
			d, reason := src.decimal(arr, i)
			if reason != "" {
				return 0, reason
			}
			v, whole, fits := wholeOf(d, src.scale)
			if !whole {
				return 0, not
			}
			if !fits {
				return 0, beyond
			}
			return check(v)
		}, nil
	case classText:
		return func(arr arrow.Array, i int) (int64, string) {
			v, number, fits := parseInt(src.text(arr, i))
			if !number {
				return 0, not
			}
			if !fits {
				return 0, beyond
			}
			return check(v)
		}, nil
	}
	return nil, refuse(src, to, "")
}

// wholeOf says whether a decimal is a whole number, and whether an int64 holds it.
func wholeOf(d decimal128.Num, scale int) (v int64, whole, fits bool) {
	n := numberOf(d, scale)
	if n.exp < 0 {
		return 0, false, false
	}
	if n.digits+n.exp > 19 {
		return 0, true, false
	}
	d = n.decimal(0)
	fits = d.HighBits() == int64(d.LowBits())>>63
	return int64(d.LowBits()), true, fits
}

// parseInt reads an optional sign and digits, nothing else.
func parseInt(s string) (v int64, number, fits bool) {
	digits := s
	if digits != "" && (digits[0] == '-' || digits[0] == '+') {
		digits = digits[1:]
	}
	if digits == "" {
		return 0, false, false
	}
	fits = true
	var u uint64
	for i := range len(digits) {
		c := digits[i] - '0'
		if c > 9 {
			return 0, false, false
		}
		if u > (1<<63)/10 {
			fits = false // go on: only a number is out of range
			continue
		}
		u = u*10 + uint64(c)
	}
	if s[0] == '-' {
		return -int64(u), true, fits && u <= 1<<63
	}
	return int64(u), true, fits && u <= math.MaxInt64
}

// article puts "a" or "an" before a type's name.
func article(name string) string {
	switch name[0] {
	case 'I', 'A':
		return "an " + name
	}
	return "a " + name
}
