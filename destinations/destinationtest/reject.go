package destinationtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	gocmp "github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

func rejectCases() []contractCase {
	return []contractCase{
		{name: "NullKeyRejected", modes: only(destinations.ModeMerge, destinations.ModeMirror), check: nullKeyRejected},
		{name: "NullInCompositeKeyRejected", modes: only(destinations.ModeMerge, destinations.ModeMirror), check: nullInCompositeKeyRejected},
		{name: "ValueThatDoesNotFitRejected", check: valueThatDoesNotFitRejected},
		{name: "RejectsCarryPositionsInTheirBatch", check: rejectsCarryPositionsInTheirBatch},
		{name: "ColumnMissingFromTargetRefused", check: columnMissingFromTargetRefused},
	}
}

// W4
func nullKeyRejected(r *run) {
	for _, mode := range only(destinations.ModeMerge, destinations.ModeMirror) {
		if !r.has(mode) {
			continue
		}
		p := r.people(mode)
		plan := p.plan(mode)
		s := p.open(plan)
		err := p.write(s, plan.Schema, row{"1", "ada", "1.00"}, row{nil, "eve", "9.00"}, row{"3", "cyd", "3.00"})
		p.rejected(err, "id", 1)
		p.commit(s, destinations.Commit{})
		p.want(fmt.Sprintf("mode %s: a row with a NULL key is rejected and never written, the others land (W4)", mode),
			row{"1", "ada", "1.00"}, row{"3", "cyd", "3.00"})
	}
}

// W4
func nullInCompositeKeyRejected(r *run) {
	for _, mode := range only(destinations.ModeMerge, destinations.ModeMirror) {
		if !r.has(mode) {
			continue
		}
		p := r.place(Table{Columns: people(), Key: []string{"id", "name"}, Mode: mode})
		plan := p.plan(mode)
		s := p.open(plan)
		err := p.write(s, plan.Schema, row{"1", "ada", "1.00"}, row{"2", "bob", "2.00"}, row{"3", nil, "3.00"})
		p.rejected(err, "name", 2)
		p.commit(s, destinations.Commit{})
		p.want(fmt.Sprintf("mode %s: NULL in one part of a key rejects the row (W4)", mode),
			row{"1", "ada", "1.00"}, row{"2", "bob", "2.00"})
	}
}

// openWide opens a run whose model has a wider type than the target's column n, int64 over int8. A nil session means
// that Open refused it, naming the column: then no value can go wrong.
func (p *place) openWide() (destinations.Plan, destinations.Session) {
	p.Helper()
	mode := p.table.Mode
	plan := p.plan(mode)
	fields := plan.Schema.Fields()
	for i := range fields {
		if fields[i].Name == "n" {
			fields[i].Type = arrow.PrimitiveTypes.Int64
		}
	}
	plan.Schema = arrow.NewSchema(fields, nil)
	s, err := p.dest.Open(context.Background(), plan)
	if err != nil {
		p.kind(err, "a model whose column is wider than the target's", connector.KindConfig)
		if !strings.Contains(err.Error(), "n") {
			p.Errorf("Open refuses the model without naming the column n: %v", err)
		}
		return plan, nil
	}
	p.Cleanup(func() { _ = s.Close() })
	return plan, s
}

// rejected fails the case unless err rejects exactly the rows at positions, for column.
func (p *place) rejected(err error, column string, positions ...int64) {
	p.Helper()
	var re *destinations.RejectError
	if !errors.As(err, &re) {
		p.Fatalf("rows %v must be rejected by a *destinations.RejectError, got %v", positions, err)
	}
	var got []int64
	for _, reject := range re.Rejects {
		got = append(got, reject.Row)
		if !strings.EqualFold(reject.Column, column) {
			p.Errorf("a reject names the column %q, want %q", reject.Column, column)
		}
		if reject.Reason == "" {
			p.Errorf("a reject gives no reason")
		}
	}
	slices.Sort(got)
	if diff := gocmp.Diff(positions, got); diff != "" {
		p.Errorf("the positions of rejected rows count from 0 in the batch (-want +got):\n%s", diff)
	}
}

// W14
func valueThatDoesNotFitRejected(r *run) {
	mode := r.anyMode()
	p := r.target(mode, columns("id", arrow.PrimitiveTypes.Int64, "n", arrow.PrimitiveTypes.Int8), "id")
	plan, s := p.openWide()
	if s == nil {
		return
	}
	err := p.write(s, plan.Schema, row{"1", "1"}, row{"2", "300"}, row{"3", "3"})
	if err == nil {
		p.commit(s, destinations.Commit{})
		p.want("a value that was taken must be found as it was (W14)", row{"1", "1"}, row{"2", "300"}, row{"3", "3"})
		return
	}
	p.rejected(err, "n", 1)
	p.commit(s, destinations.Commit{})
	p.want("a value that does not fit its column is rejected, never changed; the other rows land (W14)", row{"1", "1"}, row{"3", "3"})
}

func rejectsCarryPositionsInTheirBatch(r *run) {
	mode := r.anyMode()
	p := r.target(mode, columns("id", arrow.PrimitiveTypes.Int64, "n", arrow.PrimitiveTypes.Int8), "id")
	plan, s := p.openWide()
	if s == nil {
		return
	}
	if err := p.write(s, plan.Schema, row{"1", "1"}, row{"2", "2"}, row{"3", "-300"}); err == nil {
		r.Log("the target takes any integer: no row to reject")
		return
	}
	err := p.write(s, plan.Schema, row{"4", "400"}, row{"5", "5"}, row{"6", "600"})
	p.rejected(err, "n", 0, 2)
	p.mustWrite(s, plan, row{"7", "7"})
	p.commit(s, destinations.Commit{})
	p.want("after a *RejectError the session goes on", row{"1", "1"}, row{"2", "2"}, row{"5", "5"}, row{"7", "7"})
}

// W20
func columnMissingFromTargetRefused(r *run) {
	mode := r.anyMode()
	p := r.people(mode)
	p.seed(row{"1", "ada", "1.00"})
	more := arrow.NewSchema(append(people().Fields(), arrow.Field{Name: "shoe_size", Type: arrow.PrimitiveTypes.Int64, Nullable: true}), nil)
	plan := p.plan(mode, func(plan *destinations.Plan) { plan.Schema = more })
	s, err := p.dest.Open(context.Background(), plan)
	if err != nil {
		r.kind(err, "a column of the model that the target lacks", connector.KindConfig)
		if !strings.Contains(err.Error(), "shoe_size") {
			r.Errorf("Open refuses a column that the target lacks without naming it: %v (W20)", err)
		}
		p.want("a refused Open changes nothing", row{"1", "ada", "1.00"})
		return
	}
	p.Cleanup(func() { _ = s.Close() })
	p.mustWrite(s, plan, row{"2", "bob", "2.00", "44"})
	p.commit(s, destinations.Commit{})
	for _, got := range p.Rows(p) {
		if fmt.Sprint(got["id"]) == "2" && fmt.Sprint(got["shoe_size"]) == "44" {
			return
		}
	}
	r.Errorf("a column of the model that the target lacks is refused by Open or added, never left out in silence (W20)")
}
