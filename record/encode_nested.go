package record

import (
	"encoding/binary"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

func nestedEncoder(arr arrow.Array) encoder {
	switch a := arr.(type) {
	case *array.Map:
		return mapEncoder(a)
	case array.ListLike:
		items := encoderOf(a.ListValues())
		return func(dst []byte, i int) []byte {
			start, end := a.ValueOffsets(i)
			dst = binary.AppendUvarint(append(dst, tagList), uint64(end-start))
			for j := start; j < end; j++ {
				dst = items(dst, int(j))
			}
			return dst
		}
	case *array.Struct:
		fields := make([]encoder, a.NumField())
		for f := range fields {
			fields[f] = encoderOf(a.Field(f))
		}
		return func(dst []byte, i int) []byte {
			dst = binary.AppendUvarint(append(dst, tagStruct), uint64(len(fields)))
			for _, encode := range fields {
				dst = encode(dst, i)
			}
			return dst
		}
	case *array.Dictionary:
		values := encoderOf(a.Dictionary())
		return func(dst []byte, i int) []byte { return values(dst, a.GetValueIndex(i)) }
	case array.ExtensionArray:
		return encoderOf(a.Storage())
	}
	return nil
}

func mapEncoder(a *array.Map) encoder {
	keys, items := encoderOf(a.Keys()), encoderOf(a.Items())
	return func(dst []byte, i int) []byte {
		start, end := a.ValueOffsets(i)
		dst = binary.AppendUvarint(append(dst, tagMap), uint64(end-start))
		for j := start; j < end; j++ {
			dst = items(keys(dst, int(j)), int(j))
		}
		return dst
	}
}

// hashable reports whether valueEncoder knows t and all that it holds.
func hashable(t arrow.DataType) bool {
	switch t := t.(type) {
	case *arrow.DictionaryType:
		return hashable(t.ValueType)
	case arrow.ExtensionType:
		return hashable(t.StorageType())
	case *arrow.RunEndEncodedType, arrow.UnionType:
		return false
	case arrow.NestedType:
		for _, f := range t.Fields() {
			if !hashable(f.Type) {
				return false
			}
		}
	}
	return true
}
