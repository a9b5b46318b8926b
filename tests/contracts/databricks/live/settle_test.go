package live_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
	"github.com/drt-go/drt/sandbox/wire"
)

// journaled is a plan whose changes are kept.
func (p *place) journaled(mode destinations.Mode, into *[]destinations.Change) destinations.Plan {
	plan := p.plan(mode, people())
	plan.Announce = func(_ context.Context, c destinations.Change) error {
		*into = append(*into, c)
		return nil
	}
	return plan
}

// fault arms a fault on the statements that change the target.
func (p *place) fault(f wire.Fault) {
	p.Helper()
	f.Match = `^(MERGE INTO|INSERT INTO|INSERT OVERWRITE|DELETE FROM) .main.\..` + p.schema + `.\..people.`
	if _, err := p.srv.Faults.Add(f); err != nil {
		p.Fatal(err)
	}
	p.Cleanup(p.srv.Faults.Clear)
}

// ways are those in which a run changes the target.
func ways() map[string]func(*destinations.Plan) {
	return map[string]func(*destinations.Plan){
		"insert":       func(p *destinations.Plan) { p.Mode = destinations.ModeInsert },
		"exactly_once": func(p *destinations.Plan) { p.Mode, p.ExactlyOnce = destinations.ModeInsert, true },
		"merge":        func(p *destinations.Plan) { p.Mode = destinations.ModeMerge },
		"replace":      func(p *destinations.Plan) { p.Mode = destinations.ModeReplace },
	}
}

