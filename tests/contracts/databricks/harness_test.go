// Package databricks_test holds the Databricks destination to its specification: statements in order, with their
// arguments, at the place where the driver is (sqlmock). Rows of the specification are named TestSeedN, cases of the
// case table TestWN.
package databricks_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/DATA-DOG/go-sqlmock"
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
)

const (
	syncRun   = "01890a5d-ac96-774b-bcce-b302099a8057"
	target    = "`main`.`default`.`user_scores`"
	scratch   = "`main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`"
	probe     = "`main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057_probe`"
	signature = `{"sync":"scores","run":"` + syncRun + `"}`

	readColumns = "SELECT column_name, full_data_type, is_nullable, column_default, is_identity, identity_generation, is_generated " +
		"FROM `main`.information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position"
	document = "FROM (SELECT posexplode(from_json(?, 'array<array<string>>', map('mode', 'FAILFAST'))) AS (pos, r)) staged"
)

// fixture is a destination over a mock.
type fixture struct {
	*testing.T
	sqlmock.Sqlmock
	dest    *databricks.Destination
	session destinations.Session
	plan    destinations.Plan
	// statements counts what the session said it sent.
	statements atomic.Int64
}

// newFixture is a destination with key user_id on main.default.user_scores; change may change both.
func newFixture(t *testing.T, mode destinations.Mode, change ...func(*databricks.Config, *destinations.Plan)) *fixture {
	t.Helper()
	return newFixtureMatching(t, sqlmock.QueryMatcherEqual, mode, change...)
}

// beginnings matches a statement that begins as expected: for tests in which the rest is of no interest.
var beginnings = sqlmock.QueryMatcherFunc(func(want, got string) error {
	if !strings.HasPrefix(strings.Join(strings.Fields(got), " "), want) {
		return fmt.Errorf("%.200q does not begin with %q", got, want)
	}
	return nil
})

func newFixtureMatching(t *testing.T, m sqlmock.QueryMatcher, mode destinations.Mode, change ...func(*databricks.Config, *destinations.Plan)) *fixture {
	t.Helper()
	db, mock, err := sqlmock.New(sqlmock.QueryMatcherOption(m))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	f := &fixture{T: t, Sqlmock: mock}
	cfg := databricks.Defaults()
	cfg.Catalog, cfg.Schema, cfg.Table, cfg.UpsertKey = "main", "default", "user_scores", []string{"user_id"}
	f.plan = destinations.Plan{
		Sync: "scores", RunID: "01890a5d-ac96-774b-bcce-b302099a8000", SyncRunID: syncRun, Mode: mode,
		Schema: fields("user_id", arrow.PrimitiveTypes.Int64, "score", arrow.PrimitiveTypes.Float64),
		Progress: func(p destinations.Progress) {
			f.statements.Store(p.Statements)
		},
	}
	for _, c := range change {
		c(&cfg, &f.plan)
	}
	if f.dest, err = databricks.NewWithDB(db, cfg); err != nil {
		t.Fatal(err)
	}
	return f
}

// fields makes a schema of name, type, name, type, ...
func fields(pairs ...any) *arrow.Schema {
	var fs []arrow.Field
	for i := 0; i < len(pairs); i += 2 {
		fs = append(fs, arrow.Field{Name: pairs[i].(string), Type: pairs[i+1].(arrow.DataType), Nullable: true})
	}
	return arrow.NewSchema(fs, nil)
}

// columns expects the target's columns to be read: "name type", "name type NOT NULL".
func (f *fixture) columns(defs ...string) {
	rows := sqlmock.NewRows([]string{"column_name", "full_data_type", "is_nullable", "column_default", "is_identity", "identity_generation", "is_generated"})
	for _, d := range defs {
		d, notNull := strings.CutSuffix(d, " NOT NULL")
		name, typ, _ := strings.Cut(d, " ")
		nullable := "YES"
		if notNull {
			nullable = "NO"
		}
		rows.AddRow(name, typ, nullable, nil, "NO", nil, "NO")
	}
	f.ExpectQuery(readColumns).WithArgs("default", "user_scores").WillReturnRows(rows)
}

// scores expects the two columns of the example.
func (f *fixture) scores() { f.columns("user_id bigint", "score double") }

func (f *fixture) createScratch(types ...string) {
	if types == nil {
		types = []string{"`c0` BIGINT", "`c1` DOUBLE"}
	}
	f.ExpectExec("CREATE TABLE " + scratch + " ( `_drt_row` BIGINT, " + strings.Join(types, ", ") + " ) USING DELTA").
		WillReturnResult(driver.ResultNoRows)
}

const stageScores = "INSERT INTO " + scratch + " (`_drt_row`, `c0`, `c1`) " +
	"SELECT CAST(0 AS BIGINT) + pos, CAST(r[0] AS BIGINT), CAST(r[1] AS DOUBLE) " + document

// stage expects rows of the example to be staged.
func (f *fixture) stage(doc string, rows int) {
	f.ExpectQuery(stageScores).WithArgs(doc).WillReturnRows(affected(rows))
}

const countKeys = "SELECT CAST(coalesce(sum(n), 0) AS BIGINT) AS staged, count(CASE WHEN n > 0 THEN 1 END) AS different, " +
	"CAST(coalesce(sum(m - n), 0) AS BIGINT) AS key_only FROM ( SELECT count(*) AS m, count(`_drt_row`) AS n FROM " + scratch +
	" GROUP BY `c0` ) per_key"

