package destinationtest

import (
	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/destinations"
)

func mergeCases() []contractCase {
	merge := only(destinations.ModeMerge)
	return []contractCase{
		{name: "MergeUpdatesAndInserts", modes: merge, check: mergeUpdatesAndInserts},
		{name: "MergeKeepsRowsNotInTheRun", modes: merge, check: mergeKeepsRowsNotInTheRun},
		{name: "MergeKeepsColumnsNotInTheModel", modes: merge, check: mergeKeepsColumnsNotInTheModel},
		{name: "MergeOfAllKeyColumns", modes: merge, check: mergeOfAllKeyColumns},
		{name: "MergeByCompositeKey", modes: merge, check: mergeByCompositeKey},
		{name: "MergeLastDuplicateWins", modes: merge, check: mergeLastDuplicateWins},
		{name: "MergeWritesNullOverValue", modes: merge, check: mergeWritesNullOverValue},
		{name: "CountsAreExactOrNil", modes: merge, check: countsAreExactOrNil},
	}
}

func mergeUpdatesAndInserts(r *run) {
	p := r.people(destinations.ModeMerge)
	p.seed(row{"1", "ada", "1.00"})
	p.load(p.plan(destinations.ModeMerge), row{"1", "ada", "1.50"}, row{"2", "bob", "2.00"})
	p.want("merge updates the row whose key exists and inserts the other", row{"1", "ada", "1.50"}, row{"2", "bob", "2.00"})
}

func mergeKeepsRowsNotInTheRun(r *run) {
	p := r.people(destinations.ModeMerge)
	p.seed(row{"1", "ada", "1.00"}, row{"2", "bob", "2.00"})
	p.load(p.plan(destinations.ModeMerge), row{"2", "bob", "2.00"})
	p.want("merge never deletes", row{"1", "ada", "1.00"}, row{"2", "bob", "2.00"})
}

func mergeKeepsColumnsNotInTheModel(r *run) {
	p := r.people(destinations.ModeMerge)
	p.seed(row{"1", "ada", "1.00"})
	p.load(p.plan(destinations.ModeMerge, func(plan *destinations.Plan) {
		plan.Schema = columns("id", arrow.PrimitiveTypes.Int64, "name", arrow.BinaryTypes.String)
	}), row{"1", "eve"}, row{"2", "bob"})
	p.want("merge leaves columns alone that the model lacks", row{"1", "eve", "1.00"}, row{"2", "bob", nil})
}

func mergeOfAllKeyColumns(r *run) {
	schema := columns("id", arrow.PrimitiveTypes.Int64, "name", arrow.BinaryTypes.String)
	p := r.place(Table{Columns: schema, Key: []string{"id", "name"}, Mode: destinations.ModeMerge})
	p.seed(row{"1", "ada"})
	p.load(p.plan(destinations.ModeMerge), row{"1", "ada"}, row{"1", "eve"})
	p.want("where every column is a key there is nothing to update", row{"1", "ada"}, row{"1", "eve"})
}

func mergeByCompositeKey(r *run) {
	p := r.place(Table{Columns: people(), Key: []string{"id", "name"}, Mode: destinations.ModeMerge})
	p.seed(row{"1", "ada", "1.00"}, row{"1", "bob", "2.00"}, row{"2", "ada", "3.00"})
	p.load(p.plan(destinations.ModeMerge), row{"1", "bob", "2.50"}, row{"2", "bob", "4.00"})
	p.want("a composite key matches by all of its columns",
		row{"1", "ada", "1.00"}, row{"1", "bob", "2.50"}, row{"2", "ada", "3.00"}, row{"2", "bob", "4.00"})
}

// W3
func mergeLastDuplicateWins(r *run) {
	p := r.people(destinations.ModeMerge)
	p.seed(row{"1", "ada", "1.00"})
	plan := p.plan(destinations.ModeMerge)
	s := p.open(plan)
	p.mustWrite(s, plan, row{"1", "first", "1.10"}, row{"2", "only", "2.00"}, row{"1", "second", "1.20"})
	p.mustWrite(s, plan, row{"3", "first", "3.10"}, row{"1", "third", "1.30"})
	p.mustWrite(s, plan, row{"3", "second", "3.20"})
	res := p.commit(s, destinations.Commit{})
	p.want("of two rows with one key the last in source order wins, in a batch and across batches (W3)",
		row{"1", "third", "1.30"}, row{"2", "only", "2.00"}, row{"3", "second", "3.20"})
	if res.Duplicates == nil || *res.Duplicates != 3 {
		r.Errorf("3 rows were replaced by a later row of their key, Result.Duplicates says %s (W3)", show(res.Duplicates))
	}
}

func mergeWritesNullOverValue(r *run) {
	p := r.people(destinations.ModeMerge)
	p.seed(row{"1", "ada", "1.00"}, row{"2", nil, "2.00"})
	p.load(p.plan(destinations.ModeMerge), row{"1", nil, "1.00"}, row{"2", "bob", nil})
	p.want("NULL replaces a value, and a value NULL", row{"1", nil, "1.00"}, row{"2", "bob", nil})
}

func countsAreExactOrNil(r *run) {
	p := r.people(destinations.ModeMerge)
	p.seed(row{"1", "ada", "1.00"}, row{"2", "bob", "2.00"}, row{"3", nil, "3.00"})
	res := p.load(p.plan(destinations.ModeMerge),
		row{"1", "ada", "1.00"}, row{"2", "bob", "9.00"}, row{"3", nil, "3.00"}, row{"4", "dan", "4.00"}, row{"5", "eli", "5.00"})
	r.counts("merge of 2 equal, 1 changed and 2 new rows", res, counts{inserted: 2, updated: 1, unchanged: 2})
	if res.Staged != nil && *res.Staged != 5 {
		r.Errorf("Result.Staged is %d, want 5 or nil", *res.Staged)
	}
}
