package engine

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/record"
)

// The first byte of an identity says what it is made of. State files of users hold them.
const (
	byKey = 'k' // the hash of the row's key
	byRow = 'r' // the hash of the whole row, and a number: equal rows are as many rows
	byRun = 'u' // the run and a number: nothing tells the row from others
)

// identities tells rejected rows apart, so that a row that is rejected again is kept once. It is used by one goroutine.
type identities struct {
	hasher *record.RowHasher // nil: no column tells the rows apart
	keys   []int             // columns of the key; nil: the whole row
	whole  *record.RowHasher // of rows whose key has a NULL
	batch  arrow.RecordBatch
	next   map[record.Hash]uint64 // byRow: the number of the next row that is equal
	run    string
	n      uint64
	buf    []byte
}

// newIdentities tells rows of schema apart by the columns key, or by all of them.
func newIdentities(schema *arrow.Schema, key []string, run string) *identities {
	d := &identities{next: map[record.Hash]uint64{}, run: run}
	var names []string
	for _, name := range key {
		at, err := columnIndex(schema, name)
		if err != nil {
			names, d.keys = nil, nil
			break
		}
		d.keys = append(d.keys, at)
		names = append(names, schema.Field(at).Name)
	}
	var err error
	if d.whole, err = record.NewRowHasher(schema, nil); err != nil {
		d.whole = nil
	}
	if d.hasher = d.whole; d.keys == nil {
		return d
	}
	if d.hasher, err = record.NewRowHasher(schema, names); err != nil {
		d.hasher, d.keys = d.whole, nil
	}
	return d
}

// keyed says that a later row of the same identity takes the place of an earlier one.
func (d *identities) keyed() bool { return d.keys != nil }

// reset makes b the batch whose rows are asked for. It must outlive that.
func (d *identities) reset(b arrow.RecordBatch) {
	d.batch = b
	for _, h := range []*record.RowHasher{d.hasher, d.whole} {
		if h != nil {
			h.Reset(b)
		}
	}
}

// key returns the identity of row i by its key, valid until the next call; false if the key does not tell.
func (d *identities) key(i int) ([]byte, bool) {
	if d.keys == nil || slices.ContainsFunc(d.keys, func(c int) bool { return d.batch.Column(c).IsNull(i) }) {
		return nil, false
	}
	h := d.hasher.Row(i)
	d.buf = append(append(d.buf[:0], byKey), h[:]...)
	return d.buf, true
}

// rejected returns the identity of row i, which is to be kept.
func (d *identities) rejected(i int) string {
	if id, ok := d.key(i); ok {
		return string(id)
	}
	if d.whole == nil {
		return d.unknown()
	}
	h := d.whole.Row(i)
	n := d.next[h]
	d.next[h]++
	return string(binary.AppendUvarint(append([]byte{byRow}, h[:]...), n))
}

// unknown is the identity of a row of which nothing is known.
func (d *identities) unknown() string {
	d.n++
	return fmt.Sprintf("%c%s/%d", byRun, d.run, d.n)
}

// recall notes an identity that an earlier run has given, so that an equal row gets another one.
func (d *identities) recall(id []byte) {
	if len(id) <= 1+16 || id[0] != byRow {
		return
	}
	h := record.Hash(id[1:17])
	if n, size := binary.Uvarint(id[17:]); size > 0 {
		d.next[h] = max(d.next[h], n+1)
	}
}
