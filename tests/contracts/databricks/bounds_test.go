package databricks_test

import (
	"database/sql/driver"
	"strings"
	"testing"
	"time"

	"github.com/DATA-DOG/go-sqlmock"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
)

// The texts of these statements are golden files of the destination; here is their order, and what they carry.

var started = time.Date(2026, 11, 21, 12, 0, 0, 1000, time.UTC)

const stamped = "2026-11-21T12:00:00.000001Z"

// counted expects the statement that counts, and answers it.
func (f *fixture) counted(columns string, values ...driver.Value) {
	f.ExpectQuery("SELECT " + columns + " FROM (").WillReturnRows(sqlmock.NewRows(strings.Split(columns, ", ")).AddRow(values...))
}

// staged expects the scratch table of the example with rows in it.
func (f *fixture) staged(rows int) {
	f.ExpectExec("CREATE TABLE " + scratch).WillReturnResult(driver.ResultNoRows)
	f.ExpectQuery("INSERT INTO " + scratch).WillReturnRows(affected(rows))
}

func mirrored(t *testing.T, change func(*databricks.Config, *destinations.Plan)) *fixture {
	t.Helper()
	return newFixtureMatching(t, beginnings, destinations.ModeMirror, func(c *databricks.Config, p *destinations.Plan) {
		p.Started = started
		change(c, p)
	})
}

// Upsert and bounded delete are one MERGE: nothing is ever half applied.
func TestMirrorWithinBounds(t *testing.T) {
	for name, c := range map[string]struct {
		mirror  destinations.Mirror
		count   string
		answer  []driver.Value
		columns []string
		args    []driver.Value
		merged  *sqlmock.Rows
		want    []any
	}{
		"scope": {
			destinations.Mirror{Scope: []string{"SCORE"}}, "staged, different, key_only, gone", []driver.Value{1, 1, 0, 2},
			[]string{"user_id bigint", "score double"}, []driver.Value{signature, signature, signature, signature},
			merged(0, 2, 1), []any{int64(1), int64(1), int64(0), int64(2), int64(0), int64(0)},
		},
		"where": {
			destinations.Mirror{Where: "score > 0"}, "staged, different, key_only, outside, gone", []driver.Value{1, 1, 0, 0, 1},
			[]string{"user_id bigint", "score double"}, []driver.Value{signature, signature, signature, signature},
			merged(1, 1, 0), []any{int64(1), int64(0), int64(1), int64(1), int64(0), int64(0)},
		},
		"soft": { // a mark is an update to the warehouse, and a delete to people
			destinations.Mirror{Soft: "gone_at"}, "staged, different, key_only, gone", []driver.Value{1, 1, 0, 3},
			[]string{"user_id bigint", "score double", "gone_at timestamp"}, []driver.Value{signature, signature, stamped, signature, signature},
			merged(4, 0, 0), []any{int64(1), int64(0), int64(1), int64(3), int64(0), int64(0)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := mirrored(t, func(_ *databricks.Config, p *destinations.Plan) { p.Mirror = c.mirror })
			f.columns(c.columns...)
			f.staged(1)
			f.counted(c.count, c.answer...)
			f.ExpectQuery("MERGE INTO " + target).WithArgs(c.args...).WillReturnRows(c.merged)
			f.end()
			f.open()
			f.mustWrite([]any{"1", "0.5"})
			got := shown(f.mustCommit())
			f.close()
			for i := range got {
				if got[i] != c.want[i] {
					t.Fatalf("staged, inserted, updated, deleted, unchanged, duplicates: %v, want %v", got, c.want)
				}
			}
		})
	}
}

// Nothing to delete was counted: the MERGE is the plain one.
func TestMirrorWithNothingToDelete(t *testing.T) {
	f := mirrored(t, func(_ *databricks.Config, p *destinations.Plan) { p.Mirror.Scope = []string{"score"} })
	f.scores()
	f.staged(1)
	f.counted("staged, different, key_only, gone", 1, 1, 0, 0)
	f.ExpectQuery("MERGE INTO "+target).WithArgs(signature, signature, signature).WillReturnRows(merged(0, 0, 1))
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	f.mustCommit()
	f.close()
}

