package memory

import (
	"encoding/binary"
	"maps"
	"slices"
)

// appendNestedKey is appendKey for lists, maps and structs.
func appendNestedKey(dst []byte, v any) []byte {
	switch v := v.(type) {
	case []any:
		dst = binary.AppendUvarint(append(dst, 'l'), uint64(len(v)))
		for _, e := range v {
			dst = appendKey(dst, e)
		}
	case [][2]any:
		dst = binary.AppendUvarint(append(dst, 'm'), uint64(len(v)))
		for _, e := range v {
			dst = appendKey(appendKey(dst, e[0]), e[1])
		}
	case map[string]any:
		dst = binary.AppendUvarint(append(dst, 'r'), uint64(len(v)))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			dst = appendKey(appendText(dst, name), v[name])
		}
	}
	return dst
}
