package record

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/zeebo/xxh3"
)

// Hash identifies a row by its content. Equal rows have equal hashes, in every run and every version of drt.
type Hash [16]byte

// RowHasher hashes rows of batches of one schema. The hash is XXH3-128 over a canonical encoding:
//
//	row     = digest of the column names (XXH3-64 over the names in byte order, each behind its length), then the
//	          values in that order of the columns: their place in the schema does not matter
//	value   = tag, payload. NULL has the tag 0 and no payload
//	number  = any width of integer as 64 bits, any float as float64 (one NaN), a decimal as scale and 256 bits
//	text    = length (uvarint) and bytes; so is binary
//	time    = date in days; timestamp in seconds and nanoseconds of its instant, or of its wall clock without a zone
//	nested  = length, then the items in order; a struct its fields in order; a dictionary what it stands for
//
// All integers are little-endian. The encoding never changes: a new one needs a new name in state. A RowHasher is
// used by one goroutine, and allocates nothing per row.
type RowHasher struct {
	columns []int
	names   []string
	digest  uint64
	encode  []encoder
	buf     []byte
}

// NewRowHasher hashes the named columns of schema, or all of them if names is nil. It is an error if schema lacks a
// name, or if a type cannot be hashed.
func NewRowHasher(schema *arrow.Schema, names []string) (*RowHasher, error) {
	if names == nil {
		for _, f := range schema.Fields() {
			names = append(names, f.Name)
		}
	}
	names = slices.Clone(names)
	slices.Sort(names)
	h := &RowHasher{names: names, encode: make([]encoder, len(names))}
	var b []byte
	for _, name := range names {
		at := schema.FieldIndices(name)
		if len(at) != 1 {
			return nil, fmt.Errorf("the rows have no column %q", name)
		}
		if t := schema.Field(at[0]).Type; !hashable(t) {
			return nil, fmt.Errorf("column %q of type %s cannot be hashed", name, t)
		}
		h.columns = append(h.columns, at[0])
		b = appendCounted(b, name)
	}
	h.digest = xxh3.Hash(b)
	return h, nil
}

// Columns returns the names of the hashed columns, in byte order.
func (h *RowHasher) Columns() []string { return slices.Clone(h.names) }

// Reset makes b the batch that Row reads. No reference is counted: b must outlive the calls of Row.
func (h *RowHasher) Reset(b arrow.RecordBatch) {
	for i, c := range h.columns {
		h.encode[i] = encoderOf(b.Column(c))
	}
}

// Row returns the hash of row i of the batch.
func (h *RowHasher) Row(i int) Hash {
	h.buf = binary.LittleEndian.AppendUint64(h.buf[:0], h.digest)
	for _, encode := range h.encode {
		h.buf = encode(h.buf, i)
	}
	return xxh3.Hash128(h.buf).Bytes()
}

// HashKey hashes bytes, for sets of keys that must stay small.
func HashKey(b []byte) uint64 { return xxh3.Hash(b) }

func appendCounted[T string | []byte](dst []byte, s T) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}
