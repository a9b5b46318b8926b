package databricks_test

import (
	"database/sql/driver"
	"strings"
	"testing"

	"github.com/DATA-DOG/go-sqlmock"
	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
)

func guards(set func(*destinations.Guards)) destinations.Guards {
	g := destinations.NoGuards()
	set(&g)
	return g
}

// W26: what would be deleted is counted with what was staged; nothing is sent to the target, ten keys are named.
func TestW26_GuardStopsBeforeTheMerge(t *testing.T) {
	f := mirrored(t, func(_ *databricks.Config, p *destinations.Plan) {
		p.Guards = guards(func(g *destinations.Guards) { g.MaxDeletePct = 20 })
	})
	f.scores()
	f.staged(1)
	f.counted("staged, different, key_only, total, gone", 1, 1, 0, 100, 21)
	f.ExpectQuery("SELECT CAST(target.`user_id` AS STRING) AS `c0` FROM " + target + " target WHERE").
		WillReturnRows(sqlmock.NewRows([]string{"user_id"}).AddRow("7").AddRow("8"))
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	_, err := f.commit()
	e := f.kind(err, connector.KindPermanent)
	contains(t, "message", e.Message, "would delete 21 of 100 rows of main.default.user_scores", "max_delete_pct: 20", "the target is as before", "keys: 7; 8; ...")
	contains(t, "hint", e.Hint, "drt run scores --allow-deletes 21")
	f.close()
}

// Below the limit, or allowed for once, the run goes on; percentages bite from 100 rows on.
func TestW26_GuardLetsPass(t *testing.T) {
	for name, c := range map[string]struct {
		guards      destinations.Guards
		total, gone int
	}{
		"within":        {guards(func(g *destinations.Guards) { g.MaxDeletePct = 20 }), 100, 20},
		"a small table": {guards(func(g *destinations.Guards) { g.MaxDeletePct = 20 }), 99, 99},
		"allowed once":  {guards(func(g *destinations.Guards) { g.MaxDeletePct, g.MaxDeletes, g.AllowDeletes = 20, 3, 80 }), 100, 80},
	} {
		t.Run(name, func(t *testing.T) {
			f := mirrored(t, func(_ *databricks.Config, p *destinations.Plan) { p.Guards = c.guards })
			f.scores()
			f.staged(1)
			f.counted("staged, different, key_only, total, gone", 1, 1, 0, c.total, c.gone)
			f.ExpectQuery("MERGE INTO " + target).WillReturnRows(merged(0, 0, 1))
			f.ExpectQuery("DELETE FROM " + target).WillReturnRows(affected(c.gone))
			f.end()
			f.open()
			f.mustWrite([]any{"1", "0.5"})
			f.mustCommit()
			f.close()
		})
	}
}

// A replace counts the rows by which the table would shrink, even where its rows go straight into it.
func TestW26_GuardOfReplace(t *testing.T) {
	for name, allEmpty := range map[string]bool{"rows": false, "an empty source that is meant": true} {
		t.Run(name, func(t *testing.T) {
			f := newFixtureMatching(t, beginnings, destinations.ModeReplace, func(_ *databricks.Config, p *destinations.Plan) {
				p.AllowEmpty, p.Guards = true, guards(func(g *destinations.Guards) { g.MaxDeletePct = 20 })
			})
			f.scores()
			f.ExpectQuery("SELECT count(*) AS total FROM " + target).WillReturnRows(sqlmock.NewRows([]string{"total"}).AddRow(500))
			f.ExpectClose()
			f.open()
			want := "would delete 500 of 500 rows"
			if !allEmpty {
				f.mustWrite([]any{"1", "0.5"})
				want = "would delete 499 of 500 rows"
			}
			_, err := f.commit()
			contains(t, "error", f.kind(err, connector.KindPermanent).Message, want)
			f.close()
		})
	}
}

func TestW26_CreatesAndUpdates(t *testing.T) {
	for name, c := range map[string]struct {
		guards destinations.Guards
		ask    string
		answer []driver.Value
		says   string
	}{
		"creates": {guards(func(g *destinations.Guards) { g.MaxCreates = 4 }), "staged, different, key_only, creates, updates", []driver.Value{9, 9, 0, 5, 0}, "would insert 5 rows"},
		"updates": {guards(func(g *destinations.Guards) { g.MaxUpdatesPct = 1 }), "staged, different, key_only, creates, updates, total", []driver.Value{9, 9, 0, 0, 5, 100}, "would update 5 of 100 rows"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixtureMatching(t, beginnings, destinations.ModeMerge, func(_ *databricks.Config, p *destinations.Plan) { p.Guards = c.guards })
			f.scores()
			f.staged(9)
			f.counted(c.ask, c.answer...)
			f.end()
			f.open()
			rows := make([][]any, 9)
			for i := range rows {
				rows[i] = []any{string(rune('1' + i)), "0.5"}
			}
			f.mustWrite(rows...)
			_, err := f.commit()
			contains(t, "error", f.kind(err, connector.KindPermanent).Message, c.says)
			f.close()
		})
	}
}

