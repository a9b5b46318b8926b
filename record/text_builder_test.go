package record

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// What a TextBuilder makes is what Arrow's own builder makes, batch after batch.
func TestTextBuilderIsArrows(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	ours, theirs := &TextBuilder{}, array.NewStringBuilder(memory.DefaultAllocator)
	defer theirs.Release()
	for batch := range 50 {
		ours.Reserve(r.IntN(20))
		ours.ReserveData(r.IntN(200))
		for range r.IntN(40) {
			if r.IntN(5) == 0 {
				ours.AppendNull()
				theirs.AppendNull()
				continue
			}
			s := strings.Repeat("ä", r.IntN(9))
			ours.Append(s)
			theirs.Append(s)
		}
		if ours.Len() != theirs.Len() || ours.DataLen() != theirs.DataLen() {
			t.Fatalf("batch %d: %d values of %d bytes, want %d of %d", batch, ours.Len(), ours.DataLen(), theirs.Len(), theirs.DataLen())
		}
		got, want := ours.NewArray(), theirs.NewArray()
		if !array.Equal(got, want) || got.NullN() != want.NullN() {
			t.Errorf("batch %d: %v, want %v", batch, got, want)
		}
		got.Release()
		want.Release()
	}
}

// An array keeps its values when the builder goes on.
func TestTextBuilderGivesItsMemoryAway(t *testing.T) {
	b := &TextBuilder{}
	b.Append("first")
	first := b.NewArray()
	b.Append("other")
	b.AppendNull()
	if got := fmt.Sprint(first, b.NewArray()); got != `["first"] ["other" (null)]` {
		t.Error(got)
	}
}
