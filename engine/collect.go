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
