package live_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// W21: the target is made from the model, as the YAML wants it, with the columns of drt's own.
func TestW21_CreateWithDefinition(t *testing.T) {
	p := newPlace(t)
	p.cfg.Create, p.cfg.ClusterBy, p.cfg.Comment = true, []string{"name"}, "it's drt's"
	p.cfg.Properties = map[string]string{"delta.enableChangeDataFeed": "true", "made by": "drt"}
	started := time.Date(2026, 11, 21, 12, 0, 0, 1000, time.UTC)
	plan := func(score string) destinations.Plan {
		plan := p.plan(destinations.ModeMirror, people())
		plan.Metadata = destinations.Metadata{SyncedAt: "_drt_synced_at", RunID: "_drt_run_id", SyncName: "sync"}
		plan.Mirror.Soft, plan.Started, plan.RunID = "_drt_deleted_at", started, score
		return plan
	}
	dry := plan("dry")
	dry.DryRun = true
	r, _ := p.run(dry, [][]any{{"1", "Ada", "1"}, {"1", "Ada", "2"}})
	p.counts(r, "staged 2 inserted 1 updated 0 deleted 0 unchanged 0 duplicates 1")
	if notes := strings.Join(r.Notes, "\n"); !strings.Contains(notes, "would run: CREATE TABLE IF NOT EXISTS") {
		t.Errorf("notes: %s", notes)
	}
	p.want("SHOW TABLES IN main." + p.schema)

	p.run(plan("first"), [][]any{{"1", "Ada", "1"}, {"2", "Bob", "2"}})
	const read = "SELECT id, score, unix_micros(_drt_synced_at), _drt_run_id, sync, _drt_deleted_at IS NULL FROM $t"
	p.want(read, "1|1|1795262400000001|first|people|true", "2|2|1795262400000001|first|people|true")
	// What does not differ keeps the mark of the run that wrote it.
	r, _ = p.run(plan("second"), [][]any{{"1", "Ada", "1"}, {"2", "Bob", "3"}})
	p.counts(r, "staged 2 inserted 0 updated 1 deleted 0 unchanged 1 duplicates 0")
	p.want(read, "1|1|1795262400000001|first|people|true", "2|3|1795262400000001|second|people|true")
	detail := strings.Join(p.rows("DESCRIBE DETAIL $t"), "\n")
	for _, part := range []string{"it's drt's", "name", "made by", "delta.enableChangeDataFeed"} {
		if !strings.Contains(detail, part) {
			t.Errorf("%q is not in %s", part, detail)
		}
	}
	if _, err := p.db.Exec("INSERT INTO " + p.table() + " (id, name) VALUES (NULL, 'x')"); err == nil {
		t.Error("the key column takes NULL")
	}
}

func TestCreatePartitioned(t *testing.T) {
	p := newPlace(t)
	p.cfg.Create, p.cfg.PartitionBy = true, []string{"name"}
	plan := p.plan(destinations.ModeInsert, people())
	plan.Metadata.RunID = "run"
	p.run(plan, [][]any{{"1", "Ada", "1"}, {nil, nil, nil}})
	p.want("SELECT id, name, run = '"+plan.RunID+"' FROM $t", "1|Ada|true", "NULL|NULL|true")
}

// W20: columns are added by an ALTER that the report names; strict says which.
func TestW20_SchemaEvolution(t *testing.T) {
	p := newPlace(t)
	p.exec("CREATE TABLE $t (id INT, name STRING, amount DECIMAL(5,2)) USING DELTA")
	p.exec("INSERT INTO $t VALUES (1, 'Ada', 1.5), (2, 'Bob', NULL)")
	model := fields("id", arrow.PrimitiveTypes.Int64, "name", arrow.BinaryTypes.String,
		"amount", &arrow.Decimal128Type{Precision: 10, Scale: 3}, "since", arrow.FixedWidthTypes.Date32, "o'dd`name", arrow.BinaryTypes.String)
	p.exec("ALTER TABLE $t SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name')")
	rows := [][]any{{"1", "Ada", "1.500", nil, nil}, {"2", "Bob", "1234567.125", "2026-11-21", "x"}, {"5000000000", "Cyd", nil, nil, nil}}

	_, _, err := p.try(p.plan(destinations.ModeMerge, model), rows)
	var e *connector.Error
	if connector.KindOf(err) != connector.KindConfig || !errors.As(err, &e) || !strings.Contains(e.Hint, "ADD COLUMNS (`since` DATE, `o'dd``name` STRING)") {
		t.Fatalf("strict: %v", err)
	}

	p.cfg.SchemaEvolution = "widen"
	dry := p.plan(destinations.ModeMerge, model)
	dry.DryRun = true
	r, _ := p.run(dry, rows)
	p.counts(r, "staged 3 inserted 1 updated 1 deleted 0 unchanged 1 duplicates 0")
	if n := strings.Count(strings.Join(r.Notes, "\n"), "would run: ALTER TABLE"); n != 4 {
		t.Errorf("notes of the dry run: %q", r.Notes)
	}
	p.want("SELECT count(*) FROM $t", "2")

	r, _ = p.run(p.plan(destinations.ModeMerge, model), rows)
	p.counts(r, "staged 3 inserted 1 updated 1 deleted 0 unchanged 1 duplicates 0")
	if n := strings.Count(strings.Join(r.Notes, "\n"), "ran: ALTER TABLE"); n != 4 {
		t.Errorf("notes: %q", r.Notes)
	}
	p.want("SELECT id, name, amount, CAST(since AS STRING), `o'dd``name` FROM $t", "1|Ada|1.500|NULL|NULL", "2|Bob|1234567.125|2026-11-21|x", "5000000000|Cyd|NULL|NULL|NULL")
	r, _ = p.run(p.plan(destinations.ModeMerge, model), rows)
	p.counts(r, "staged 3 inserted 0 updated 0 deleted 0 unchanged 3 duplicates 0")

	// Columns of drt's own are added like any other.
	plan := p.plan(destinations.ModeMirror, model)
	plan.Mirror.Soft, plan.Metadata.SyncedAt = "gone", "at"
	r, _ = p.run(plan, rows[:2])
	p.counts(r, "staged 2 inserted 0 updated 0 deleted 1 unchanged 2 duplicates 0")
	p.want("SELECT id, gone IS NULL, at IS NULL FROM $t", "1|true|true", "2|true|true", "5000000000|false|true")
}

