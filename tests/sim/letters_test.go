package sim

import (
	"context"
	"slices"

	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/state"
)

// deadLetters are the rules of a world: with values, with room for two only, without values.
func (w *world) deadLetters() engine.DeadLetters {
	return []engine.DeadLetters{{Values: true, MaxRows: 100}, {Values: true, MaxRows: 2}, {MaxRows: 100}}[w.seed%3]
}

// checkLetters looks, after the faults and before anything is mended, for each row that the session refuses: a clean run has
// refused it just now, or its values are in the dead letters (E1). What is there is not in the target, and no newer row
// of its key either: a retry would send it twice, or bring the old one back.
func (w *world) checkLetters(h *host) {
	w.clean(h)
	r := w.clean(h)
	if w.broken() || r.report.Status != engine.StatusSuccess && r.report.Status != engine.StatusPartial {
		return // nothing was committed, and nothing was passed by
	}
	kept := w.kept(h)
	refusedNow := map[int64]bool{}
	for _, x := range r.report.Rejects {
		refusedNow[x.Row] = true
	}
	attempts := r.all()
	for i, row := range attempts[len(attempts)-1].batch {
		if row.quality != long && row.quality != keyless {
			continue
		}
		if !kept[text(row.values())] && !refusedNow[int64(i+1)] && w.reads(row) {
			w.fail("row %s is in neither the target nor the dead letters, and is not read again; kept are %v", row, kept)
		}
	}
	for _, held := range w.warehouse.Rows(target) {
		if kept[text(*held)] {
			w.fail("row %s is in the target and in the dead letters", text(*held))
		}
	}
	w.checkNewest(h)
}

// reads says that the row is still what the source has, and not of a source that gives less than all of it.
func (w *world) reads(r row) bool {
	return slices.Contains(w.rows(), r)
}

// kept are the rows of the dead letters, as the target would hold them.
func (w *world) kept(h *host) map[string]bool {
	out := map[string]bool{}
	for _, values := range w.letterRows(h) {
		out[text(values)] = true
	}
	return out
}

func (w *world) letterRows(h *host) (rows [][]any) {
	s := h.open()
	defer h.free(s)
	letters, err := s.Letters(context.Background(), "users")
	var kept []engine.KeptRow
	if err == nil {
		kept, err = engine.KeptRows(context.Background(), s, letters)
	}
	if err != nil {
		w.fail("the dead letters cannot be read: %v", err)
		return nil
	}
	rules := w.deadLetters()
	if values := slices.ContainsFunc(letters, func(x state.Letter) bool { return x.Batch != 0 }); len(letters) > rules.MaxRows || values && !rules.Values {
		w.fail("%d dead letters, with values %t, and the rules are %+v", len(letters), values, rules)
	}
	for _, x := range kept {
		if x.Err != nil {
			w.fail("a dead letter cannot be read: %v", x.Err)
		}
		var values []any
		for _, v := range x.Values {
			if v == nil {
				values = append(values, nil)
				continue
			}
			values = append(values, *v)
		}
		if values != nil {
			rows = append(rows, values)
		}
	}
	return rows
}

// checkNewest holds the letters of keys to be newer than what the target has of them.
func (w *world) checkNewest(h *host) {
	if !w.variant.keyed() {
		return
	}
	versions := map[string]string{}
	for _, r := range w.rows() {
		versions[w.variant.keyOf(r.values())] = text(r.values())
	}
	for _, values := range w.letterRows(h) {
		key := w.variant.keyOf(values)
		if newest, ok := versions[key]; ok && newest != text(values) && w.holds(newest) {
			w.fail("the target has %s, and the dead letters still have %s", newest, text(values))
		}
	}
}

func (w *world) holds(row string) bool {
	for _, r := range w.warehouse.Rows(target) {
		if text(*r) == row {
			return true
		}
	}
	return false
}
