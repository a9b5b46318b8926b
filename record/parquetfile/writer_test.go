package parquetfile

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// read reads a file with arrow-go, which shares no code with how values are written here.
func read(t *testing.T, data []byte) (arrow.Table, *file.Reader) {
	t.Helper()
	f, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	r, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{BatchSize: 1 << 20}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	tbl, err := r.ReadTable(context.Background())
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return tbl, f
}

func write(t *testing.T, schema *arrow.Schema, batches ...arrow.RecordBatch) []byte {
	t.Helper()
	return writeWith(t, Options{Lanes: 2}, schema, batches...)
}

// writeWith writes batches into a file, and checks what the Writer says of itself.
func writeWith(t *testing.T, o Options, schema *arrow.Schema, batches ...arrow.RecordBatch) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, schema, o)
	if err != nil {
		t.Fatal(err)
	}
	var rows int64
	for _, b := range batches {
		if err := w.Write(b); err != nil {
			t.Fatal(err)
		}
		rows += b.NumRows()
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if w.Rows() != rows || w.Size() != int64(out.Len()) {
		t.Errorf("rows %d, size %d, want %d, %d", w.Rows(), w.Size(), rows, out.Len())
	}
	if err := w.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	return out.Bytes()
}

// equal compares what was read with what was written, value by value.
func equal(t *testing.T, got arrow.Table, batches ...arrow.RecordBatch) {
	t.Helper()
	for c := range int(got.NumCols()) {
		var want []arrow.Array
		for _, b := range batches {
			want = append(want, b.Column(c))
		}
		all, err := array.Concatenate(want, memory.DefaultAllocator)
		if err != nil {
			t.Fatal(err)
		}
		have, err := array.Concatenate(got.Column(c).Data().Chunks(), memory.DefaultAllocator)
		if err != nil {
			t.Fatal(err)
		}
		if !arrow.TypeEqual(have.DataType(), all.DataType()) {
			t.Errorf("column %d is read as %s, want %s", c, have.DataType(), all.DataType())
		}
		if !array.ApproxEqual(have, all, array.WithNaNsEqual(true), array.WithAbsTolerance(0)) {
			t.Errorf("column %d (%s) of %d rows differs", c, all.DataType(), all.Len())
		}
	}
}

func everyType() *arrow.Schema {
	types := []arrow.DataType{
		arrow.FixedWidthTypes.Boolean, arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32,
		arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64, arrow.PrimitiveTypes.Date32,
		&arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}, &arrow.TimestampType{Unit: arrow.Microsecond},
		&arrow.Decimal128Type{Precision: 9, Scale: 2}, &arrow.Decimal128Type{Precision: 18, Scale: 2},
		&arrow.Decimal128Type{Precision: 19, Scale: 2}, &arrow.Decimal128Type{Precision: 38, Scale: 38},
		arrow.BinaryTypes.String, arrow.BinaryTypes.String, arrow.BinaryTypes.Binary,
	}
	var fields []arrow.Field
	for i, dt := range types {
		fields = append(fields, arrow.Field{Name: fmt.Sprintf("c%d", i), Type: dt, Nullable: true})
	}
	return arrow.NewSchema(fields, nil)
}

// randomBatch fills every type; one value of nulls is NULL (none if 0), and text column 14 has distinct values.
func randomBatch(r *rand.Rand, rows, nulls, distinct int) arrow.RecordBatch {
	b := array.NewRecordBuilder(memory.DefaultAllocator, everyType())
	defer b.Release()
	for range rows {
		for c, f := range b.Fields() {
			if nulls > 0 && r.IntN(nulls) == 0 {
				f.AppendNull()
				continue
			}
			appendRandom(r, f, c, distinct)
		}
	}
	return b.NewRecordBatch()
}

