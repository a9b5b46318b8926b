package engine

import (
	"maps"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/state"
)

// retrybox is the letterbox of a retry: letters end whose rows the target takes.
type retrybox struct {
	source  *letterSource
	sent    map[int64]bool          // places of rows that Write saw
	refused map[int64]record.Reject // by place
	after   map[int64]record.Reject // refused at the commit, by place
}

// took implements letterbox.
func (x *retrybox) took(b arrow.RecordBatch, rejects []record.Reject, rows positions) ([]record.Reject, error) {
	if x.sent == nil {
		x.sent = map[int64]bool{}
	}
	for i := range int(b.NumRows()) {
		x.sent[rows.of(i)] = true
	}
	for _, r := range rejects {
		r.Row = rows.of(int(r.Row))
		x.refuse(r)
	}
	return rejects, nil
}

func (x *retrybox) refuse(r record.Reject) {
	if x.refused == nil {
		x.refused = map[int64]record.Reject{}
	}
	x.refused[r.Row] = r
}

// missed implements letterbox.
func (x *retrybox) missed(rejects []record.Reject) {
	for _, r := range rejects {
		x.refuse(r)
	}
}

// late implements letterbox.
func (x *retrybox) late(rejects []record.Reject) {
	x.after = map[int64]record.Reject{}
	for _, r := range rejects {
		x.after[r.Row] = r
	}
}

// letters implements letterbox.
func (x *retrybox) letters() (put state.Letters) {
	for _, place := range slices.Sorted(maps.Keys(x.sent)) {
		_, refused := x.refused[place]
		_, after := x.after[place]
		if !refused && !after {
			put.Ended = append(put.Ended, x.source.letter(place).ID)
		}
	}
	return put
}

// stay are the letters whose rows were refused again, with the new reasons.
func (x *retrybox) stay() (letters []state.Letter) {
	all := maps.Clone(x.after)
	if all == nil {
		all = map[int64]record.Reject{}
	}
	maps.Copy(all, x.refused)
	for _, place := range slices.Sorted(maps.Keys(all)) {
		letter := x.source.letter(place)
		letter.Reject.Column, letter.Reject.Reason = all[place].Column, all[place].Reason
		letters = append(letters, letter)
	}
	return letters
}
