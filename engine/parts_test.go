package engine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/record"
)

func TestNumberingLeavesPlacesToRejectedRows(t *testing.T) {
	n := numbering{next: 1}
	places := func(rows int) (out []int64) {
		p := n.take(rows)
		for i := range rows {
			out = append(out, p.of(i))
		}
		return out
	}
	n.skip([]int64{4, 1, 2})
	if diff := cmp.Diff([]int64{3, 5, 6}, places(3)); diff != "" {
		t.Errorf("first batch (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int64{7, 8}, places(2)); diff != "" {
		t.Errorf("second batch (-want +got):\n%s", diff)
	}
	n.skip([]int64{9})
	p := n.take(3).only(spans{{1, 3}})
	if p.of(0) != 11 || p.of(1) != 12 {
		t.Errorf("kept rows of the third batch: %d, %d; want 11, 12", p.of(0), p.of(1))
	}
}

func TestRowLogSpillsToAFileThatGoes(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	l := &rowLog{}
	const n = rowLogMemory/entryBytes*2 + 17
	for i := range uint64(n) {
		if err := l.add(i, record.Hash{byte(i), byte(i >> 8), byte(i >> 16)}); err != nil {
			t.Fatal(err)
		}
	}
	if files, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(files) != 1 {
		t.Fatalf("files %v, %v: the log did not spill", files, err)
	}
	next := uint64(0)
	err := l.each(func(cursor uint64, row record.Hash) {
		if cursor != next || row != (record.Hash{byte(next), byte(next >> 8), byte(next >> 16)}) {
			t.Fatalf("entry %d is %d, %x", next, cursor, row)
		}
		next++
	})
	if err != nil || next != n {
		t.Errorf("%d entries, %v; want %d", next, err, n)
	}
	if err := l.close(); err != nil {
		t.Error(err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
		t.Errorf("left behind: %v, %v", files, err)
	}
}

func TestCompactKeepsRowsOfEveryType(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "n", Type: arrow.PrimitiveTypes.Int64, Nullable: true}, {Name: "s", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "v", Type: arrow.BinaryTypes.StringView, Nullable: true}, {Name: "b", Type: arrow.FixedWidthTypes.Boolean},
		{Name: "l", Type: arrow.ListOf(arrow.PrimitiveTypes.Int64), Nullable: true},
		{Name: "m", Type: arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64), Nullable: true},
		{Name: "o", Type: arrow.StructOf(arrow.Field{Name: "x", Type: arrow.BinaryTypes.String, Nullable: true}), Nullable: true},
		{Name: "d", Type: &arrow.Decimal128Type{Precision: 38, Scale: 2}},
	}, nil)
	line := func(i string) string {
		return `{"n":` + i + `,"s":"s` + i + `","v":"a text that is longer than twelve bytes ` + i + `","b":true,"l":[` + i + `,null],"m":[{"key":"k","value":` + i + `}],"o":{"x":"x` + i + `"},"d":"` + i + `.25"}`
	}
	null := `{"n":null,"s":null,"v":null,"b":false,"l":null,"m":null,"o":null,"d":"0.00"}`
	text := "[" + strings.Join([]string{line("0"), line("1"), null, line("3"), line("4"), null}, ",") + "]"
	b, _, err := array.RecordFromJSON(mem, schema, strings.NewReader(text), array.WithUseNumber())
	if err != nil {
		t.Fatal(err)
	}
	var keep spans
	for _, i := range []int{1, 2, 4, 5} {
		keep = keep.add(i)
	}
	got, err := compact(b, keep)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Release()
	want, _, err := array.RecordFromJSON(mem, schema, strings.NewReader("["+strings.Join([]string{line("1"), null, line("4"), null}, ",")+"]"), array.WithUseNumber())
	if err != nil {
		t.Fatal(err)
	}
	defer want.Release()
	if !array.RecordEqual(want, got) {
		t.Errorf("kept\n%v\nwant\n%v", got, want)
	}
}

func TestTooManyRowsToRememberEndTheRun(t *testing.T) {
	c, err := newCursor(simSchema(), "at", nil)
	if err != nil {
		t.Fatal(err)
	}
	f, _, err := newFilter(c, simSchema())
	if err != nil {
		t.Fatal(err)
	}
	for _, skip := range []bool{false, true} {
		tr, err := newTracker(c, f, simSchema(), skip)
		if err != nil {
			t.Fatal(err)
		}
		tr.maxSent = 2
		b := simBatch([]simRow{{id: 1, at: 5}, {id: 2, at: 5}, {id: 3, at: 5}})
		defer b.Release()
		if err := tr.written(b, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := tr.watermark(); err == nil {
			t.Errorf("skip %t: three rows at the watermark were remembered, with a bound of two", skip)
		}
	}
}
