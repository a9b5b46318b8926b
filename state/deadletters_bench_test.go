package state

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/drt-go/drt/record"
)

// BenchmarkLetters is a run that puts 10,000 letters, as many as a sync keeps by default, and commits.
func BenchmarkLetters(b *testing.B) {
	s, err := Open(b.Context(), b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	batch := LetterBatch{Rows: make([]byte, 1<<20)}
	for i := range 10_000 {
		batch.Letters = append(batch.Letters, Letter{
			Identity: binary.LittleEndian.AppendUint64(nil, uint64(i)), Reject: record.Reject{Row: int64(i), Column: "age", Reason: "not an INT", Key: "id=4***"},
			Place: i, Rejected: time.Now(),
		})
	}
	for b.Loop() {
		l, err := s.Begin(b.Context(), run("bench"))
		if err == nil {
			err = l.PutLetters(b.Context(), Letters{Whole: true, Batches: []LetterBatch{batch}})
		}
		if err == nil {
			err = l.Save(b.Context(), run("bench"), nil)
		}
		if err == nil {
			err = l.Release(b.Context(), Ending{Run: run("bench")})
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
