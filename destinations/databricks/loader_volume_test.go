package databricks

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
)

// keeping is a shelf that keeps the files' rows.
type keeping struct {
	*shelf
	rows []string
}

func (k *keeping) put(ctx context.Context, local, remote string) error {
	if err := k.shelf.put(ctx, local, remote); err != nil {
		return err
	}
	r, err := file.OpenParquetFile(local, false)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	f, err := pqarrow.NewFileReader(r, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		return err
	}
	tbl, err := f.ReadTable(ctx)
	if err != nil {
		return err
	}
	defer tbl.Release()
	rd := array.NewTableReader(tbl, 0)
	defer rd.Release()
	for rd.Next() {
		b := rd.RecordBatch()
		for i := range int(b.NumRows()) {
			var cells []string
			for _, c := range b.Columns() {
				cells = append(cells, c.ValueStr(i))
			}
			k.rows = append(k.rows, strings.Join(cells, "|"))
		}
	}
	return nil
}

func testModel() *arrow.Schema {
	return arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "score", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true},
	}, nil)
}

func testSpool(t testing.TB, by carrier) *spool {
	t.Helper()
	l := testLayout(t, 1, "id:BIGINT", "score:DECIMAL(5,2)", "name:STRING")
	l.columns[2].notNull = true
	s, err := newSpool(testVolume, filesOf(l.target, testRun), testModel(), l)
	if err != nil {
		t.Fatal(err)
	}
	s.pause, s.report = func(context.Context, time.Duration) error { return nil }, func(int64) {}
	s.carrier = func(context.Context) (carrier, error) { return by, nil }
	return s
}

// textBatch holds rows of text; `\N` is NULL.
func textBatch(rows ...string) arrow.RecordBatch {
	b := array.NewRecordBuilder(memory.DefaultAllocator, testModel())
	defer b.Release()
	for _, r := range rows {
		for i, v := range strings.Split(r, "|") {
			if v == `\N` {
				b.Field(i).AppendNull()
			} else {
				b.Field(i).(*array.StringBuilder).Append(v)
			}
		}
	}
	return b.NewRecordBatch()
}

func hostileBatch() arrow.RecordBatch {
	return textBatch("1|1.5|a", "x|2|b", `2|1.005|c`, `\N|3|d`, `3|4|\N`, `x|bad|\N`, "4|5|e", `5|bad|\N`)
}

// Rows that the target cannot hold are refused as by loader json: same rows, same columns, same reasons; numbers have
// no gap, and keys of refused rows are staged without one (W7).
func TestSpoolRefusesAsText(t *testing.T) {
	by := &keeping{shelf: newShelf()}
	s := testSpool(t, by)
	b := hostileBatch()
	defer b.Release()
	for range 2 {
		refused, err := s.write(t.Context(), b.Columns(), int(b.NumRows()), true)
		if err != nil {
			t.Fatal(err)
		}
		l := testLayout(t, 1, "id:BIGINT", "score:DECIMAL(5,2)", "name:STRING")
		l.columns[2].notNull = true
		encode, err := newRowEncoder(testModel(), l)
		if err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for _, r := range refused {
			got = append(got, fmt.Sprintf("%d %s: %s, key %v", r.row, s.columns[r.at].name, r.reason, r.keyed))
		}
		for i := range int(b.NumRows()) {
			if _, column, reason := encode.append(nil, b.Columns(), i); reason != "" {
				_, _, lost := encode.keysOnly().append(nil, b.Columns(), i)
				want = append(want, fmt.Sprintf("%d %s: %s, key %v", i, column, reason, lost == ""))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("refused (-json +volume):\n%s", diff)
		}
	}
	if err := s.finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	null := array.NullValueStr
	key := func(k string) string { return null + "|" + k + "|" + null + "|" + null }
	want := []string{"0|1|1.5|a", "1|4|5|e", key("2"), key("3"), key("5"), "2|1|1.5|a", "3|4|5|e", key("2"), key("3"), key("5")}
	if diff := cmp.Diff(want, by.rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if s.next != 4 || s.keyRows != 6 {
		t.Errorf("%d rows, %d keys", s.next, s.keyRows)
	}
	if err := s.close(t.Context()); err != nil || len(by.files) > 0 {
		t.Errorf("left: %v %v", by.files, err)
	}
}

// A file that is full is on its way while the next one is written; all of them are read, each by its name.
func TestSpoolSeveralFiles(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	by := &keeping{shelf: newShelf()}
	by.failures, by.err, by.leave = 1, &connector.Error{Kind: connector.KindTransient}, true
	s := testSpool(t, by)
	s.limit = func(int) int64 { return 1 }
	for i := range 3 {
		b := textBatch(fmt.Sprintf("%d|1|a", i))
		if _, err := s.write(t.Context(), b.Columns(), 1, false); err != nil {
			t.Fatal(err)
		}
		b.Release()
		if i == 0 {
			private(t)
		}
	}
	if err := s.finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	const run = "drt-staging-user-scores-01890a5dac96774bbcceb302099a8057-"
	if want := "parquet.`/Volumes/main/staging-area/drt/{" + run + "2.parquet," + run + "3.parquet," + run + "4.parquet}`"; s.from() != want {
		t.Errorf("read from %s\nwant      %s", s.from(), want)
	}
	if diff := cmp.Diff([]string{"0|0|1|a", "1|1|1|a", "2|2|1|a"}, by.rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if err := errors.Join(s.close(t.Context()), s.close(t.Context())); err != nil || len(by.files) > 0 {
		t.Errorf("left: %v %v", by.files, err)
	}
	empty(t, os.TempDir())
}

// private wants that nobody else can look into the folder of the run or its files.
func private(t *testing.T) {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(os.TempDir(), "drt-staging-*"))
	if err != nil || len(dirs) != 1 {
		t.Fatalf("folders: %v %v", dirs, err)
	}
	if info, err := os.Stat(dirs[0]); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%s: %v %v", dirs[0], info.Mode(), err)
	}
	if run := leftDirs(table{"main", "default", "user_scores"})[dirs[0]]; run != testRun {
		t.Errorf("%s belongs to run %q", dirs[0], run)
	}
}

func empty(t *testing.T, dir string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("left on this machine: %v %v", left, err)
	}
}

