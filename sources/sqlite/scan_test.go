package sqlite

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	lib "modernc.org/sqlite/lib"
)

// TestScanReadsWhatSQLiteReads holds the rows that come out of a table's pages to those that SQLite hands out.
func TestScanReadsWhatSQLiteReads(t *testing.T) {
	for _, c := range []struct {
		name       string
		statements []string
		model      string
	}{
		{"every class", []string{"CREATE TABLE t(a, r REAL, n NUMERIC, s TEXT, b BLOB)",
			"INSERT INTO t VALUES (NULL, 3, 1, 'x', x'00ff'), (0, 1e300, '1.5', '', x''), (1, -0.0, 2.0, 'Grüße, 世界', zeroblob(5)), (-1, 9e999, -9e999, 'nul'||char(0)||'in', NULL)",
			"INSERT INTO t(a) VALUES (127), (128), (-128), (-129), (32767), (32768), (-32769), (8388607), (8388608), (-8388609), (2147483647), (2147483648), (-2147483649), (140737488355327), (140737488355328), (-140737488355329), (9223372036854775807), (-9223372036854775808)"},
			"SELECT * FROM t"},
		{"some columns, twice and turned round", []string{"CREATE TABLE t(a, b, c)", many(500, "x, 'b' || x, x * 1.5")}, "SELECT c, a AS x, c AS again FROM t"},
		{"a rowid by its name", []string{"CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES (-5, 'm'), (0, NULL), (9223372036854775807, 'z'), (-9223372036854775808, 'a')"}, "SELECT v, id, rowid AS r FROM t"},
		{"many pages, three levels", []string{"PRAGMA page_size = 512", "CREATE TABLE t(a, b)", many(20000, "x, printf('%040d', x)")}, "SELECT * FROM t"},
		{"large pages", []string{"PRAGMA page_size = 65536", "CREATE TABLE t(a, b)", many(9000, "x, printf('%040d', x)")}, "SELECT * FROM t"},
		{"rows that spill", []string{"PRAGMA page_size = 512", "CREATE TABLE t(a, b, c)", many(1500, "x, printf('%.*c', x, 'y'), x * 2")}, "SELECT c, b, a FROM t"},
		{"a row of megabytes", []string{"CREATE TABLE t(a, b, c)", "INSERT INTO t VALUES (1, printf('%.*c', 3000000, 'y'), 2), (3, zeroblob(70000), 4)"}, "SELECT * FROM t"},
		{"holes", []string{"CREATE TABLE t(a, b)", many(5000, "x, printf('%040d', x)"), "DELETE FROM t WHERE a % 7 <> 3", "UPDATE t SET b = printf('%090d', a) WHERE a % 5 = 0"}, "SELECT * FROM t"},
		{"auto_vacuum", []string{"PRAGMA auto_vacuum = full", "CREATE TABLE t(a, b)", many(5000, "x, printf('%040d', x)"), "DELETE FROM t WHERE a < 2500"}, "SELECT * FROM t"},
		{"columns added later", []string{"CREATE TABLE t(a)", "INSERT INTO t VALUES (1), (2)", "ALTER TABLE t ADD COLUMN b TEXT", "INSERT INTO t VALUES (3, 'x')", "ALTER TABLE t ADD COLUMN c REAL", "INSERT INTO t VALUES (4, 'y', 5)"}, "SELECT c, b, a FROM t"},
		{"generated columns", []string{"CREATE TABLE t(a, v AS (a * 2) VIRTUAL, s AS (a * 3) STORED, z)", many(300, "x, x + 0.5", "a", "z")}, "SELECT a, s, z FROM t"},
		{"more columns than a byte counts", []string{"CREATE TABLE t(" + numbered("c%d", 200) + ")", "INSERT INTO t VALUES (" + numbered("'value %d'", 200) + ")"}, "SELECT * FROM t"},
		{"the schema, on page 1", []string{"CREATE TABLE t(a)", "CREATE INDEX i ON t(a)"}, "SELECT * FROM sqlite_schema"},
		{"a view", []string{"CREATE TABLE t(a, b)", many(100, "x, -x"), "CREATE VIEW v AS SELECT b, a AS other FROM t"}, "SELECT * FROM v"},
		{"no rows", []string{"CREATE TABLE t(a, b)"}, "SELECT * FROM t"},
		{"a WAL", []string{"PRAGMA journal_mode = wal", "PRAGMA wal_autocheckpoint = 0", "CREATE TABLE t(a, b)", many(3000, "x, -x")}, "SELECT * FROM t"},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn := opened(t, database(t, c.statements...))
			for _, ahead := range []int{0, 1, 70} {
				got, taken := scanned(t, conn, c.model, ahead)
				if taken {
					t.Errorf("after %d rows SQLite took over", ahead)
				}
				if diff := cmp.Diff(stepped(t, conn, c.model), got); diff != "" {
					t.Errorf("after %d rows: (-SQLite +pages):\n%s", ahead, diff)
				}
			}
		})
	}
}

