package databricks_test

import (
	"database/sql/driver"
	"errors"
	"testing"

	"github.com/DATA-DOG/go-sqlmock"
	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
)

// refused opens a session that must be refused, after the columns were read and before anything else.
func (f *fixture) refused(kind connector.Kind) *connector.Error {
	f.Helper()
	f.ExpectClose()
	_, err := f.dest.Open(f.Context(), f.plan)
	e := f.kind(err, kind)
	f.done()
	return e
}

func TestW20_ColumnThatTheTargetLacks(t *testing.T) {
	f := newFixture(t, destinations.ModeMerge, func(_ *databricks.Config, p *destinations.Plan) {
		p.Schema = fields("user_id", arrow.PrimitiveTypes.Int64, "score", arrow.PrimitiveTypes.Float64,
			"since", arrow.FixedWidthTypes.Date32, "o'dd `name", arrow.BinaryTypes.String)
	})
	f.scores()
	e := f.refused(connector.KindConfig)
	contains(t, "message", e.Message, "main.default.user_scores lacks 2 columns of the model: since, o'dd `name")
	if want := "set schema_evolution: add, or run ALTER TABLE " + target + " ADD COLUMNS (`since` DATE, `o'dd ``name` STRING)"; e.Hint != want {
		t.Errorf("hint %q, want %q", e.Hint, want)
	}
}

func TestW20_NotNullColumnThatTheModelLacks(t *testing.T) {
	f := newFixture(t, destinations.ModeMerge)
	f.columns("user_id bigint", "score double", "tenant string NOT NULL", "made timestamp NOT NULL")
	// information_schema need not tell of defaults: the definition does.
	f.ExpectQuery("SHOW CREATE TABLE " + target).WillReturnRows(sqlmock.NewRows([]string{"createtab_stmt"}).
		AddRow("CREATE TABLE main.default.user_scores (\n  user_id BIGINT,\n  score DOUBLE,\n  tenant STRING NOT NULL,\n  made TIMESTAMP NOT NULL DEFAULT current_timestamp())\nUSING delta"))
	e := f.refused(connector.KindConfig)
	contains(t, "message", e.Message, "that must not be NULL: tenant")
	contains(t, "hint", e.Hint, "select tenant in the model", "ALTER TABLE "+target+" ALTER COLUMN `tenant` DROP NOT NULL")
}

// W19: columns of the target that the model lacks are filled by the warehouse; the lists are explicit.
func TestW19_DefaultsFire(t *testing.T) {
	f := newFixture(t, destinations.ModeInsert)
	rows := sqlmock.NewRows([]string{"column_name", "full_data_type", "is_nullable", "column_default", "is_identity", "identity_generation", "is_generated"}).
		AddRow("id", "bigint", "NO", nil, "YES", "ALWAYS", "NO").
		AddRow("user_id", "bigint", "YES", nil, "NO", nil, "NO").
		AddRow("score", "double", "YES", nil, "NO", nil, "NO").
		AddRow("grade", "int", "NO", nil, "NO", nil, "ALWAYS").
		AddRow("made", "timestamp", "NO", "current_timestamp()", "NO", nil, "NO")
	f.ExpectQuery(readColumns).WithArgs("default", "user_scores").WillReturnRows(rows)
	f.ExpectQuery(insertScores).WithArgs(`[["1","0.5"]]`).WillReturnRows(affected(1))
	f.ExpectClose()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	f.mustCommit()
	f.close()
}

func TestW19_GeneratedColumnsAreNotWritten(t *testing.T) {
	f := newFixture(t, destinations.ModeInsert)
	rows := sqlmock.NewRows([]string{"column_name", "full_data_type", "is_nullable", "column_default", "is_identity", "identity_generation", "is_generated"}).
		AddRow("user_id", "bigint", "NO", nil, "YES", "ALWAYS", "NO").
		AddRow("score", "double", "YES", nil, "NO", nil, "ALWAYS")
	f.ExpectQuery(readColumns).WithArgs("default", "user_scores").WillReturnRows(rows)
	e := f.refused(connector.KindConfig)
	contains(t, "message", e.Message, "column user_id is identity", "column score is generated")
}

func TestW21_TargetDoesNotExist(t *testing.T) {
	f := newFixture(t, destinations.ModeMerge)
	f.columns()
	f.ExpectQuery("DESCRIBE TABLE " + target).WillReturnError(server("TABLE_OR_VIEW_NOT_FOUND", "The table or view cannot be found.", "42P01"))
	e := f.refused(connector.KindNotFound)
	contains(t, "message", e.Message, "table main.default.user_scores does not exist")
	contains(t, "hint", e.Hint, "create: true", "CREATE TABLE IF NOT EXISTS "+target+" ( `user_id` BIGINT NOT NULL, `score` DOUBLE ) USING DELTA")
}

func TestW21_TargetIsCreated(t *testing.T) {
	f := newFixture(t, destinations.ModeMerge, func(c *databricks.Config, _ *destinations.Plan) { c.Create = true })
	f.columns()
	f.ExpectQuery("DESCRIBE TABLE " + target).WillReturnError(server("TABLE_OR_VIEW_NOT_FOUND", "The table or view cannot be found.", "42P01"))
	f.createScratch()
	f.stage(`[["1","0.5"]]`, 1)
	f.ExpectExec("CREATE TABLE IF NOT EXISTS " + target + " ( `user_id` BIGINT NOT NULL, `score` DOUBLE ) USING DELTA").WillReturnResult(driver.ResultNoRows)
	f.merge(0, 1)
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	f.mustCommit()
	f.close()
}

