package live_test

import (
	"context"
	"strings"
	"testing"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
	"github.com/drt-go/drt/sandbox/wire"
)

// undo takes the run of plan back, whose changes were announced.
func (p *place) undo(plan destinations.Plan, changes []destinations.Change) (destinations.Undone, error) {
	p.Helper()
	d, err := databricks.New(p.cfg, p.env())
	if err != nil {
		p.Fatal(err)
	}
	return d.Undo(context.Background(), destinations.UndoRun{Sync: plan.Sync, SyncRunID: plan.SyncRunID, Changes: changes})
}

// newUndoPlace is a table with three rows, in three versions.
func newUndoPlace(t *testing.T) *place {
	p := newPlace(t)
	p.exec("CREATE TABLE $t (id BIGINT, name STRING, score DOUBLE)")
	p.exec("INSERT INTO $t VALUES (1, 'old', 0.5), (2, 'older', 1.5)")
	p.exec("INSERT INTO $t VALUES (3, 'oldest', 2.5)")
	return p
}

var beforeRun = []string{"1|old|0.5", "2|older|1.5", "3|oldest|2.5"}

func undoWays() map[string]func(*destinations.Plan) {
	all := ways()
	all["mirror"] = func(p *destinations.Plan) { p.Mode = destinations.ModeMirror }
	all["atomic mirror"] = func(p *destinations.Plan) { p.Mode, p.Mirror.Atomic = destinations.ModeMirror, true }
	all["replace_where"] = func(p *destinations.Plan) { p.Mode, p.InsertWhere = destinations.ModeInsert, "id > 1" }
	return all
}

func TestUndoBringsTheTableBack(t *testing.T) {
	for way, set := range undoWays() {
		t.Run(way, func(t *testing.T) {
			p := newUndoPlace(t)
			var changes []destinations.Change
			plan := p.journaled(destinations.ModeInsert, &changes)
			set(&plan)
			p.run(plan, [][]any{{"2", "new", "9.5"}, {"7", "newer", "7.5"}})
			p.exec("OPTIMIZE $t")
			p.exec("ALTER TABLE $t SET TBLPROPERTIES ('drt.fence' = 'x')")
			u, err := p.undo(plan, changes)
			if err != nil {
				t.Fatal(err)
			}
			if u.To != 2 || u.From <= u.To {
				t.Errorf("undone %+v", u)
			}
			p.want("SELECT * FROM $t", beforeRun...)
			// The reply was lost, or the state could not be saved: the same again finds that out, and sends nothing.
			versions := len(p.rows("DESCRIBE HISTORY $t"))
			if again, err := p.undo(plan, changes); err != nil || again.To != 2 {
				t.Errorf("the same again: %+v, %v", again, err)
			}
			if now := len(p.rows("DESCRIBE HISTORY $t")); now != versions {
				t.Errorf("the same again made a version: %d, then %d", versions, now)
			}
		})
	}
}

func TestUndoRefusesWhereOthersHaveWritten(t *testing.T) {
	for name, write := range map[string]string{
		"insert":   "INSERT INTO $t VALUES (8, 'theirs', 8)",
		"schema":   "ALTER TABLE $t ADD COLUMNS (more STRING)",
		"property": "ALTER TABLE $t SET TBLPROPERTIES ('theirs' = '1')",
		"replace":  "INSERT OVERWRITE $t SELECT * FROM $t",
	} {
		for way, set := range ways() {
			t.Run(name+" after "+way, func(t *testing.T) {
				p := newUndoPlace(t)
				var changes []destinations.Change
				plan := p.journaled(destinations.ModeInsert, &changes)
				set(&plan)
				p.run(plan, [][]any{{"2", "new", "9.5"}})
				p.exec(write)
				want := p.rows("SELECT id, name FROM $t")
				_, err := p.undo(plan, changes)
				if connector.KindOf(err) != connector.KindConflict || !strings.Contains(err.Error(), "version 4 of "+p.table()) || !strings.Contains(err.Error(), "nothing was changed") {
					t.Errorf("%v", err)
				}
				p.want("SELECT id, name FROM $t", want...)
			})
		}
	}
}

// TestUndoOfSeveralRuns: the last one first, one after the other; what a later undo has taken back does not count.
func TestUndoOfSeveralRuns(t *testing.T) {
	p := newUndoPlace(t)
	var first, second []destinations.Change
	one, two := p.journaled(destinations.ModeInsert, &first), p.journaled(destinations.ModeMerge, &second)
	p.run(one, [][]any{{"7", "one", "1"}})
	p.run(two, [][]any{{"7", "two", "2"}})
	if _, err := p.undo(one, first); connector.KindOf(err) != connector.KindConflict {
		t.Errorf("the first before the second: %v", err)
	}
	if _, err := p.undo(two, second); err != nil {
		t.Fatal(err)
	}
	p.want("SELECT name FROM $t WHERE id = 7", "one")
	if _, err := p.undo(one, first); err != nil {
		t.Fatal(err)
	}
	p.want("SELECT * FROM $t", beforeRun...)
}

