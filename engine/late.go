package engine

import (
	"encoding/json"
	"slices"
	"sort"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/state"
)

// written is where a batch that Write saw came from.
type written struct {
	at   int64     // number of its first row among all that Write saw, from 0
	rows positions // in the source
	n    int64
}

// seen notes what Write saw, for rows that only the target can judge, at the commit. Rejects that are not in unkept are
// in the dead letters: for the watermark they count as sent.
func (w *writer) seen(rows positions, n int64, rejects, unkept []record.Reject) {
	if w.onError != OnErrorSkip {
		return
	}
	for _, r := range rejects {
		w.refused = append(w.refused, w.wrote+r.Row)
	}
	for _, r := range unkept {
		w.unlogged = append(w.unlogged, w.wrote+r.Row)
	}
	last := len(w.batches) - 1
	if last >= 0 && rows.list == nil && w.batches[last].rows.list == nil && w.batches[last].rows.first+w.batches[last].n == rows.first {
		w.batches[last].n += n
	} else {
		w.batches = append(w.batches, written{at: w.wrote, rows: rows, n: n})
	}
	w.wrote += n
}

// place returns where in the source row n of those that Write saw stands.
func (w *writer) place(n int64) (int64, bool) {
	i := sort.Search(len(w.batches), func(i int) bool { return w.batches[i].at+w.batches[i].n > n })
	if n < 0 || i == len(w.batches) {
		return 0, false
	}
	return w.batches[i].rows.of(int(n - w.batches[i].at)), true
}

// late takes the rows that the target refused at the commit, after Write had taken them: they are rejected after all.
func (w *writer) late(rejects []record.Reject) error {
	for _, r := range rejects {
		place, ok := w.place(r.Row)
		if !ok {
			return foreignReject()
		}
		r.Row = place
		w.note(r)
	}
	w.accepted -= int64(len(rejects))
	return nil
}

// exclude keeps rows that the target refused at the commit out of the next watermark.
func (w *writer) exclude(rejects []record.Reject) error {
	if w.tracker == nil {
		return nil
	}
	var sent []int64
	for _, r := range rejects {
		_, known := slices.BinarySearch(w.refused, r.Row)
		if _, ok := w.place(r.Row); !ok || known {
			return foreignReject()
		}
		before, _ := slices.BinarySearch(w.unlogged, r.Row)
		sent = append(sent, r.Row-int64(before))
	}
	slices.Sort(sent)
	w.tracker.exclude(sent)
	return nil
}

func foreignReject() error {
	return &connector.Error{
		Kind: connector.KindInternal, Op: "commit", Message: "the destination rejected rows that it was not given", Hint: "report it: a bug in the connector",
	}
}

// exclude takes rows back that were written, by their order among them. Their cursors are not known any more, so the
// watermark stays, and what was sent beyond it is remembered.
func (t *tracker) exclude(rows []int64) {
	t.excluded = rows
	t.hold = t.hold || len(rows) > 0
}

// eachLogged visits the rows that are in the target, as far as the log knows.
func (t *tracker) eachLogged(visit func(uint64, record.Hash)) error {
	n, rest := int64(0), t.excluded
	return t.log.each(func(key uint64, h record.Hash) {
		if len(rest) > 0 && rest[0] == n {
			rest = rest[1:]
		} else {
			visit(key, h)
		}
		n++
	})
}

// revise is Commit.Revise: the rows in rejects are not in the target.
func (r *run) revise(rejects []destinations.Reject) (string, error) {
	if err := r.writer.exclude(rejects); err != nil {
		return "", at(stageCommit, err)
	}
	if err := r.lateLetters(rejects); err != nil {
		return "", at(stageCommit, err)
	}
	if err := r.plant(); err != nil {
		return "", err
	}
	return r.signature(), nil
}

// signedHashes bounds what of a watermark goes into the log of a table: 17 bytes for each row that shares its value.
const signedHashes = 500

// carried is the watermark that a commit signs: what it earns, or else what is in force and stays so.
func (r *run) carried() *state.Watermark {
	if r.next != nil {
		return r.next
	}
	return r.previous
}

// signature is what a destination may write into the target's own log, beside the data: the watermark, but for the
// hashes of its rows if they are many.
func (r *run) signature() string {
	carried := r.carried()
	if carried == nil {
		return ""
	}
	w := signedWatermark{Watermark: *carried}
	if len(w.Sent) > signedHashes {
		w.Omitted, w.Sent = total(w.Sent), nil
	}
	text, err := json.Marshal(w)
	if err != nil {
		return "" // strings and bytes always encode
	}
	return string(text)
}
