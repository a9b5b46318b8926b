package btree

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// pageSize is what the tests' databases have.
const pageSize = 512

// FuzzScan: whatever is in the pages, a scan ends, and every row of it lies within them.
func FuzzScan(f *testing.F) {
	f.Add(made(f, "CREATE TABLE t(a, b)", "INSERT INTO t VALUES (1, 'x'), (NULL, x'00')"), uint32(2), false)
	f.Add(made(f, "CREATE TABLE t(a, b)", "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT 90) INSERT INTO t SELECT x, printf('%.*c', x * 9, 'y') FROM c"), uint32(2), true)
	f.Add(manyPaths(), uint32(2), true)
	f.Fuzz(func(t *testing.T, file []byte, root uint32, nullTail bool) {
		scan := Open(inMemory(file), uint32(len(file)/pageSize), Table{Root: root, Columns: []int{1, 0, 1}, NullTail: nullTail})
		for {
			more, err := scan.Next()
			if err != nil && !errors.Is(err, ErrUnknown) {
				t.Fatalf("an error that is not ErrUnknown: %v", err)
			}
			if err != nil || !more {
				return
			}
			for i := range 3 {
				if serial, data := scan.Field(i); width(serial) != uint64(len(data)) {
					t.Fatalf("type %d with %d bytes", serial, len(data))
				}
			}
		}
	})
}

// TestErrorsOfPagesAreNotUnknown: SQLite must not be asked to go on where reading was interrupted.
func TestErrorsOfPagesAreNotUnknown(t *testing.T) {
	file := made(t, "CREATE TABLE t(a, b)", "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT 90) INSERT INTO t SELECT x, printf('%.*c', x * 9, 'y') FROM c")
	pages, broken := inMemory(file), errors.New("broken")
	for fail := 1; ; fail++ {
		calls := 0
		scan := Open(func(n uint32) ([]byte, error) {
			if calls++; calls == fail {
				return nil, broken
			}
			return pages(n)
		}, uint32(len(file)/pageSize), Table{Root: 2, Columns: []int{0, 1}})
		rows, more, err := 0, true, error(nil)
		for more && err == nil {
			if more, err = scan.Next(); more {
				rows++
			}
		}
		if calls < fail {
			if err != nil || rows != 90 {
				t.Errorf("%d rows, want 90 (%v)", rows, err)
			}
			return
		}
		if !errors.Is(err, broken) || errors.Is(err, ErrUnknown) {
			t.Fatalf("call %d failed, and the scan says %v", fail, err)
		}
	}
}

// TestTreeWithoutEnd: pages that are below another one many times are no table. Gone through, they would take years.
func TestTreeWithoutEnd(t *testing.T) {
	file := manyPaths()
	scan := Open(inMemory(file), uint32(len(file)/pageSize), Table{Root: 2, Columns: []int{0}})
	if more, err := scan.Next(); more || !errors.Is(err, ErrUnknown) {
		t.Errorf("more %v, %v; want ErrUnknown", more, err)
	}
}

// manyPaths is a file in which each of the pages from 2 on points twenty times to the next one; the last is an empty leaf.
func manyPaths() []byte {
	const last = 18
	file := make([]byte, last*pageSize)
	for n := uint32(2); n < last; n++ {
		page := file[(n-1)*pageSize:]
		page[0] = interiorTable
		binary.BigEndian.PutUint16(page[3:], 20)
		binary.BigEndian.PutUint32(page[8:], n+1)
		for i := range 20 {
			binary.BigEndian.PutUint16(page[12+2*i:], uint16(100+5*i))
			binary.BigEndian.PutUint32(page[100+5*i:], n+1)
		}
	}
	file[(last-1)*pageSize] = leafTable
	return file
}

func inMemory(file []byte) Pages {
	return func(n uint32) ([]byte, error) { return file[int(n-1)*pageSize : int(n)*pageSize], nil }
}

// made is a database file by other code than ours.
func made(t testing.TB, statements ...string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "t.db")
	c, err := sqlite.OpenConn(path, sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range append([]string{"PRAGMA page_size = 512"}, statements...) {
		if err := sqlitex.ExecuteTransient(c, s, nil); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return file
}