// TestW17_RunSettlesALostReply: the connection breaks after the commit, or before the statement was read.
func TestW17_RunSettlesALostReply(t *testing.T) {
	for way, set := range ways() {
		for _, after := range []bool{true, false} {
			name := way + " before"
			if after {
				name = way + " after"
			}
			t.Run(name, func(t *testing.T) {
				p := newPlace(t)
				p.exec("CREATE TABLE $t (id BIGINT, name STRING, score DOUBLE)")
				p.exec("INSERT INTO $t VALUES (1, 'old', 0.5)")
				var changes []destinations.Change
				plan := p.journaled(destinations.ModeInsert, &changes)
				set(&plan)
				p.fault(wire.Fault{Do: wire.Drop, After: after})
				r, _, err := p.try(plan, [][]any{{"2", "new", "1.5"}})
				if len(changes) != 1 {
					t.Errorf("announced %+v", changes)
				}
				if !after {
					if !errors.Is(err, destinations.ErrNotCommitted) || connector.KindOf(err) != connector.KindTransient {
						t.Errorf("%v", err)
					}
					p.want("SELECT id, name FROM $t", "1|old")
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(strings.Join(r.Notes, "\n"), "was lost: it was committed, version 2") {
					t.Errorf("notes %q", r.Notes)
				}
				if way == "replace" {
					p.want("SELECT id, name FROM $t", "2|new")
				} else {
					p.want("SELECT id, name FROM $t", "1|old", "2|new")
				}
				if r.Inserted == nil || *r.Inserted != 1 {
					t.Errorf("inserted %v", r.Inserted)
				}
			})
		}
	}
}

// TestW17_NextRunSettles asks after a run whose process is gone.
func TestW17_NextRunSettles(t *testing.T) {
	for way, set := range ways() {
		t.Run(way, func(t *testing.T) {
			p := newPlace(t)
			p.exec("CREATE TABLE $t (id BIGINT, name STRING, score DOUBLE)")
			var changes []destinations.Change
			plan := p.journaled(destinations.ModeInsert, &changes)
			set(&plan)
			p.run(plan, [][]any{{"1", "a", "1.5"}, {"2", "b", "1.5"}})
			d, err := databricks.New(p.cfg, p.env())
			if err != nil {
				t.Fatal(err)
			}
			u := destinations.Unsettled{Sync: "people", SyncRunID: plan.SyncRunID, Mode: plan.Mode, Change: changes[0], Sent: time.Now()}
			got, err := d.Settle(context.Background(), u)
			if err != nil || got.Outcome != destinations.Committed || got.Result.Inserted == nil || *got.Result.Inserted != 2 {
				t.Errorf("the commit was not found: %+v, %v", got, err)
			}
			u.SyncRunID, u.Change.Version = "0195d5f2-0000-7000-8000-000000000001", destinations.Count(1)
			got, err = d.Settle(context.Background(), u)
			if err != nil || got.Outcome != destinations.NotCommitted {
				t.Errorf("a commit that never was: %+v, %v", got, err)
			}
		})
	}
}

// TestW17_SettledWhereItWasSent: the sync's file names another table by the time that the next run asks.
func TestW17_SettledWhereItWasSent(t *testing.T) {
	p := newPlace(t)
	p.exec("CREATE TABLE $t (id BIGINT, name STRING, score DOUBLE)")
	var changes []destinations.Change
	plan := p.journaled(destinations.ModeMerge, &changes)
	p.run(plan, [][]any{{"1", "a", "1.5"}})
	now := p.cfg
	now.Table = "people_2"
	d, err := databricks.New(now, p.env())
	if err != nil {
		t.Fatal(err)
	}
	u := destinations.Unsettled{Sync: "people", SyncRunID: plan.SyncRunID, Mode: plan.Mode, Change: changes[0]}
	if got, err := d.Settle(t.Context(), u); err != nil || got.Outcome != destinations.Committed {
		t.Errorf("a commit to the table of then: %+v, %v", got, err)
	}
	u.SyncRunID = "0195d5f2-0000-7000-8000-000000000001"
	if got, err := d.Settle(t.Context(), u); err != nil || got.Outcome != destinations.NotCommitted {
		t.Errorf("a commit that never was: %+v, %v", got, err)
	}
	p.exec("DROP TABLE $t")
	if got, err := d.Settle(t.Context(), u); err != nil || got.Outcome != destinations.Ambiguous || !strings.Contains(got.Evidence, "the sync now writes to") {
		t.Errorf("the table of then is gone, perhaps under another name: %+v, %v", got, err)
	}
	same, err := databricks.New(p.cfg, p.env())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := same.Settle(t.Context(), u); err != nil || got.Outcome != destinations.NotCommitted || !strings.HasSuffix(got.Evidence, "does not exist") {
		t.Errorf("the table of then and now is gone, and the rows with it: %+v, %v", got, err)
	}
	u.Change.Target = p.cfg.Catalog + "." + p.cfg.Schema + ".no.table"
	if got, err := d.Settle(t.Context(), u); err != nil || got.Outcome != destinations.Ambiguous {
		t.Errorf("a name that could be read in two ways: %+v, %v", got, err)
	}
}

// TestW17_EqualInsertsCannotBeToldApart: two appends of one size since the noted version.
func TestW17_EqualInsertsCannotBeToldApart(t *testing.T) {
	p := newPlace(t)
	p.exec("CREATE TABLE $t (id BIGINT, name STRING, score DOUBLE)")
	var changes []destinations.Change
	p.run(p.journaled(destinations.ModeInsert, &changes), [][]any{{"1", "a", "1.5"}})
	p.exec("INSERT INTO $t VALUES (7, 'of somebody else', 0.5)")
	d, err := databricks.New(p.cfg, p.env())
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.Settle(context.Background(), destinations.Unsettled{Sync: "people", SyncRunID: "gone", Change: changes[0]})
	if err != nil || got.Outcome != destinations.Ambiguous || !strings.Contains(got.Evidence, "2 writes of 1 rows") {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestTargetRemembersTheWatermark: state can be rebuilt from the table.
func TestTargetRemembersTheWatermark(t *testing.T) {
	p := newPlace(t)
	p.exec("CREATE TABLE $t (id BIGINT, name STRING, score DOUBLE)")
	d, err := databricks.New(p.cfg, p.env())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := d.Remembered(context.Background(), "people"); got != nil || err != nil {
		t.Errorf("before the first run: %+v, %v", got, err)
	}
	plan := p.plan(destinations.ModeMerge, people())
	p.run(plan, [][]any{{"1", "a", "1.5"}})
	p.exec("INSERT INTO $t VALUES (7, 'of somebody else', 0.5)")
	got, err := d.Remembered(context.Background(), "people")
	if err != nil || got == nil || got.SyncRunID != plan.SyncRunID || got.Watermark != `{"type":"string","text":"it's \\ \"quoted\""}` || got.Version != 1 || got.At.IsZero() {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := d.Remembered(context.Background(), "another"); got != nil || err != nil {
		t.Errorf("of another sync: %+v, %v", got, err)
	}
}