// A schema that does not exist is not a table that is missing: drt does not create schemas.
func TestW21_SchemaDoesNotExist(t *testing.T) {
	f := newFixture(t, destinations.ModeMerge, func(c *databricks.Config, _ *destinations.Plan) { c.Create = true })
	f.columns()
	f.ExpectQuery("DESCRIBE TABLE " + target).WillReturnError(server("SCHEMA_NOT_FOUND", "The schema `main`.`default` cannot be found.", "42704"))
	f.refused(connector.KindNotFound)
}

// W12: columns come from the schema of the plan, in any order, and match by name.
func TestW12_ColumnOrder(t *testing.T) {
	f := newFixture(t, destinations.ModeInsert, func(_ *databricks.Config, p *destinations.Plan) {
		p.Schema = fields("score", arrow.PrimitiveTypes.Float64, "user_id", arrow.PrimitiveTypes.Int64)
	})
	f.scores()
	f.ExpectQuery("INSERT INTO " + target + " (`score`, `user_id`) SELECT CAST(r[0] AS DOUBLE), CAST(r[1] AS BIGINT) " + document).
		WithArgs(`[["0.5","1"]]`).WillReturnRows(affected(1))
	f.ExpectClose()
	f.open()
	f.mustWrite([]any{"0.5", "1"})
	f.mustCommit()
	f.close()
}

// W13: names are quoted, values are bound, whatever they hold.
func TestW13_HostileNamesAndValues(t *testing.T) {
	f := newFixture(t, destinations.ModeInsert, func(c *databricks.Config, p *destinations.Plan) {
		c.Catalog, c.Schema, c.Table, c.UpsertKey = "my-catalog", "select", "t`; DROP TABLE x --", nil
		p.Schema = fields("a`b", arrow.BinaryTypes.String, "order", arrow.BinaryTypes.String)
	})
	f.ExpectQuery("SELECT column_name, full_data_type, is_nullable, column_default, is_identity, identity_generation, is_generated "+
		"FROM `my-catalog`.information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position").
		WithArgs("select", "t`; drop table x --").
		WillReturnRows(sqlmock.NewRows([]string{"a", "b", "c", "d", "e", "f", "g"}).
			AddRow("a`b", "string", "YES", nil, "NO", nil, "NO").AddRow("order", "string", "YES", nil, "NO", nil, "NO"))
	f.ExpectQuery("INSERT INTO `my-catalog`.`select`.`t``; DROP TABLE x --` (`a``b`, `order`) SELECT r[0], r[1] " + document).
		WithArgs(`[["'; DROP TABLE users; --","\\ */ \u0000 \"é😀"]]`).WillReturnRows(affected(1))
	f.ExpectClose()
	f.open()
	f.mustWrite([]any{"'; DROP TABLE users; --", "\\ */ \x00 \"é😀"})
	f.mustCommit()
	f.close()
}

// hive_metastore has no information_schema; DESCRIBE prints partitions a second time, below the columns.
func TestHiveMetastore(t *testing.T) {
	f := newFixture(t, destinations.ModeInsert, func(c *databricks.Config, _ *destinations.Plan) { c.Catalog = "hive_metastore" })
	f.ExpectQuery("DESCRIBE TABLE `hive_metastore`.`default`.`user_scores`").WillReturnRows(
		sqlmock.NewRows([]string{"col_name", "data_type", "comment"}).
			AddRow("user_id", "bigint", nil).AddRow("score", "double", "").
			AddRow("# Partition Information", "", "").AddRow("# col_name", "data_type", "comment").AddRow("user_id", "bigint", nil))
	f.ExpectQuery("INSERT INTO `hive_metastore`.`default`.`user_scores` (`user_id`, `score`) SELECT CAST(r[0] AS BIGINT), CAST(r[1] AS DOUBLE) " + document).
		WithArgs(`[["1","0.5"]]`).WillReturnRows(affected(1))
	f.ExpectClose()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	f.mustCommit()
	f.close()
}

// An endpoint without information_schema is asked by DESCRIBE; one that cannot be reached is not asked again.
func TestColumnsFallBackToDescribe(t *testing.T) {
	f := newFixture(t, destinations.ModeInsert)
	f.ExpectQuery(readColumns).WithArgs("default", "user_scores").WillReturnError(server("UNRESOLVED_COLUMN.WITH_SUGGESTION", "A column with name `identity_generation` cannot be resolved.", "42703"))
	f.ExpectQuery("DESCRIBE TABLE " + target).WillReturnRows(
		sqlmock.NewRows([]string{"col_name", "data_type", "comment"}).AddRow("user_id", "bigint", nil).AddRow("score", "double", nil))
	f.ExpectClose()
	f.open()
	f.close()

	f = newFixture(t, destinations.ModeInsert)
	f.ExpectQuery(readColumns).WithArgs("default", "user_scores").WillReturnError(errors.New("databricks: request error: unexpected HTTP status 401 Unauthorized"))
	f.refused(connector.KindAuth)
}

// introspect_schema: false trusts the model.
func TestIntrospectSchemaOff(t *testing.T) {
	f := newFixture(t, destinations.ModeInsert, func(c *databricks.Config, _ *destinations.Plan) { c.IntrospectSchema = false })
	f.ExpectQuery(insertScores).WithArgs(`[["1","0.5"]]`).WillReturnRows(affected(1))
	f.ExpectClose()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	f.mustCommit()
	f.close()
}
