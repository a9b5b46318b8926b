package file

import (
	"encoding/base64"
	"math"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/extensions"
)

// appender appends value i of one column of one batch to dst as text. A reason says why the value cannot be written;
// then what was appended counts for nothing. The value is not NULL.
type appender func(dst []byte, i int) (out []byte, reason string)

// The reasons.
const (
	reasonUTF8 = "not valid UTF-8"
	reasonYear = "a year outside 0001 to 9999"
)

// plain returns the appender of a type whose text is printable ASCII without quotes, backslashes or line breaks, and
// whether that text is a JSON number or boolean as it is. nil means another kind of type.
func plain(a arrow.Array) (f appender, literal bool) {
	switch a := a.(type) {
	case *array.Boolean:
		return func(dst []byte, i int) ([]byte, string) { return strconv.AppendBool(dst, a.Value(i)), "" }, true
	case *array.Int8:
		return signed(a.Int8Values()), true
	case *array.Int16:
		return signed(a.Int16Values()), true
	case *array.Int32:
		return signed(a.Int32Values()), true
	case *array.Int64:
		return signed(a.Int64Values()), true
	case *array.Uint8:
		return unsigned(a.Uint8Values()), true
	case *array.Uint16:
		return unsigned(a.Uint16Values()), true
	case *array.Uint32:
		return unsigned(a.Uint32Values()), true
	case *array.Uint64:
		return unsigned(a.Uint64Values()), true
	}
	if f := decimal(a); f != nil {
		return f, true
	}
	if f := binary(a); f != nil {
		return f, false
	}
	return temporal(a), false
}

func signed[T int8 | int16 | int32 | int64](values []T) appender {
	return func(dst []byte, i int) ([]byte, string) { return strconv.AppendInt(dst, int64(values[i]), 10), "" }
}

func unsigned[T uint8 | uint16 | uint32 | uint64](values []T) appender {
	return func(dst []byte, i int) ([]byte, string) { return strconv.AppendUint(dst, uint64(values[i]), 10), "" }
}

// floating returns the value function of a float column, and its bits; nil for other types.
func floating(a arrow.Array) (value func(i int) float64, bits int) {
	switch a := a.(type) {
	case *array.Float64:
		values := a.Float64Values()
		return func(i int) float64 { return values[i] }, 64
	case *array.Float32:
		values := a.Float32Values()
		return func(i int) float64 { return float64(values[i]) }, 32
	case *array.Float16:
		return func(i int) float64 { return float64(a.Value(i).Float32()) }, 32
	}
	return nil, 0
}

// appendFloat appends the shortest text that reads back as the same number; NaN, Infinity, -Infinity are words.
func appendFloat(dst []byte, v float64, bits int) []byte {
	switch {
	case math.IsNaN(v):
		return append(dst, "NaN"...)
	case math.IsInf(v, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(v, -1):
		return append(dst, "-Infinity"...)
	}
	return strconv.AppendFloat(dst, v, 'g', -1, bits)
}

// binary is base64, but a UUID is its usual text.
func binary(a arrow.Array) appender {
	encode := func(value func(i int) []byte) appender {
		return func(dst []byte, i int) ([]byte, string) { return base64.StdEncoding.AppendEncode(dst, value(i)), "" }
	}
	switch a := a.(type) {
	case *array.Binary:
		return encode(a.Value)
	case *array.LargeBinary:
		return encode(a.Value)
	case *array.BinaryView:
		return encode(a.Value)
	case *array.FixedSizeBinary:
		return encode(a.Value)
	case *extensions.UUIDArray:
		return func(dst []byte, i int) ([]byte, string) { return appendUUID(dst, a.Value(i)), "" }
	}
	return nil
}

func appendUUID(dst []byte, id [16]byte) []byte {
	const digits = "0123456789abcdef"
	for i, b := range id {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, digits[b>>4], digits[b&15])
	}
	return dst
}

// text returns the value function of a text column; nil for other types.
func text(a arrow.Array) func(i int) string {
	switch a := a.(type) {
	case *array.String:
		return a.Value
	case *array.LargeString:
		return a.Value
	case *array.StringView:
		return a.Value
	}
	return nil
}

// underneath returns what the values of a are stored as: the storage of an extension type other than UUID.
func underneath(a arrow.Array) arrow.Array {
	for {
		if _, ok := a.(*extensions.UUIDArray); ok {
			return a
		}
		e, ok := a.(array.ExtensionArray)
		if !ok {
			return a
		}
		a = e.Storage()
	}
}
