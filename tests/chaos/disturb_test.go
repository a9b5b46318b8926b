package chaos

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/sandbox/wire"
)

// disturbed is one case: a run that a fault strikes at an event, and the runs after it.
type disturbed struct {
	*testing.T
	*place
	event   event
	fault   fault
	calm    calm
	release func() // lets a statement that is late go on; idempotent
}

// calm is what undisturbed runs do: the first and one more on the same source.
type calm struct {
	events    []event
	first     string // status
	again     string
	versions  int // that the second makes
	watermark string
}

// undisturbed records what the scenario does if nobody disturbs it, and holds it to the model.
func (p *place) undisturbed(t *testing.T) calm {
	t.Helper()
	p.reset(t)
	var c calm
	r := p.run(t.Context(), t, p.source)
	if c.first = r.status; r.status != p.ends {
		t.Fatalf("undisturbed: %s", r)
	}
	c.events, c.watermark = events(p.w.Log), p.watermark(t)
	d := &disturbed{T: t, place: p, calm: c}
	d.accounts(r)
	d.holds(1)
	before := p.w.version(t)
	r = p.run(t.Context(), t, p.source)
	c.again, c.versions = r.status, p.w.version(t)-before
	d.holds(2)
	return c
}

// run is the case. It returns how each run ended, for RESULTS.md.
func (d *disturbed) run() string {
	d.reset(d)
	first, number := d.strike()
	if d.w.Faults.Fired(number) == 0 {
		d.Fatalf("the fault never struck; the run: %s", first)
	}
	if d.fault.lands != landsAfterNext {
		d.release()
		d.w.settled(d)
	}
	d.Logf("the disturbed run: %s", first)
	known := len(d.verdicts(d)) // 0 if it was killed before it was in the history
	d.between(first)
	if first.status == d.calm.first {
		return first.status + ", " + d.idle()
	}
	next := d.converge()
	said := first.status
	if known > 0 {
		// Undisturbed from here on, unless a change was sent: then one more run is held to what an undisturbed one does.
		if v := d.verdicts(d)[0]; v.outcome != "" {
			said += " (" + v.outcome + ")"
			d.idle()
		}
	}
	return strings.Join(append([]string{said}, next...), ", ")
}

// strike arms the fault and runs.
func (d *disturbed) strike() (ended, int) {
	d.Helper()
	f := d.fault.do
	f.On, f.Nth = d.event.point, d.event.nth
	held := make(chan struct{})
	d.release = func() {}
	if f.Do == wire.Late {
		released := false
		d.release = func() {
			if !released {
				released = true
				close(held)
			}
		}
		d.Cleanup(d.release)
		f.Hook = func(wire.Event) { <-held }
	}
	if d.fault.kills {
		return d.strikeProcess(f, held)
	}
	ctx, stop := context.WithCancelCause(d.Context())
	defer stop(nil)
	if d.fault.stops {
		f.Hook = func(wire.Event) { stop(errors.New("stopped by SIGTERM")) }
	}
	number := d.arm(f)
	return d.place.run(ctx, d, d.source), number
}

// strikeProcess is strike of the real binary, which is killed.
func (d *disturbed) strikeProcess(f wire.Fault, held chan struct{}) (ended, int) {
	d.Helper()
	started := make(chan *process, 1)
	kill := func(wire.Event) { (<-started).kill() }
	if f.Do == wire.Late { // dead before it can notice that the line is
		d.arm(wire.Fault{On: f.On, Nth: f.Nth, Hook: kill})
		f.Hook = func(wire.Event) { <-held }
	} else {
		f.Hook = kill
	}
	number := d.arm(f)
	x := d.start(d, runArgs(d.source)...)
	started <- x
	return x.end(), number
}

func (d *disturbed) arm(f wire.Fault) int {
	d.Helper()
	number, err := d.w.Faults.Add(f)
	if err != nil {
		d.Fatal(err)
	}
	return number
}

// between holds the target and state to what the disturbed run said of itself.
func (d *disturbed) between(first ended) {
	d.Helper()
	before, _ := d.models(0)
	after, halves := d.models(1)
	allowed := [][]string{before, after}
	switch first.status {
	case "success", "partial":
		d.accounts(first)
		allowed = [][]string{after}
	case "failed", "interrupted":
		allowed = append(halves, before)
	default:
		allowed = append(allowed, halves...)
	}
	got := d.target(d)
	if !slices.ContainsFunc(allowed, func(rows []string) bool { return slices.Equal(rows, got) }) {
		d.Errorf("the run ended as %q, and the target is none of what that allows (-want +got):\n%s", first, cmp.Diff(allowed[0], got))
	}
	d.markIsBehind(got)
}

