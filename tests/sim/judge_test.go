package sim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/tests/sim/warehouse"
)

// judge holds every commit on the target to the mode, at the instant at which it is made: what the statement read, what
// it took away and what it added against what the source had for its run. It runs with the warehouse locked.
func (w *world) judge(c warehouse.Change) {
	r, ok := c.By.(*attempt)
	if !ok {
		return
	}
	r.mu.Lock()
	r.commits = append(r.commits, commit{c.Operation, len(c.Removed), len(c.Added), w.gone(c)})
	ended := r.ended
	r.mu.Unlock()
	w.story.tell("%s: COMMITTED %s: %s removed, %s added", r.name, c.Operation, rowsText(c.Removed), rowsText(c.Added))
	if !ended {
		w.fail("%s commits, and its source has not ended (W8)", r.name)
		return
	}
	j := &judgement{w: w, run: r, c: c}
	switch w.variant.write {
	case destinations.ModeInsert:
		j.insert()
	case destinations.ModeMerge:
		j.merge()
	case destinations.ModeMirror:
		j.mirror()
	case destinations.ModeReplace:
		j.replace()
	}
}

// gone counts the rows whose key a commit takes away.
func (w *world) gone(c warehouse.Change) (n int) {
	added := map[string]bool{}
	for _, row := range c.Added {
		added[w.variant.keyOf(*row)] = true
	}
	for _, row := range c.Removed {
		if !added[w.variant.keyOf(*row)] {
			n++
		}
	}
	return n
}

// judgeDrop holds the runs to leave the scratch of others alone while they live (W11).
func (w *world) judgeDrop(table string, by any) {
	for _, r := range w.every() {
		if r.over() {
			continue
		}
		for _, a := range r.all() {
			id := a.called()
			if id != "" && a != by && strings.Contains(table, strings.ReplaceAll(id, "-", "")) && !slices.Contains(r.all(), by.(*attempt)) {
				w.fail("%s drops %s, which is of %s, which lives", by.(*attempt).name, table, a.name)
			}
		}
	}
}

// judgement is the judging of one commit.
type judgement struct {
	w   *world
	run *attempt
	c   warehouse.Change
}

func (j *judgement) fail(format string, args ...any) {
	j.w.fail("%s, %s: %s", j.run.name, j.c.Operation, fmt.Sprintf(format, args...))
}

// wanted are the rows of the run that the target can hold, as it holds them.
func (w *world) wanted(r *attempt) [][]any {
	var out [][]any
	for _, row := range r.batch {
		if w.takes(row) {
			out = append(out, row.values())
		}
	}
	return out
}

func (w *world) takes(r row) bool {
	return r.quality == good || r.quality == keyless && !w.variant.keyed()
}

// insert: every row that can be taken, once, and nothing goes. In incremental mode what was sent before is left out.
func (j *judgement) insert() {
	w := j.w
	if len(j.c.Removed) > 0 {
		j.fail("an append removes rows")
	}
	if j.operations("WRITE", "MERGE") > 1 {
		j.fail("the rows of one run are appended twice (W17)")
	}
	want, got := textsOf(w.wanted(j.run)), texts(j.c.Added)
	if !w.variant.incremental() {
		if !slices.Equal(want, got) {
			j.fail("it appends %v, want %v", got, want)
		}
		return
	}
	for _, text := range got {
		if w.sent[text]++; w.sent[text] > 1 {
			j.fail("row %s is appended a second time", text)
		}
		if !slices.Contains(want, text) {
			j.fail("row %s was not in the source", text)
		}
	}
}

// operations counts the commits of the run of these kinds.
func (j *judgement) operations(kinds ...string) (n int) {
	j.run.mu.Lock()
	defer j.run.mu.Unlock()
	for _, c := range j.run.commits {
		if slices.Contains(kinds, c.operation) {
			n++
		}
	}
	return n
}

// replace: the rows of the run, and nothing else.
func (j *judgement) replace() {
	if len(j.c.Removed) != len(j.c.Before) {
		j.fail("it leaves old rows")
	}
	want, got := textsOf(j.w.wanted(j.run)), texts(j.c.Added)
	if !slices.Equal(want, got) {
		j.fail("the table becomes %v, want %v", got, want)
	}
	if len(j.run.batch) == 0 && !j.w.variant.allowEmpty {
		j.fail("an empty source empties the target (W9)")
	}
	if gone := len(j.c.Before) - len(got); j.w.variant.maxDeletes >= 0 && int64(gone) > j.w.variant.maxDeletes && len(j.counted()) == len(j.c.Before) {
		j.fail("%d rows fewer, the guard allows %d (W26)", gone, j.w.variant.maxDeletes)
	}
}