func appendRandom(r *rand.Rand, b array.Builder, column, distinct int) {
	switch b := b.(type) {
	case *array.BooleanBuilder:
		b.Append(r.IntN(2) == 0)
	case *array.Int8Builder:
		b.Append(int8(r.Uint32()))
	case *array.Int16Builder:
		b.Append(int16(r.Uint32()))
	case *array.Int32Builder:
		b.Append(int32(r.Uint32()))
	case *array.Int64Builder:
		b.Append(int64(r.Uint64()))
	case *array.Float32Builder:
		b.Append(math.Float32frombits(r.Uint32()))
	case *array.Float64Builder:
		b.Append(math.Float64frombits(r.Uint64()))
	case *array.Date32Builder:
		b.Append(arrow.Date32(int32(r.Uint32())))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(int64(r.Uint64())))
	case *array.Decimal128Builder:
		b.Append(randomDecimal(r, b.Type().(*arrow.Decimal128Type).Precision))
	case *array.StringBuilder:
		if column == 14 {
			b.Append(fmt.Sprintf("value %d", r.IntN(distinct)))
		} else {
			b.Append(strings.Repeat("é\x00", r.IntN(20)))
		}
	case *array.BinaryBuilder:
		b.Append(randomBytes(r))
	}
}

func randomBytes(r *rand.Rand) []byte {
	out := make([]byte, r.IntN(10))
	for i := range out {
		out[i] = byte(r.Uint32())
	}
	return out
}

func randomDecimal(r *rand.Rand, precision int32) decimal128.Num {
	limit := decimal128.GetScaleMultiplier(int(precision))
	_, v := decimal128.New(int64(r.Uint64()>>1), r.Uint64()).Div(limit)
	if r.IntN(2) == 0 {
		v = v.Negate()
	}
	return v
}

func TestEveryTypeReadsBack(t *testing.T) {
	cases := []struct{ rows, nulls, distinct int }{
		{1, 0, 1}, {1, 1, 1}, {7, 0, 3}, {9, 2, 3}, {1000, 0, 5}, {1000, 3, 5}, {1000, 1, 5}, {3000, 50, 200}, {9000, 10, 1000}, {9000, 0, 300},
	}
	for _, c := range cases {
		t.Run(fmt.Sprintf("%d rows, one in %d NULL, %d values", c.rows, c.nulls, c.distinct), func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, uint64(c.rows)))
			one, two := randomBatch(r, c.rows, c.nulls, c.distinct), randomBatch(r, c.rows/2+1, 0, c.distinct)
			sliced := randomBatch(r, c.rows+20, c.nulls, c.distinct).NewSlice(13, int64(c.rows+15))
			got, _ := read(t, write(t, everyType(), one, two, sliced))
			equal(t, got, one, two, sliced)
		})
	}
}

func TestRowGroups(t *testing.T) {
	recs := []arrow.RecordBatch{benchBatch(100_000, 0), benchBatch(RowGroup-100_000, 1e6), benchBatch(2*RowGroup+5, 2e6)}
	got, f := read(t, write(t, benchSchema(), recs...))
	equal(t, got, recs...)
	var rows []int64
	for i := range f.NumRowGroups() {
		rows = append(rows, f.RowGroup(i).NumRows())
	}
	if want := fmt.Sprint([]int{RowGroup, RowGroup, RowGroup, 5}); fmt.Sprint(rows) != want {
		t.Errorf("row groups of %d rows, want %s", rows, want)
	}
	for i := range 8 {
		chunk, err := f.MetaData().RowGroup(0).ColumnChunk(i)
		if err != nil {
			t.Fatal(err)
		}
		if want := i == 2; chunk.HasDictionaryPage() != want {
			t.Errorf("column %d: dictionary %t, want %t", i, !want, want)
		}
	}
}

