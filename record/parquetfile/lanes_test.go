package parquetfile

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
)

// The pages of a file are the same however many goroutines wrote it. Of a column with a dictionary the footer lists two
// kinds of pages, in an order that arrow-go leaves to chance.
func TestLanesChangeNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	recs := []arrow.RecordBatch{randomBatch(r, 20_000, 3, 40), randomBatch(r, 100, 0, 40_000), randomBatch(r, 9000, 0, 40_000)}
	var want []byte
	for _, lanes := range []int{1, 2, 5, 100} {
		var out bytes.Buffer
		w, err := NewWriter(&out, everyType(), Options{Lanes: lanes})
		if err != nil {
			t.Fatal(err)
		}
		for _, rec := range recs {
			if err := w.Write(rec); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		file := out.Bytes()
		footer := int(binary.LittleEndian.Uint32(file[len(file)-8:])) + 8
		if pages := file[:len(file)-footer]; want == nil {
			want = pages
		} else if !bytes.Equal(want, pages) {
			t.Errorf("%d lanes write other pages than 1", lanes)
		}
	}
}

func TestWriteRows(t *testing.T) {
	rec := randomBatch(rand.New(rand.NewPCG(9, 9)), 3000, 4, 9)
	var out bytes.Buffer
	w, err := NewWriter(&out, everyType(), Options{Lanes: 3})
	if err != nil {
		t.Fatal(err)
	}
	var want []arrow.RecordBatch
	for _, span := range [][2]int{{0, 1}, {1, 1}, {7, 2000}, {2999, 3000}} {
		if err := w.WriteRows(rec.Columns(), span[0], span[1]); err != nil {
			t.Fatal(err)
		}
		if span[0] < span[1] {
			want = append(want, rec.NewSlice(int64(span[0]), int64(span[1])))
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got, _ := read(t, out.Bytes())
	equal(t, got, want...)
}

func TestInLanes(t *testing.T) {
	for _, lanes := range []int{0, 1, 2, 9} {
		var calls [5]atomic.Int64
		InLanes(lanes, len(calls), func(lane, i int) {
			if lane < 0 || lane >= max(lanes, 1) {
				t.Errorf("lane %d of %d", lane, lanes)
			}
			calls[i].Add(1)
		})
		for i := range calls {
			if n := calls[i].Load(); n != 1 {
				t.Errorf("%d lanes: column %d was done %d times", lanes, i, n)
			}
		}
	}
}
