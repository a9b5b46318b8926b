package live_test

import (
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// orders have a composite key.
func orders() *arrow.Schema {
	return fields("shop", arrow.BinaryTypes.String, "id", arrow.PrimitiveTypes.Int64, "region", arrow.BinaryTypes.String, "total", arrow.PrimitiveTypes.Float64)
}

// newOrders is a table of them with NULLs where they hurt; the key (eu, 3) is there twice.
func newOrders(t *testing.T, more string) *place {
	p := newPlace(t)
	p.cfg.UpsertKey = []string{"shop", "id"}
	p.exec("CREATE TABLE $t (shop STRING, id BIGINT, region STRING, total DOUBLE" + more + ") USING DELTA")
	p.exec("INSERT INTO $t (shop, id, region, total) VALUES ('eu', 1, 'north', 1), ('eu', 2, 'south', 2), ('eu', 3, NULL, 3), ('eu', 3, NULL, 3), " +
		"('us', 1, 'north', 4), ('us', 2, 'west', 5), (NULL, 9, 'north', 6), ('eu', NULL, 'north', 7)")
	return p
}

// Only rows whose scope appeared in this run go; NULL is a scope like any other, a NULL key is nobody's.
func TestMirrorScope(t *testing.T) {
	p := newOrders(t, "")
	plan := p.plan(destinations.ModeMirror, orders())
	plan.Mirror.Scope = []string{"Region"}
	r, _ := p.run(plan, [][]any{{"eu", "1", "north", "1"}, {"eu", "7", nil, "7"}, {"eu", "7", nil, "8"}})
	p.counts(r, "staged 3 inserted 1 updated 0 deleted 3 unchanged 1 duplicates 1")
	p.want("SELECT * FROM $t", "eu|1|north|1", "eu|2|south|2", "eu|7|NULL|8", "us|2|west|5", "NULL|9|north|6", "eu|NULL|north|7")

	// An empty source has no scope: nothing goes, even if that is allowed.
	plan = p.plan(destinations.ModeMirror, orders())
	plan.Mirror.Scope, plan.AllowEmpty = []string{"region"}, true
	r, _ = p.run(plan)
	p.counts(r, "staged 0 inserted 0 updated 0 deleted 0 unchanged 0 duplicates 0")
}

func TestMirrorWhere(t *testing.T) {
	p := newOrders(t, "")
	plan := func() destinations.Plan {
		plan := p.plan(destinations.ModeMirror, orders())
		plan.Mirror.Where = "region = 'north' -- only there\n OR total > 4.5"
		return plan
	}
	// A row of the model outside the predicate: nothing changes.
	_, _, err := p.try(plan(), [][]any{{"eu", "1", "north", "9"}, {"eu", "2", "south", "1"}, {"eu", "4", nil, nil}})
	if connector.KindOf(err) != connector.KindRejected || !strings.Contains(err.Error(), "2 of 3 rows") {
		t.Errorf("rows outside: %v", err)
	}
	p.want("SELECT total FROM $t WHERE shop = 'eu' AND id = 1", "1")
	r, _ := p.run(plan(), [][]any{{"eu", "1", "north", "9"}})
	p.counts(r, "staged 1 inserted 0 updated 1 deleted 2 unchanged 0 duplicates 0")
	p.want("SELECT * FROM $t", "eu|1|north|9", "eu|2|south|2", "eu|3|NULL|3", "eu|3|NULL|3", "NULL|9|north|6", "eu|NULL|north|7")

	empty := plan()
	empty.AllowEmpty = true
	r, _ = p.run(empty)
	p.counts(r, "staged 0 inserted 0 updated 0 deleted 1 unchanged 0 duplicates 0")
	p.want("SELECT count(*) FROM $t", "5")
}

// Soft deletes: marked once, taken back when the row returns, and never counted as updates.
func TestMirrorSoft(t *testing.T) {
	p := newOrders(t, ", gone TIMESTAMP")
	started := time.Date(2026, 11, 21, 12, 0, 0, 1000, time.UTC)
	plan := func() destinations.Plan {
		plan := p.plan(destinations.ModeMirror, orders())
		plan.Mirror.Soft, plan.Started = "GONE", started
		return plan
	}
	r, _ := p.run(plan(), [][]any{{"eu", "1", "north", "9"}, {"us", "1", "north", "4"}})
	p.counts(r, "staged 2 inserted 0 updated 1 deleted 4 unchanged 1 duplicates 0")
	const read = "SELECT shop, id, unix_micros(gone) FROM $t"
	const at = "|1795262400000001"
	p.want(read, "eu|1|NULL", "us|1|NULL", "eu|2"+at, "eu|3"+at, "eu|3"+at, "us|2"+at, "NULL|9|NULL", "eu|NULL|NULL")

	started = started.Add(time.Hour)
	r, _ = p.run(plan(), [][]any{{"eu", "1", "north", "9"}, {"us", "1", "north", "4"}, {"us", "2", "west", "5"}})
	p.counts(r, "staged 3 inserted 0 updated 1 deleted 0 unchanged 2 duplicates 0")
	p.want(read, "eu|1|NULL", "us|1|NULL", "eu|2"+at, "eu|3"+at, "eu|3"+at, "us|2|NULL", "NULL|9|NULL", "eu|NULL|NULL")
}

// A tracked mirror deletes what it has sent, and nothing of others, whatever the order of columns and the case of names.
func TestMirrorTracked(t *testing.T) {
	p := newOrders(t, "")
	plan := func() destinations.Plan {
		plan := p.plan(destinations.ModeMirror, orders())
		plan.Mirror.Tracked = true
		return plan
	}
	r, _ := p.run(plan(), [][]any{{"eu", "1", "north", "9"}, {"eu", "5", "new", "5"}, {"eu", "5", "new", "6"}, {"eu", "6", "new", "6"}})
	p.counts(r, "staged 4 inserted 2 updated 1 deleted 0 unchanged 0 duplicates 1")
	p.want("SELECT count(*) FROM $t", "10")
	r, _ = p.run(plan(), [][]any{{"eu", "6", "new", "6"}, {"eu", "8", "new", "8"}})
	p.counts(r, "staged 2 inserted 1 updated 0 deleted 2 unchanged 1 duplicates 0")
	p.want("SELECT * FROM $t WHERE shop = 'eu'", "eu|2|south|2", "eu|3|NULL|3", "eu|3|NULL|3", "eu|6|new|6", "eu|8|new|8", "eu|NULL|north|7")

	// What was deleted is forgotten: the same key in the hands of somebody else stays.
	p.exec("INSERT INTO $t VALUES ('eu', 5, 'theirs', 0)")
	r, _ = p.run(plan(), [][]any{{"eu", "6", "new", "6"}})
	p.counts(r, "staged 1 inserted 0 updated 0 deleted 1 unchanged 1 duplicates 0")
	p.want("SELECT region FROM $t WHERE shop = 'eu' AND id IN (5, 8)", "theirs")

	// A run died after it marked a key: nobody knows whether the row went, so nobody deletes it.
	sent := ""
	for _, name := range p.rows("SHOW TABLES IN main." + p.schema) {
		for _, part := range strings.Split(name, "|") {
			if strings.HasPrefix(part, "__drt_keys_") {
				sent = "main." + p.schema + "." + part
			}
		}
	}
	p.run(plan(), [][]any{{"eu", "6", "new", "6"}, {"eu", "7", "new", "7"}})
	p.exec("UPDATE " + sent + " SET gone_by = 'a dead run' WHERE k0 = 7")
	r, _ = p.run(plan(), [][]any{{"eu", "6", "new", "6"}})
	p.counts(r, "staged 1 inserted 0 updated 0 deleted 0 unchanged 1 duplicates 0")
	p.want("SELECT * FROM "+sent, "6|eu|NULL")

	// The keys are lost: a baseline, no deletes. An empty source that is meant takes the rest.
	p.exec("DROP TABLE " + sent)
	r, _ = p.run(plan(), [][]any{{"eu", "7", "new", "7"}})
	p.counts(r, "staged 1 inserted 0 updated 0 deleted 0 unchanged 1 duplicates 0")
	empty := plan()
	empty.AllowEmpty = true
	r, _ = p.run(empty)
	p.counts(r, "staged 0 inserted 0 updated 0 deleted 1 unchanged 0 duplicates 0")
	p.want("SELECT * FROM "+sent, []string{}...)
	p.want("SELECT count(*) FROM $t", "9")
}

// All bounds at once.
func TestMirrorTrackedSoftScopeWhere(t *testing.T) {
	p := newOrders(t, ", gone TIMESTAMP")
	plan := func() destinations.Plan {
		plan := p.plan(destinations.ModeMirror, orders())
		plan.Mirror = destinations.Mirror{Scope: []string{"region"}, Where: "total < 100", Tracked: true, Soft: "gone", Atomic: true}
		return plan
	}
	p.run(plan(), [][]any{{"eu", "1", "north", "1"}, {"eu", "2", "south", "2"}, {"us", "1", "north", "4"}})
	r, _ := p.run(plan(), [][]any{{"eu", "1", "north", "1"}})
	p.counts(r, "staged 1 inserted 0 updated 0 deleted 1 unchanged 1 duplicates 0")
	p.want("SELECT shop, id FROM $t WHERE gone IS NOT NULL", "us|1")
}

func TestReplaceWhere(t *testing.T) {
	p := newOrders(t, "")
	plan := func() destinations.Plan {
		plan := p.plan(destinations.ModeInsert, fields("shop", arrow.BinaryTypes.String, "region", arrow.BinaryTypes.String, "id", arrow.PrimitiveTypes.Int64))
		plan.InsertWhere = "region = 'north'"
		return plan
	}
	_, _, err := p.try(plan(), [][]any{{"eu", "north", "10"}, {"eu", "south", "11"}})
	if connector.KindOf(err) != connector.KindRejected || !strings.Contains(err.Error(), "1 of 2 rows") {
		t.Errorf("rows outside: %v", err)
	}
	p.want("SELECT count(*) FROM $t", "8")
	r, _ := p.run(plan(), [][]any{{"eu", "north", "10"}, {"eu", "north", "10"}})
	if *r.Inserted != 2 {
		t.Errorf("inserted %d", *r.Inserted)
	}
	p.want("SELECT * FROM $t", "eu|2|south|2", "eu|3|NULL|3", "eu|3|NULL|3", "us|2|west|5", "eu|10|north|NULL", "eu|10|north|NULL")
	_, _, err = p.try(plan())
	if err != nil {
		t.Error(err)
	}
	p.want("SELECT count(*) FROM $t", "6")
}
