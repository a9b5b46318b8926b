package databricks_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/DATA-DOG/go-sqlmock"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
)

func config(change func(*databricks.Config)) databricks.Config {
	c := databricks.Defaults()
	c.Catalog, c.Schema, c.Table = "main", "default", "user_scores"
	if change != nil {
		change(&c)
	}
	return c
}

func TestSeed1_Defaults(t *testing.T) {
	d, err := databricks.New(config(nil), connector.Env{})
	if err != nil {
		t.Fatal(err)
	}
	got := d.Target()
	if got.Mode != destinations.ModeInsert || got.Set || got.Key != nil || got.Name != "databricks (main.default.user_scores)" {
		t.Errorf("target: %+v", got)
	}
	d, err = databricks.New(config(func(c *databricks.Config) {
		c.Catalog, c.Mode, c.UpsertKey = "hive_metastore", "merge", []string{"user_id"}
	}), connector.Env{})
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Target(); got.Mode != destinations.ModeMerge || !got.Set || len(got.Key) != 1 {
		t.Errorf("target: %+v", got)
	}
}

// Row 2: a session that stages nothing commits nothing; the engine does not even open one.
func TestSeed2_NoRows(t *testing.T) {
	f := newFixture(t, destinations.ModeMerge)
	f.scores()
	f.ExpectClose()
	f.open()
	for _, n := range shown(f.mustCommit()) {
		if n != int64(0) {
			t.Errorf("a count of a run without rows is %v", n)
		}
	}
	f.close()
}

func TestSeed3_MissingCredentials(t *testing.T) {
	for _, c := range []struct {
		set    map[string]string
		change func(*databricks.Config)
		says   []string
	}{
		{nil, nil, []string{"DATABRICKS_HOST", "DATABRICKS_HTTP_PATH", "DATABRICKS_TOKEN are not set"}},
		{map[string]string{"DATABRICKS_HOST": "h", "DATABRICKS_HTTP_PATH": "/p", "DATABRICKS_TOKEN": " "}, nil,
			[]string{"DATABRICKS_TOKEN is not set", "looked for DATABRICKS_HOST, DATABRICKS_HTTP_PATH, DATABRICKS_TOKEN"}},
		{nil, func(c *databricks.Config) { c.HostEnv, c.HTTPPathEnv, c.TokenEnv = "H", "P", "T" }, []string{"H, P, T are not set"}},
		{nil, func(c *databricks.Config) { c.WarehouseID = "abc" }, []string{"DATABRICKS_HOST, DATABRICKS_TOKEN are not set"}},
	} {
		d, err := databricks.New(config(c.change), connector.Env{Lookup: func(name string) (string, bool) { v, ok := c.set[name]; return v, ok }})
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Open(t.Context(), destinations.Plan{Mode: destinations.ModeInsert, Schema: fields(), SyncRunID: syncRun})
		if connector.KindOf(err) != connector.KindConfig {
			t.Fatalf("kind %s: %v", connector.KindOf(err), err)
		}
		contains(t, "error", err.Error(), c.says...)
	}
}

func TestSeed10_UnknownMode(t *testing.T) {
	_, err := databricks.New(config(func(c *databricks.Config) { c.Mode = "garbage" }), connector.Env{})
	var f *connector.FieldError
	if !errors.As(err, &f) || f.Field != "mode" || f.Message != "unsupported mode: garbage" {
		t.Errorf("got %v", err)
	}
}

func TestKeyNamedTwice(t *testing.T) {
	_, err := databricks.New(config(func(c *databricks.Config) { c.UpsertKey = []string{"id", "ID"} }), connector.Env{})
	var f *connector.FieldError
	if !errors.As(err, &f) || f.Field != "upsert_key[1]" {
		t.Errorf("got %v", err)
	}
}

// Row 15, and what else a check says.
func TestSeed15_Check(t *testing.T) {
	f := newFixtureMatching(t, beginnings, destinations.ModeMerge)
	f.ExpectQuery("SELECT 1").WillReturnRows(sqlmock.NewRows([]string{"1"}).AddRow(1))
	f.scores()
	f.ExpectQuery("SELECT * FROM " + target + " LIMIT 0").WillReturnRows(sqlmock.NewRows([]string{"user_id", "score"}))
	f.ExpectExec("CREATE TABLE `main`.`default`.`__drt_staging_user_scores_").
		WillReturnError(server("INSUFFICIENT_PERMISSIONS", "User does not have CREATE TABLE on Schema 'main.default'.", "42501"))
	f.ExpectClose()
	found, err := f.dest.Check(t.Context(), f.plan.Schema)
	if err != nil {
		t.Fatal(err)
	}
	f.done()
	var bad []destinations.Finding
	for _, x := range found {
		if !x.OK {
			bad = append(bad, x)
		}
	}
	if len(found) != 4 || len(bad) != 1 || bad[0].Hint != "GRANT CREATE TABLE ON SCHEMA `main`.`default` TO `<principal>`" {
		t.Errorf("findings: %+v", found)
	}
}

