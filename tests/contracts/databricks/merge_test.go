package databricks_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/DATA-DOG/go-sqlmock"
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
)

func TestSeed7_MergeInOrder(t *testing.T) {
	var journal []destinations.Change
	f := newFixture(t, destinations.ModeMerge, func(_ *databricks.Config, p *destinations.Plan) {
		p.Announce = func(_ context.Context, c destinations.Change) error {
			journal = append(journal, c)
			return nil
		}
	})
	f.scores()
	f.createScratch()
	f.stage(`[["1","0.5"],["2",null],["3","1.5"]]`, 3)
	f.history(6, "01890a5d-0000-7000-8000-000000000001")
	f.merge(1, 1)
	f.end()

	f.open()
	f.mustWrite([]any{"1", "0.5"}, []any{"2", nil})
	f.mustWrite([]any{"3", "1.5"})
	r := f.mustCommit()
	f.close()
	if diff := cmp.Diff([]any{int64(3), int64(1), int64(1), int64(0), int64(1), int64(0)}, shown(r)); diff != "" {
		t.Errorf("staged, inserted, updated, deleted, unchanged, duplicates (-want +got):\n%s", diff)
	}
	if f.statements.Load() != 6 {
		t.Errorf("a small merge takes 6 statements, this one took %d", f.statements.Load())
	}
	want := []destinations.Change{{
		Kind: "MERGE", Target: "main.default.user_scores", Version: destinations.Count(6), Staged: 3, Signature: signature,
		LastRun: "01890a5d-0000-7000-8000-000000000001", Scratch: strings.ReplaceAll(scratch, "`", ""),
	}}
	if diff := cmp.Diff(want, journal); diff != "" {
		t.Errorf("the journal (-want +got):\n%s", diff)
	}
}

// A statement counts the keys where only the warehouse knows which are equal, and the rows where it did not say how many
// it staged.
func TestWhatIsCountedByAStatement(t *testing.T) {
	t.Run("keys that can be written in two ways", func(t *testing.T) {
		f := newFixture(t, destinations.ModeMerge, func(_ *databricks.Config, p *destinations.Plan) {
			p.Schema = fields("user_id", arrow.PrimitiveTypes.Float64, "score", arrow.PrimitiveTypes.Float64)
		})
		f.columns("user_id double", "score double")
		f.createScratch("`c0` DOUBLE", "`c1` DOUBLE")
		f.ExpectQuery(strings.Replace(stageScores, "AS BIGINT), CAST(r[1]", "AS DOUBLE), CAST(r[1]", 1)).WithArgs(`[["1","0.5"]]`).WillReturnRows(affected(1))
		f.count(1, 1, 0)
		f.merge(0, 1)
		f.end()
		f.open()
		f.mustWrite([]any{"1", "0.5"})
		f.mustCommit()
		f.close()
	})
	t.Run("rows that nobody counted", func(t *testing.T) {
		f := newFixture(t, destinations.ModeMerge)
		f.scores()
		f.createScratch()
		f.ExpectQuery(stageScores).WithArgs(`[["1","0.5"],["2","1"]]`).WillReturnRows(sqlmock.NewRows(nil))
		f.count(1, 1, 0)
		f.end()
		f.open()
		f.mustWrite([]any{"1", "0.5"}, []any{"2", "1"})
		_, err := f.commit()
		contains(t, "error", f.kind(err, connector.KindPermanent).Message, "scratch holds 1 rows, 2 were sent")
		f.close()
	})
}

func TestSeed8_MergeNeedsAKey(t *testing.T) {
	cfg := databricks.Defaults()
	cfg.Catalog, cfg.Schema, cfg.Table, cfg.Mode = "main", "default", "t", "merge"
	_, err := databricks.New(cfg, connector.Env{})
	if err == nil || err.Error() != "upsert_key is required" {
		t.Errorf("merge without a key: %v", err)
	}

	f := newFixture(t, destinations.ModeMerge, func(c *databricks.Config, _ *destinations.Plan) { c.UpsertKey = nil })
	_, err = f.dest.Open(t.Context(), f.plan)
	f.kind(err, connector.KindConfig)
	contains(t, "error", err.Error(), "upsert_key is required")
	f.done() // before any statement
}