// Rows of the model outside the predicate stop the run before the target changes.
func TestMirrorWhereHoldsForTheModelToo(t *testing.T) {
	f := mirrored(t, func(_ *databricks.Config, p *destinations.Plan) { p.Mirror.Where = "score > 0" })
	f.scores()
	f.staged(2)
	f.counted("staged, different, key_only, outside, gone", 2, 2, 0, 1, 5)
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5"}, []any{"2", "-1"})
	_, err := f.commit()
	e := f.kind(err, connector.KindRejected)
	contains(t, "error", e.Message, "1 of 2 rows do not match mirror.where", "the target is as before")
	f.close()
}

func TestPredicateIsReadBeforeAnything(t *testing.T) {
	f := mirrored(t, func(_ *databricks.Config, p *destinations.Plan) { p.Mirror.Where = "score > 0) OR (true" })
	f.ExpectClose()
	_, err := f.dest.Open(t.Context(), f.plan)
	f.kind(err, connector.KindConfig)
	contains(t, "error", err.Error(), "mirror.where")
	f.done()
}

func TestScopeAndSoftColumnsAreChecked(t *testing.T) {
	f := mirrored(t, func(_ *databricks.Config, p *destinations.Plan) {
		p.Mirror.Scope, p.Mirror.Soft = []string{"region"}, "score"
	})
	f.scores()
	e := f.refused(connector.KindConfig)
	contains(t, "message", e.Message, "mirror.scope region is no column of the model", "column score of mirror.deletes is a column of the model too")

	f = mirrored(t, func(_ *databricks.Config, p *destinations.Plan) { p.Mirror.Soft = "gone" })
	f.columns("user_id bigint", "score double", "gone boolean")
	e = f.refused(connector.KindConfig)
	contains(t, "message", e.Message, "column gone of mirror.deletes is of type BOOLEAN")

	f = mirrored(t, func(_ *databricks.Config, p *destinations.Plan) { p.Mirror.Soft = "gone_at" })
	f.scores()
	e = f.refused(connector.KindConfig)
	contains(t, "hint", e.Hint, "ADD COLUMNS (`gone_at` TIMESTAMP)")
}

const sentTable = "`main`.`default`.`__drt_keys_user_scores_"

func (f *fixture) findSent(names ...string) {
	rows := sqlmock.NewRows([]string{"database", "tableName", "isTemporary"})
	for _, n := range names {
		rows.AddRow("default", n, false)
	}
	f.ExpectQuery("SHOW TABLES IN `main`.`default` LIKE '__drt_keys_user_scores_").WillReturnRows(rows)
}

func tracked(t *testing.T) *fixture {
	return mirrored(t, func(_ *databricks.Config, p *destinations.Plan) { p.Mirror.Tracked = true })
}

// The first run, and one after the keys were lost: nothing is deleted, the keys of the run are the baseline.
func TestTrackedBaseline(t *testing.T) {
	f := tracked(t)
	f.scores()
	f.findSent("__drt_keys_user_scores_of_another_sync")
	f.staged(1)
	f.ExpectQuery("MERGE INTO "+target).WithArgs(signature, signature, signature).WillReturnRows(merged(0, 0, 1))
	f.ExpectQuery("CREATE OR REPLACE TABLE " + sentTable).WillReturnRows(affected(1))
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	r := f.mustCommit()
	f.close()
	contains(t, "notes", strings.Join(r.Notes, "\n"), "baseline")
}

// sent is the name of the table for the example, as the destination prints it.
const sent = "__drt_keys_user_scores_55099b030bbeb1f2"

// The order that can only delete too little: mark, MERGE, remember.
func TestTrackedOrder(t *testing.T) {
	f := tracked(t)
	f.scores()
	f.findSent(sent)
	f.staged(1)
	f.counted("staged, different, key_only, gone", 1, 1, 0, 2)
	f.ExpectQuery("MERGE INTO " + sentTable).WithArgs(syncRun).WillReturnRows(merged(2, 0, 0))
	f.ExpectQuery("MERGE INTO "+target).WithArgs(signature, syncRun, signature, signature, signature).WillReturnRows(merged(0, 2, 1))
	f.ExpectQuery("MERGE INTO " + sentTable).WillReturnRows(merged(0, 2, 1))
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	if r := f.mustCommit(); *r.Deleted != 2 {
		t.Errorf("deleted %d, want 2", *r.Deleted)
	}
	f.close()
}

