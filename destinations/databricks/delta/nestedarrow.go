package delta

import (
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// nestedOf passes Arrow's nested values into ARRAY, MAP and STRUCT.
func nestedOf(src source, to Type) (appendFunc, error) {
	switch from := src.nested.(type) {
	case *arrow.StructType:
		if to.Kind == Struct {
			return structOf(from, to)
		}
	case *arrow.MapType:
		if to.Kind == Map {
			return mapOf(from, to)
		}
	case arrow.ListLikeType:
		if to.Kind == Array {
			return listOf(from, to)
		}
	}
	return nil, refuse(src, to, "")
}

func listOf(from arrow.ListLikeType, to Type) (appendFunc, error) {
	elem, err := newCell(from.Elem(), *to.Elem)
	if err != nil {
		return nil, fmt.Errorf("element: %w", err)
	}
	return appendList(orNull(elem)), nil
}

// appendList appends an array of what one appends.
func appendList(one appendFunc) appendFunc {
	return func(dst []byte, arr arrow.Array, i int) ([]byte, string) {
		list := arr.(array.ListLike)
		from, to := list.ValueOffsets(i)
		values := list.ListValues()
		dst = append(dst, '[')
		for k := int(from); k < int(to); k++ {
			if k > int(from) {
				dst = append(dst, ',')
			}
			var reason string
			if dst, reason = one(dst, values, k); reason != "" {
				return dst, within("element", reason)
			}
		}
		return append(dst, ']'), ""
	}
}

func mapOf(from *arrow.MapType, to Type) (appendFunc, error) {
	key, err := newCell(from.KeyType(), *to.Key)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	value, err := newCell(from.ItemType(), *to.Elem)
	if err != nil {
		return nil, fmt.Errorf("value: %w", err)
	}
	return appendMap(key, orNull(value), oddMap(to)), nil
}

// appendMap appends an object, or an array of entries if odd.
func appendMap(key cell, value appendFunc, odd bool) appendFunc {
	keys := &keySet{}
	return func(dst []byte, arr arrow.Array, i int) ([]byte, string) {
		m := arr.(*array.Map)
		from, to := m.ValueOffsets(i)
		names, items := m.Keys(), m.Items()
		keys.reset()
		dst = append(dst, openMap(odd))
		for k := int(from); k < int(to); k++ {
			if k > int(from) {
				dst = append(dst, ',')
			}
			if key.isNull(names, k) {
				return dst, "NULL as a key of a MAP"
			}
			var reason string
			if dst, reason = appendKey(dst, key, names, k, odd, keys); reason != "" {
				return dst, within("key", reason)
			}
			if dst, reason = value(dst, items, k); reason != "" {
				return dst, within("value", reason)
			}
			if odd {
				dst = append(dst, '}')
			}
		}
		if keys.close(span{}) {
			return dst, reasonTwice
		}
		return append(dst, closeMap(odd)), ""
	}
}

// structField is one field of an Arrow struct on its way.
type structField struct {
	at       int    // in the Arrow struct
	name     string // as JSON, with the colon
	label    string
	required cell       // of a field that is NOT NULL: tells NULL
	append   appendFunc // NULL as null
}

// structOf pairs the fields by name, regardless of case. Fields that the model lacks become NULL; fields that the
// column lacks would be lost, and are refused.
func structOf(from *arrow.StructType, to Type) (appendFunc, error) {
	used := make([]bool, len(from.Fields()))
	var fields []structField
	for _, f := range to.Fields {
		at := fieldOf(from, f.Name)
		if at < 0 {
			if f.NotNull {
				return nil, fmt.Errorf("field %s is NOT NULL, and the model lacks it", f.Name)
			}
			continue
		}
		c, err := newCell(from.Field(at).Type, f.Type)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", f.Name, err)
		}
		if used[at] {
			return nil, fmt.Errorf("field %s: two fields of the column differ from it in case only", f.Name)
		}
		used[at] = true
		field := structField{at: at, name: jsonName(f.Name), label: f.Name, append: orNull(c)}
		if f.NotNull {
			field.required = c
		}
		fields = append(fields, field)
	}
	for i, ok := range used {
		if !ok {
			return nil, fmt.Errorf("field %s of the model is not in the column's %s", from.Field(i).Name, to.SQL())
		}
	}
	return appendStruct(fields), nil
}

func jsonName(s string) string { return string(append(appendJSONText(nil, s), ':')) }

// fieldOf finds a field by its name, or by one that differs in case only.
func fieldOf(from *arrow.StructType, name string) int {
	same := -1
	for i, f := range from.Fields() {
		if f.Name == name {
			return i
		}
		if strings.EqualFold(f.Name, name) {
			same = i
		}
	}
	return same
}

func appendStruct(fields []structField) appendFunc {
	return func(dst []byte, arr arrow.Array, i int) ([]byte, string) {
		s := arr.(*array.Struct)
		dst = append(dst, '{')
		for k := range fields {
			f := &fields[k]
			if k > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, f.name...)
			child := s.Field(f.at)
			if f.required != nil && f.required.isNull(child, i) {
				return dst, within("field "+f.label, reasonNotNull)
			}
			var reason string
			if dst, reason = f.append(dst, child, i); reason != "" {
				return dst, within("field "+f.label, reason)
			}
		}
		return append(dst, '}'), ""
	}
}
