package databricks_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/DATA-DOG/go-sqlmock"
	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
)

const (
	stagedFile = "/Volumes/main/default/stage/drt-staging-user-scores-01890a5dac96774bbcceb302099a8057-"
	fileRows   = "SELECT `_drt_row`, CAST(`c0` AS BIGINT) AS `c0`, CAST(`c1` AS DOUBLE) AS `c1` FROM parquet.`" + stagedFile
)

// byVolume is a fixture whose statements match as regular expressions: the name of the temporary folder is random.
func byVolume(t *testing.T, mode destinations.Mode, change ...func(*databricks.Config, *destinations.Plan)) *fixture {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	match := sqlmock.QueryMatcherFunc(func(want, got string) error {
		got = strings.Join(strings.Fields(got), " ")
		if strings.HasPrefix(want, "^") && regexp.MustCompile(want).MatchString(got) || want == got {
			return nil
		}
		return fmt.Errorf("%q is not %q", got, want)
	})
	f := newFixtureMatching(t, match, mode, append([]func(*databricks.Config, *destinations.Plan){
		func(c *databricks.Config, _ *destinations.Plan) {
			c.Staging.Loader, c.Staging.Volume = "volume", "main.default.stage"
		},
	}, change...)...)
	t.Cleanup(func() {
		if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
			t.Errorf("left on this machine: %v %v", left, err)
		}
	})
	return f
}

func (f *fixture) put(n int) *sqlmock.ExpectedExec {
	return f.ExpectExec(fmt.Sprintf(`^PUT '%s/drt-staging-user-scores-[0-9a-f]{32}\.[0-9]+/[0-9]+\.parquet' INTO '%s%d\.parquet'$`,
		regexp.QuoteMeta(os.TempDir()), regexp.QuoteMeta(stagedFile), n)).WillReturnResult(driver.ResultNoRows)
}

func (f *fixture) remove(numbers ...int) {
	for _, n := range numbers {
		f.ExpectExec(fmt.Sprintf("REMOVE '%s%d.parquet'", stagedFile, n)).WillReturnResult(driver.ResultNoRows)
	}
}

func (f *fixture) loadScratch(n, rows int) {
	f.ExpectQuery(fmt.Sprintf("CREATE TABLE %s USING DELTA AS %s%d.parquet`", scratch, fileRows, n)).WillReturnRows(affected(rows))
}

func TestVolumeMerge(t *testing.T) {
	f := byVolume(t, destinations.ModeMerge)
	f.scores()
	f.put(1)
	f.loadScratch(1, 2)
	f.count(2, 2, 0)
	f.merge(1, 1)
	f.drop(scratch)
	f.remove(1)
	f.ExpectClose()
	f.open()
	f.mustWrite([]any{"1", "0.5"}, []any{"2", nil})
	r := f.mustCommit()
	if n := f.statements.Load(); n > 8+1 {
		t.Errorf("%d statements: at most 8 and one an upload", n)
	}
	f.close()
	if len(r.Notes) != 1 || !strings.HasPrefix(r.Notes[0], "loader volume: as configured, a file of ") || !strings.HasSuffix(r.Notes[0], " by PUT") {
		t.Errorf("notes: %q", r.Notes)
	}
}

// Rows that are only appended are counted in the files and go straight into the target.
func TestVolumeInsertAndReplace(t *testing.T) {
	for mode, verb := range map[destinations.Mode]string{destinations.ModeInsert: "INSERT INTO ", destinations.ModeReplace: "INSERT OVERWRITE "} {
		f := byVolume(t, mode)
		f.scores()
		f.put(1)
		from := "FROM ( " + fileRows + "1.parquet` ) staged"
		f.ExpectQuery("SELECT count(`_drt_row`) AS staged " + from).WillReturnRows(sqlmock.NewRows([]string{"staged"}).AddRow(3))
		f.ExpectQuery(verb + target + " (`user_id`, `score`) SELECT `c0`, `c1` " + from + " WHERE `_drt_row` IS NOT NULL").WillReturnRows(affected(3))
		f.remove(1)
		f.ExpectClose()
		f.open()
		f.mustWrite([]any{"1", "0.5"}, []any{"1", "0.5"}, []any{nil, nil})
		r := f.mustCommit()
		f.close()
		if *r.Staged != 3 || *r.Inserted != 3 {
			t.Errorf("%v", shown(r))
		}
	}
}

// W24: rows that are missing from the files are found before the target changes.
func TestW24_FilesThatLackRows(t *testing.T) {
	f := byVolume(t, destinations.ModeInsert)
	f.scores()
	f.put(1)
	f.ExpectQuery("^SELECT count").WillReturnRows(sqlmock.NewRows([]string{"staged"}).AddRow(1))
	f.remove(1)
	f.ExpectClose()
	f.open()
	f.mustWrite([]any{"1", "0.5"}, []any{"2", nil})
	_, err := f.commit()
	f.kind(err, connector.KindPermanent)
	contains(t, "error", err.Error(), "1 rows, 2 were sent", "the target is as before")
	f.close()

	f = byVolume(t, destinations.ModeMerge)
	f.scores()
	f.put(1)
	f.loadScratch(1, 1)
	f.drop(scratch)
	f.remove(1)
	f.ExpectClose()
	f.open()
	f.mustWrite([]any{"1", "0.5"}, []any{"2", nil})
	_, err = f.commit()
	f.kind(err, connector.KindPermanent)
	contains(t, "error", err.Error(), "staged 1 of 2 rows")
	f.close()
}