// The MERGE fails: what is certain not to have happened is taken back; what is not certain stays marked.
func TestTrackedMergeFails(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		unmark bool
	}{
		"refused":    {server("INSUFFICIENT_PERMISSIONS", "Insufficient privileges.", "42501"), true},
		"reply lost": {server("", "", ""), false},
	} {
		t.Run(name, func(t *testing.T) {
			f := tracked(t)
			f.scores()
			f.findSent(sent)
			f.staged(1)
			f.counted("staged, different, key_only, gone", 1, 1, 0, 2)
			f.ExpectQuery("MERGE INTO " + sentTable).WillReturnRows(merged(2, 0, 0))
			err := c.err
			if !c.unmark {
				err = driver.ErrBadConn
			}
			f.ExpectQuery("MERGE INTO " + target).WillReturnError(err)
			if c.unmark {
				f.ExpectQuery("UPDATE " + sentTable).WithArgs(syncRun).WillReturnRows(affected(2))
				f.end()
			}
			f.open()
			f.mustWrite([]any{"1", "0.5"})
			if _, err := f.commit(); err == nil {
				t.Fatal("green")
			}
			_ = f.session.Close()
			f.done()
		})
	}
}

// The target has changed, the keys could not be kept: the run is good, and says so.
func TestTrackedKeysAreNotKept(t *testing.T) {
	f := tracked(t)
	f.scores()
	f.findSent(sent)
	f.staged(1)
	f.counted("staged, different, key_only, gone", 1, 1, 0, 0)
	f.ExpectQuery("MERGE INTO " + target).WillReturnRows(merged(0, 0, 1))
	f.ExpectQuery("MERGE INTO " + sentTable).WillReturnError(server("INSUFFICIENT_PERMISSIONS", "Insufficient privileges.", "42501"))
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	r := f.mustCommit()
	f.close()
	contains(t, "warnings", strings.Join(r.Warnings, "\n"), "could not be kept")
}

// W7: a refused row's key that is not known: nothing is deleted, nothing is marked.
func TestW7_TrackedWithUnknownKeys(t *testing.T) {
	f := tracked(t)
	f.scores()
	f.findSent(sent)
	f.staged(1)
	f.ExpectQuery("MERGE INTO "+target).WithArgs(signature, signature, signature).WillReturnRows(merged(0, 0, 1))
	f.ExpectQuery("MERGE INTO " + sentTable).WillReturnRows(merged(0, 0, 1))
	f.end()
	f.open()
	f.rejects(f.write([]any{"1", "0.5"}, []any{nil, "1"}))
	f.mustCommit()
	f.close()
}

// W9 with bounds: an empty source that is meant takes away what lies within them.
func TestW9_EmptySourceWithinBounds(t *testing.T) {
	f := mirrored(t, func(_ *databricks.Config, p *destinations.Plan) {
		p.AllowEmpty, p.Mirror.Soft, p.Mirror.Where = true, "gone_at", "score > 0"
	})
	f.columns("user_id bigint", "score double", "gone_at timestamp")
	f.ExpectQuery("SELECT count(*) AS gone FROM " + target + " target WHERE target.`user_id` IS NOT NULL AND target.`gone_at` IS NULL AND (score > 0)").
		WillReturnRows(sqlmock.NewRows([]string{"gone"}).AddRow(4))
	f.ExpectQuery("MERGE INTO "+target).WithArgs(signature, signature, stamped).WillReturnRows(merged(4, 0, 0))
	f.ExpectClose()
	f.open()
	if r := f.mustCommit(); *r.Deleted != 4 {
		t.Errorf("deleted %d, want 4", *r.Deleted)
	}
	f.close()
}

func TestReplaceWhere(t *testing.T) {
	f := newFixtureMatching(t, beginnings, destinations.ModeInsert, func(_ *databricks.Config, p *destinations.Plan) { p.InsertWhere = "score > 0 -- all of today" })
	f.scores()
	f.staged(1)
	f.counted("staged, outside", 1, 0)
	f.ExpectQuery("INSERT INTO " + target + " BY NAME REPLACE WHERE (score > 0) SELECT `c0` AS `user_id`, `c1` AS `score` FROM " + scratch).WillReturnRows(affected(1))
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	f.mustCommit()
	f.close()

	f = newFixtureMatching(t, beginnings, destinations.ModeInsert, func(_ *databricks.Config, p *destinations.Plan) { p.InsertWhere = "day = 'x'" })
	f.scores()
	f.staged(1)
	f.ExpectQuery("SELECT staged, outside").WillReturnError(server("UNRESOLVED_COLUMN.WITH_SUGGESTION", "A column `day` cannot be resolved.", "42703"))
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	_, err := f.commit()
	e := f.kind(err, connector.KindNotFound)
	contains(t, "hint", e.Hint, "replace_where")
	f.close()
}
