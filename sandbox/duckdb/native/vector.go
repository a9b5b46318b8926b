package native

import (
	"unsafe"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// Vector is a view on one column of a chunk of at most a few thousand rows. It is valid only during the call that it
// was made for.
type Vector struct {
	vec   bindings.Vector
	data  unsafe.Pointer
	valid *uint64 // nil: no NULLs
}

func view(vec bindings.Vector) Vector {
	return Vector{vec: vec, data: bindings.VectorGetData(vec), valid: (*uint64)(bindings.VectorGetValidity(vec))}
}

// Null reports whether row i is NULL.
func (v *Vector) Null(i int) bool {
	if v.valid == nil {
		return false
	}
	word := *(*uint64)(unsafe.Add(unsafe.Pointer(v.valid), i/64*8))
	return word&(1<<(uint(i)%64)) == 0
}

// SetNull makes row i of a vector that is being written NULL.
func (v *Vector) SetNull(i int) {
	if v.valid == nil {
		bindings.VectorEnsureValidityWritable(v.vec)
		v.valid = (*uint64)(bindings.VectorGetValidity(v.vec))
	}
	word := (*uint64)(unsafe.Add(unsafe.Pointer(v.valid), i/64*8))
	*word &^= 1 << (uint(i) % 64)
}

// At returns a pointer to fixed-width value i. T must be what DuckDB stores for the column's type.
func At[T any](v *Vector, i int) *T {
	var t T
	return (*T)(unsafe.Add(v.data, uintptr(i)*unsafe.Sizeof(t)))
}

// stringHeader is duckdb_string_t: up to twelve bytes inline, else a prefix and a pointer.
type stringHeader struct {
	length uint32
	inline [12]byte
}

const inlineBytes = 12

// Bytes returns the text or bytes of row i, which must not be kept.
func (v *Vector) Bytes(i int) []byte {
	h := At[stringHeader](v, i)
	if h.length <= inlineBytes {
		return h.inline[:h.length]
	}
	p := *(*unsafe.Pointer)(unsafe.Pointer(&h.inline[4]))
	return unsafe.Slice((*byte)(p), h.length)
}

// Text returns the text of row i, which must not be kept.
func (v *Vector) Text(i int) string {
	b := v.Bytes(i)
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// SetBytes writes text (valid UTF-8) or bytes into row i.
func (v *Vector) SetBytes(i int, b []byte) {
	if len(b) <= inlineBytes {
		h := At[stringHeader](v, i)
		*h = stringHeader{length: uint32(len(b))}
		copy(h.inline[:], b)
		return
	}
	bindings.UnsafeVectorAssignStringElementLen(v.vec, bindings.IdxT(i), b)
}

// SetText writes text, which must be valid UTF-8, into row i.
func (v *Vector) SetText(i int, s string) {
	v.SetBytes(i, unsafe.Slice(unsafe.StringData(s), len(s)))
}

// listEntry is duckdb_list_entry.
type listEntry struct{ offset, length uint64 }

func (v *Vector) child() Vector { return view(bindings.ListVectorGetChild(v.vec)) }

func (v *Vector) field(i int) Vector {
	return view(bindings.StructVectorGetChild(v.vec, bindings.IdxT(i)))
}