// W24: a PUT whose reply is lost is sent again under a new name; both names are removed.
func TestW24_PutIsSentAgainUnderANewName(t *testing.T) {
	f := byVolume(t, destinations.ModeMerge)
	f.scores()
	f.put(1).WillReturnError(errors.New("staging operation over HTTP was unsuccessful: 503-busy"))
	f.put(2)
	f.loadScratch(2, 1)
	f.count(1, 1, 0)
	f.merge(0, 1)
	f.drop(scratch)
	f.remove(1, 2)
	f.ExpectClose()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	f.mustCommit()
	f.close()
}

// Nothing was written when the volume does not take files, and the error says what mends it.
func TestVolumeRefused(t *testing.T) {
	for class, c := range map[string]struct {
		kind connector.Kind
		hint string
	}{
		"UC_VOLUME_NOT_FOUND":      {connector.KindNotFound, "CREATE VOLUME `main`.`default`.`stage`"},
		"INSUFFICIENT_PERMISSIONS": {connector.KindAuth, "GRANT READ VOLUME, WRITE VOLUME ON VOLUME `main`.`default`.`stage` TO `<principal>`"},
	} {
		f := byVolume(t, destinations.ModeMirror)
		f.scores()
		f.put(1).WillReturnError(server(class, "No.", "42000"))
		f.remove(1)
		f.ExpectClose()
		f.open()
		f.mustWrite([]any{"1", "0.5"})
		_, err := f.commit()
		contains(t, "hint", f.kind(err, c.kind).Hint, c.hint)
		f.close()
	}
}

// W7: keys of refused rows go along, so that a mirror keeps them; a run without any row uploads nothing.
func TestVolumeMirror(t *testing.T) {
	f := byVolume(t, destinations.ModeMirror, func(_ *databricks.Config, p *destinations.Plan) {
		p.Schema = fields("user_id", arrow.PrimitiveTypes.Int64, "score", arrow.BinaryTypes.String)
	})
	f.scores()
	f.put(1)
	f.loadScratch(1, 2)
	f.count(1, 1, 1)
	f.merge(0, 1)
	f.ExpectQuery(deleteMissing).WithArgs(signature).WillReturnRows(affected(0))
	f.drop(scratch)
	f.remove(1)
	f.ExpectClose()
	f.open()
	if got := f.rejects(f.write([]any{"1", "0.5"}, []any{"2", "much"})); len(got) != 1 || got[0].Row != 1 || got[0].Column != "score" || got[0].Key != "user_id=***" {
		t.Errorf("rejects %+v", got)
	}
	f.mustCommit()
	f.close()

	f = byVolume(t, destinations.ModeMirror)
	f.scores()
	f.ExpectClose()
	f.open()
	f.mustCommit()
	f.close()
}

// W16: a row that only the warehouse refuses while it is staged is found by halves; scratch is made by hand then.
func TestW16_VolumeFindsRowsByHalves(t *testing.T) {
	f := byVolume(t, destinations.ModeMerge, func(_ *databricks.Config, p *destinations.Plan) { p.SkipErrors = true })
	bad := server("CAST_INVALID_INPUT", "The value 'x'.", "22018")
	part := func(from, until int) *sqlmock.ExpectedQuery {
		return f.ExpectQuery(fmt.Sprintf("INSERT INTO %s (`_drt_row`, `c0`, `c1`) %s1.parquet` WHERE `_drt_row` >= %d AND `_drt_row` < %d",
			scratch, fileRows, from, until))
	}
	f.scores()
	f.put(1)
	f.ExpectQuery("^CREATE TABLE .* AS SELECT").WillReturnError(bad)
	f.createScratch()
	part(0, 3).WillReturnError(bad)
	part(0, 1).WillReturnRows(affected(1))
	part(1, 3).WillReturnError(bad)
	part(1, 2).WillReturnError(bad)
	part(2, 3).WillReturnRows(affected(1))
	f.count(2, 2, 0)
	f.merge(0, 2)
	f.drop(scratch)
	f.remove(1)
	f.ExpectClose()
	f.open()
	f.mustWrite([]any{"1", "0.5"}, []any{"2", "1"}, []any{"3", "2"})
	r := f.mustCommit()
	f.close()
	if len(r.Rejects) != 1 || r.Rejects[0].Row != 1 {
		t.Errorf("rejects %+v", r.Rejects)
	}
}

