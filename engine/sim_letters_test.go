package engine

import (
	"fmt"
	"maps"
	"slices"

	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/state"
)

// box is the collector of a run of the simulation.
func (s *sim) box(c *cursor) *collector {
	box := &collector{rules: s.rules, skip: true, whole: c.mark == nil, ids: newIdentities(simSchema(), nil, fmt.Sprint("run ", s.story.Len()))}
	var earlier []state.Letter
	for _, id := range slices.Sorted(maps.Keys(s.letters)) {
		x := s.letters[id]
		x.ID = int64(len(earlier) + 1)
		s.letters[id] = x
		earlier = append(earlier, x)
	}
	box.recall(earlier, 0)
	return box
}

// keep does what state does with the letters of a run that has committed.
func (s *sim) keep(box *collector) {
	put := box.letters()
	maps.DeleteFunc(s.letters, func(_ string, x state.Letter) bool { return put.Whole || slices.Contains(put.Ended, x.ID) })
	for _, b := range put.Batches {
		for _, x := range b.Letters {
			x.Batch = int64(len(b.Rows))
			s.letters[string(x.Identity)] = x
			if x.Batch > 0 {
				s.once[x.Reject.Key] = true
			}
		}
	}
	fmt.Fprintf(&s.story, "letters %v\n", s.kept())
}

// kept are the keys of the rows whose values are in the letters, sorted.
func (s *sim) kept() (keys []string) {
	for _, x := range s.letters {
		if x.Batch > 0 {
			keys = append(keys, x.Reject.Key)
		}
	}
	slices.Sort(keys)
	return keys
}

// retry sends some of the letters again, and the target, which was mended, takes them as they are.
func (s *sim) retry() {
	for _, id := range slices.Sorted(maps.Keys(s.letters)) {
		if x := s.letters[id]; x.Batch > 0 && s.rand.IntN(4) == 0 {
			delete(s.letters, id)
			s.retried[x.Reject.Key] = true
			fmt.Fprintf(&s.story, "%s was sent again\n", x.Reject.Key)
		}
	}
}

// checkLetters: no bad row is lost, none is kept twice, and none comes back that was sent again.
func (s *sim) checkLetters() bool {
	kept := s.kept()
	for _, k := range kept {
		if s.retried[k] {
			return s.wrong("%s was sent again, and was read again", k)
		}
	}
	if twice := len(kept) - len(slices.Compact(slices.Clone(kept))); twice > 0 {
		return s.wrong("%d rows are in the letters twice", twice)
	}
	if !s.rules.Values && len(kept) > 0 {
		return s.wrong("values are kept, and must not be")
	}
	if n := len(s.letters); n > s.rules.MaxRows {
		return s.wrong("%d letters, with a bound of %d", n, s.rules.MaxRows)
	}
	c, err := newCursor(simSchema(), "at", s.mark)
	s.must(err)
	for _, r := range s.table {
		if r.state != "bad" && r.state != "torn" || slices.Contains(kept, r.key()) || s.retried[r.key()] || s.readAgain(c, r) {
			continue
		}
		return s.wrong("%s row %s is not in the letters, and will not be read again", r.state, r.key())
	}
	return true
}

// readAgain says that the next run tries r.
func (s *sim) readAgain(c *cursor, r simRow) bool {
	b := simBatch([]simRow{r})
	defer b.Release()
	cell, err := c.order.Cell(b.Column(1), 0)
	s.must(err)
	switch c.judge(cell) {
	case isNew:
		return true
	case isSent:
		return false
	}
	h, err := record.NewRowHasher(simSchema(), nil)
	s.must(err)
	h.Reset(b)
	return s.mark.Sent[h.Row(0)] == 0
}

func (s *sim) wrong(format string, args ...any) bool {
	s.t.Errorf("seed %d: %s\n%s\nreplay: go test ./engine -run TestSimIncremental -seed=%d", s.seed, fmt.Sprintf(format, args...), s.story.String(), s.seed)
	return false
}
