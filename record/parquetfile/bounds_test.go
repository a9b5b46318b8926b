package parquetfile

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// What a row group says of its values is what arrow-go says of the same ones, where we say something.
func TestStatisticsAreThoseOfArrow(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, nulls := range []int{0, 3, 1} {
		t.Run(fmt.Sprint("one in ", nulls, " is NULL"), func(t *testing.T) {
			rec := randomBatch(r, 5000, nulls, 40_000)
			defer rec.Release()
			ours, theirs := statisticsOf(t, writeWith(t, Options{Lanes: 2, Statistics: true}, rec.Schema(), rec)), statisticsOf(t, writeByArrow(t, rec))
			told := 0
			for i, want := range theirs {
				got := ours[i]
				if got.NullCount() != want.NullCount() {
					t.Errorf("column %d: %d NULLs, want %d", i, got.NullCount(), want.NullCount())
				}
				if !got.HasMinMax() {
					continue
				}
				told++
				if !bytes.Equal(got.EncodeMin(), want.EncodeMin()) || !bytes.Equal(got.EncodeMax(), want.EncodeMax()) {
					t.Errorf("column %d (%s): %x to %x, want %x to %x", i, rec.Schema().Field(i).Type, got.EncodeMin(), got.EncodeMax(), want.EncodeMin(), want.EncodeMax())
				}
			}
			if nulls != 1 && told < 8 {
				t.Errorf("only %d columns have bounds", told)
			}
		})
	}
}

func TestStatisticsOfOddNumbers(t *testing.T) {
	nan, negative := math.NaN(), math.Copysign(0, -1)
	for _, c := range []struct {
		values          []float64
		least, greatest float64
		none            bool
	}{
		{values: []float64{1, nan, 2}, none: true},
		{values: []float64{nan}, none: true},
		{values: []float64{0, 3}, least: negative, greatest: 3},
		{values: []float64{-3, negative}, least: -3, greatest: 0},
		{values: []float64{math.Inf(1), math.Inf(-1)}, least: math.Inf(-1), greatest: math.Inf(1)},
	} {
		b := array.NewFloat64Builder(memory.DefaultAllocator)
		b.AppendValues(c.values, nil)
		arr := b.NewArray()
		bounds := boundsOf(arrow.PrimitiveTypes.Float64)
		bounds.add(arr, 0, arr.Len())
		least, greatest, ok := bounds.take()
		if ok == c.none {
			t.Errorf("%v: told: %t", c.values, ok)
		}
		if ok && (!bytes.Equal(least, asBytes([]float64{c.least})) || !bytes.Equal(greatest, asBytes([]float64{c.greatest}))) {
			t.Errorf("%v: %x to %x", c.values, least, greatest)
		}
	}
}

func TestColumnsWithoutNullsAreRequired(t *testing.T) {
	fields := everyType().Fields()
	for i := range fields {
		fields[i].Nullable = false
	}
	schema := arrow.NewSchema(fields, nil)
	with := randomBatch(rand.New(rand.NewPCG(5, 6)), 3000, 0, 40)
	rec := array.NewRecordBatch(schema, with.Columns(), with.NumRows())
	tbl, f := read(t, writeWith(t, Options{Lanes: 2, Statistics: true}, rec.Schema(), rec))
	equal(t, tbl, rec)
	for i := range schema.NumFields() {
		if rep := f.MetaData().Schema.Column(i).MaxDefinitionLevel(); rep != 0 {
			t.Errorf("column %d may be NULL", i)
		}
	}
	w, err := NewWriter(&bytes.Buffer{}, schema, Options{Lanes: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.WriteRows(randomBatch(rand.New(rand.NewPCG(5, 6)), 10, 1, 1).Columns(), 0, 10); err == nil {
		t.Error("NULLs are written into columns that are required")
	}
}

func writeByArrow(t *testing.T, rec arrow.RecordBatch) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := pqarrow.NewFileWriter(rec.Schema(), &out, parquet.NewWriterProperties(parquet.WithStoreDecimalAsInteger(true)), pqarrow.DefaultWriterProps())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(rec); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// statisticsOf reads those of the only row group.
func statisticsOf(t *testing.T, data []byte) []metadata.TypedStatistics {
	t.Helper()
	f, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var all []metadata.TypedStatistics
	for i := range f.MetaData().Schema.NumColumns() {
		chunk, err := f.MetaData().RowGroup(0).ColumnChunk(i)
		if err != nil {
			t.Fatal(err)
		}
		s, err := chunk.Statistics()
		if err != nil || s == nil {
			t.Fatalf("column %d: no statistics: %v", i, err)
		}
		all = append(all, s)
	}
	return all
}
