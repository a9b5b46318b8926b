package databricks_test

import (
	"database/sql/driver"
	"strings"
	"testing"

	"github.com/DATA-DOG/go-sqlmock"
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
)

const insertScores = "INSERT INTO " + target + " (`user_id`, `score`) SELECT CAST(r[0] AS BIGINT), CAST(r[1] AS DOUBLE) " + document

// What fits into one statement goes straight into the target; nothing is dropped because nothing was made.
func TestSeed5_InsertInOneStatement(t *testing.T) {
	f := newFixture(t, destinations.ModeInsert)
	f.scores()
	f.ExpectQuery(insertScores).WithArgs(`[["1","0.5"],["1","0.5"],["2",null]]`).WillReturnRows(affected(3))
	f.ExpectClose()
	f.open()
	f.mustWrite([]any{"1", "0.5"}, []any{"1", "0.5"})
	f.mustWrite([]any{"2", nil})
	r := f.mustCommit()
	f.close()
	if diff := cmp.Diff([]any{int64(3), int64(3), int64(0), int64(0), int64(0), int64(0)}, shown(r)); diff != "" {
		t.Errorf("staged, inserted, updated, deleted, unchanged, duplicates (-want +got):\n%s", diff)
	}
	if f.statements.Load() != 2 {
		t.Errorf("%d statements, want 2", f.statements.Load())
	}
}

// What does not fit goes through scratch, so that all of it is seen at once.
func TestSeed5_InsertThroughScratch(t *testing.T) {
	f := newFixtureMatching(t, beginnings, destinations.ModeInsert, func(_ *databricks.Config, p *destinations.Plan) {
		p.Schema = fields("user_id", arrow.PrimitiveTypes.Int64, "score", arrow.BinaryTypes.String)
	})
	f.columns("user_id bigint", "score string")
	f.createScratch("`c0` BIGINT", "`c1` STRING")
	for range 2 {
		f.ExpectQuery("INSERT INTO " + scratch).WillReturnRows(sqlmock.NewRows([]string{"none"}))
	}
	f.ExpectQuery("SELECT count(`_drt_row`) AS staged FROM " + scratch).WillReturnRows(sqlmock.NewRows([]string{"staged"}).AddRow(3))
	f.ExpectQuery("INSERT INTO " + target + " (`user_id`, `score`) SELECT `c0`, `c1` FROM " + scratch + " WHERE `_drt_row` IS NOT NULL").
		WillReturnRows(affected(3))
	f.end()
	f.open()
	long := strings.Repeat("x", 400_000)
	f.mustWrite([]any{"1", long}, []any{nil, long}, []any{"3", long}) // an append takes a NULL in upsert_key
	r := f.mustCommit()
	f.close()
	if *r.Staged != 3 || *r.Inserted != 3 {
		t.Errorf("staged %d, inserted %d", *r.Staged, *r.Inserted)
	}
}

func TestSeed6_InsertSkipsABadRow(t *testing.T) {
	f := newFixture(t, destinations.ModeInsert, func(_ *databricks.Config, p *destinations.Plan) {
		p.SkipErrors = true
		p.Schema = fields("user_id", arrow.BinaryTypes.String, "score", arrow.PrimitiveTypes.Float64)
	})
	f.scores()
	f.ExpectQuery(insertScores).WithArgs(`[["1","0.5"],["3","1"]]`).WillReturnRows(affected(2))
	f.ExpectClose()
	f.open()
	got := f.rejects(f.write([]any{"1", "0.5"}, []any{"two", "1"}, []any{"3", "1"}))
	if len(got) != 1 || got[0].Row != 1 || got[0].Column != "user_id" || got[0].Reason == "" {
		t.Errorf("rejects: %+v", got)
	}
	f.mustCommit()
	f.close()
}

func TestSeed6_InsertFails(t *testing.T) {
	f := newFixture(t, destinations.ModeInsert)
	f.scores()
	f.ExpectQuery(insertScores).WithArgs(`[["1","0.5"]]`).
		WillReturnError(server("DELTA_VIOLATE_CONSTRAINT_WITH_VALUES", "CHECK constraint positive (score > 1) violated by row with values:\n - score : 0.5", "23001"))
	f.ExpectClose()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	_, err := f.commit()
	f.kind(err, connector.KindRejected)
	contains(t, "error", err.Error(), "CHECK constraint", "positive")
	if strings.Contains(err.Error(), "0.5") {
		t.Errorf("the error shows a value: %v", err)
	}
	f.close()
}

// The warehouse wrote fewer rows than were sent: that is never a success.
func TestInsertThatLosesRows(t *testing.T) {
	f := newFixture(t, destinations.ModeInsert)
	f.scores()
	f.ExpectQuery(insertScores).WithArgs(`[["1","0.5"],["2","1"]]`).WillReturnRows(affected(1))
	f.ExpectClose()
	f.open()
	f.mustWrite([]any{"1", "0.5"}, []any{"2", "1"})
	_, err := f.commit()
	contains(t, "error", err.Error(), "wrote 1 of 2 rows")
	f.close()
}

