package parquetfile

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// page is a finished page: where it lies among the compressed ones, and what it was.
type page struct {
	from, to   int
	rows       int
	size       int // before compression
	dictionary bool
}

// column gathers the values of one column of the row group at hand.
type column struct {
	plain    plainFunc
	text     bool
	required bool        // no row is NULL, and pages have no levels
	bits     bool        // BOOLEAN: raw holds a byte a value, which is packed into a bit when the page ends
	dict     *dictionary // nil if this row group has none
	indices  bool        // raw holds indices into dict, a byte a value
	raw      []byte      // the values of the page at hand
	levels   levels      // which of its rows have one
	pages    []page
	packed   []byte // the pages, compressed
	nulls    int64  // in the pages
	bounds   bounds // nil if nobody wants to know
}

func newColumn(plain plainFunc, f arrow.Field) *column {
	return &column{plain: plain, text: f.Type.ID() == arrow.STRING, bits: f.Type.ID() == arrow.BOOL, required: !f.Nullable}
}

// append adds the rows from..to of arr.
func (c *column) append(p *packer, arr arrow.Array, from, to int) {
	if c.text && len(c.pages) == 0 && c.levels.rows == 0 && repeats(arr.(*array.String), from, to) {
		c.dict, c.indices = newDictionary(), true
	}
	for from < to {
		var next int
		if c.indices {
			c.raw, next = c.dict.append(c.raw, arr.(*array.String), from, to)
		} else {
			c.raw, next = c.plain(c.raw, arr, from, to)
		}
		c.levels.append(arr, from, next)
		if c.bounds != nil {
			c.bounds.add(arr, from, next)
		}
		from = next
		if full := c.indices && c.dict.full; full || len(c.raw) >= pageBytes {
			c.flush(p)
			c.indices = c.indices && !full
		}
	}
}

// flush ends the page at hand, if it has rows.
func (c *column) flush(p *packer) {
	if c.levels.rows == 0 {
		return
	}
	p.body = p.body[:0]
	if !c.required {
		p.body = c.levels.appendTo(p.body)
	}
	indices := c.indices && c.dict.count > 0 // without values there is no dictionary, and nothing to point into it
	switch {
	case indices:
		p.body = appendIndices(p.body, c.raw)
	case c.bits:
		p.body = appendBits(p.body, c.raw)
	default:
		p.body = append(p.body, c.raw...)
	}
	from := len(c.packed)
	c.packed = p.pack(c.packed, p.body)
	c.pages = append(c.pages, page{from: from, to: len(c.packed), rows: c.levels.rows, size: len(p.body), dictionary: indices})
	c.raw = c.raw[:0]
	c.nulls += int64(c.levels.nulls)
	c.levels.reset()
}

// reset begins the next row group.
func (c *column) reset() {
	c.pages, c.packed = c.pages[:0], c.packed[:0]
	c.dict, c.indices, c.nulls = nil, false, 0
}
