package destinationtest

import (
	"context"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

func optionCases() []contractCase {
	return []contractCase{
		{name: "DryRunChangesNothing", option: destinations.OptionDryRun, check: dryRunChangesNothing},
		{name: "DuplicateFailNamesTheKeys", modes: only(destinations.ModeMerge), option: destinations.OptionDuplicateFail, check: duplicateFailNamesTheKeys},
		{name: "TouchUpdatesEqualRows", modes: only(destinations.ModeMerge), option: destinations.OptionTouch, check: touchUpdatesEqualRows},
		{name: "MetadataColumnsAreFilled", option: destinations.OptionMetadata, check: metadataColumnsAreFilled},
		{name: "MetadataAloneIsNoUpdate", modes: only(destinations.ModeMerge), option: destinations.OptionMetadata, check: metadataAloneIsNoUpdate},
		{name: "GuardStopsBeforeAnyChange", modes: only(destinations.ModeMirror), option: destinations.OptionGuards, check: guardStopsBeforeAnyChange},
		{name: "GuardPercentBitesFrom100Rows", modes: only(destinations.ModeMirror), option: destinations.OptionGuards, check: guardPercentBitesFrom100Rows},
		{name: "GuardAllowsOnce", modes: only(destinations.ModeMirror), option: destinations.OptionGuards, check: guardAllowsOnce},
	}
}

// E14
func dryRunChangesNothing(r *run) {
	want := map[destinations.Mode]counts{
		destinations.ModeMerge:  {inserted: 1, updated: 1, unchanged: 1},
		destinations.ModeMirror: {inserted: 1, updated: 1, unchanged: 1, deleted: 1},
	}
	for _, mode := range r.caps.Modes {
		p := r.people(mode)
		before := []row{{"1", "ada", "1.00"}, {"2", "bob", "2.00"}, {"3", "cyd", "3.00"}}
		p.seed(before...)
		plan := p.plan(mode, func(plan *destinations.Plan) { plan.DryRun = true })
		res := p.load(plan, row{"1", "ada", "1.00"}, row{"2", "bob", "2.20"}, row{"4", "dan", "4.00"})
		p.want(fmt.Sprintf("mode %s: a dry run changes nothing (E14)", mode), before...)
		p.clean(fmt.Sprintf("mode %s: after a dry run", mode))
		if c, ok := want[mode]; ok {
			r.counts(fmt.Sprintf("mode %s: dry run", mode), res, c)
		}
	}
}

// W3
func duplicateFailNamesTheKeys(r *run) {
	p := r.people(destinations.ModeMerge)
	p.seed(row{"1", "ada", "1.00"})
	plan := p.plan(destinations.ModeMerge, func(plan *destinations.Plan) { plan.Duplicates = destinations.DuplicateFail })
	s := p.open(plan)
	p.mustWrite(s, plan, row{"770001", "x", "1.00"}, row{"2", "bob", "2.00"})
	p.mustWrite(s, plan, row{"770001", "y", "2.00"})
	_, err := s.Commit(context.Background(), destinations.Commit{})
	_ = s.Close()
	if err == nil || !strings.Contains(err.Error(), "770001") {
		r.Errorf("on_duplicate: fail must stop the run and name the key 770001 (W3), got %v", err)
	}
	p.want("on_duplicate: fail changes nothing (W3)", row{"1", "ada", "1.00"})
}

func touchUpdatesEqualRows(r *run) {
	p := r.people(destinations.ModeMerge)
	p.seed(row{"1", "ada", "1.00"}, row{"2", "bob", "2.00"})
	res := p.load(p.plan(destinations.ModeMerge, func(plan *destinations.Plan) { plan.Touch = true }), row{"1", "ada", "1.00"}, row{"2", "bob", "2.50"})
	p.want("touch: always writes the same rows", row{"1", "ada", "1.00"}, row{"2", "bob", "2.50"})
	r.counts("touch: always", res, counts{updated: 2})
}

// marked are people with the metadata columns.
func marked() *arrow.Schema {
	return arrow.NewSchema(append(people().Fields(),
		arrow.Field{Name: "_drt_synced_at", Type: arrow.FixedWidthTypes.Timestamp_us, Nullable: true},
		arrow.Field{Name: "_drt_run_id", Type: arrow.BinaryTypes.String, Nullable: true},
		arrow.Field{Name: "_drt_sync_name", Type: arrow.BinaryTypes.String, Nullable: true}), nil)
}

func mark(plan *destinations.Plan) {
	plan.Schema = people()
	plan.Metadata = destinations.Metadata{SyncedAt: "_drt_synced_at", RunID: "_drt_run_id", SyncName: "_drt_sync_name"}
}

func metadataColumnsAreFilled(r *run) {
	mode := r.anyMode()
	p := r.target(mode, marked(), "id")
	plan := p.plan(mode, mark)
	p.load(plan, row{"1", "ada", "1.00"})
	p.want("metadata_columns are filled from the plan", row{"1", "ada", "1.00", canonicalTime(arrow.FixedWidthTypes.Timestamp_us, plan.Started), plan.RunID, plan.Sync})
}

func metadataAloneIsNoUpdate(r *run) {
	p := r.target(destinations.ModeMerge, marked(), "id")
	first := p.plan(destinations.ModeMerge, mark)
	p.load(first, row{"1", "ada", "1.00"})
	res := p.load(p.plan(destinations.ModeMerge, mark), row{"1", "ada", "1.00"})
	p.want("a row that does not differ keeps the metadata of the run that wrote it", row{"1", "ada", "1.00", canonicalTime(arrow.FixedWidthTypes.Timestamp_us, first.Started), first.RunID, first.Sync})
	r.counts("merge of an equal row with metadata", res, counts{unchanged: 1})
}

// W26
func guardStopsBeforeAnyChange(r *run) {
	p := r.people(destinations.ModeMirror)
	before := []row{{"1", "ada", "1.00"}, {"2", "bob", "2.00"}, {"3", "cyd", "3.00"}}
	p.seed(before...)
	for _, guard := range []func(*destinations.Guards){
		func(g *destinations.Guards) { g.MaxDeletes = 1 },
		func(g *destinations.Guards) { g.MaxCreates = 0 },
	} {
		plan := p.plan(destinations.ModeMirror, func(plan *destinations.Plan) { guard(&plan.Guards) })
		s := p.open(plan)
		p.mustWrite(s, plan, row{"1", "eve", "9.00"}, row{"4", "dan", "4.00"})
		_, err := s.Commit(context.Background(), destinations.Commit{})
		_ = s.Close()
		r.kind(err, "a guard stops the run (W26)", connector.KindPermanent, connector.KindConfig)
		p.want("a guard stops the run before anything changes, updates and inserts included (W26)", before...)
	}
}

// W26
func guardPercentBitesFrom100Rows(r *run) {
	for _, n := range []int{99, 100} {
		p := r.people(destinations.ModeMirror)
		var rows []row
		for i := range n {
			rows = append(rows, row{fmt.Sprint(i), "x", "1.00"})
		}
		p.seed(rows...)
		plan := p.plan(destinations.ModeMirror, func(plan *destinations.Plan) { plan.Guards.MaxDeletePct = 20 })
		s := p.open(plan)
		p.mustWrite(s, plan, rows[:n/2]...)
		_, err := s.Commit(context.Background(), destinations.Commit{})
		_ = s.Close()
		if stopped := err != nil; stopped != (n >= 100) {
			r.Errorf("max_delete_pct: 20, half of %d rows to delete: stopped is %v (%v): percentages bite from 100 rows on (W26)", n, stopped, err)
		}
	}
}

// W26
func guardAllowsOnce(r *run) {
	for _, allowed := range []int64{1, 2} {
		p := r.people(destinations.ModeMirror)
		p.seed(row{"1", "ada", "1.00"}, row{"2", "bob", "2.00"}, row{"3", "cyd", "3.00"})
		plan := p.plan(destinations.ModeMirror, func(plan *destinations.Plan) { plan.Guards.MaxDeletes, plan.Guards.AllowDeletes = 0, allowed })
		s := p.open(plan)
		p.mustWrite(s, plan, row{"1", "ada", "1.00"})
		_, err := s.Commit(context.Background(), destinations.Commit{})
		_ = s.Close()
		if stopped := err != nil; stopped != (allowed < 2) {
			r.Errorf("2 deletes, --allow-deletes %d: stopped is %v (%v) (W26)", allowed, stopped, err)
		}
	}
}
