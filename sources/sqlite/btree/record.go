package btree

import "errors"

// field is a column of the current row.
type field struct {
	serial   uint64
	from, to int // of its bytes in the payload
}

// record takes rows apart.
type record struct {
	payload  []byte
	fields   []field // by column, up to the last one that is wanted
	nullTail bool
}

func newRecord(columns []int, nullTail bool) record {
	last := -1
	for _, c := range columns {
		last = max(last, c)
	}
	return record{fields: make([]field, last+1), nullTail: nullTail}
}

var (
	errHeader = errors.New("a record whose header is not as documented")
	errShort  = errors.New("a row that ends before a column")
)

// parse finds the fields of a row in payload.
func (r *record) parse(payload []byte) error {
	length, at := varint(payload)
	if at == 0 || length > uint64(len(payload)) || length < uint64(at) {
		return errHeader
	}
	r.payload = payload
	head, from := payload[:length], int(length)
	for i := range r.fields {
		if at >= len(head) {
			return r.end(i, from)
		}
		serial, n := uint64(head[at]), 1
		if serial >= 0x80 {
			serial, n = varint(head[at:])
		}
		w := width(serial)
		if n == 0 || w > uint64(len(payload)-from) {
			return errHeader
		}
		r.fields[i] = field{serial, from, from + int(w)}
		at, from = at+n, from+int(w)
	}
	if at == len(head) && from != len(payload) {
		return errHeader
	}
	return nil
}

// end handles a row whose record has only n fields, the last of which ends at from: the columns after it were added
// when the row was there already.
func (r *record) end(n, from int) error {
	if from != len(r.payload) {
		return errHeader
	}
	if !r.nullTail {
		return errShort
	}
	clear(r.fields[n:])
	return nil
}

// width is how many bytes a value of a serial type takes.
func width(serial uint64) uint64 {
	if serial < uint64(len(widths)) {
		return widths[serial]
	}
	return (serial - 12) / 2
}

// Types 10 and 11 are never written: no value is as wide.
var widths = [12]uint64{0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 1 << 62, 1 << 62}

// varint reads one to nine bytes; n is 0 if b ends before.
func varint(b []byte) (v uint64, n int) {
	for i, c := range b {
		if i == 8 {
			return v<<8 | uint64(c), 9
		}
		v = v<<7 | uint64(c&0x7f)
		if c < 0x80 {
			return v, i + 1
		}
	}
	return 0, 0
}
