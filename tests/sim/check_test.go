package sim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/state"
)

// checkRun holds what a run says of itself to what it did. The report is that of its last attempt; those before it say
// that they did not happen.
func (w *world) checkRun(r *run) {
	p := r.report
	if p == nil {
		return // it was killed
	}
	attempts := r.all()
	for _, a := range attempts[:max(0, len(attempts)-1)] {
		if n := len(a.done()); n > 0 && w.variant.write == destinations.ModeInsert {
			w.fail("%s was sent again, and has committed", a.name)
		}
	}
	if len(attempts) > 0 {
		w.checkAttempt(attempts[len(attempts)-1], p)
	}
	if connector.KindOf(p.Err) == connector.KindInternal {
		w.fail("%s: a bug in drt: %v", r.name, p.Err)
	}
}

func (w *world) checkAttempt(a *attempt, p *engine.Report) {
	switch p.Status {
	case engine.StatusSuccess, engine.StatusPartial:
		w.checkDone(a, p)
	case engine.StatusFailed, engine.StatusInterrupted:
		w.checkUndone(a, p)
	case engine.StatusUnknown:
	default:
		w.fail("%s ends as %s", a.name, p.Status)
	}
}

// checkDone is an attempt that says it is done.
func (w *world) checkDone(a *attempt, p *engine.Report) {
	commits := a.done()
	if !a.ended {
		w.fail("%s is done, and its source has not ended", a.name)
	}
	if got := p.RowsSkipped + p.RowsFailed; p.RowsExtracted < got {
		w.fail("%s: %d rows read, %d left out or rejected", a.name, p.RowsExtracted, got)
	}
	if n := p.RowsSynced; n != nil && p.Duplicates != nil && p.RowsExtracted != *n+*p.Duplicates+p.RowsSkipped+p.RowsFailed && len(commits) > 0 {
		w.fail("%s: %d rows read are not %d written, %d replaced, %d left out and %d rejected", a.name, p.RowsExtracted, *n, *p.Duplicates, p.RowsSkipped, p.RowsFailed)
	}
	added, gone := 0, 0
	for _, c := range commits {
		added += c.added
		gone += c.gone
	}
	if n := p.RowsSynced; n != nil && w.variant.write == destinations.ModeInsert && int64(added) != *n && !mistook(p) {
		w.fail("%s says that it wrote %d rows, and wrote %d", a.name, *n, added)
	}
	if n := p.RowsDeleted; n != nil && w.variant.write == destinations.ModeMirror && int64(gone) != *n {
		w.fail("%s says that it deleted %d rows, and deleted %d", a.name, *n, gone)
	}
}

// mistook says whether the report rests on an unsigned write that may be another's.
func mistook(p *engine.Report) bool {
	return slices.ContainsFunc(p.Notes, func(n string) bool { return strings.Contains(n, "is the only write of") })
}

// checkUndone is an attempt that says the target is as before. A mirror may have merged before its DELETE failed, and
// says so.
func (w *world) checkUndone(a *attempt, p *engine.Report) {
	if p.Stage == "state" {
		return // committed, and could not be saved: E9
	}
	merged := w.variant.write == destinations.ModeMirror && p.Err != nil && strings.Contains(p.Err.Error(), "rows were merged")
	for _, c := range a.done() {
		if !merged || c.operation != "MERGE" {
			w.fail("%s ends as %s (%v), and has committed a %s", a.name, p.Status, p.Err, c.operation)
		}
	}
}

// finale is the time without faults: bad rows are mended, at most two clean runs on each state must bring the target to
// where it belongs, and one more must change nothing.
func (w *world) finale() {
	time.Sleep(3 * time.Hour)
	hosts := w.distinct()
	for _, h := range hosts {
		h.jump("+0 seconds")
	}
	if w.variant.skip && len(hosts) == 1 {
		w.checkLetters(hosts[0])
	}
	w.mend()
	for _, h := range hosts {
		if !w.converges(h) {
			return
		}
	}
	before := w.warehouse.Log(target)
	rows := texts(w.warehouse.Rows(target))
	if w.variant.write != destinations.ModeInsert || w.variant.incremental() {
		if r := w.clean(hosts[0]); r.report.Status != engine.StatusSuccess {
			w.fail("a run on an unchanged source ends as %s: %v", r.report.Status, r.report.Err)
		}
		if after := texts(w.warehouse.Rows(target)); !slices.Equal(rows, after) {
			w.fail("a run on an unchanged source makes %v of %v", after, rows)
		}
		if w.variant.incremental() && len(w.warehouse.Log(target)) != len(before) {
			w.fail("an incremental run on an unchanged source commits")
		}
	}
	for _, h := range hosts {
		w.checkJournal(h)
	}
	w.checkTarget()
	w.checkScratch()
}

