package databricks_test

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/DATA-DOG/go-sqlmock"
	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
)

func TestSeed11_MirrorNeedsAKey(t *testing.T) {
	f := newFixture(t, destinations.ModeMirror, func(c *databricks.Config, _ *destinations.Plan) { c.UpsertKey = nil })
	_, err := f.dest.Open(t.Context(), f.plan)
	f.kind(err, connector.KindConfig)
	contains(t, "error", err.Error(), "mirror requires destination.upsert_key")
	f.done()
}

// Rows 12 and 13, and the forced merge path of row 11: `mode` of the config is insert here.
func TestSeed12_13_MirrorDeletesWhatWasNotObserved(t *testing.T) {
	f := newFixture(t, destinations.ModeMirror)
	f.scores()
	f.createScratch()
	f.stage(`[["1","0.5"],["2","1"],["1","2"]]`, 3)
	f.ExpectQuery(strings.Replace(mergeScores, "IS NOT NULL ) source", "IS NOT NULL"+dedupe+" ) source", 1)).
		WithArgs(signature, signature, signature).WillReturnRows(merged(1, 0, 1))
	f.ExpectQuery(deleteMissing).WithArgs(signature).WillReturnRows(sqlmock.NewRows([]string{"num_affected_rows"}).AddRow(4))
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5"}, []any{"2", "1"})
	f.mustWrite([]any{"1", "2"})
	if r := f.mustCommit(); *r.Deleted != 4 || *r.Inserted != 1 || *r.Updated != 1 {
		t.Errorf("%v", shown(r))
	}
	f.close()
}

// Row 12 for a composite key, and W6: one MERGE, so that nothing is ever half applied.
func TestW6_CompositeMirror(t *testing.T) {
	f := newFixture(t, destinations.ModeMirror, func(c *databricks.Config, p *destinations.Plan) {
		c.UpsertKey = []string{"tenant", "user_id"}
		p.Schema = fields("tenant", arrow.BinaryTypes.String, "user_id", arrow.PrimitiveTypes.Int64, "score", arrow.PrimitiveTypes.Float64)
	})
	f.columns("tenant string", "user_id bigint", "score double")
	f.createScratch("`c0` STRING", "`c1` BIGINT", "`c2` DOUBLE")
	f.ExpectQuery("INSERT INTO " + scratch + " (`_drt_row`, `c0`, `c1`, `c2`) SELECT CAST(0 AS BIGINT) + pos, r[0], CAST(r[1] AS BIGINT), CAST(r[2] AS DOUBLE) " + document).
		WithArgs(`[["eu","1","0.5"]]`).WillReturnRows(affected(1))
	f.ExpectQuery("MERGE INTO "+target+" target USING ( SELECT *, ? AS `_drt` FROM "+scratch+" ) source "+
		"ON target.`tenant` = source.`c0` AND target.`user_id` = source.`c1` "+
		"WHEN MATCHED AND source.`_drt_row` IS NOT NULL AND source.`_drt` = ? AND (target.`score` IS DISTINCT FROM source.`c2`) THEN UPDATE SET `score` = source.`c2` "+
		"WHEN NOT MATCHED AND source.`_drt_row` IS NOT NULL AND source.`_drt` = ? THEN INSERT (`tenant`, `user_id`, `score`) VALUES (source.`c0`, source.`c1`, source.`c2`) "+
		"WHEN NOT MATCHED BY SOURCE AND target.`tenant` IS NOT NULL AND target.`user_id` IS NOT NULL THEN DELETE").
		WithArgs(signature, signature, signature).WillReturnRows(merged(0, 3, 1))
	f.end()
	f.open()
	f.mustWrite([]any{"eu", "1", "0.5"})
	if r := f.mustCommit(); *r.Deleted != 3 {
		t.Errorf("deleted %d, want 3", *r.Deleted)
	}
	f.close()
}

// The DELETE fails after the MERGE: the error says what is done and what is not.
func TestMirrorDeleteFails(t *testing.T) {
	f := newFixture(t, destinations.ModeMirror)
	f.scores()
	f.createScratch()
	f.stage(`[["1","0.5"]]`, 1)
	f.merge(0, 1)
	f.ExpectQuery(deleteMissing).WithArgs(signature).WillReturnError(server("INSUFFICIENT_PERMISSIONS", "Insufficient privileges.", "42501"))
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	r, err := f.commit()
	f.kind(err, connector.KindAuth)
	contains(t, "error", err.Error(), "rows were merged, but what the source lacks is still there")
	if r.Inserted == nil || *r.Inserted != 1 {
		t.Errorf("the merge's counts are lost: %v", shown(r))
	}
	f.close()
}

// Row 14: no record, no DELETE. W9: nothing is deleted because a source was empty.
func TestSeed14_W9_EmptySourceDeletesNothing(t *testing.T) {
	f := newFixture(t, destinations.ModeMirror)
	f.scores()
	f.ExpectClose()
	f.open()
	r := f.mustCommit()
	f.close()
	if len(r.Warnings) != 1 || *r.Deleted != 0 {
		t.Errorf("warnings %q, deleted %v", r.Warnings, *r.Deleted)
	}
}

func TestW9_EmptySourceThatIsMeant(t *testing.T) {
	f := newFixture(t, destinations.ModeMirror, func(_ *databricks.Config, p *destinations.Plan) { p.AllowEmpty = true })
	f.scores()
	f.ExpectQuery("DELETE FROM " + target + " WHERE `user_id` IS NOT NULL AND coalesce(CAST(`user_id` AS STRING), '') <> ?").
		WithArgs(signature).WillReturnRows(sqlmock.NewRows([]string{"num_affected_rows"}).AddRow(7))
	f.ExpectClose()
	f.open()
	if r := f.mustCommit(); *r.Deleted != 7 {
		t.Errorf("deleted %d, want 7", *r.Deleted)
	}
	f.close()
}