// merge: what it touches becomes the last row of its key, and nothing goes.
func (j *judgement) merge() {
	after := j.upserted()
	for k := range j.gone(after) {
		j.fail("key %s is deleted by a merge", k)
	}
}

// upserted holds what was added to the last row of its key, and what was not to what the target had before.
func (j *judgement) upserted() (added map[string]bool) {
	w, last := j.w, map[string]string{}
	for _, v := range w.wanted(j.run) {
		last[w.variant.keyOf(v)] = text(v)
	}
	added = map[string]bool{}
	for _, row := range j.c.Added {
		k := w.variant.keyOf(*row)
		if added[k] {
			j.fail("key %s is written twice", k)
		}
		added[k] = true
		if last[k] != text(*row) {
			j.fail("key %s becomes %s, want %s", k, text(*row), last[k])
		}
	}
	if w.variant.incremental() || j.c.Operation != "MERGE" {
		return added
	}
	held := map[string]string{}
	for _, row := range j.c.Before {
		held[w.variant.keyOf(*row)] = text(*row)
	}
	for k, v := range last {
		if !added[k] && held[k] != v {
			j.fail("key %s stays %s, want %s", k, held[k], v)
		}
	}
	for k := range added {
		w.keysSent[k] = true
	}
	for k := range last {
		w.keysSent[k] = true
	}
	return added
}

// gone are the keys that the commit takes away.
func (j *judgement) gone(added map[string]bool) map[string]bool {
	gone := map[string]bool{}
	for _, row := range j.c.Removed {
		if k := j.w.variant.keyOf(*row); !added[k] {
			gone[k] = true
		}
	}
	return gone
}

func (j *judgement) counted() map[string]bool {
	j.run.mu.Lock()
	defer j.run.mu.Unlock()
	return j.run.counted
}

// mirror: an upsert; and what it deletes is what the source lacks, all of it, and nothing where a key is not known.
func (j *judgement) mirror() {
	w := j.w
	sentBefore := map[string]bool{}
	for k := range w.keysSent {
		sentBefore[k] = true
	}
	gone := j.gone(j.upserted())
	observed, blind := map[string]bool{}, false
	for _, r := range j.run.batch {
		if r.quality == torn || r.quality == keyless {
			blind = true
			continue
		}
		observed[w.variant.keyOf(r.values())] = true
	}
	guarded := 0
	for k := range gone {
		switch {
		case blind:
			j.fail("key %s is deleted, and the key of a row is not known (W7)", k)
		case strings.Contains(k, null):
			j.fail("a row whose key is NULL is deleted")
		case observed[k]:
			j.fail("key %s is deleted, and the source has it (W7)", k)
		case w.variant.mirror.Tracked && !sentBefore[k]:
			j.fail("key %s is deleted, and drt never sent it", k)
		}
		if j.counted()[k] {
			guarded++
		}
	}
	switch {
	case len(gone) > 0 && len(j.run.batch) == 0 && !w.variant.allowEmpty:
		j.fail("an empty source deletes %d rows (W9)", len(gone))
	case w.variant.maxDeletes >= 0 && int64(guarded) > w.variant.maxDeletes:
		j.fail("%d rows are deleted, the guard allows %d (W26)", guarded, w.variant.maxDeletes)
	}
	if !w.variant.mirror.Tracked && !blind && (j.c.Operation == "DELETE" || w.variant.mirror.Atomic || len(w.variant.key) > 1) {
		j.allGone(observed, gone)
	}
}

// allGone holds a commit that deletes to delete everything that the source lacks, as far as the run has counted.
func (j *judgement) allGone(observed, gone map[string]bool) {
	counted := j.counted()
	for _, row := range j.c.Before {
		k := j.w.variant.keyOf(*row)
		if !strings.Contains(k, null) && !observed[k] && !gone[k] && (counted == nil || counted[k]) {
			j.fail("key %s stays, and the source has it no more", k)
		}
	}
}