// Whatever ends a run, nothing stays: not here, not in the volume.
func TestSpoolLeavesNothing(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, s *spool, by *shelf){
		"interrupted": func(t *testing.T, s *spool, _ *shelf) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if err := s.finish(ctx); connector.KindOf(err) != connector.KindCanceled {
				t.Errorf("finish: %v", err)
			}
		},
		"closed half way": func(*testing.T, *spool, *shelf) {},
		"upload refused": func(t *testing.T, s *spool, by *shelf) {
			by.mu.Lock()
			by.failures = 99
			by.mu.Unlock()
			if err := s.finish(t.Context()); connector.KindOf(err) != connector.KindPermanent {
				t.Errorf("finish: %v", err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			by := newShelf()
			by.err, by.leave, by.wide = &connector.Error{Kind: connector.KindPermanent}, true, 2
			s := testSpool(t, by)
			s.limit = func(files int) int64 { return int64(1 + files*1_000_000) }
			for i := range 2 {
				b := textBatch(fmt.Sprintf("%d|1|a", i))
				if _, err := s.write(t.Context(), b.Columns(), 1, false); err != nil {
					t.Fatal(err)
				}
				b.Release()
			}
			end(t, s, by)
			if err := s.close(t.Context()); err != nil || len(by.files) > 0 {
				t.Errorf("left: %v %v", by.files, err)
			}
			empty(t, os.TempDir())
		})
	}
}

// A disk that is full is an error with what to do.
func TestSpoolWithoutDisk(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	s := testSpool(t, newShelf())
	b := textBatch("1|1|a")
	defer b.Release()
	_, err := s.write(t.Context(), b.Columns(), 1, false)
	err = firstError(err, s.finish(t.Context()))
	var e *connector.Error
	if !asError(err, &e) || !strings.Contains(e.Hint, "TMPDIR") {
		t.Errorf("%#v", err)
	}
	if err := s.close(t.Context()); err != nil {
		t.Error(err)
	}
}

// The hot path: what a batch allocates does not depend on how many rows it has.
func TestSpoolDoesNotAllocatePerRow(t *testing.T) {
	s := testSpool(t, newShelf())
	rows := make([]string, 20_000)
	for i := range rows {
		rows[i] = fmt.Sprintf("%d|1.25|name %d", i, i%50)
	}
	b := textBatch(rows...)
	defer b.Release()
	columns := b.Columns()
	write := func() {
		if _, err := s.write(t.Context(), columns, len(rows), false); err != nil {
			t.Fatal(err)
		}
	}
	write()
	// About 20 a column: arrays and their buffers, which grow as the batch is converted.
	if n := testing.AllocsPerRun(5, write); n > 200 {
		t.Errorf("%v allocations for %d rows", n, len(rows))
	}
	if err := s.close(t.Context()); err != nil {
		t.Error(err)
	}
}