// TestScanLetsSQLiteGoOn: rows that only SQLite can read come from it, each of them once.
func TestScanLetsSQLiteGoOn(t *testing.T) {
	for name, statements := range map[string][]string{
		"a DEFAULT stands in":       {"CREATE TABLE t(a)", many(300, "x"), "ALTER TABLE t ADD COLUMN b TEXT DEFAULT 'd'", "INSERT INTO t SELECT a + 300, 'set' FROM t"},
		"a DEFAULT of no character": {"CREATE TABLE t(a)", many(300, "x"), "ALTER TABLE t ADD COLUMN b TEXT DEFAULT ''", "INSERT INTO t SELECT a + 300, 'set' FROM t"},
		"in the midst of the rows":  {"CREATE TABLE t(a)", "INSERT INTO t(rowid, a) WITH RECURSIVE c(x) AS (SELECT 500 UNION ALL SELECT x+1 FROM c WHERE x < 700) SELECT x, x FROM c", "ALTER TABLE t ADD COLUMN b TEXT DEFAULT 'd'", many(300, "x, x, 'set'", "rowid", "a", "b")},
	} {
		t.Run(name, func(t *testing.T) {
			conn := opened(t, database(t, statements...))
			for _, ahead := range []int{0, 1, 299, 300, 301} {
				got, taken := scanned(t, conn, "SELECT b, a FROM t", ahead)
				if !taken {
					t.Errorf("after %d rows SQLite did not take over", ahead)
				}
				if diff := cmp.Diff(stepped(t, conn, "SELECT b, a FROM t"), got); diff != "" {
					t.Errorf("after %d rows: (-SQLite +both):\n%s", ahead, diff)
				}
			}
		})
	}
}

