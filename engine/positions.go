package engine

import "slices"

// positions are the places of a batch's rows in the source, from 1.
type positions struct {
	first int64
	list  []int64 // nil: first, first+1, ...
}

func (p positions) of(row int) int64 {
	if p.list != nil {
		return p.list[row]
	}
	return p.first + int64(row)
}

// only keeps the rows in spans.
func (p positions) only(spans []span) positions {
	if len(spans) == 1 && p.list == nil {
		return positions{first: p.of(spans[0].from)}
	}
	var list []int64
	for _, s := range spans {
		for i := s.from; i < s.to; i++ {
			list = append(list, p.of(i))
		}
	}
	return positions{list: list}
}

// numbering counts the rows of a source. Rows that the source rejected itself have a place, but are in no batch.
type numbering struct {
	next int64   // place of the next row, from 1
	bad  []int64 // rejected places from next on, ascending
}

func (n *numbering) skip(places []int64) {
	n.bad = append(n.bad, places...)
	slices.Sort(n.bad)
}

func (n *numbering) take(rows int) positions {
	if len(n.bad) == 0 {
		p := positions{first: n.next}
		n.next += int64(rows)
		return p
	}
	list := make([]int64, rows)
	for i := range list {
		for len(n.bad) > 0 && n.bad[0] <= n.next {
			if n.bad[0] == n.next {
				n.next++
			}
			n.bad = n.bad[1:]
		}
		list[i] = n.next
		n.next++
	}
	return positions{list: list}
}