func TestW9_EmptyReplace(t *testing.T) {
	f := newFixture(t, destinations.ModeReplace, func(_ *databricks.Config, p *destinations.Plan) { p.AllowEmpty = true })
	f.scores()
	f.ExpectQuery("INSERT OVERWRITE " + target + " (`user_id`, `score`) SELECT `user_id`, `score` FROM " + target + " WHERE 1 = 0").
		WillReturnRows(affected(0))
	f.ExpectClose()
	f.open()
	f.mustCommit()
	f.close()
}

// W7 and row 13: the key of a refused row is staged on its own, so the DELETE spares it.
func TestW7_RefusedRowIsObserved(t *testing.T) {
	f := newFixture(t, destinations.ModeMirror, func(_ *databricks.Config, p *destinations.Plan) {
		p.SkipErrors = true
		p.Schema = fields("user_id", arrow.PrimitiveTypes.Int64, "score", arrow.BinaryTypes.String)
	})
	f.scores()
	f.createScratch()
	f.stage(`[["1","0.5"]]`, 1)
	f.ExpectQuery("INSERT INTO " + scratch + " (`c0`) SELECT CAST(r[0] AS BIGINT) " + document).
		WithArgs(`[["2"]]`).WillReturnRows(affected(1))
	f.count(1, 1, 1)
	f.merge(0, 1)
	f.ExpectQuery(deleteMissing).WithArgs(signature).WillReturnRows(sqlmock.NewRows([]string{"num_affected_rows"}).AddRow(0))
	f.end()
	f.open()
	f.rejects(f.write([]any{"1", "0.5"}, []any{"2", "much"}))
	if r := f.mustCommit(); len(r.Warnings) != 0 {
		t.Errorf("warnings: %q", r.Warnings)
	}
	f.close()
}

// W7: a key that cannot be known means no deletes in this run, and the run says so.
func TestW7_UnknownKeyMeansNoDeletes(t *testing.T) {
	for name, c := range map[string]struct {
		rows       [][]any
		unobserved int64
	}{
		"null key":             {[][]any{{"1", "0.5"}, {nil, "1"}}, 0},
		"refused before Write": {[][]any{{"1", "0.5"}}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, destinations.ModeMirror, func(_ *databricks.Config, p *destinations.Plan) { p.SkipErrors = true })
			f.scores()
			f.createScratch()
			f.stage(`[["1","0.5"]]`, 1)
			f.merge(0, 1)
			f.end()
			f.open()
			if err := f.write(c.rows...); len(c.rows) > 1 {
				f.rejects(err)
			}
			r, err := f.session.Commit(context.Background(), destinations.Commit{Unobserved: c.unobserved})
			if err != nil {
				t.Fatal(err)
			}
			f.close()
			contains(t, "warnings", strings.Join(r.Warnings, "\n"), "nothing is deleted in this run")
		})
	}
}

// W8: without Commit nothing but scratch was touched, and that is gone.
func TestW8_InterruptedBeforeCommit(t *testing.T) {
	f := newFixtureMatching(t, beginnings, destinations.ModeMirror, func(_ *databricks.Config, p *destinations.Plan) {
		p.Schema = fields("user_id", arrow.PrimitiveTypes.Int64, "score", arrow.BinaryTypes.String)
	})
	f.columns("user_id bigint", "score string")
	f.createScratch("`c0` BIGINT", "`c1` STRING")
	f.ExpectQuery("INSERT INTO " + scratch).WillReturnRows(affected(1))
	f.end()
	f.open()
	for _, id := range []string{"1", "2"} {
		f.mustWrite([]any{id, strings.Repeat("x", 600_000)})
	}
	waitFor(t, func() bool { return f.statements.Load() >= 3 })
	f.close()
}

// A watermark travels with the data, in the signature that the table's log keeps.
func TestWatermarkIsSigned(t *testing.T) {
	f := newFixture(t, destinations.ModeMerge)
	f.scores()
	f.createScratch()
	f.stage(`[["1","0.5"]]`, 1)
	signed := `{"sync":"scores","run":"` + syncRun + `","watermark":"` + base64.RawURLEncoding.EncodeToString([]byte(`{"type":"int64","text":"17"}`)) + `"}`
	f.ExpectQuery(mergeScores).WithArgs(signed, signed, signed).WillReturnRows(merged(0, 0, 1))
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	if _, err := f.session.Commit(context.Background(), destinations.Commit{Watermark: `{"type":"int64","text":"17"}`}); err != nil {
		t.Fatal(err)
	}
	f.close()
}

func TestAtomicMirror(t *testing.T) {
	f := newFixture(t, destinations.ModeMirror, func(_ *databricks.Config, p *destinations.Plan) { p.Mirror.Atomic = true })
	f.scores()
	f.createScratch()
	f.stage(`[["1","0.5"]]`, 1)
	atomic := strings.Replace(mergeScores, " WHERE `_drt_row` IS NOT NULL ) source", " ) source", 1)
	atomic = strings.ReplaceAll(atomic, "AND source.`_drt` = ?", "AND source.`_drt_row` IS NOT NULL AND source.`_drt` = ?")
	f.ExpectQuery(atomic+" WHEN NOT MATCHED BY SOURCE AND target.`user_id` IS NOT NULL THEN DELETE").
		WithArgs(signature, signature, signature).WillReturnRows(merged(0, 2, 1))
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	if r := f.mustCommit(); *r.Deleted != 2 {
		t.Errorf("deleted %d, want 2", *r.Deleted)
	}
	f.close()
}
