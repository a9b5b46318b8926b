package databricks_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/DATA-DOG/go-sqlmock"
	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
)

// waitFor waits for what another goroutine does; the deadline only ends a test that has failed.
func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it never happened")
		}
	}
}

// W11: whatever the MERGE dies of, scratch is dropped, and the MERGE is not sent again.
func TestW11_MergeFails(t *testing.T) {
	for _, c := range []struct {
		err  error
		kind connector.Kind
	}{
		{server("DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE", "Cannot perform Merge.", "21506"), connector.KindInternal},
		{server("INSUFFICIENT_PERMISSIONS", "Insufficient privileges: User does not have MODIFY on Table 'main.default.user_scores'.", "42501"), connector.KindAuth},
		{server("TABLE_OR_VIEW_NOT_FOUND", "The table or view cannot be found.", "42P01"), connector.KindNotFound},
		{server("SOMETHING_NEW", "A class that nobody listed.", "XX000"), connector.KindPermanent},
		// W17: sent, and the reply is lost.
		{errors.New("databricks: request error: execute statement request error: unexpected EOF"), connector.KindUnknown},
	} {
		t.Run(fmt.Sprintf("%.40s", c.err), func(t *testing.T) {
			f := newFixture(t, destinations.ModeMerge)
			f.scores()
			f.createScratch()
			f.stage(`[["1","0.5"]]`, 1)
			f.ExpectQuery(mergeScores).WithArgs(signature, signature, signature).WillReturnError(c.err)
			f.end()
			f.open()
			f.mustWrite([]any{"1", "0.5"})
			_, err := f.commit()
			f.kind(err, c.kind)
			f.close()
		})
	}
}

// W17: a lost session is no reason to send the MERGE again, over this connection or another.
func TestW17_LostSession(t *testing.T) {
	f := newFixture(t, destinations.ModeMerge)
	f.scores()
	f.createScratch()
	f.stage(`[["1","0.5"]]`, 1)
	f.ExpectQuery(mergeScores).WithArgs(signature, signature, signature).WillReturnError(driver.ErrBadConn)
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	_, err := f.commit()
	f.kind(err, connector.KindUnknown)
	// The mock cannot open a second connection, which Close needs to drop scratch: it must say what stays.
	if err := f.session.Close(); err == nil || !strings.Contains(err.Error(), "__drt_staging_user_scores_") {
		t.Errorf("close: %v", err)
	}
	f.done()
}

// W18: another writer wins a few times; the statement had no effect, so it is sent again.
func TestW18_Conflicts(t *testing.T) {
	f := newFixture(t, destinations.ModeMerge)
	f.scores()
	f.createScratch()
	f.stage(`[["1","0.5"]]`, 1)
	f.ExpectQuery(mergeScores).WithArgs(signature, signature, signature).
		WillReturnError(server("DELTA_CONCURRENT_APPEND.WITHOUT_HINT", "Transaction conflict detected.", "2D521"))
	f.merge(0, 1)
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	f.mustCommit()
	f.close()
}

// W23: what is missing, and the GRANT that mends it, in one attempt.
func TestSeed17_W23_MissingGrant(t *testing.T) {
	f := newFixture(t, destinations.ModeMerge)
	f.scores()
	f.ExpectExec("CREATE TABLE " + scratch + " ( `_drt_row` BIGINT, `c0` BIGINT, `c1` DOUBLE ) USING DELTA").
		WillReturnError(server("INSUFFICIENT_PERMISSIONS", "Insufficient privileges: User does not have CREATE TABLE on Schema 'main.default'.", "42501"))
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	_, err := f.commit()
	e := f.kind(err, connector.KindAuth)
	if want := "GRANT CREATE TABLE ON SCHEMA `main`.`default` TO `<principal>`"; e.Hint != want {
		t.Errorf("hint %q, want %q", e.Hint, want)
	}
	f.close()
}

// A JSON load can lose rows without an error: what is staged is held against what was sent before the target changes.
func TestStagedRowsAreCounted(t *testing.T) {
	for name, lose := range map[string]func(f *fixture){
		"by the insert": func(f *fixture) { f.stage(`[["1","0.5"],["2","1"]]`, 1) },
		"by the count": func(f *fixture) {
			f.ExpectQuery(stageScores).WithArgs(`[["1","0.5"],["2","1"]]`).WillReturnRows(sqlmock.NewRows([]string{"none"}))
			f.count(1, 1, 0)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, destinations.ModeMerge)
			f.scores()
			f.createScratch()
			lose(f)
			f.end()
			f.open()
			f.mustWrite([]any{"1", "0.5"}, []any{"2", "1"})
			_, err := f.commit()
			if err == nil {
				t.Fatal("a run that lost rows is green")
			}
			contains(t, "error", err.Error(), "the target is as before")
			f.close()
		})
	}
}