// TestScanSeesOneState: a writer commits, in WAL mode, while the pages are read.
func TestScanSeesOneState(t *testing.T) {
	path := database(t, "PRAGMA journal_mode = wal", "CREATE TABLE t(id INTEGER PRIMARY KEY, a BIGINT NOT NULL)", many(4000, "x", "a"))
	w := writer(t, path)
	defer w.Close()
	r, err := sourceOf(t, path).Open(t.Context(), ask("SELECT id, a FROM t"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, ok := r.(*reader).from.(*scan); !ok {
		t.Fatal("the model is not scanned")
	}
	var rows int64
	for i := range 4 {
		run(t, w, "DELETE FROM t WHERE id % 3 = 0", fmt.Sprintf("UPDATE t SET a = -%d", i+1), "INSERT INTO t(a) SELECT -1 FROM t LIMIT 100", "PRAGMA wal_checkpoint(passive)")
		b, err := r.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		rows += b.NumRows()
		for row := range int(b.NumRows()) {
			if id, a := b.Column(0).ValueStr(row), b.Column(1).ValueStr(row); id != a {
				t.Fatalf("row %s is %s", id, a)
			}
		}
		b.Release()
	}
	if rows != 4000 {
		t.Errorf("%d rows, want 4000", rows)
	}
}

// TestDamagedPagesAreSQLitesToJudge flips every byte of a small database, one after the other: where SQLite reads the
// table to its end, the pages give the same rows, and where it does not, a scan ends in an error too.
func TestDamagedPagesAreSQLitesToJudge(t *testing.T) {
	path := database(t, "PRAGMA page_size = 512", "CREATE TABLE t(a, b)", many(40, "x, CASE x % 20 WHEN 0 THEN printf('%.*c', 800, 'z') ELSE 'b' || x END"))
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	same := 0
	for i, c := range sound {
		mask := []byte{0x01, 0x80, 0xff, 0x02}[i%4]
		if _, err := file.WriteAt([]byte{c ^ mask}, int64(i)); err != nil {
			t.Fatal(err)
		}
		what, ok := compareDamaged(path)
		if what != "" {
			t.Fatalf("byte %d xor %#x: %s", i, mask, what)
		}
		if ok {
			same++
		}
		if _, err := file.WriteAt([]byte{c}, int64(i)); err != nil {
			t.Fatal(err)
		}
	}
	if same == 0 || same == len(sound) {
		t.Errorf("of %d damaged files SQLite reads %d: the test proves nothing", len(sound), same)
	}
}

// compareDamaged says how a scan differs from SQLite, and whether SQLite reads the file to its end.
func compareDamaged(path string) (difference string, readable bool) {
	conn, err := openConn(path, lib.SQLITE_OPEN_READONLY)
	if err != nil {
		return "", false
	}
	defer conn.close()
	const sql = "SELECT a, b FROM t"
	want, refused := allRows(conn, sql)
	s, _, err := conn.prepare(sql)
	if err != nil {
		return "", false
	}
	scan := newScan(conn, model{sql: sql}, s, 0)
	if scan == nil {
		s.finalize()
		return "", refused == nil
	}
	defer scan.finalize()
	got, err := drain(scan, 2)
	switch {
	case refused != nil && err == nil:
		return fmt.Sprintf("SQLite says %v, the scan says nothing", refused), false
	case refused != nil:
		return "", false
	case err != nil:
		return fmt.Sprintf("SQLite reads it, the scan says %v", err), true
	}
	return cmp.Diff(want, got), true
}

func opened(t *testing.T, path string) *conn {
	t.Helper()
	c, err := openConn(path, lib.SQLITE_OPEN_READONLY)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	if err := errors.Join(c.exec("BEGIN"), c.exec("SELECT count(*) FROM sqlite_schema")); err != nil {
		t.Fatal(err)
	}
	return c
}

// scanned returns the rows of a scan, the first ahead of them out of the statement.
func scanned(t *testing.T, c *conn, sql string, ahead int) (rows []string, taken bool) {
	t.Helper()
	s, _, err := c.prepare(sql)
	if err != nil {
		t.Fatal(err)
	}
	for range ahead {
		more, err := s.step()
		if err != nil {
			t.Fatal(err)
		}
		if !more { // then the reader has nothing to scan for
			s.finalize()
			return rows, taken
		}
		rows = append(rows, rowText(s, s.columns))
	}
	scan := newScan(c, model{sql: sql}, s, ahead)
	if scan == nil {
		t.Fatalf("%s is not scanned", sql)
	}
	defer scan.finalize()
	rest, err := drain(scan, s.columns)
	if err != nil {
		t.Fatal(err)
	}
	return append(rows, rest...), scan.taken
}

func stepped(t *testing.T, c *conn, sql string) []string {
	t.Helper()
	rows, err := allRows(c, sql)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func allRows(c *conn, sql string) ([]string, error) {
	s, _, err := c.prepare(sql)
	if err != nil {
		return nil, err
	}
	defer s.finalize()
	return drain(s, s.columns)
}

func drain(from rowSource, columns int) (list []string, err error) {
	for {
		more, err := from.step()
		if err != nil || !more {
			return list, err
		}
		list = append(list, rowText(from, columns))
	}
}

// rowText shows every bit of a row.
func rowText(from rowSource, columns int) string {
	var b strings.Builder
	for i := range columns {
		var c cell
		from.cell(&c, i)
		switch c.class {
		case classInteger:
			fmt.Fprintf(&b, "%d|", c.i)
		case classReal:
			fmt.Fprintf(&b, "%g %x|", c.f, math.Float64bits(c.f))
		default:
			fmt.Fprintf(&b, "%s %q|", c.class, c.s)
		}
	}
	return b.String()
}

// many inserts n rows of expressions over x.
func many(n int, values string, columns ...string) string {
	into := "t"
	if len(columns) > 0 {
		into += "(" + strings.Join(columns, ", ") + ")"
	}
	return fmt.Sprintf("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT %d) INSERT INTO %s SELECT %s FROM c", n, into, values)
}

func numbered(format string, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(list, ", ")
}
