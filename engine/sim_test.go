package engine

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/state"
)

var simSeed = flag.Uint64("seed", 0, "run the one simulation of TestSimIncremental that has this seed")

// TestSimIncremental runs an append-only incremental sync again and again over a table that grows, with ties, equal
// rows, rejected rows that get mended, rows the source cannot read, any order and any batches, and runs that commit
// nothing. After each commit the target has each good row of the table exactly once, and each bad row is in the dead
// letters once or is read again (E1); what is sent again from there is never read again.
func TestSimIncremental(t *testing.T) {
	if *simSeed != 0 {
		newSim(t, *simSeed).play()
		return
	}
	for seed := uint64(1); seed <= 1000 && !t.Failed(); seed++ {
		newSim(t, seed).play()
	}
}

type simRow struct {
	id, at int64
	state  string // good, bad: rejected by the target; torn: not readable; lost: gone from the table
}

func (r simRow) key() string { return fmt.Sprintf("%d@%d", r.id, r.at) }

type sim struct {
	t      *testing.T
	seed   uint64
	rand   *rand.Rand
	skip   bool // on_error: skip; without it there are good rows only
	table  []simRow
	target map[string]int
	mark   *state.Watermark
	story  strings.Builder

	rules   DeadLetters
	letters map[string]state.Letter // by identity; Reject.Key is the row's key
	once    map[string]bool         // rows that have been in the letters
	retried map[string]bool         // rows that were sent again from there, bad as they are
}

func newSim(t *testing.T, seed uint64) *sim {
	r := rand.New(rand.NewPCG(seed, 1))
	return &sim{
		t: t, seed: seed, rand: r, skip: r.IntN(4) > 0, target: map[string]int{},
		rules:   DeadLetters{Values: r.IntN(4) > 0, MaxRows: []int{0, 2, 1000}[r.IntN(3)]},
		letters: map[string]state.Letter{}, once: map[string]bool{}, retried: map[string]bool{},
	}
}

func (s *sim) play() {
	for range 2 + s.rand.IntN(8) {
		s.change()
		if !s.sync() {
			return
		}
		s.retry()
	}
	// At last all is mended, and everything must arrive.
	for i := range s.table {
		if s.table[i].state != "lost" {
			s.table[i].state = "good"
		}
	}
	fmt.Fprintf(&s.story, "all mended\n")
	s.sync()
}

// change lets rows arrive at the watermark or beyond it, anywhere if it is held, and mends some.
func (s *sim) change() {
	low := int64(0)
	if s.mark != nil && s.mark.Value != nil {
		fmt.Sscan(s.mark.Value.Text, &low)
	}
	for range s.rand.IntN(7) {
		r := simRow{id: int64(s.rand.IntN(5)), at: low + int64(s.rand.IntN(4)), state: "good"}
		if s.skip {
			r.state = []string{"good", "good", "good", "bad", "torn"}[s.rand.IntN(5)]
		}
		if r.state != "good" {
			r.id += 100 * int64(1+len(s.table)) // a row that can be told from others when it is mended
		}
		s.table = append(s.table, r)
	}
	for i := range s.table {
		if st := s.table[i].state; (st == "bad" || st == "torn") && s.rand.IntN(3) == 0 {
			s.table[i].state = []string{"good", "lost"}[s.rand.IntN(2)]
		}
	}
	s.rand.Shuffle(len(s.table), func(i, j int) { s.table[i], s.table[j] = s.table[j], s.table[i] })
	if s.rand.IntN(2) == 0 {
		slices.SortStableFunc(s.table, func(a, b simRow) int { return int(a.at - b.at) })
	}
	fmt.Fprintf(&s.story, "table %v\n", s.table)
}

