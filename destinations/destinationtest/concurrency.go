package destinationtest

import (
	"fmt"
	"slices"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	gocmp "github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

func concurrencyCases() []contractCase {
	return []contractCase{
		{name: "ConcurrentSessionsDoNotCollide", check: concurrentSessionsDoNotCollide},
		{name: "DestinationIsSafeForConcurrentUse", check: destinationIsSafeForConcurrentUse},
	}
}

// W10: two runs interleaved. The second may lose with a conflict, but neither may see or drop what the other staged.
func concurrentSessionsDoNotCollide(r *run) {
	for _, mode := range r.caps.Modes {
		p := r.people(mode)
		planA, planB := p.plan(mode), p.plan(mode)
		a, b := p.open(planA), p.open(planB)
		p.mustWrite(a, planA, row{"1", "ada", "1.00"})
		p.mustWrite(b, planB, row{"2", "bob", "2.00"})
		p.mustWrite(a, planA, row{"3", "cyd", "3.00"})
		p.commit(a, destinations.Commit{})
		p.want(fmt.Sprintf("mode %s: one run's commit shows nothing of the other's (W10)", mode), row{"1", "ada", "1.00"}, row{"3", "cyd", "3.00"})
		p.mustWrite(b, planB, row{"4", "dan", "4.00"})
		_, err := b.Commit(r.context(), destinations.Commit{})
		_ = b.Close()
		want := []row{{"2", "bob", "2.00"}, {"4", "dan", "4.00"}}
		switch {
		case connector.KindOf(err) == connector.KindConflict:
			want = []row{{"1", "ada", "1.00"}, {"3", "cyd", "3.00"}}
		case err != nil:
			r.Errorf("mode %s: the second of two runs: %v (W10)", mode, err)
			continue
		case mode == destinations.ModeInsert || mode == destinations.ModeMerge:
			want = append(want, row{"1", "ada", "1.00"}, row{"3", "cyd", "3.00"})
		}
		p.want(fmt.Sprintf("mode %s: both runs are in the target as if one had followed the other (W10)", mode), want...)
	}
}

// W10: runs at the same time, each with rows of its own. Who commits without an error is in the target, whole.
func destinationIsSafeForConcurrentUse(r *run) {
	const sessions = 4
	mode := r.anyMode()
	p := r.people(mode)
	errs := make([]error, sessions)
	batches := make([]arrow.RecordBatch, sessions)
	rows := make([][]row, sessions)
	for i := range sessions {
		rows[i] = []row{{fmt.Sprint(2 * i), "even", "1.00"}, {fmt.Sprint(2*i + 1), "odd", "2.00"}}
		batches[i] = p.batch(people(), rows[i]...)
		defer batches[i].Release()
	}
	var wg sync.WaitGroup
	for i := range sessions {
		wg.Go(func() { errs[i] = p.runOnce(mode, batches[i]) })
	}
	wg.Wait()
	var want []row
	whole := [][]string{}
	for i, err := range errs {
		switch {
		case err == nil:
			want = append(want, rows[i]...)
			whole = append(whole, texts(rows[i]))
		case connector.KindOf(err) != connector.KindConflict:
			r.Errorf("a run beside others may lose with a conflict, got %v (W10)", err)
		}
	}
	if mode == destinations.ModeInsert || mode == destinations.ModeMerge {
		p.want("every run that committed is in the target (W10)", want...)
		return
	}
	got := p.lines(people())
	if !slices.ContainsFunc(whole, func(w []string) bool { return gocmp.Equal(w, got) }) {
		r.Errorf("after %d runs at once the target must hold the rows of one of them, and holds %v (W10)", sessions, got)
	}
}

// runOnce is a whole run without a testing.TB, which goroutines must not fail.
func (p *place) runOnce(mode destinations.Mode, b arrow.RecordBatch) error {
	s, err := p.dest.Open(p.context(), p.plan(mode))
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	if err := s.Write(p.context(), b); err != nil {
		return err
	}
	_, err = s.Commit(p.context(), destinations.Commit{})
	return err
}

// texts are rows of people as the target's lines.
func texts(rows []row) []string {
	var lines []string
	for _, r := range rows {
		lines = append(lines, line(people(), func(c int) any { return r[c] }))
	}
	slices.Sort(lines)
	return lines
}