// E14: a dry run counts, and sends nothing that changes the target: no CREATE, no ALTER, no MERGE.
func TestE14_DryRun(t *testing.T) {
	f := mirrored(t, func(c *databricks.Config, p *destinations.Plan) {
		c.SchemaEvolution, p.DryRun = "add", true
		p.Schema = fields("user_id", arrow.PrimitiveTypes.Int64, "score", arrow.PrimitiveTypes.Float64, "since", arrow.FixedWidthTypes.Date32)
	})
	f.scores()
	f.staged(3)
	f.counted("staged, different, key_only, creates, updates, gone", 3, 3, 0, 1, 1, 4)
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5", nil}, []any{"2", "0.5", nil}, []any{"3", "0.5", nil})
	r := f.mustCommit()
	f.close()
	want := []any{int64(3), int64(1), int64(1), int64(4), int64(1), int64(0)}
	for i, got := range shown(r) {
		if got != want[i] {
			t.Fatalf("counts %v, want %v", shown(r), want)
		}
	}
	contains(t, "notes", strings.Join(r.Notes, "\n"), "would run: ALTER TABLE "+target+" ADD COLUMNS (`since` DATE)")
}

// The ALTERs come after everything that could stop the run, in one order; a lost reply is asked for again, and what is
// there already is fine then.
func TestW20_EvolutionIsSentBeforeTheCommit(t *testing.T) {
	f := newFixtureMatching(t, beginnings, destinations.ModeMerge, func(c *databricks.Config, p *destinations.Plan) {
		c.SchemaEvolution = "widen"
		p.Schema = fields("user_id", arrow.PrimitiveTypes.Int64, "score", arrow.PrimitiveTypes.Float64, "since", arrow.FixedWidthTypes.Date32)
	})
	f.columns("user_id int", "score float")
	f.staged(1)
	f.ExpectExec("ALTER TABLE " + target + " SET TBLPROPERTIES ('delta.enableTypeWidening' = 'true')").WillReturnResult(driver.ResultNoRows)
	f.ExpectExec("ALTER TABLE " + target + " ALTER COLUMN `user_id` TYPE BIGINT").WillReturnResult(driver.ResultNoRows)
	f.ExpectExec("ALTER TABLE " + target + " ALTER COLUMN `score` TYPE DOUBLE").
		WillReturnError(server("DELTA_METADATA_CHANGED", "The metadata changed.", "2D521"))
	f.ExpectExec("ALTER TABLE " + target + " ALTER COLUMN `score` TYPE DOUBLE").WillReturnResult(driver.ResultNoRows)
	f.ExpectExec("ALTER TABLE " + target + " ADD COLUMNS (`since` DATE)").WillReturnError(server("DELTA_CONCURRENT_WRITE", "Conflict.", "2D521"))
	f.ExpectExec("ALTER TABLE " + target + " ADD COLUMNS (`since` DATE)").WillReturnError(server("FIELD_ALREADY_EXISTS", "Cannot add column.", "42710"))
	f.ExpectQuery("MERGE INTO " + target).WillReturnRows(merged(0, 0, 1))
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5", "2026-11-21"})
	r := f.mustCommit()
	f.close()
	if n := strings.Count(strings.Join(r.Notes, "\n"), "ran: ALTER TABLE"); n != 4 {
		t.Errorf("notes %q", r.Notes)
	}
}

func TestMetadataColumnsAreChecked(t *testing.T) {
	set := func(m destinations.Metadata) *fixture {
		return newFixture(t, destinations.ModeMerge, func(_ *databricks.Config, p *destinations.Plan) { p.Metadata = m })
	}
	f := set(destinations.Metadata{RunID: "run"})
	f.columns("user_id bigint", "score double", "run bigint")
	contains(t, "message", f.refused(connector.KindConfig).Message, "column run of metadata_columns.run_id is of type BIGINT")
	f = set(destinations.Metadata{SyncName: "Score"})
	f.scores()
	contains(t, "message", f.refused(connector.KindConfig).Message, "column Score of metadata_columns.sync_name is a column of the model too")
	f = set(destinations.Metadata{SyncedAt: "at"})
	f.scores()
	contains(t, "hint", f.refused(connector.KindConfig).Hint, "ADD COLUMNS (`at` TIMESTAMP)")
}

func TestConfigOfTheTarget(t *testing.T) {
	for _, c := range []struct {
		change func(*databricks.Config)
		says   string
	}{
		{func(c *databricks.Config) { c.ClusterBy = []string{"a"} }, "cluster_by has no effect without create: true"},
		{func(c *databricks.Config) { c.Create, c.ClusterBy, c.PartitionBy = true, []string{"a"}, []string{"b"} }, "clustered or partitioned"},
		{func(c *databricks.Config) { c.SchemaEvolution, c.IntrospectSchema = "add", false }, "needs to read the target's columns"},
		{func(c *databricks.Config) { c.SchemaEvolution = "any" }, "unsupported schema_evolution"},
	} {
		_, err := databricks.New(config(c.change), connector.Env{})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v, want %q", err, c.says)
		}
	}
}

// A table that is overwritten keeps its clustering, or the run says that it did not.
func TestReplaceLosesTheClustering(t *testing.T) {
	for after, warned := range map[string]bool{`[]`: true, `["user_id","sc` + "`" + `ore"]`: false} {
		f := newFixtureMatching(t, beginnings, destinations.ModeReplace)
		f.scores()
		detail := func(columns string) {
			f.ExpectQuery("DESCRIBE DETAIL " + target).WillReturnRows(sqlmock.NewRows([]string{"format", "clusteringColumns"}).AddRow("delta", columns))
		}
		detail("[\"user_id\",\"sc`ore\"]")
		f.ExpectQuery("INSERT OVERWRITE " + target).WillReturnRows(affected(1))
		detail(after)
		f.ExpectClose()
		f.open()
		f.mustWrite([]any{"1", "0.5"})
		r := f.mustCommit()
		f.close()
		if got := strings.Contains(strings.Join(r.Warnings, "\n"), "CLUSTER BY (`user_id`, `sc``ore`)"); got != warned {
			t.Errorf("after %s: warnings %q", after, r.Warnings)
		}
	}
}
