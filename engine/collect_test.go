package engine

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/state"
)

func TestLettersAreBoundedInBytes(t *testing.T) {
	for name, c := range map[string]struct {
		size int
		kept int // of 100 batches of one row each
	}{"a row beyond the bound of one": {maxLetterBytes + 1, 0}, "many large rows": {1 << 20, maxRunBytes >> 20}} {
		t.Run(name, func(t *testing.T) {
			schema := arrow.NewSchema([]arrow.Field{{Name: "blob", Type: arrow.BinaryTypes.Binary}}, nil)
			box := &collector{rules: DeadLetters{Values: true, MaxRows: 1000}, skip: true, whole: true, ids: newIdentities(schema, nil, "run"), now: time.Now()}
			box.recall(nil, 0)
			blob := make([]byte, c.size)
			source := rand.NewChaCha8([32]byte{1})
			unkept := 0
			for range 100 {
				_, _ = source.Read(blob) // it cannot be compressed
				b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
				b.Field(0).(*array.BinaryBuilder).Append(blob)
				batch := b.NewRecordBatch()
				rejects, err := box.took(batch, []record.Reject{{Reason: "no"}}, positions{first: 1})
				if err != nil {
					t.Fatal(err)
				}
				unkept += len(rejects)
				batch.Release()
				b.Release()
			}
			if kept := 100 - unkept; kept > c.kept || kept < c.kept-1 {
				t.Errorf("%d rows of %d bytes were kept, want at most %d", kept, c.size, c.kept)
			}
			if put := box.letters(); box.kept()+int64(unkept) != 100 || box.unkept != int64(unkept) || len(put.Batches) == 0 {
				t.Errorf("kept %d, not kept %d, told %d, %d batches", box.kept(), unkept, box.unkept, len(put.Batches))
			}
		})
	}
}

// Values of other runs count, too.
func TestLettersOfASyncAreBoundedInBytes(t *testing.T) {
	box := &collector{rules: DeadLetters{Values: true, MaxRows: 1000}, skip: true, ids: newIdentities(simSchema(), nil, "run")}
	box.recall([]state.Letter{{ID: 1, Identity: []byte("x"), Batch: 1}}, maxSyncBytes)
	b := simBatch([]simRow{{id: 1, at: 1, state: "bad"}})
	defer b.Release()
	if rejects, err := box.took(b, []record.Reject{{Reason: "no"}}, positions{first: 1}); err != nil || len(rejects) != 1 {
		t.Errorf("%d rows are not kept (%v), want 1", len(rejects), err)
	}
}

// BenchmarkCollector passes 1 M rows that the target takes, while 10,000 letters wait for their keys.
func BenchmarkCollector(b *testing.B) {
	batch := wide(b, 10_000, 10)
	for b.Loop() {
		box := &collector{rules: DeadLetters{Values: true, MaxRows: 10_000}, skip: true, ids: newIdentities(batch.Schema(), []string{"id"}, "run")}
		earlier := make([]state.Letter, 10_000)
		for i := range earlier {
			earlier[i] = state.Letter{ID: int64(i), Identity: []byte(box.ids.unknown()), Batch: 1}
		}
		box.recall(earlier, 0)
		for range 100 {
			if _, err := box.took(batch, nil, positions{first: 1}); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.N)*1e6/b.Elapsed().Seconds(), "rows/s")
}
