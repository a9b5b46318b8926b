package file

import (
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// jsonValue returns the appender of a column as JSON values; it writes null for NULL. nil means that the type cannot
// be written.
func jsonValue(a arrow.Array) appender {
	f := jsonPresent(underneath(a))
	if f == nil || a.NullN() == 0 {
		return f
	}
	return func(dst []byte, i int) ([]byte, string) {
		if a.IsNull(i) {
			return append(dst, "null"...), ""
		}
		return f(dst, i)
	}
}

func jsonPresent(a arrow.Array) appender {
	if value := text(a); value != nil {
		return func(dst []byte, i int) ([]byte, string) { return appendJSONText(dst, value(i)) }
	}
	if value, bits := floating(a); value != nil {
		return jsonFloat(value, bits)
	}
	if f, literal := plain(a); f != nil {
		if literal {
			return f
		}
		return func(dst []byte, i int) ([]byte, string) {
			dst, reason := f(append(dst, '"'), i)
			return append(dst, '"'), reason
		}
	}
	switch a := a.(type) {
	case *array.Null:
		return func(dst []byte, _ int) ([]byte, string) { return append(dst, "null"...), "" }
	case *array.Dictionary:
		f := jsonValue(a.Dictionary())
		if f == nil {
			return nil
		}
		return func(dst []byte, i int) ([]byte, string) { return f(dst, a.GetValueIndex(i)) }
	case *array.Map:
		return jsonMap(a)
	case array.ListLike:
		return jsonList(a)
	case *array.Struct:
		return jsonStruct(a)
	}
	return nil
}

// jsonFloat writes the numbers that JSON lacks as text, as the JSON of protocol buffers does.
func jsonFloat(value func(i int) float64, bits int) appender {
	return func(dst []byte, i int) ([]byte, string) {
		v := value(i)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return append(appendFloat(append(dst, '"'), v, bits), '"'), ""
		}
		return strconv.AppendFloat(dst, v, 'g', -1, bits), ""
	}
}

func jsonList(a array.ListLike) appender {
	element := jsonValue(a.ListValues())
	if element == nil {
		return nil
	}
	return func(dst []byte, i int) ([]byte, string) {
		start, end := a.ValueOffsets(i)
		dst = append(dst, '[')
		for j := start; j < end; j++ {
			if j > start {
				dst = append(dst, ',')
			}
			var reason string
			if dst, reason = element(dst, int(j)); reason != "" {
				return dst, reason
			}
		}
		return append(dst, ']'), ""
	}
}

func jsonStruct(a *array.Struct) appender {
	names, fields := jsonFields(a.DataType().(*arrow.StructType).Fields()), make([]appender, a.NumField())
	for f := range fields {
		if fields[f] = jsonValue(a.Field(f)); fields[f] == nil {
			return nil
		}
	}
	return func(dst []byte, i int) ([]byte, string) {
		dst = append(dst, '{')
		for f, value := range fields {
			if f > 0 {
				dst = append(dst, ',')
			}
			var reason string
			if dst, reason = value(append(dst, names[f]...), i); reason != "" {
				return dst, reason
			}
		}
		return append(dst, '}'), ""
	}
}

// jsonMap writes an object where the keys are text, else a list of {"key": ..., "value": ...}.
func jsonMap(a *array.Map) appender {
	key, value := jsonValue(a.Keys()), jsonValue(a.Items())
	if key == nil || value == nil {
		return nil
	}
	open, before, between, after, end := "[", `{"key":`, `,"value":`, "}", "]"
	if text(a.Keys()) != nil {
		open, before, between, after, end = "{", "", ":", "", "}"
	}
	return func(dst []byte, i int) ([]byte, string) {
		first, last := a.ValueOffsets(i)
		dst = append(dst, open...)
		for j := first; j < last; j++ {
			if j > first {
				dst = append(dst, ',')
			}
			var reason string
			if dst, reason = key(append(dst, before...), int(j)); reason != "" {
				return dst, reason
			}
			if dst, reason = value(append(dst, between...), int(j)); reason != "" {
				return dst, reason
			}
			dst = append(dst, after...)
		}
		return append(dst, end...), ""
	}
}

// jsonFields are the names of fields as they stand before a value: `"id":`.
func jsonFields(fields []arrow.Field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		name, _ := appendJSONText(nil, f.Name)
		names[i] = string(append(name, ':'))
	}
	return names
}

// appendJSONText appends s quoted. What JSON need not escape stays as it is.
func appendJSONText(dst []byte, s string) ([]byte, string) {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	start, ascii := 0, true
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			ascii = ascii && c < utf8.RuneSelf
			continue
		}
		dst = append(dst, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		}
	}
	dst = append(append(dst, s[start:]...), '"')
	if !ascii && !utf8.ValidString(s) {
		return dst, reasonUTF8
	}
	return dst, ""
}
