package databricks

import (
	"encoding/json"
	"strings"
)

// chunk is what one statement carries: rows as JSON arrays, one behind the other.
type chunk struct {
	text  []byte // '[' row ',' row ...; the closing bracket is added when it leaves
	ends  []int  // where each row ends in text
	first int64  // number of the first row; the others follow it
	feed  *feed  // whose rows these are
}

func (c *chunk) rows() int { return len(c.ends) }

func (c *chunk) reset(f *feed) {
	c.text, c.ends, c.first, c.feed = append(c.text[:0], '['), c.ends[:0], f.next, f
}

func (c *chunk) add(row []byte) {
	if len(c.ends) > 0 {
		c.text = append(c.text, ',')
	}
	c.text = append(c.text, row...)
	c.ends = append(c.ends, len(c.text))
}

// document is rows [from, until) as one JSON array.
func (c *chunk) document(from, until int) string {
	start := 1
	if from > 0 {
		start = c.ends[from-1] + 1
	}
	var b strings.Builder
	b.Grow(c.ends[until-1] - start + 2)
	b.WriteByte('[')
	b.Write(c.text[start:c.ends[until-1]])
	b.WriteByte(']')
	return b.String()
}

// cells is rows [from, until) taken apart again, for a loader that binds every value on its own.
func (c *chunk) cells(from, until int) ([][]*string, error) {
	var rows [][]*string
	err := json.Unmarshal([]byte(c.document(from, until)), &rows)
	return rows, err
}

// feed is a stream of rows into the same columns: the rows of the run, or the keys of the rows it refused.
type feed struct {
	by     loader
	to     slots
	encode *rowEncoder
	next   int64 // number of the next row = rows so far
	cur    *chunk
}

func newFeed(by loader, to slots, encode *rowEncoder) *feed {
	f := &feed{by: by, to: to, encode: encode, cur: &chunk{}}
	f.cur.reset(f)
	return f
}

// full says whether row must wait for the next chunk.
func (f *feed) full(row []byte) bool {
	return f.cur.rows() > 0 && !f.by.takes(f.cur.rows()+1, len(f.cur.text)+len(row)+2)
}

// tooLong says whether no statement can carry row.
func (f *feed) tooLong(row []byte) bool { return !f.by.takes(1, len(row)+2) }

func (f *feed) add(row []byte) {
	f.cur.add(row)
	f.next++
}