func TestSeed8_CompositeKeyAndNothingButKeys(t *testing.T) {
	f := newFixture(t, destinations.ModeMerge, func(c *databricks.Config, p *destinations.Plan) {
		c.UpsertKey = []string{"tenant", "user_id"}
		p.Schema = fields("user_id", arrow.PrimitiveTypes.Int64, "tenant", arrow.BinaryTypes.String)
	})
	f.columns("user_id bigint", "tenant string")
	f.createScratch("`c0` BIGINT", "`c1` STRING")
	f.ExpectQuery("INSERT INTO " + scratch + " (`_drt_row`, `c0`, `c1`) SELECT CAST(0 AS BIGINT) + pos, CAST(r[0] AS BIGINT), r[1] " + document).
		WithArgs(`[["1","eu"]]`).WillReturnRows(affected(1))
	f.ExpectQuery("MERGE INTO "+target+" target USING ( SELECT *, ? AS `_drt` FROM "+scratch+" WHERE `_drt_row` IS NOT NULL ) source "+
		"ON target.`user_id` = source.`c0` AND target.`tenant` = source.`c1` "+
		"WHEN NOT MATCHED AND source.`_drt` = ? THEN INSERT (`user_id`, `tenant`) VALUES (source.`c0`, source.`c1`)").
		WithArgs(signature, signature).WillReturnRows(merged(0, 0, 0))
	f.end()
	f.open()
	f.mustWrite([]any{"1", "eu"})
	r := f.mustCommit()
	f.close()
	if got := show(r.Unchanged)[0]; got != int64(1) {
		t.Errorf("unchanged: %v, want 1", got)
	}
}

// A row that cannot be staged is returned, the others are merged.
func TestSeed9_RowThatCannotBeStaged(t *testing.T) {
	f := newFixture(t, destinations.ModeMerge, func(_ *databricks.Config, p *destinations.Plan) {
		p.SkipErrors = true
		p.Schema = fields("user_id", arrow.PrimitiveTypes.Int64, "score", arrow.BinaryTypes.String)
	})
	f.scores()
	f.createScratch()
	f.stage(`[["1","0.5"],["3","2"]]`, 2)
	f.merge(0, 2)
	f.end()
	f.open()
	got := f.rejects(f.write([]any{"1", "0.5"}, []any{"2", "much"}, []any{"3", "2"}))
	if len(got) != 1 || got[0].Row != 1 || got[0].Column != "score" || got[0].Key != "user_id=***" {
		t.Errorf("rejects: %+v", got)
	}
	if strings.Contains(fmt.Sprintf("%+v", got), "much") {
		t.Errorf("a reject shows the value: %+v", got)
	}
	f.mustCommit()
	f.close()
}

// Staging fails as a whole: no MERGE, scratch dropped, connection closed.
func TestSeed9_StagingFails(t *testing.T) {
	f := newFixture(t, destinations.ModeMerge)
	f.scores()
	f.createScratch()
	f.ExpectQuery(stageScores).WithArgs(`[["1","0.5"]]`).
		WillReturnError(server("CAST_INVALID_INPUT", `The value 'secret-value' of the type "STRING" cannot be cast to "BIGINT".`, "22018"))
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	_, err := f.commit()
	e := f.kind(err, connector.KindRejected)
	if strings.Contains(fmt.Sprintf("%v %+v", err, e), "secret-value") {
		t.Errorf("the error shows a value: %v", err)
	}
	contains(t, "statement of the error", e.SQL, "from_json(?")
	f.close()
}

// W3: the last in source order wins, and is counted.
func TestW3_DuplicateKeys(t *testing.T) {
	f := newFixture(t, destinations.ModeMerge)
	f.scores()
	f.createScratch()
	f.stage(`[["1","0.5"],["1","0.75"],["1","1"]]`, 3)
	f.ExpectQuery(strings.Replace(mergeScores, "IS NOT NULL ) source", "IS NOT NULL"+dedupe+" ) source", 1)).
		WithArgs(signature, signature, signature).WillReturnRows(merged(0, 0, 1))
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5"}, []any{"1", "0.75"})
	f.mustWrite([]any{"1", "1"})
	if r := f.mustCommit(); *r.Duplicates != 2 || *r.Unchanged != 0 {
		t.Errorf("duplicates %v, unchanged %v", *r.Duplicates, *r.Unchanged)
	}
	f.close()
}

