package engine

import (
	"slices"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/state"
)

// choose returns the rows of a batch whose values are to be kept, ascending.
func (c *collector) choose(b arrow.RecordBatch, found []candidate) (keep []int) {
	if !c.rules.Values {
		return nil
	}
	room := c.room()
	for _, x := range found {
		if _, before := c.earlier[x.id]; !before {
			room--
		}
		if room < 0 {
			break
		}
		row := b.NewSlice(x.reject.Row, x.reject.Row+1)
		if record.BatchBytes(row) <= maxLetterBytes {
			keep = append(keep, int(x.reject.Row))
		}
		row.Release()
	}
	return keep
}

// room is how many letters may still be added.
func (c *collector) room() int { return c.rules.MaxRows - len(c.earlier) - c.fresh }

// pack stores the values of rows of b and returns their batch; -1 if there are none, or if they are too large.
func (c *collector) pack(b arrow.RecordBatch, keep []int) (int, error) {
	if len(keep) == 0 || c.bytes <= 0 {
		return -1, nil
	}
	var s spans
	for _, i := range keep {
		s = s.add(i)
	}
	b.Retain() // compact takes it over
	rows, err := compact(b, s)
	if err != nil {
		return -1, err
	}
	defer rows.Release()
	packed, err := record.Pack(rows)
	if err != nil || int64(len(packed)) > c.bytes {
		return -1, err
	}
	c.bytes -= int64(len(packed))
	c.packed = append(c.packed, packed)
	return len(c.packed) - 1, nil
}

func (c *collector) add(letter state.Letter, batch int) {
	id := string(letter.Identity)
	p := &pendingLetter{letter: letter, batch: batch}
	c.list, c.pending[id] = append(c.list, p), p
	if _, before := c.earlier[id]; !before {
		c.fresh++
	}
}

// missing keeps a letter without its values, if there is room.
func (c *collector) missing(letter state.Letter) {
	if c.rules.Values {
		c.unkept++
	}
	if _, before := c.earlier[string(letter.Identity)]; before || c.room() > 0 {
		letter.ReadAgain = true
		c.add(letter, -1)
	}
}

// missed implements letterbox.
func (c *collector) missed(rejects []record.Reject) {
	if c.limited || !c.skip {
		return
	}
	for _, x := range rejects {
		if c.room() <= 0 {
			return
		}
		c.add(c.nameless(x), -1)
	}
}

// late implements letterbox.
func (c *collector) late(rejects []record.Reject) { c.lateOnes = rejects }

// nameless is a letter of a row whose values nobody has; the next run reads it again.
func (c *collector) nameless(x record.Reject) state.Letter {
	return state.Letter{Identity: []byte(c.ids.unknown()), Reject: x, ReadAgain: true, Rejected: c.now, Expires: c.rules.expires(c.now)}
}

// letters implements letterbox.
func (c *collector) letters() state.Letters {
	put := state.Letters{Whole: c.whole, Ended: slices.Clone(c.ended)}
	batches := make([]state.LetterBatch, len(c.packed)+1) // the last one is without values
	for i, packed := range c.packed {
		batches[i].Rows = packed
	}
	for _, p := range c.list {
		if p.replaced {
			continue
		}
		b := &batches[len(c.packed)]
		if p.batch >= 0 {
			b = &batches[p.batch]
		}
		b.Letters = append(b.Letters, p.letter)
	}
	last := &batches[len(c.packed)]
	for _, x := range c.lateOnes[:min(len(c.lateOnes), max(0, c.room()))] {
		if !c.limited {
			last.Letters = append(last.Letters, c.nameless(x))
		}
	}
	put.Batches = slices.DeleteFunc(batches, func(b state.LetterBatch) bool { return len(b.Letters) == 0 })
	return put
}

// kept counts the rejected rows that the run has kept with their values.
func (c *collector) kept() (n int64) {
	for _, p := range c.list {
		if !p.replaced && p.batch >= 0 {
			n++
		}
	}
	return n
}
