package engine

import (
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/state"
)

// collector is the letterbox of a run: it keeps the rows that are rejected, and finds out which letters of earlier runs
// end because the target has taken a row of their identity.
type collector struct {
	rules   DeadLetters
	skip    bool // on_error: skip; without it nothing is rejected that commits
	limited bool // --limit: the watermark stays, so the next run reads all of this again, and nothing is kept
	whole   bool // the run reads the whole source: letters of earlier runs end
	ids     *identities
	now     time.Time

	earlier map[string]int64 // letters of earlier runs that stay unless ended, by identity
	ended   []int64
	bytes   int64 // of values that may still be kept

	list     []*pendingLetter
	pending  map[string]*pendingLetter // those of list that no later row has replaced
	fresh    int                       // of pending: without one of the same identity in earlier
	packed   [][]byte                  // batches of values
	lateOnes []record.Reject
	unkept   int64 // rejected rows that should have been kept with their values, and are not
}

// pendingLetter is a letter of this run.
type pendingLetter struct {
	letter   state.Letter
	batch    int // in collector.packed; -1: without values
	replaced bool
}

// recall takes the letters of earlier runs, and the size of their values.
func (c *collector) recall(earlier []state.Letter, bytes int64) {
	c.earlier, c.pending, c.bytes = map[string]int64{}, map[string]*pendingLetter{}, maxRunBytes
	if c.whole {
		return
	}
	c.bytes = min(maxRunBytes, maxSyncBytes-bytes)
	for _, x := range earlier {
		c.ids.recall(x.Identity)
		if x.ReadAgain && !c.limited {
			c.ended = append(c.ended, x.ID)
			continue
		}
		c.earlier[string(x.Identity)] = x.ID
	}
}

// took implements letterbox.
func (c *collector) took(b arrow.RecordBatch, rejects []record.Reject, rows positions) ([]record.Reject, error) {
	if len(rejects) == 0 && (!c.ids.keyed() || len(c.earlier)+len(c.pending) == 0) {
		return nil, nil
	}
	c.ids.reset(b)
	found := c.sort(int(b.NumRows()), rejects)
	if c.limited || !c.skip {
		return rejects, nil
	}
	keep := c.choose(b, found)
	batch, err := c.pack(b, keep)
	if err != nil {
		return nil, err
	}
	var unkept []record.Reject
	place := 0
	for _, x := range found {
		letter := state.Letter{Identity: []byte(x.id), Reject: x.reject, Rejected: c.now, Expires: c.rules.expires(c.now)}
		letter.Reject.Row = rows.of(int(x.reject.Row))
		if batch < 0 || place == len(keep) || keep[place] != int(x.reject.Row) {
			unkept = append(unkept, x.reject)
			c.missing(letter)
			continue
		}
		letter.Place = place
		c.add(letter, batch)
		place++
	}
	return unkept, nil
}

// candidate is a rejected row that no later row of its batch replaces.
type candidate struct {
	id     string
	reject record.Reject // Row counts from 0 in the batch
}

// sort walks the rows of a batch in their order: a row that the target took, and a later one that it did not take, is the
// newest of its key, and what was kept of that key goes.
func (c *collector) sort(n int, rejects []record.Reject) (found []candidate) {
	at := map[string]int{}
	for i := range n {
		refused := len(rejects) > 0 && rejects[0].Row == int64(i)
		if !refused && !c.ids.keyed() {
			continue
		}
		id, known := c.ids.key(i)
		if known {
			if old, ok := at[string(id)]; ok {
				found[old].id = "" // replaced
				delete(at, string(id))
			}
			c.forget(id, !refused)
		}
		if !refused {
			continue
		}
		x := candidate{id: c.ids.rejected(i), reject: rejects[0]}
		at[x.id] = len(found)
		found = append(found, x)
		rejects = rejects[1:]
	}
	return slices.DeleteFunc(found, func(x candidate) bool { return x.id == "" })
}

// forget removes what was kept of the key id, which a later row has; taken: the target has that row.
func (c *collector) forget(id []byte, taken bool) {
	letter, before := c.earlier[string(id)]
	if p, ok := c.pending[string(id)]; ok {
		p.replaced = true
		delete(c.pending, string(id))
		if !before {
			c.fresh--
		}
	}
	if before && taken {
		c.ended = append(c.ended, letter)
		delete(c.earlier, string(id))
	}
}

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