func TestW3_DuplicateKeysFail(t *testing.T) {
	f := newFixture(t, destinations.ModeMerge, func(_ *databricks.Config, p *destinations.Plan) { p.Duplicates = destinations.DuplicateFail })
	f.scores()
	f.createScratch()
	f.stage(`[["1","0.5"],["1","0.75"]]`, 2)
	f.ExpectQuery("SELECT CAST(`c0` AS STRING) AS `key_c0`, count(*) AS n FROM " + scratch + " WHERE `_drt_row` IS NOT NULL " +
		"GROUP BY `c0` HAVING count(*) > 1 ORDER BY `c0` LIMIT 10").
		WillReturnRows(sqlmock.NewRows([]string{"c0", "n"}).AddRow("1", 2))
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5"}, []any{"1", "0.75"})
	_, err := f.commit()
	f.kind(err, connector.KindRejected)
	contains(t, "error", err.Error(), "1 rows repeat a key", "keys: 1")
	f.close()
}

func TestW4_NullInAKey(t *testing.T) {
	f := newFixture(t, destinations.ModeMerge, func(c *databricks.Config, p *destinations.Plan) {
		c.UpsertKey = []string{"tenant", "user_id"}
		p.Schema = fields("tenant", arrow.BinaryTypes.String, "user_id", arrow.PrimitiveTypes.Int64)
	})
	f.columns("tenant string", "user_id bigint")
	f.ExpectClose()
	f.open()
	got := f.rejects(f.write([]any{"eu", nil}, []any{nil, "7"}))
	want := []destinations.Reject{
		{Row: 0, Column: "user_id", Reason: "NULL in a key column", Key: "tenant=e***, user_id=NULL"},
		{Row: 1, Column: "tenant", Reason: "NULL in a key column", Key: "tenant=NULL, user_id=***"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rejects (-want +got):\n%s", diff)
	}
	f.mustCommit() // W27: nothing was accepted, nothing is sent
	f.close()
}

func TestW5_KeyColumnInAnotherCase(t *testing.T) {
	f := newFixture(t, destinations.ModeMerge, func(c *databricks.Config, p *destinations.Plan) {
		c.UpsertKey = []string{"USER_ID"}
		p.Schema = fields("User_Id", arrow.PrimitiveTypes.Int64, "SCORE", arrow.PrimitiveTypes.Float64)
	})
	f.scores()
	f.createScratch()
	f.stage(`[["1","0.5"]]`, 1)
	f.merge(0, 1)
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	f.mustCommit()
	f.close()
}

func TestW5_KeyColumnMissingFromTheModel(t *testing.T) {
	f := newFixture(t, destinations.ModeMirror, func(c *databricks.Config, _ *destinations.Plan) { c.UpsertKey = []string{"user_id", "tenant"} })
	f.columns("user_id bigint", "score double", "tenant string")
	f.ExpectClose()
	_, err := f.dest.Open(t.Context(), f.plan)
	f.kind(err, connector.KindConfig)
	contains(t, "error", err.Error(), "upsert_key tenant is no column of the model")
	f.done()
}

// W1: one connection, and statements that grow with the bytes, not with the batches.
func TestW1_StatementsDoNotGrowWithBatches(t *testing.T) {
	const rows, perBatch = 100_000, 100
	f := newFixtureMatching(t, beginnings, destinations.ModeMerge)
	f.scores()
	f.createScratch()
	// 100,000 rows of about 24 bytes are 2.4 MB: three chunks.
	for range 3 {
		f.ExpectQuery("INSERT INTO " + scratch).WillReturnRows(sqlmock.NewRows([]string{"other"}).AddRow(1))
	}
	f.count(rows, rows, 0)
	f.merge(0, rows)
	f.end()
	f.open()
	for i := 0; i < rows; i += perBatch {
		batch := make([][]any, perBatch)
		for j := range batch {
			batch[j] = []any{fmt.Sprint(i + j), fmt.Sprintf("%d.25", i+j)}
		}
		f.mustWrite(batch...)
	}
	f.mustCommit()
	f.close()
	if f.statements.Load() != 8 {
		t.Errorf("%d rows in batches of %d took %d statements, want 8", rows, perBatch, f.statements.Load())
	}
}