// models are the model's rows after so many commits.
func (d *disturbed) models(commits int) (rows []string, halves [][]string) {
	return d.model(generation("old"), generation(d.source), commits)
}

// markIsBehind: the watermark never passes a row that is not in the target.
func (d *disturbed) markIsBehind(target []string) {
	d.Helper()
	if !d.incremental() {
		return
	}
	mark := int64(0)
	if _, err := fmt.Sscan(d.watermark(d), &mark); err != nil {
		d.Fatal(err)
	}
	after, _ := d.models(1)
	for _, r := range generation(d.source) {
		// An older row of an upsert's key is in no target.
		if text := r.text(); r.seen > oldSeen && r.seen <= mark && !r.bad() && slices.Contains(after, text) && !slices.Contains(target, text) {
			d.Errorf("the watermark is %d, and row %s is not in the target", mark, text)
		}
	}
}

// accounts: every row that was read was written, replaced by a later one, rejected or left out.
func (d *disturbed) accounts(e ended) {
	d.Helper()
	r := e.report
	if r == nil || r.RowsSynced == nil || e.status == "failed" {
		return
	}
	sum := *r.RowsSynced + r.RowsFailed + r.RowsSkipped
	if r.Duplicates != nil {
		sum += *r.Duplicates
	}
	if sum != r.RowsExtracted {
		d.Errorf("%d rows were read, and %d are accounted for", r.RowsExtracted, sum)
	}
}

// most runs that a sync takes to converge.
const mostRuns = 2

// converge runs without a fault until the sync ends as it should, at most twice, and holds the target to the model.
func (d *disturbed) converge() []string {
	d.Helper()
	var said []string
	for range mostRuns {
		d.w.Faults.Clear()
		r := d.place.run(d.Context(), d, d.source)
		d.Logf("the next run: %s", r)
		d.release()
		d.w.settled(d)
		said = append(said, r.status)
		if r.status == d.calm.first || r.status == d.calm.again {
			d.accounts(r)
			break
		}
	}
	if last := said[len(said)-1]; last != d.calm.first && last != d.calm.again {
		d.Errorf("not converged: the runs after the fault ended as %s", strings.Join(said, ", "))
	}
	if d.fault.lands == landsAfterNext && d.event.label == "CREATE TABLE scratch" {
		said = append(said, d.clean())
	}
	d.holds(d.commits())
	return said
}

// clean runs `drt clean`, for a table that appeared after the run that swept it had ended: no run looks for it again.
func (d *disturbed) clean() string {
	d.Helper()
	x := d.start(d, "clean")
	if <-x.exited; x.cmd.ProcessState.ExitCode() != 0 {
		d.Errorf("drt clean: %s%s", &x.out, &x.text)
	}
	return "drt clean"
}

// commits counts the runs that committed, as state says; a change whose outcome is still open fails the case.
func (d *disturbed) commits() (n int) {
	d.Helper()
	for i, v := range d.verdicts(d) {
		if v.outcome == "open" {
			d.Errorf("run %d: nobody knows what became of its change", i+1)
		}
		if v.committed() {
			n++
		}
	}
	return n
}

// holds holds the target to the model after so many commits, and to nothing being left behind.
func (d *disturbed) holds(commits int) {
	d.Helper()
	want, _ := d.models(commits)
	if diff := cmp.Diff(want, d.target(d)); diff != "" {
		d.Errorf("the target after %d commits (-want +got):\n%s", commits, diff)
	}
	if left := d.w.leftovers(d); len(left) > 0 {
		d.Errorf("left behind: %s", strings.Join(left, ", "))
	}
	if mark := d.watermark(d); mark != d.calm.watermark {
		d.Errorf("the watermark is %s, want %s", mark, d.calm.watermark)
	}
}

// idle: one more run on the same source does what it does undisturbed.
func (d *disturbed) idle() string {
	d.Helper()
	d.w.Faults.Clear()
	before := d.w.version(d)
	r := d.place.run(d.Context(), d, d.source)
	if r.status != d.calm.again {
		d.Errorf("one more run: %s, want %s", r, d.calm.again)
	}
	if made := d.w.version(d) - before; made != d.calm.versions {
		d.Errorf("one more run made %d versions of the table, want %d", made, d.calm.versions)
	}
	d.holds(d.commits())
	return r.status
}