// Row 16: what dead runs of this sync left is dropped first; a run's own scratch has a name that no other run has (W10).
func TestSeed16_DeadRunsAreSwept(t *testing.T) {
	f := newFixture(t, destinations.ModeMerge, func(_ *databricks.Config, p *destinations.Plan) {
		p.DeadRuns = []string{"01890a5d-0000-7000-8000-000000000001"}
	})
	f.scores()
	dead := "`main`.`default`.`__drt_staging_user_scores_01890a5d000070008000000000000001"
	f.drop(dead + "`")
	f.drop(dead + "_probe`")
	f.createScratch()
	f.stage(`[["1","0.5"]]`, 1)
	f.merge(0, 1)
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	f.mustCommit()
	f.close()
}

// A sweep that failed is not done: Close says so, and the next run sweeps again. Found by tests/sim.
func TestSweepThatFailedIsToldByClose(t *testing.T) {
	f := newFixture(t, destinations.ModeInsert, func(_ *databricks.Config, p *destinations.Plan) {
		p.DeadRuns = []string{"01890a5d-0000-7000-8000-000000000001"}
	})
	f.scores()
	f.ExpectExec("DROP TABLE IF EXISTS `main`.`default`.`__drt_staging_user_scores_01890a5d000070008000000000000001`").
		WillReturnError(errors.New("[INTERNAL_ERROR] not now SQLSTATE: XX000"))
	f.ExpectClose()
	f.open()
	if err := f.session.Close(); err == nil {
		t.Error("Close says that nothing was left behind")
	}
	f.done()
}

func TestSeed16_LeftoversAndRemove(t *testing.T) {
	f := newFixture(t, destinations.ModeMerge, func(c *databricks.Config, _ *destinations.Plan) { c.Staging.Schema = "scratch" })
	late, early := "__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057", "__drt_staging_other_01890a5d000070008000000000000001"
	f.ExpectQuery(`SHOW TABLES IN ` + "`main`.`scratch`" + ` LIKE '__drt_staging_*'`).WillReturnRows(
		sqlmock.NewRows([]string{"database", "tableName", "isTemporary"}).
			AddRow("scratch", late, false).AddRow("scratch", "__drt_staging_of_somebody_else", false).AddRow("scratch", early, false))
	f.ExpectClose()
	found, err := f.dest.Leftovers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.done()
	if len(found) != 2 || found[0].Name != "main.scratch."+early || found[1].SyncRun != syncRun {
		t.Fatalf("leftovers: %+v", found)
	}

	f = newFixture(t, destinations.ModeMerge, func(c *databricks.Config, _ *destinations.Plan) { c.Staging.Schema = "scratch" })
	for _, l := range []destinations.Leftover{
		{Name: "main.scratch.customers", SyncRun: syncRun},
		{Name: "main.default." + late, SyncRun: syncRun},
		{Name: "main.scratch." + late, SyncRun: "01890a5d-0000-7000-8000-000000000001"},
	} {
		if err := f.dest.Remove(t.Context(), l); connector.KindOf(err) != connector.KindConfig {
			t.Errorf("Remove takes %s: %v", l.Name, err)
		}
	}
	f.drop("`main`.`scratch`.`" + late + "`")
	f.ExpectClose()
	if err := f.dest.Remove(t.Context(), found[1]); err != nil {
		t.Error(err)
	}
	f.done()
}

// Row 18, and row 17: the documentation names what is needed.
func TestSeed18_Documentation(t *testing.T) {
	text, err := os.ReadFile("../../../docs/connectors/databricks.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		"insert", "merge", "mirror", "replace", "hive_metastore", "Unity Catalog", "USE CATALOG", "USE SCHEMA", "SELECT", "MODIFY",
		"CREATE TABLE", "__drt_staging_", "DATABRICKS_TOKEN", "INSUFFICIENT_PERMISSIONS",
	} {
		if !strings.Contains(string(text), part) {
			t.Errorf("docs/connectors/databricks.md does not mention %s", part)
		}
	}
}
