package sqlite

import (
	"errors"
	"io"
	"testing"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"github.com/drt-go/drt/sources"
)

// TestCellsEqualTheAPI holds what is read from the library's memory to what its functions say.
func TestCellsEqualTheAPI(t *testing.T) {
	for _, encoding := range []string{"UTF-8", "UTF-16le", "UTF-16be"} {
		path := database(t, "PRAGMA encoding = '"+encoding+"'", "CREATE TABLE t(a, r REAL)",
			"INSERT INTO t VALUES (NULL, 3), (0, 1e300), (-9223372036854775808, -0.5), (9223372036854775807, 9007199254740993), (2.5, NULL), (-0.0, 0)",
			"INSERT INTO t VALUES ('', 1), ('Grüße, 世界', 2), ('nul' || char(0) || 'inside', 3), (x'', 4), (x'00ff', 5), (zeroblob(0), 6), (zeroblob(5000), 7), (printf('%.*c', 9000, 'y'), 8)")
		c, err := openConn(path, lib.SQLITE_OPEN_READONLY)
		if err != nil {
			t.Fatal(err)
		}
		defer c.close()
		for _, sql := range []string{"SELECT a, r FROM t", "SELECT a, r, zeroblob(7), a || 'x', CAST(a AS BLOB), r + 0, max(r, 1) FROM t", "SELECT a, r FROM t ORDER BY r, a", "SELECT a, count(*), sum(r) FROM t GROUP BY a"} {
			compareCells(t, c, encoding+": "+sql, sql)
		}
	}
}

func compareCells(t *testing.T, c *conn, what, sql string) {
	t.Helper()
	s, _, err := c.prepare(sql)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	defer s.finalize()
	for row := 1; ; row++ {
		more, err := s.step()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if !more {
			return
		}
		for i := range s.columns {
			var got cell
			s.cell(&got, i)
			if want := cellByAPI(s, i); want != got {
				t.Errorf("%s: row %d, column %d: read %+v, the API says %+v", what, row, i+1, got, want)
			}
		}
	}
}

// cellByAPI leaves fields that its class does not use at zero, as a fresh cell has them.
func cellByAPI(s *statement, i int) cell {
	tls, n := s.conn.tls, int32(i)
	bytes := func(p uintptr) string { return string(libc.GoBytes(p, int(lib.Xsqlite3_column_bytes(tls, s.ptr, n)))) }
	switch lib.Xsqlite3_column_type(tls, s.ptr, n) {
	case lib.SQLITE_INTEGER:
		return cell{class: classInteger, i: lib.Xsqlite3_column_int64(tls, s.ptr, n)}
	case lib.SQLITE_FLOAT:
		return cell{class: classReal, f: lib.Xsqlite3_column_double(tls, s.ptr, n)}
	case lib.SQLITE_TEXT:
		return cell{class: classText, s: bytes(lib.Xsqlite3_column_text(tls, s.ptr, n))}
	case lib.SQLITE_BLOB:
		return cell{class: classBlob, s: bytes(lib.Xsqlite3_column_blob(tls, s.ptr, n))}
	}
	return cell{}
}

// TestNoAllocationPerRow reads ten times the rows: the allocations of batches grow, those of rows would be seen.
func TestNoAllocationPerRow(t *testing.T) {
	path := database(t, "CREATE TABLE t(id BIGINT, name TEXT, score DOUBLE, amount DECIMAL(18,2), active BOOLEAN, born DATE, seen TIMESTAMP)",
		"WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT 20000) INSERT INTO t SELECT x, 'name ' || x, x / 7.0, x || '.25', x % 2, '2024-02-29', '2024-02-29T12:34:56Z' FROM c")
	src := sourceOf(t, path)
	allocs := func(rows int64) float64 {
		return testing.AllocsPerRun(3, func() {
			r, err := src.Open(t.Context(), sources.Query{Model: "SELECT * FROM t", Limit: rows, BatchRows: 5000, BatchBytes: 64 << 20})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			for {
				b, err := r.Next(t.Context())
				if errors.Is(err, io.EOF) {
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				b.Release()
			}
		})
	}
	if perRow := (allocs(20000) - allocs(5000)) / 15000; perRow > 0.05 {
		t.Errorf("%.3f allocations per row; a batch may cost some, a row none", perRow)
	}
}