// sync is one run, and checks the target after it.
func (s *sim) sync() bool {
	c, err := newCursor(simSchema(), "at", s.mark)
	s.must(err)
	f, _, err := newFilter(c, simSchema())
	s.must(err)
	skip := s.skip
	if !slices.ContainsFunc(s.table, func(r simRow) bool { return r.state == "bad" || r.state == "torn" }) && s.rand.IntN(2) == 0 {
		skip = false // somebody changed on_error
	}
	tr, err := newTracker(c, f, simSchema(), skip)
	s.must(err)
	box := s.box(c)
	sent, failed := s.move(f, tr, box)
	if s.rand.IntN(5) == 0 {
		fmt.Fprintf(&s.story, "the run stops before its commit\n")
		return true
	}
	if failed > 0 && len(sent) == 0 {
		return true // Run saves nothing
	}
	w, err := tr.watermark()
	s.must(err)
	s.must(tr.close())
	if w != nil {
		s.mark = w
	}
	for _, k := range sent {
		s.target[k]++
	}
	s.keep(box)
	fmt.Fprintf(&s.story, "sent %v, watermark %v open %v ahead %t\n", sent, s.mark.From(), openOf(s.mark), s.mark != nil && s.mark.Ahead)
	return s.check()
}

func openOf(w *state.Watermark) []record.Value {
	if w == nil {
		return nil
	}
	return w.Open
}

// move takes all readable rows through filter and tracker, in batches.
func (s *sim) move(f *filter, tr *tracker, box *collector) (sent []string, failed int) {
	var readable []simRow
	for _, r := range s.table {
		switch r.state {
		case "torn":
			tr.hold = true
			box.missed([]record.Reject{{Key: "torn"}})
			failed++
		case "good", "bad":
			readable = append(readable, r)
		}
	}
	for len(readable) > 0 {
		n := 1 + s.rand.IntN(len(readable))
		b, _, _, err := f.apply(simBatch(readable[:n]), positions{first: 1})
		s.must(err)
		readable = readable[n:]
		if b == nil {
			continue
		}
		var rejects []record.Reject
		for i := range int(b.NumRows()) {
			if b.Column(2).(*array.String).Value(i) == "bad" {
				rejects = append(rejects, record.Reject{Row: int64(i), Key: simKey(b, i)})
				failed++
				continue
			}
			sent = append(sent, simKey(b, i))
		}
		unkept, err := box.took(b, rejects, positions{first: 1})
		s.must(err)
		s.must(tr.written(b, unkept))
		b.Release()
	}
	return sent, failed
}

func simKey(b arrow.RecordBatch, i int) string {
	return simRow{id: b.Column(0).(*array.Int64).Value(i), at: b.Column(1).(*array.Int64).Value(i)}.key()
}

func (s *sim) check() bool {
	want := map[string]int{}
	for _, r := range s.table {
		if r.state == "good" && !s.once[r.key()] {
			want[r.key()]++
		}
	}
	got := maps.Clone(s.target)
	maps.DeleteFunc(got, func(k string, _ int) bool { return s.once[k] })
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("seed %d: the target is not the good rows of the table (-want +got):\n%s%s\nreplay: go test ./engine -run TestSimIncremental -seed=%d", s.seed, diff, s.story.String(), s.seed)
		return false
	}
	return s.checkLetters() && s.checkRemembered()
}

// checkRemembered holds the watermark to remember no more than the rows at its open values.
func (s *sim) checkRemembered() bool {
	if s.mark == nil || s.mark.Ahead {
		return true
	}
	want := int64(0)
	for _, r := range s.table {
		at := record.Value{Type: record.TypeInt64, Text: fmt.Sprint(r.at)}
		if r.state == "good" && slices.Contains(s.mark.Open, at) {
			want++
		}
	}
	if len(s.once) > 0 {
		return true // rows in the letters are remembered too, as long as the source has them
	}
	if got := total(s.mark.Sent); got != want {
		s.t.Errorf("seed %d: %d rows are remembered, want the %d at open values\n%s", s.seed, got, want, s.story.String())
		return false
	}
	return true
}

func (s *sim) must(err error) {
	if err != nil {
		s.t.Fatalf("seed %d: %v\n%s", s.seed, err, s.story.String())
	}
}

func simSchema() *arrow.Schema {
	return arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "at", Type: arrow.PrimitiveTypes.Int64}, {Name: "val", Type: arrow.BinaryTypes.String},
	}, nil)
}

func simBatch(rows []simRow) arrow.RecordBatch {
	b := array.NewRecordBuilder(memory.DefaultAllocator, simSchema())
	defer b.Release()
	for _, r := range rows {
		b.Field(0).(*array.Int64Builder).Append(r.id)
		b.Field(1).(*array.Int64Builder).Append(r.at)
		b.Field(2).(*array.StringBuilder).Append(r.state)
	}
	return b.NewRecordBatch()
}