// TestUndoneRunsAreNotRemembered: state that is rebuilt from the log must not go on after rows that were taken back.
func TestUndoneRunsAreNotRemembered(t *testing.T) {
	p := newUndoPlace(t)
	load := func(mark string) (destinations.Plan, []destinations.Change) {
		var changes []destinations.Change
		plan := p.journaled(destinations.ModeMerge, &changes)
		d, err := databricks.New(p.cfg, p.env())
		if err != nil {
			t.Fatal(err)
		}
		s, err := d.Open(context.Background(), plan)
		if err != nil {
			t.Fatal(err)
		}
		b := p.batch(people(), [][]any{{"7", mark, "7"}})
		defer b.Release()
		if err := s.Write(context.Background(), b); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Commit(context.Background(), destinations.Commit{Watermark: mark}); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		return plan, changes
	}
	load("mark-1")
	plan, changes := load("mark-2")
	if _, err := p.undo(plan, changes); err != nil {
		t.Fatal(err)
	}
	d, err := databricks.New(p.cfg, p.env())
	if err != nil {
		t.Fatal(err)
	}
	if r, err := d.Remembered(context.Background(), plan.Sync); err != nil || r == nil || r.Watermark != "mark-1" {
		t.Errorf("remembered %+v, %v", r, err)
	}
}

// TestUndoOfATrackedMirrorForgetsItsKeys: the next run takes a baseline, and deletes nothing.
func TestUndoOfATrackedMirrorForgetsItsKeys(t *testing.T) {
	p := newUndoPlace(t)
	mirror := func(rows ...[]any) (destinations.Plan, []destinations.Change, destinations.Result) {
		var changes []destinations.Change
		plan := p.journaled(destinations.ModeMirror, &changes)
		plan.Mirror.Tracked = true
		r, _ := p.run(plan, rows)
		return plan, changes, r
	}
	mirror([]any{"1", "a", "1"}, []any{"2", "b", "2"})
	plan, changes, _ := mirror([]any{"1", "a", "1"})
	p.want("SELECT id FROM $t", "1", "3")
	u, err := p.undo(plan, changes)
	if err != nil || len(u.Notes) != 1 || !strings.Contains(u.Notes[0], "__drt_keys_people_") {
		t.Fatalf("%+v, %v", u, err)
	}
	p.want("SELECT id FROM $t", "1", "2", "3")
	_, _, r := mirror([]any{"1", "a", "1"})
	if r.Deleted == nil || *r.Deleted != 0 {
		t.Errorf("the run after it deleted %v rows", r.Deleted)
	}
	p.want("SELECT id FROM $t", "1", "2", "3")
}

// TestUndoSettlesALostReply: the RESTORE happened, or did not, and its reply was lost.
func TestUndoSettlesALostReply(t *testing.T) {
	for name, after := range map[string]bool{"it happened": true, "it did not": false} {
		t.Run(name, func(t *testing.T) {
			p := newUndoPlace(t)
			var changes []destinations.Change
			plan := p.journaled(destinations.ModeMerge, &changes)
			p.run(plan, [][]any{{"2", "new", "9.5"}})
			if _, err := p.srv.Faults.Add(wire.Fault{Match: "^RESTORE TABLE .main.*" + p.schema, Do: wire.Drop, After: after}); err != nil {
				t.Fatal(err)
			}
			_, err := p.undo(plan, changes)
			p.srv.Faults.Clear()
			if after && err != nil || !after && connector.KindOf(err) != connector.KindUnknown {
				t.Errorf("%v", err)
			}
			if _, err := p.undo(plan, changes); err != nil {
				t.Errorf("the same again: %v", err)
			}
			p.want("SELECT * FROM $t", beforeRun...)
		})
	}
}

// TestUndoGivesBackWhatItShouldNotHaveTaken: somebody writes between the look at the history and the RESTORE.
func TestUndoGivesBackWhatItShouldNotHaveTaken(t *testing.T) {
	p := newUndoPlace(t)
	var changes []destinations.Change
	plan := p.journaled(destinations.ModeMerge, &changes)
	p.run(plan, [][]any{{"2", "new", "9.5"}})
	d, err := databricks.New(p.cfg, p.env())
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Undo(context.Background(), destinations.UndoRun{Sync: plan.Sync, SyncRunID: plan.SyncRunID, Changes: changes,
		Announce: func(context.Context, destinations.Change) error {
			p.exec("INSERT INTO $t VALUES (8, 'theirs', 8)")
			return nil
		}})
	if connector.KindOf(err) != connector.KindConflict || !strings.Contains(err.Error(), "somebody else wrote meanwhile, version 4") {
		t.Errorf("%v", err)
	}
	p.want("SELECT id, name FROM $t", "1|old", "2|new", "3|oldest", "8|theirs")
}