// W16: a row that only the warehouse can refuse is found in halves of the rows, on a table that is not the target.
func TestW16_Bisection(t *testing.T) {
	const rows, bad = 10_000, 4711
	f := newFixtureMatching(t, beginnings, destinations.ModeMerge, func(_ *databricks.Config, p *destinations.Plan) { p.SkipErrors = true })
	check := server("DELTA_VIOLATE_CONSTRAINT_WITH_VALUES", "CHECK constraint positive (score >= 0) violated by row with values:", "23001")
	f.scores()
	f.createScratch()
	f.ExpectQuery("INSERT INTO " + scratch).WillReturnRows(affected(rows))
	f.ExpectQuery("MERGE").WillReturnError(check)
	f.ExpectExec("CREATE TABLE " + probe + " LIKE " + target).WillReturnResult(driver.ResultNoRows)
	tries := 0
	var try func(from, until int)
	try = func(from, until int) {
		tries++
		q := f.ExpectQuery(fmt.Sprintf("INSERT INTO %s (`user_id`, `score`) SELECT `c0`, `c1` FROM %s WHERE `_drt_row` >= %d AND `_drt_row` < %d", probe, scratch, from, until))
		if bad < from || bad >= until {
			q.WillReturnRows(affected(until - from))
			return
		}
		q.WillReturnError(check)
		if until-from > 1 {
			half := from + (until-from)/2
			try(from, half)
			try(half, until)
		}
	}
	try(0, rows)
	f.ExpectQuery("UPDATE " + scratch + " SET `_drt_row` = NULL WHERE `_drt_row` IN (4711)").WillReturnRows(affected(1))
	f.count(rows-1, rows-1, 1)
	f.ExpectQuery("MERGE").WillReturnRows(merged(0, 0, rows-1))
	f.drop(probe)
	f.end()

	f.open()
	batch := make([][]any, rows)
	for i := range batch {
		batch[i] = []any{fmt.Sprint(i), "1"}
	}
	f.mustWrite(batch...)
	r := f.mustCommit()
	f.close()
	if len(r.Rejects) != 1 || r.Rejects[0].Row != bad {
		t.Errorf("rejects %+v, want row %d alone", r.Rejects, bad)
	}
	contains(t, "reason", r.Rejects[0].Reason, "positive")
	if tries > 30 {
		t.Errorf("%d tries for one row of %d", tries, rows)
	}
}

// W16: so is a row that scratch itself refuses. Its position counts the rows that were refused before.
func TestW16_BisectionOfAChunk(t *testing.T) {
	f := newFixture(t, destinations.ModeMerge, func(_ *databricks.Config, p *destinations.Plan) { p.SkipErrors = true })
	cast := server("TASK_WRITE_FAILED", "Task failed while writing rows. [CAST_INVALID_INPUT] The value 'x' cannot be cast. SQLSTATE: 22018", "58030")
	f.scores()
	f.createScratch()
	refuse := func(doc string, first int) {
		f.ExpectQuery(strings.Replace(stageScores, "CAST(0 ", fmt.Sprintf("CAST(%d ", first), 1)).WithArgs(doc).WillReturnError(cast)
	}
	accept := func(doc string, first, rows int) {
		f.ExpectQuery(strings.Replace(stageScores, "CAST(0 ", fmt.Sprintf("CAST(%d ", first), 1)).WithArgs(doc).WillReturnRows(affected(rows))
	}
	refuse(`[["1","1"],["2","1"],["3","1"],["4","1"]]`, 0)
	accept(`[["1","1"],["2","1"]]`, 0, 2)
	refuse(`[["3","1"],["4","1"]]`, 2)
	accept(`[["3","1"]]`, 2, 1)
	refuse(`[["4","1"]]`, 3)
	f.count(3, 3, 0)
	f.merge(0, 3)
	f.end()
	f.open()
	f.rejects(f.write([]any{"1", "1"}, []any{nil, "1"}, []any{"2", "1"}, []any{"3", "1"}, []any{"4", "1"}))
	r := f.mustCommit()
	f.close()
	if len(r.Rejects) != 1 || r.Rejects[0].Row != 4 {
		t.Errorf("rejects %+v, want row 4 of those that Write saw", r.Rejects)
	}
}

