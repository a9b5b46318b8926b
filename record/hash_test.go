package record

import (
	"encoding/hex"
	"io"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"
)

func stringsReader(s string) io.Reader { return strings.NewReader(s) }

func batch(t testing.TB, schema *arrow.Schema, rows string) arrow.RecordBatch {
	t.Helper()
	b, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, stringsReader(rows), array.WithUseNumber())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Release)
	return b
}

func hashes(t testing.TB, b arrow.RecordBatch, columns []string) []string {
	t.Helper()
	h, err := NewRowHasher(b.Schema(), columns)
	if err != nil {
		t.Fatal(err)
	}
	h.Reset(b)
	var out []string
	for i := range int(b.NumRows()) {
		row := h.Row(i)
		out = append(out, hex.EncodeToString(row[:]))
	}
	return out
}

func fields(pairs ...any) *arrow.Schema {
	var fs []arrow.Field
	for i := 0; i < len(pairs); i += 2 {
		fs = append(fs, arrow.Field{Name: pairs[i].(string), Type: pairs[i+1].(arrow.DataType), Nullable: true})
	}
	return arrow.NewSchema(fs, nil)
}

// The hashes are in state files of users: a change of the encoding would send their boundary rows twice.
func TestRowHashIsStableAcrossVersions(t *testing.T) {
	schema := fields("id", arrow.PrimitiveTypes.Int64, "name", arrow.BinaryTypes.String, "score", arrow.PrimitiveTypes.Float64,
		"amount", &arrow.Decimal128Type{Precision: 18, Scale: 2}, "at", &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"},
		"day", arrow.FixedWidthTypes.Date32, "ok", arrow.FixedWidthTypes.Boolean, "tags", arrow.ListOf(arrow.BinaryTypes.String),
		"place", arrow.StructOf(arrow.Field{Name: "x", Type: arrow.PrimitiveTypes.Int32, Nullable: true}))
	b := batch(t, schema, `[
		{"id": 1, "name": "Ada", "score": 1.5, "amount": "-10.50", "at": "2026-01-02 03:04:05.000006", "day": "1815-12-10", "ok": true, "tags": ["a", null], "place": {"x": 7}},
		{"id": null, "name": null, "score": null, "amount": null, "at": null, "day": null, "ok": null, "tags": null, "place": null}]`)
	want := []string{"a41e050c6120b10152b4b0a8ed929d2d", "e3bf884b45a967828af1d303226b2cb3"}
	if diff := cmp.Diff(want, hashes(t, b, nil)); diff != "" {
		t.Errorf("hashes (-want +got):\n%s", diff)
	}
}

func TestRowHashDoesNotDependOnWidthOrderOrSlice(t *testing.T) {
	wide := batch(t, fields("a", arrow.PrimitiveTypes.Int64, "b", arrow.BinaryTypes.String), `[{"a": 5, "b": "x"}, {"a": 6, "b": "y"}]`)
	narrow := batch(t, fields("b", arrow.BinaryTypes.LargeString, "a", arrow.PrimitiveTypes.Int16), `[{"a": 5, "b": "x"}, {"a": 6, "b": "y"}]`)
	if diff := cmp.Diff(hashes(t, wide, nil), hashes(t, narrow, nil)); diff != "" {
		t.Errorf("other widths, other order of columns (-want +got):\n%s", diff)
	}
	tail := wide.NewSlice(1, 2)
	defer tail.Release()
	if diff := cmp.Diff(hashes(t, wide, nil)[1:], hashes(t, tail, nil)); diff != "" {
		t.Errorf("a slice (-want +got):\n%s", diff)
	}
	more := batch(t, fields("a", arrow.PrimitiveTypes.Int64, "b", arrow.BinaryTypes.String, "c", arrow.PrimitiveTypes.Int64), `[{"a": 5, "b": "x", "c": 1}, {"a": 6, "b": "y", "c": 2}]`)
	if diff := cmp.Diff(hashes(t, wide, nil), hashes(t, more, []string{"b", "a"})); diff != "" {
		t.Errorf("the same columns of a wider model (-want +got):\n%s", diff)
	}
}

func TestRowHashTellsRowsApart(t *testing.T) {
	schema := fields("a", arrow.BinaryTypes.String, "b", arrow.BinaryTypes.String)
	b := batch(t, schema, `[{"a": "x", "b": null}, {"a": null, "b": "x"}, {"a": "", "b": "x"}, {"a": "xy", "b": ""}, {"a": "x", "b": "y"}, {"a": null, "b": null}]`)
	seen := map[string]int{}
	for i, h := range hashes(t, b, nil) {
		if j, ok := seen[h]; ok {
			t.Errorf("rows %d and %d have one hash", j, i)
		}
		seen[h] = i
	}
}

func TestNewRowHasherRefuses(t *testing.T) {
	if _, err := NewRowHasher(fields("a", arrow.PrimitiveTypes.Int64), []string{"b"}); err == nil {
		t.Error("a missing column was accepted")
	}
	ree := arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int32, arrow.BinaryTypes.String)
	if _, err := NewRowHasher(fields("a", arrow.ListOf(ree)), nil); err == nil {
		t.Error("a run-end encoded list was accepted")
	}
}

func TestNoAllocationPerRow(t *testing.T) {
	schema := fields("id", arrow.PrimitiveTypes.Int64, "name", arrow.BinaryTypes.String, "amount", &arrow.Decimal128Type{Precision: 18, Scale: 2},
		"at", &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"})
	b := batch(t, schema, `[{"id": 1, "name": "Ada", "amount": "1.50", "at": "2026-01-02 03:04:05"}, {"id": 2, "name": null, "amount": "2.50", "at": "2026-01-02 03:04:06"}]`)
	h, err := NewRowHasher(schema, nil)
	if err != nil {
		t.Fatal(err)
	}
	h.Reset(b)
	h.Row(0)
	if n := testing.AllocsPerRun(100, func() { h.Row(0); h.Row(1) }); n != 0 {
		t.Errorf("hashing two rows: %v allocations", n)
	}
	for c := range int(b.NumCols()) {
		o, err := NewOrder(b.Column(c).DataType())
		if err != nil {
			t.Fatal(err)
		}
		first, _ := o.Cell(b.Column(c), 0)
		n := testing.AllocsPerRun(100, func() {
			if x, err := o.Cell(b.Column(c), 1); err == nil {
				o.Compare(first, x)
			}
		})
		if n != 0 {
			t.Errorf("comparing column %s: %v allocations", b.ColumnName(c), n)
		}
	}
	if n := testing.AllocsPerRun(100, func() { BatchBytes(b) }); n != 0 {
		t.Errorf("BatchBytes: %v allocations", n)
	}
}

func TestBatchBytes(t *testing.T) {
	schema := fields("id", arrow.PrimitiveTypes.Int64, "name", arrow.BinaryTypes.String, "tags", arrow.ListOf(arrow.PrimitiveTypes.Int32))
	b := batch(t, schema, `[{"id": 1, "name": "four", "tags": [1, 2]}, {"id": 2, "name": "sixsix", "tags": []}, {"id": 3, "name": "", "tags": [3]}]`)
	// 3 ids; 4 offsets and 10 bytes of text; 4 offsets and 3 items.
	if got, want := BatchBytes(b), int64(24+16+10+16+12); got != want {
		t.Errorf("BatchBytes = %d, want %d", got, want)
	}
	s := b.NewSlice(1, 2)
	defer s.Release()
	if got, want := BatchBytes(s), int64(8+8+6+8+0); got != want {
		t.Errorf("BatchBytes of one row = %d, want %d", got, want)
	}
}