// auto with a volume: a small load goes by statements, in as few of them as without a volume; a larger one by files,
// of which nothing was sent before, and so does a row that no statement carries.
func TestAutoChoosesBySize(t *testing.T) {
	for _, c := range []struct {
		name    string
		rows    int
		bytes   int // of each
		inserts int // 0: by files
		note    string
	}{
		{"small", 1, 10, 1, "loader json: at most 2700 KB of rows"},
		{"three statements", 3, 500_000, 3, "loader json: at most 2700 KB of rows"},
		{"large", 4, 500_000, 0, "loader volume: more than 2700 KB of rows, a file of "},
		{"long", 1, 1_100_000, 0, "loader volume: more than 2700 KB of rows, a file of "},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := byVolume(t, destinations.ModeMerge, func(cfg *databricks.Config, p *destinations.Plan) {
				cfg.Staging.Loader = "auto"
				p.Schema = fields("user_id", arrow.PrimitiveTypes.Int64, "score", arrow.BinaryTypes.String)
			})
			f.columns("user_id bigint", "score string")
			if c.inserts == 0 {
				f.put(1)
				f.ExpectQuery("^CREATE TABLE .* AS SELECT").WillReturnRows(affected(c.rows))
			} else {
				f.createScratch("`c0` BIGINT", "`c1` STRING")
			}
			for i := range c.inserts {
				f.ExpectQuery(fmt.Sprintf(`^INSERT INTO .* CAST\(%d AS BIGINT\) \+ pos`, i)).WillReturnRows(affected(1))
			}
			if c.inserts != 1 {
				f.count(c.rows, c.rows, 0)
			}
			f.ExpectQuery("^MERGE").WillReturnRows(merged(0, 0, c.rows))
			f.drop(scratch)
			if c.inserts == 0 {
				f.remove(1)
			}
			f.ExpectClose()
			f.open()
			for i := range c.rows {
				f.mustWrite([]any{fmt.Sprint(i), strings.Repeat("x", c.bytes)})
			}
			r := f.mustCommit()
			f.close()
			if len(r.Notes) != 1 || !strings.HasPrefix(r.Notes[0], c.note) {
				t.Errorf("notes: %q", r.Notes)
			}
		})
	}
}

func TestVolumeConfig(t *testing.T) {
	for _, c := range []struct{ loader, volume, want string }{
		{"volume", "", "loader volume needs staging.volume"},
		{"auto", "stage", `"stage" is no name of a volume`},
		{"volume", "a.b.{c}", "is no name of a volume"},
		{"json", "a.b.c", "loader json uses no volume"},
		{"auto", "a.b.c", ""}, {"", "a.b.c", ""}, {"volume", "a.b.c", ""}, {"values", "", ""},
	} {
		cfg := databricks.Defaults()
		cfg.Catalog, cfg.Schema, cfg.Table = "main", "default", "t"
		cfg.Staging.Loader, cfg.Staging.Volume = c.loader, c.volume
		_, err := databricks.New(cfg, connector.Env{})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s, %q: %v", c.loader, c.volume, err)
		}
	}
}

// A run that is closed without a commit removes what it uploaded, and does not look at the target.
func TestVolumeClosedWithoutCommit(t *testing.T) {
	f := byVolume(t, destinations.ModeMerge)
	f.scores()
	f.ExpectClose()
	f.open()
	f.mustWrite([]any{"1", "0.5"})
	f.close()
}

// W24: what a dead run left in the volume is listed by its name, and removed; other files are not touched.
func TestW24_SweepsFilesOfDeadRuns(t *testing.T) {
	const dead = "01890a5d-ac96-774b-bcce-b302099a8000"
	f := byVolume(t, destinations.ModeMerge, func(_ *databricks.Config, p *destinations.Plan) { p.DeadRuns = []string{dead} })
	f.scores()
	for range 2 {
		f.ExpectExec("^DROP TABLE IF EXISTS").WillReturnResult(driver.ResultNoRows)
	}
	const in = "/Volumes/main/default/stage/"
	ours := "drt-staging-user-scores-" + strings.ReplaceAll(dead, "-", "") + "-3.parquet"
	f.ExpectQuery("LIST '/Volumes/main/default/stage'").WillReturnRows(sqlmock.NewRows([]string{"path", "name", "size", "modification_time"}).
		AddRow("dbfs:"+in+ours, ours, 1, 1).AddRow(in+"mine.parquet", "mine.parquet", 1, 1).
		AddRow(stagedFile+"1.parquet", "x", 1, 1))
	f.ExpectExec("REMOVE '" + in + ours + "'").WillReturnResult(driver.ResultNoRows)
	f.ExpectClose()
	left := os.TempDir() + "/drt-staging-user-scores-" + strings.ReplaceAll(dead, "-", "") + ".123"
	if err := os.Mkdir(left, 0o700); err != nil {
		t.Fatal(err)
	}
	f.open()
	if r, err := f.session.Commit(context.Background(), destinations.Commit{}); err != nil || len(r.Warnings) > 0 {
		t.Errorf("%v %v", r.Warnings, err)
	}
	f.close()
}