// An insert in one statement that a row spoils goes through scratch, where the row is found.
func TestW16_DirectInsert(t *testing.T) {
	f := newFixture(t, destinations.ModeInsert, func(_ *databricks.Config, p *destinations.Plan) { p.SkipErrors = true })
	check := server("DELTA_VIOLATE_CONSTRAINT_WITH_VALUES", "CHECK constraint positive (score >= 0) violated", "23001")
	f.scores()
	f.ExpectQuery(insertScores).WithArgs(`[["1","-1"],["2","1"]]`).WillReturnError(check)
	f.createScratch()
	f.stage(`[["1","-1"],["2","1"]]`, 2)
	count := "SELECT count(`_drt_row`) AS staged FROM " + scratch
	insert := "INSERT INTO " + target + " (`user_id`, `score`) SELECT `c0`, `c1` FROM " + scratch + " WHERE `_drt_row` IS NOT NULL"
	f.ExpectQuery(insert).WillReturnError(check)
	f.ExpectExec("CREATE TABLE " + probe + " LIKE " + target).WillReturnResult(driver.ResultNoRows)
	into := "INSERT INTO " + probe + " (`user_id`, `score`) SELECT `c0`, `c1` FROM " + scratch + " WHERE `_drt_row` >= %d AND `_drt_row` < %d"
	f.ExpectQuery(fmt.Sprintf(into, 0, 2)).WillReturnError(check)
	f.ExpectQuery(fmt.Sprintf(into, 0, 1)).WillReturnError(check)
	f.ExpectQuery(fmt.Sprintf(into, 1, 2)).WillReturnRows(affected(1))
	f.ExpectQuery("UPDATE " + scratch + " SET `_drt_row` = NULL WHERE `_drt_row` IN (0)").WillReturnRows(affected(1))
	f.ExpectQuery(count).WillReturnRows(sqlmock.NewRows([]string{"n"}).AddRow(1))
	f.ExpectQuery(insert).WillReturnRows(affected(1))
	f.drop(probe)
	f.end()
	f.open()
	f.mustWrite([]any{"1", "-1"}, []any{"2", "1"})
	r := f.mustCommit()
	f.close()
	if len(r.Rejects) != 1 || r.Rejects[0].Row != 0 || *r.Inserted != 1 {
		t.Errorf("rejects %+v, inserted %d", r.Rejects, *r.Inserted)
	}
}

// W27: every row is refused. Nothing is sent, and in mirror mode nothing is deleted.
func TestW27_EveryRowRefused(t *testing.T) {
	for _, mode := range []destinations.Mode{destinations.ModeInsert, destinations.ModeMerge, destinations.ModeMirror, destinations.ModeReplace} {
		f := newFixture(t, mode, func(_ *databricks.Config, p *destinations.Plan) {
			p.SkipErrors, p.AllowEmpty = true, true
			p.Schema = fields("user_id", arrow.PrimitiveTypes.Int64, "score", arrow.BinaryTypes.String)
		})
		f.scores()
		f.ExpectClose()
		f.open()
		if n := len(f.rejects(f.write([]any{"1", "much"}, []any{"2", "more"}))); n != 2 {
			t.Errorf("%s: %d rows refused, want 2", mode, n)
		}
		f.mustCommit()
		f.close()
	}
}

// W8: the run is cancelled just before the MERGE. It is not sent, so nothing is unknown, and Close still drops scratch.
func TestW8_CancelledBeforeTheMerge(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	f := newFixture(t, destinations.ModeMerge, func(_ *databricks.Config, p *destinations.Plan) {
		p.Progress = func(now destinations.Progress) {
			if now.Doing == "MERGE" {
				cancel()
			}
		}
	})
	f.scores()
	f.createScratch()
	f.stage(`[["1","0.5"]]`, 1)
	f.end()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	_, err := f.session.Commit(ctx, destinations.Commit{})
	f.kind(err, connector.KindCanceled)
	f.close()
}

// W10: two runs on one table at once never share scratch: the name ends in the run's id.
func TestW10_RunsDoNotShareScratch(t *testing.T) {
	other := "01890a5d-ac96-774b-bcce-b302099a8058"
	for _, run := range []string{syncRun, other} {
		f := newFixture(t, destinations.ModeMerge, func(_ *databricks.Config, p *destinations.Plan) { p.SyncRunID = run })
		own := strings.Replace(scratch, strings.ReplaceAll(syncRun, "-", ""), strings.ReplaceAll(run, "-", ""), 1)
		f.scores()
		f.ExpectExec("CREATE TABLE " + own + " ( `_drt_row` BIGINT, `c0` BIGINT, `c1` DOUBLE ) USING DELTA").WillReturnError(errors.New("[INTERNAL_ERROR] enough seen SQLSTATE: XX000"))
		f.drop(own)
		f.ExpectClose()
		f.open()
		f.mustWrite([]any{"1", "0.5"})
		if _, err := f.commit(); err == nil {
			t.Error("a failed CREATE is no error")
		}
		f.close()
	}
}