func (f *fixture) count(staged, different, keyOnly int) {
	f.ExpectQuery(countKeys).WillReturnRows(sqlmock.NewRows([]string{"staged", "different", "key_only"}).AddRow(staged, different, keyOnly))
}

// history expects the target's log to be read: its newest version is of run of this sync.
func (f *fixture) history(version int, run string) {
	f.ExpectQuery("DESCRIBE HISTORY " + target + " LIMIT 20").WillReturnRows(sqlmock.NewRows([]string{"version", "operation", "operationParameters"}).
		AddRow(version, "MERGE", `{"matchedPredicates":"`+strings.ReplaceAll(signed(run), `"`, `\"`)+`"}`))
}

func signed(run string) string { return `{"sync":"scores","run":"` + run + `"}` }

const mergeScores = "MERGE INTO " + target + " target USING ( SELECT *, ? AS `_drt` FROM " + scratch + " WHERE `_drt_row` IS NOT NULL ) source " +
	"ON target.`user_id` = source.`c0` " +
	"WHEN MATCHED AND source.`_drt` = ? AND (target.`score` IS DISTINCT FROM source.`c1`) THEN UPDATE SET `score` = source.`c1` " +
	"WHEN NOT MATCHED AND source.`_drt` = ? THEN INSERT (`user_id`, `score`) VALUES (source.`c0`, source.`c1`)"

const dedupe = " QUALIFY row_number() OVER (PARTITION BY `c0` ORDER BY `_drt_row` DESC NULLS LAST) = 1"

func (f *fixture) merge(updated, inserted int) {
	f.ExpectQuery(mergeScores).WithArgs(signature, signature, signature).WillReturnRows(merged(updated, 0, inserted))
}

const deleteMissing = "DELETE FROM " + target + " WHERE `user_id` NOT IN (SELECT `c0` FROM " + scratch + ") " +
	"AND coalesce(CAST(`user_id` AS STRING), '') <> ?"

func (f *fixture) drop(table string) {
	f.ExpectExec("DROP TABLE IF EXISTS " + table).WillReturnResult(driver.ResultNoRows)
}

// end expects the scratch to be dropped and the connection to be closed, once.
func (f *fixture) end() {
	f.drop(scratch)
	f.ExpectClose()
}

func affected(n int) *sqlmock.Rows {
	return sqlmock.NewRows([]string{"num_affected_rows", "num_inserted_rows"}).AddRow(n, n)
}

func merged(updated, deleted, inserted int) *sqlmock.Rows {
	return sqlmock.NewRows([]string{"num_affected_rows", "num_updated_rows", "num_deleted_rows", "num_inserted_rows"}).
		AddRow(updated+deleted+inserted, updated, deleted, inserted)
}

// server is an error as the warehouse words it.
func server(class, message, state string) error {
	return errors.New("databricks: execution error: failed to execute query: unexpected operation state ERROR_STATE: [" +
		class + "] " + message + " SQLSTATE: " + state)
}

// open opens a session.
func (f *fixture) open() {
	f.Helper()
	var err error
	if f.session, err = f.dest.Open(context.Background(), f.plan); err != nil {
		f.Fatal(err)
	}
}

// write writes rows of text, nil being NULL, as one batch.
func (f *fixture) write(rows ...[]any) error {
	f.Helper()
	b := array.NewRecordBuilder(memory.DefaultAllocator, f.plan.Schema)
	defer b.Release()
	for _, r := range rows {
		for i, v := range r {
			if v == nil {
				b.Field(i).AppendNull()
			} else if err := b.Field(i).AppendValueFromString(v.(string)); err != nil {
				f.Fatal(err)
			}
		}
	}
	batch := b.NewRecordBatch()
	defer batch.Release()
	return f.session.Write(context.Background(), batch)
}

func (f *fixture) mustWrite(rows ...[]any) {
	f.Helper()
	if err := f.write(rows...); err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) commit() (destinations.Result, error) {
	return f.session.Commit(context.Background(), destinations.Commit{})
}

func (f *fixture) mustCommit() destinations.Result {
	f.Helper()
	r, err := f.commit()
	if err != nil {
		f.Fatal(err)
	}
	return r
}

// close closes the session and holds the mock to what it expected.
func (f *fixture) close() {
	f.Helper()
	if err := f.session.Close(); err != nil {
		f.Errorf("close: %v", err)
	}
	if err := f.session.Close(); err != nil {
		f.Errorf("close twice: %v", err)
	}
	f.done()
}

func (f *fixture) done() {
	f.Helper()
	if err := f.ExpectationsWereMet(); err != nil {
		f.Error(err)
	}
}

// rejects are the rows that Write refused.
func (f *fixture) rejects(err error) []destinations.Reject {
	f.Helper()
	var r *destinations.RejectError
	if !errors.As(err, &r) {
		f.Fatalf("want a *RejectError, got %v", err)
	}
	return r.Rejects
}

func (f *fixture) kind(err error, want connector.Kind) *connector.Error {
	f.Helper()
	var e *connector.Error
	if !errors.As(err, &e) || e.Kind != want {
		f.Fatalf("want an error of kind %s, got %v (%s)", want, err, connector.KindOf(err))
	}
	return e
}

func contains(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%s does not say %q: %s", what, p, text)
		}
	}
}

// show spells counts out: "-" is not reported.
func show(counts ...*int64) []any {
	out := make([]any, len(counts))
	for i, c := range counts {
		if out[i] = "-"; c != nil {
			out[i] = *c
		}
	}
	return out
}

func shown(r destinations.Result) []any {
	return show(r.Staged, r.Inserted, r.Updated, r.Deleted, r.Unchanged, r.Duplicates)
}
