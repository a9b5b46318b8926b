package delta

import (
	"fmt"
	"math"

	"github.com/apache/arrow-go/v18/arrow"
)

// variantOf writes values that are not text themselves as JSON: numbers and booleans as such, dates and timestamps as
// the strings that a STRING column would get.
func variantOf(src source) (appendFunc, error) {
	to := Type{Kind: Variant}
	switch src.class {
	case classBytes:
		return nil, refuse(src, to, "JSON has no bytes, so encode them in the model")
	case classNested:
		return variantOfNested(src.nested)
	case classText:
		c := textCell{read: src.text}
		return c.appendQuoted, nil
	case classFloat:
		return func(dst []byte, arr arrow.Array, i int) ([]byte, string) {
			f := src.float(arr, i)
			if math.IsNaN(f) || math.IsInf(f, 0) {
				return dst, "NaN and Infinity have no JSON form"
			}
			return appendFloat(dst, f, src.bits), ""
		}, nil
	case classBool, classInt, classDecimal:
		return formatter(src), nil
	}
	c := formatCell{format: formatter(src)}
	return c.appendQuoted, nil
}

func variantOfNested(from arrow.DataType) (appendFunc, error) {
	switch t := from.(type) {
	case *arrow.StructType:
		return variantOfStruct(t)
	case *arrow.MapType:
		value, err := variantPart(t.ItemType())
		if err != nil {
			return nil, fmt.Errorf("value: %w", err)
		}
		key, err := newCell(t.KeyType(), Type{Kind: String})
		if err != nil {
			return nil, fmt.Errorf("key: %w", err)
		}
		return appendMap(key, value, false), nil
	case arrow.ListLikeType:
		elem, err := variantPart(t.Elem())
		if err != nil {
			return nil, fmt.Errorf("element: %w", err)
		}
		return appendList(elem), nil
	}
	return nil, fmt.Errorf("values of Arrow type %s cannot be loaded: CAST them to text in the model", from)
}

func variantOfStruct(from *arrow.StructType) (appendFunc, error) {
	var fields []structField
	names := map[string]bool{}
	for i, f := range from.Fields() {
		part, err := variantPart(f.Type)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", f.Name, err)
		}
		if names[f.Name] {
			return nil, fmt.Errorf("field %s is there twice: rename one in the model", f.Name)
		}
		names[f.Name] = true
		fields = append(fields, structField{at: i, name: jsonName(f.Name), label: f.Name, append: part})
	}
	return appendStruct(fields), nil
}

// variantPart writes a value within one that becomes a VARIANT, NULL as null. Unlike at the top, text is a string
// there, no JSON.
func variantPart(from arrow.DataType) (appendFunc, error) {
	if inner, get := unwrap(from); get != nil {
		part, err := variantPart(inner)
		return func(dst []byte, arr arrow.Array, i int) ([]byte, string) {
			if arr.IsNull(i) {
				return append(dst, "null"...), ""
			}
			values, at := get(arr, i)
			return part(dst, values, at)
		}, err
	}
	src, err := newSource(from)
	if err != nil {
		return nil, err
	}
	if src.class == classNull {
		return nullCell{}.appendValue, nil
	}
	value, err := variantOf(src)
	return func(dst []byte, arr arrow.Array, i int) ([]byte, string) {
		if arr.IsNull(i) {
			return append(dst, "null"...), ""
		}
		return value(dst, arr, i)
	}, err
}