// Large values end a page and a row group early, so that neither memory nor a page's 32-bit size runs out.
func TestLargeValues(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "s", Type: arrow.BinaryTypes.String}, {Name: "b", Type: arrow.BinaryTypes.Binary}}, nil)
	r := rand.New(rand.NewPCG(1, 2))
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	noise := make([]byte, 4<<20)
	for i := range 10 {
		for k := 0; k < len(noise); k += 8 {
			binary.LittleEndian.PutUint64(noise[k:], r.Uint64())
		}
		b.Field(0).(*array.StringBuilder).Append(strings.Repeat(fmt.Sprint(i), 300_000))
		b.Field(1).(*array.BinaryBuilder).Append(noise)
	}
	rec := b.NewRecordBatch()
	var slices []arrow.RecordBatch
	for i := range rec.NumRows() {
		slices = append(slices, rec.NewSlice(i, i+1))
	}
	got, f := read(t, write(t, schema, slices...))
	equal(t, got, rec)
	if f.NumRowGroups() != 2 {
		t.Errorf("%d row groups, want 2 of about 32 MB", f.NumRowGroups())
	}
}

func TestEmptyFile(t *testing.T) {
	got, _ := read(t, write(t, everyType()))
	if got.NumRows() != 0 || got.NumCols() != int64(everyType().NumFields()) {
		t.Errorf("%d rows, %d columns", got.NumRows(), got.NumCols())
	}
}

// Without this entry Spark may refuse dates before 1582, or move them by days.
func TestW14_CalendarIsNamed(t *testing.T) {
	_, f := read(t, write(t, everyType()))
	if got := f.MetaData().KeyValueMetadata().FindValue("org.apache.spark.version"); got == nil || *got != "3.0.0" {
		t.Errorf("org.apache.spark.version is %v, want 3.0.0", got)
	}
}

// Several writers at once, as a loader uses them, share nothing.
func TestWritersSideBySide(t *testing.T) {
	rec := randomBatch(rand.New(rand.NewPCG(5, 6)), 3000, 4, 9)
	files := make([]bytes.Buffer, 3)
	var wg sync.WaitGroup
	for i := range files {
		wg.Go(func() {
			w, err := NewWriter(&files[i], everyType(), Options{Lanes: 1 + i})
			if err == nil {
				err = errors.Join(w.Write(rec), w.Close())
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i := range files {
		got, _ := read(t, files[i].Bytes())
		equal(t, got, rec)
	}
}

// failing fails its nth write, and every one after it.
type failing struct {
	left int
	hit  bool
}

var errDisk = errors.New("disk full")

func (f *failing) Write(p []byte) (int, error) {
	if f.left--; f.left < 0 {
		f.hit = true
		return 0, errDisk
	}
	return len(p), nil
}

// Whichever write of the medium fails, the file is not reported as written.
func TestEveryFailureIsReported(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	recs := []arrow.RecordBatch{randomBatch(r, 500, 3, 5), randomBatch(r, 500, 0, 5)}
	for n := 0; ; n++ {
		out := &failing{left: n}
		err := writeAll(out, recs)
		if !out.hit {
			if err != nil || n < 10 {
				t.Errorf("after %d writes: %v", n, err)
			}
			return
		}
		if !errors.Is(err, errDisk) {
			t.Fatalf("write %d failed, and the error is %v", n, err)
		}
	}
}

func writeAll(out *failing, recs []arrow.RecordBatch) error {
	w, err := NewWriter(out, everyType(), Options{Lanes: 1})
	if err != nil {
		return err
	}
	for _, rec := range recs {
		err = errors.Join(err, w.Write(rec))
	}
	return errors.Join(err, w.Close())
}

func TestRefusesOtherTypes(t *testing.T) {
	for _, dt := range []arrow.DataType{arrow.FixedWidthTypes.Timestamp_ns, arrow.PrimitiveTypes.Uint64, arrow.ListOf(arrow.PrimitiveTypes.Int8), arrow.Null} {
		_, err := NewWriter(&bytes.Buffer{}, arrow.NewSchema([]arrow.Field{{Name: "a", Type: dt}}, nil), Options{Lanes: 1})
		if err == nil || !strings.Contains(err.Error(), "column a: ") {
			t.Errorf("%s: %v", dt, err)
		}
	}
	w, err := NewWriter(&bytes.Buffer{}, benchSchema(), Options{Lanes: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(randomBatch(rand.New(rand.NewPCG(1, 1)), 1, 0, 1)); err == nil || !strings.Contains(err.Error(), "another schema") {
		t.Errorf("batch of another schema: %v", err)
	}
}
