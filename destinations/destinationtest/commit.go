package destinationtest

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	arrowmem "github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/drt-go/drt/destinations"
)

func commitCases() []contractCase {
	return []contractCase{
		{name: "CloseWithoutCommitChangesNothing", check: closeWithoutCommitChangesNothing},
		{name: "CommitMakesAllVisibleOnce", check: commitMakesAllVisibleOnce},
		{name: "EmptyCommitKeepsTheRows", modes: only(destinations.ModeInsert, destinations.ModeMerge), check: emptyCommitKeepsTheRows},
		{name: "InsertAppendsEveryRow", modes: only(destinations.ModeInsert), check: insertAppendsEveryRow},
		{name: "ColumnsGoByName", check: columnsGoByName},
		{name: "ManyBatches", check: manyBatches},
		{name: "BatchIsNotKept", check: batchIsNotKept},
		{name: "ProgressNeverGoesBack", check: progressNeverGoesBack},
	}
}

func closeWithoutCommitChangesNothing(r *run) {
	for _, mode := range r.caps.Modes {
		p := r.people(mode)
		p.seed(row{"1", "ada", "1.00"}, row{"2", "bob", "2.00"})
		plan := p.plan(mode)
		s := p.open(plan)
		p.mustWrite(s, plan, row{"1", "eve", "9.99"}, row{"3", "cyd", "3.00"})
		if err := s.Close(); err != nil {
			r.Errorf("mode %s: close without commit: %v", mode, err)
		}
		p.want(fmt.Sprintf("mode %s: Close without Commit must leave the target as it was", mode),
			row{"1", "ada", "1.00"}, row{"2", "bob", "2.00"})
	}
}

func commitMakesAllVisibleOnce(r *run) {
	for _, mode := range r.caps.Modes {
		p := r.people(mode)
		plan := p.plan(mode)
		s := p.open(plan)
		p.mustWrite(s, plan, row{"1", "ada", "1.00"})
		p.mustWrite(s, plan, row{"2", nil, nil}, row{"3", "cyd", "-3.50"})
		p.want(fmt.Sprintf("mode %s: nothing may be seen before Commit", mode))
		p.commit(s, destinations.Commit{})
		p.want(fmt.Sprintf("mode %s: Commit makes every row visible, once", mode),
			row{"1", "ada", "1.00"}, row{"2", nil, nil}, row{"3", "cyd", "-3.50"})
	}
}

func emptyCommitKeepsTheRows(r *run) {
	for _, mode := range only(destinations.ModeInsert, destinations.ModeMerge) {
		if !r.has(mode) {
			continue
		}
		p := r.people(mode)
		p.seed(row{"1", "ada", "1.00"})
		p.load(p.plan(mode))
		p.want(fmt.Sprintf("mode %s: a run without rows changes nothing", mode), row{"1", "ada", "1.00"})
	}
}

func insertAppendsEveryRow(r *run) {
	p := r.people(destinations.ModeInsert)
	p.seed(row{"1", "ada", "1.00"})
	res := p.load(p.plan(destinations.ModeInsert), row{"1", "ada", "1.00"}, row{"1", "ada", "1.00"}, row{"2", "bob", "2.00"})
	p.want("insert appends every row, equal ones too",
		row{"1", "ada", "1.00"}, row{"1", "ada", "1.00"}, row{"1", "ada", "1.00"}, row{"2", "bob", "2.00"})
	r.counts("insert", res, counts{inserted: 3})
}

// W12
func columnsGoByName(r *run) {
	text := arrow.BinaryTypes.String
	mode := r.anyMode()
	p := r.target(mode, columns("id", arrow.PrimitiveTypes.Int64, "name", text, "city", text), "id")
	turned := columns("city", text, "name", text, "id", arrow.PrimitiveTypes.Int64)
	p.load(p.plan(mode, func(plan *destinations.Plan) { plan.Schema = turned }), row{"Ulm", "ada", "1"})
	p.want("a value goes where its column's name says, whatever the order (W12)", row{"1", "ada", "Ulm"})
}

func manyBatches(r *run) {
	const batches, each = 40, 25
	mode := r.anyMode()
	p := r.people(mode)
	plan := p.plan(mode)
	s := p.open(plan)
	var all []row
	for b := range batches {
		var rows []row
		for i := range each {
			n := b*each + i
			rows = append(rows, row{fmt.Sprint(n), fmt.Sprintf("name %d", n), fmt.Sprintf("%d.25", n)})
		}
		p.mustWrite(s, plan, rows...)
		all = append(all, rows...)
	}
	p.commit(s, destinations.Commit{})
	p.want("every row of every batch arrives", all...)
}

// batchIsNotKept writes over a batch's memory as soon as Write has returned, as a source that uses it again would.
func batchIsNotKept(r *run) {
	mode := r.anyMode()
	p := r.people(mode)
	plan := p.plan(mode)
	s := p.open(plan)
	mem := arrowmem.NewCheckedAllocator(arrowmem.NewGoAllocator())
	b := r.batchFrom(mem, plan.Schema, row{"1", "ada", "1.00"}, row{"2", "bob", "2.00"})
	err := s.Write(r.context(), b)
	scribble(b)
	b.Release()
	if err != nil {
		r.Fatalf("write: %v", err)
	}
	if n := mem.CurrentAlloc(); n != 0 {
		r.Errorf("Write kept a reference to the batch: %d bytes are still allocated", n)
	}
	p.commit(s, destinations.Commit{})
	p.want("Write keeps no reference: what happens to a batch afterwards is not seen", row{"1", "ada", "1.00"}, row{"2", "bob", "2.00"})
}

// scribble overwrites the values of b, not its offsets: what reads them must not crash.
func scribble(b arrow.RecordBatch) {
	for _, c := range b.Columns() {
		buffers := c.Data().Buffers()
		values := buffers[len(buffers)-1].Bytes()
		for i := range values {
			values[i] = '#'
		}
	}
}

func progressNeverGoesBack(r *run) {
	mode := r.anyMode()
	p := r.people(mode)
	var last destinations.Progress
	plan := p.plan(mode, func(plan *destinations.Plan) {
		plan.Progress = func(now destinations.Progress) {
			if now.Statements < last.Statements || now.Bytes < last.Bytes {
				r.Errorf("Progress went back: from %d statements, %d bytes to %d, %d", last.Statements, last.Bytes, now.Statements, now.Bytes)
			}
			last = now
		}
	})
	s := p.open(plan)
	p.mustWrite(s, plan, row{"1", "ada", "1.00"})
	p.mustWrite(s, plan, row{"2", "bob", "2.00"})
	p.commit(s, destinations.Commit{})
}
