package parquetfile

import (
	"encoding/binary"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"
)

const (
	sampleRows = 1024
	perValue   = 8   // rows that each distinct value of the sample must stand for, on the average
	maxValues  = 256 // so that an index is one byte
)

// repeats says whether a column of text repeats itself within its first rows, so that a dictionary pays.
func repeats(a *array.String, from, to int) bool {
	to = min(to, from+sampleRows)
	seen := make(map[string]struct{}, sampleRows/perValue+1)
	for i := from; i < to; i++ {
		seen[a.Value(i)] = struct{}{} // NULL counts as ""
		if len(seen)*perValue > to-from {
			return false
		}
	}
	return true
}

// dictionary is that of one column in one row group. It takes values until it is full; the rest of the row group is
// PLAIN.
type dictionary struct {
	index  map[string]uint8
	values []byte // PLAIN
	count  int
	full   bool // a value came that found no more room
}

func newDictionary() *dictionary {
	return &dictionary{index: make(map[string]uint8, maxValues)}
}

// append appends the indices of the rows from..to that are not NULL, and stops at a value that finds no more room.
func (d *dictionary) append(dst []byte, a *array.String, from, to int) (out []byte, next int) {
	for i := from; i < to; i++ {
		if !a.IsValid(i) {
			continue
		}
		s := a.Value(i)
		at, ok := d.index[s]
		if !ok {
			if d.count == maxValues {
				d.full = true
				return dst, i
			}
			at = d.add(s)
		}
		dst = append(dst, at)
	}
	return dst, to
}

func (d *dictionary) add(s string) uint8 {
	at := uint8(d.count)
	d.index[strings.Clone(s)] = at
	d.values = append(binary.LittleEndian.AppendUint32(d.values, uint32(len(s))), s...)
	d.count++
	return at
}

// appendIndices appends indices of one byte each as a page holds them: their width, and bit-packed runs.
func appendIndices(dst, indices []byte) []byte {
	return appendPacked(append(dst, 8), indices, 8)
}