func TestReplaceIsOneCommit(t *testing.T) {
	f := newFixture(t, destinations.ModeReplace)
	f.scores()
	f.ExpectQuery("INSERT OVERWRITE" + strings.TrimPrefix(insertScores, "INSERT INTO")).WithArgs(`[["1","0.5"]]`).WillReturnRows(affected(1))
	f.ExpectClose()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	if r := f.mustCommit(); r.Deleted != nil {
		t.Errorf("an overwrite does not say how many rows it replaced, got %d", *r.Deleted)
	}
	f.close()
}

// The values loader binds every value on its own.
func TestValuesLoader(t *testing.T) {
	f := newFixture(t, destinations.ModeMerge, func(c *databricks.Config, _ *destinations.Plan) { c.Staging.Loader = "values" })
	f.scores()
	f.createScratch()
	f.ExpectQuery("INSERT INTO "+scratch+" (`_drt_row`, `c0`, `c1`) SELECT CAST(v.n AS BIGINT), CAST(v.v0 AS BIGINT), CAST(v.v1 AS DOUBLE) "+
		"FROM (VALUES (0, CAST(? AS STRING), CAST(? AS STRING)), (1, CAST(? AS STRING), CAST(? AS STRING)) ) AS v (n, v0, v1)").
		WithArgs("1", "0.5", "2", nil).WillReturnRows(affected(2))
	f.merge(0, 2)
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5"}, []any{"2", nil})
	f.mustCommit()
	f.close()
}

// W2: never more than 255 markers; a wide row goes another way.
func TestW2_Markers(t *testing.T) {
	for _, c := range []struct {
		columns, rows int
		loader        string
		markers       []int // of each statement; nil: refused
	}{
		{255, 2, "values", []int{255, 255}},
		{85, 4, "values", []int{255, 85}},
		{256, 1, "values", nil},
		{257, 1, "values", nil},
		{300, 2, "auto", []int{1}},
	} {
		f := newFixtureMatching(t, beginnings, destinations.ModeInsert, func(cfg *databricks.Config, p *destinations.Plan) {
			var fs []arrow.Field
			for i := range c.columns {
				fs = append(fs, arrow.Field{Name: name(i), Type: arrow.PrimitiveTypes.Int64, Nullable: true})
			}
			p.Schema, cfg.Staging.Loader, cfg.UpsertKey = arrow.NewSchema(fs, nil), c.loader, nil
		})
		var defs []string
		for i := range c.columns {
			defs = append(defs, name(i)+" bigint")
		}
		f.columns(defs...)
		if c.markers == nil {
			f.ExpectClose()
			_, err := f.dest.Open(t.Context(), f.plan)
			f.kind(err, connector.KindConfig)
			contains(t, "error", err.Error(), "at most 255 columns")
			f.done()
			continue
		}
		into := target
		if len(c.markers) > 1 {
			into = scratch
			f.ExpectExec("CREATE TABLE").WillReturnResult(driver.ResultNoRows)
		}
		for _, n := range c.markers {
			any := make([]driver.Value, n)
			for i := range any {
				any[i] = sqlmock.AnyArg()
			}
			f.ExpectQuery("INSERT INTO " + into).WithArgs(any...).WillReturnRows(sqlmock.NewRows([]string{"none"}))
		}
		if len(c.markers) > 1 {
			f.ExpectQuery("SELECT count").WillReturnRows(sqlmock.NewRows([]string{"n"}).AddRow(c.rows))
			f.ExpectQuery("INSERT INTO " + target).WillReturnRows(affected(c.rows))
			f.drop(scratch)
		}
		f.ExpectClose()
		f.open()
		row := make([]any, c.columns)
		for i := range row {
			row[i] = "7"
		}
		for range c.rows {
			f.mustWrite(row)
		}
		f.mustCommit()
		f.close()
	}
}

func name(i int) string {
	return "col" + strings.Repeat("x", i%3) + string(rune('a'+i%26)) + strings.Repeat("y", i/26)
}

// W14: a value that no statement can carry is a row error that names the column.
func TestW14_RowTooLong(t *testing.T) {
	f := newFixture(t, destinations.ModeInsert, func(_ *databricks.Config, p *destinations.Plan) {
		p.Schema = fields("user_id", arrow.PrimitiveTypes.Int64, "score", arrow.BinaryTypes.String)
	})
	f.columns("user_id bigint", "score string")
	f.ExpectClose()
	f.open()
	got := f.rejects(f.write([]any{"1", strings.Repeat("x", 1<<20)}))
	if len(got) != 1 || got[0].Column != "score" {
		t.Errorf("rejects: %+v", got)
	}
	contains(t, "reason", got[0].Reason, "too long")
	f.close()
}