// mend makes every row good and gives the mirror enough to do and not too much.
func (w *world) mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.table {
		if w.table[i].quality != good {
			w.touch(&w.table[i])
		}
	}
	last := w.fresh() // so that there is something to write, and a run connects
	last.quality = good
	w.table = append(w.table, last)
	w.variant.maxDeletes = -1
	w.variant.timeout = 0
	w.story.tell("all is mended; the source has %v", slices.Clone(w.table))
}

// clean is a run without faults.
func (w *world) clean(h *host) *run {
	p := w.process(h, noFaults())
	<-p.start()
	w.checkRun(p.run)
	return p.run
}

// converges runs the sync until it succeeds, twice at most. What nobody can know the user decides, who looks.
func (w *world) converges(h *host) bool {
	for range 2 {
		r := w.clean(h)
		if w.broken() {
			return false
		}
		if r.report.Status == engine.StatusSuccess {
			return true
		}
		if r.report.Status == engine.StatusUnknown {
			w.resolve(h)
		}
	}
	w.fail("two clean runs do not succeed")
	return false
}

// resolve is the user who has looked at the target.
func (w *world) resolve(h *host) {
	s := h.open()
	defer h.free(s)
	open, err := s.Unsettled(context.Background(), "users")
	w.must(err)
	for _, c := range open {
		outcome := state.OutcomeNotCommitted
		if w.committed(c.SyncRunID) {
			outcome = state.OutcomeCommitted
		}
		w.story.tell("the user decides: %s", outcome)
		_, err = s.Resolve(context.Background(), "users", outcome, "simulated user")
		var held *state.HeldError
		if err != nil && !errors.As(err, &held) {
			w.fail("the user's decision is not taken: %v", err)
		}
	}
}

// committed is the truth about a run.
func (w *world) committed(syncRun string) bool {
	a := w.attemptOf(syncRun)
	return a != nil && len(a.done()) > 0
}

func (w *world) attemptOf(syncRun string) *attempt {
	for _, r := range w.every() {
		for _, a := range r.all() {
			if a.called() == syncRun {
				return a
			}
		}
	}
	return nil
}

// checkTarget holds the target to the source.
func (w *world) checkTarget() {
	v := w.variant
	if v.write == destinations.ModeInsert && !v.incremental() {
		return // each commit was judged, and how many there are is what the runs said
	}
	got := map[string]int{}
	for _, row := range w.warehouse.Rows(target) {
		got[text(*row)]++
	}
	last := map[string]string{}
	for _, r := range w.table {
		last[v.keyOf(r.values())] = text(r.values())
	}
	if !v.keyed() {
		last = map[string]string{}
		for _, r := range w.table {
			last[text(r.values())] = text(r.values())
		}
	}
	for _, want := range last {
		if got[want] != 1 && !(got[want] == 0 && w.excused[want]) {
			w.fail("at the end the target has row %s %d times; it has %v", want, got[want], sortedKeys(got))
		}
		delete(got, want)
	}
	if v.write == destinations.ModeReplace || v.write == destinations.ModeMirror && !v.mirror.Tracked {
		for row := range got {
			if !strings.HasPrefix(row, null+"|") {
				w.fail("at the end the target still has row %s", row)
			}
		}
	}
}

func sortedKeys(m map[string]int) (keys []string) {
	for k, n := range m {
		keys = append(keys, fmt.Sprintf("%s x%d", k, n))
	}
	slices.Sort(keys)
	return keys
}

// checkScratch holds the runs to leave nothing behind.
func (w *world) checkScratch() {
	for _, name := range w.warehouse.Tables() {
		if name != target && !strings.HasPrefix(name, "main.default.__drt_keys_") {
			w.fail("after a successful run %s is left", name)
		}
	}
}

// checkEnd looks at everything again, when nothing is under way any more.
func (w *world) checkEnd() {
	for _, r := range w.every() {
		w.checkRun(r)
	}
	for _, h := range w.distinct() {
		w.checkJournal(h)
	}
}
