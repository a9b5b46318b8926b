package databricks

import (
	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/destinations/databricks/delta"
)

// rowEncoder turns a row of a batch into the text that staging carries: a JSON array of strings and nulls, one for
// each column. Every scalar is quoted: bare numbers would pass through a double. It does not allocate per row.
type rowEncoder struct{ cells []cell }

type cell struct {
	index    int // in the batch
	name     string
	enc      *delta.Encoder
	key      bool
	required bool
	hidden   bool
}

// newRowEncoder chooses an encoder for every column of l, once. Types that never fit are one error of kind config.
func newRowEncoder(model *arrow.Schema, l layout) (*rowEncoder, error) {
	var m mistakes
	e := &rowEncoder{}
	for i, f := range model.Fields() {
		c := l.columns[i]
		enc, err := delta.NewEncoder(f.Type, c.typ)
		if err != nil {
			m.add("", "column %s: %s", f.Name, err)
			continue
		}
		e.cells = append(e.cells, cell{index: i, name: f.Name, enc: enc, key: c.key, required: c.notNull, hidden: c.hidden})
	}
	return e, m.err()
}

// keysOnly is the encoder of the key columns alone.
func (e *rowEncoder) keysOnly() *rowEncoder {
	k := &rowEncoder{}
	for _, c := range e.cells {
		if c.key {
			k.cells = append(k.cells, c)
		}
	}
	return k
}

// The reasons for which a row is refused here and not in delta.
const (
	reasonNullKey  = "NULL in a key column"
	reasonRequired = "NULL, and the column is NOT NULL"
)

// append writes row i of columns behind dst. A reason that is not empty refuses the row because of a column, and what
// was appended is to be dropped.
func (e *rowEncoder) append(dst []byte, columns []arrow.Array, i int) (out []byte, column, reason string) {
	dst = append(dst, '[')
	for n := range e.cells {
		c := &e.cells[n]
		if n > 0 {
			dst = append(dst, ',')
		}
		start := len(dst)
		if dst, reason = c.enc.AppendJSON(dst, columns[c.index], i); reason != "" {
			return dst, c.name, reason
		}
		// A value is always quoted, so a bare n begins null.
		if dst[start] != 'n' {
			continue
		}
		if c.key {
			return dst, c.name, reasonNullKey
		}
		if c.required {
			return dst, c.name, reasonRequired
		}
	}
	return append(dst, ']'), "", ""
}

// longest names the column that takes most of row i.
func (e *rowEncoder) longest(columns []arrow.Array, i int) string {
	name, most := "", -1
	for _, c := range e.cells {
		if text, _ := c.enc.AppendJSON(nil, columns[c.index], i); len(text) > most {
			name, most = c.name, len(text)
		}
	}
	return name
}

// maskedKey says which row it is, for people who may not see the whole key: "id=4***".
func (e *rowEncoder) maskedKey(columns []arrow.Array, i int) string {
	var out []byte
	for _, c := range e.cells {
		if !c.key {
			continue
		}
		if len(out) > 0 {
			out = append(out, ", "...)
		}
		out = append(out, c.name+"="...)
		if c.hidden {
			out = append(out, hiddenValue...)
			continue
		}
		text, null, reason := c.enc.AppendText(nil, columns[c.index], i)
		switch {
		case null:
			out = append(out, "NULL"...)
		case reason != "":
			out = append(out, '?')
		default:
			out = append(out, mask(string(text))...)
		}
	}
	return string(out)
}

func mask(s string) string {
	r := []rune(s)
	if len(r) > 1 {
		return string(r[:1]) + "***"
	}
	return "***"
}