// W26 and E14 over all modes: what a guard or a dry run says is what a run then does.
func TestGuardsAndDryRun(t *testing.T) {
	p := newPlace(t)
	p.exec(makePeople)
	p.exec("INSERT INTO $t SELECT id, 'x', 1 FROM range(200)")
	p.exec("INSERT INTO $t VALUES (NULL, 'nobody', 0), (199, 'twice', 1)")
	rows := [][]any{{"1", "x", "1"}, {"2", "x", "2"}, {"900", "x", "1"}}
	before := strings.Join(p.rows("SELECT * FROM $t"), "\n")
	dry := p.plan(destinations.ModeMirror, people())
	dry.DryRun = true
	r, _ := p.run(dry, rows)
	p.counts(r, "staged 3 inserted 1 updated 1 deleted 199 unchanged 1 duplicates 0")
	dry.Mode, dry.SyncRunID = destinations.ModeReplace, p.plan(destinations.ModeReplace, people()).SyncRunID
	r, _ = p.run(dry, rows)
	p.counts(r, "staged 3 inserted 3 updated 0 deleted 202 unchanged 0 duplicates 0")

	stopped := func(mode destinations.Mode, guard func(*destinations.Guards), says ...string) {
		t.Helper()
		plan := p.plan(mode, people())
		plan.Guards = destinations.NoGuards()
		guard(&plan.Guards)
		_, _, err := p.try(plan, rows)
		if connector.KindOf(err) != connector.KindPermanent {
			t.Fatalf("%s: %v", mode, err)
		}
		var e *connector.Error
		errors.As(err, &e)
		for _, s := range says {
			if !strings.Contains(e.Message+"\n"+e.Hint, s) {
				t.Errorf("%s does not say %q: %s\n%s", mode, s, e.Message, e.Hint)
			}
		}
	}
	stopped(destinations.ModeMirror, func(g *destinations.Guards) { g.MaxDeletePct = 20 },
		"delete 199 of 202 rows", "max_delete_pct: 20", "keys: 0; 3; 4; 5; 6; 7; 8; 9; 10; 11; ...", "--allow-deletes 199")
	stopped(destinations.ModeMirror, func(g *destinations.Guards) { g.MaxDeletes, g.AllowDeletes = 5, 198 }, "--allow-deletes 199")
	stopped(destinations.ModeReplace, func(g *destinations.Guards) { g.MaxDeletePct = 20 }, "delete 199 of 202 rows")
	stopped(destinations.ModeMerge, func(g *destinations.Guards) { g.MaxCreates = 0 }, "insert 1")
	stopped(destinations.ModeMerge, func(g *destinations.Guards) { g.MaxUpdatesPct = 0.1 }, "update 1 of 202 rows")
	if after := strings.Join(p.rows("SELECT * FROM $t"), "\n"); after != before {
		t.Errorf("the target changed:\n%s", after)
	}

	plan := p.plan(destinations.ModeMirror, people())
	plan.Guards = destinations.NoGuards()
	plan.Guards.MaxDeletePct, plan.Guards.AllowDeletes = 20, 199
	r, _ = p.run(plan, rows)
	p.counts(r, "staged 3 inserted 1 updated 1 deleted 199 unchanged 1 duplicates 0")
}

// Open-source Delta takes the clustering away when a table is overwritten: the run says so.
func TestReplaceKeepsOrNamesTheClustering(t *testing.T) {
	p := newPlace(t)
	p.exec("CREATE TABLE $t (id BIGINT, name STRING, score DOUBLE) USING DELTA CLUSTER BY (id, name)")
	p.exec("INSERT INTO $t VALUES (1, 'x', 1)")
	r, _ := p.run(p.plan(destinations.ModeReplace, people()), [][]any{{"2", "y", "1"}})
	lost := !strings.Contains(strings.Join(p.rows("DESCRIBE DETAIL $t"), "\n"), `"id"`)
	warned := len(r.Warnings) == 1 && strings.Contains(r.Warnings[0], "CLUSTER BY (`id`, `name`)")
	if lost != warned {
		t.Errorf("clustering lost: %v, warnings: %q, detail %s", lost, r.Warnings, p.rows("DESCRIBE DETAIL $t"))
	}
	p.want("SELECT id FROM $t", "2")
}
