package databricks

import (
	"strconv"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/drt-go/drt/destinations"
)

// The hot path: a row is encoded and added to its chunk without an allocation.
func TestRowsDoNotAllocate(t *testing.T) {
	l := testLayout(t, 1, "id:BIGINT", "name:STRING", "amount:DECIMAL(18,2)", "at:TIMESTAMP")
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "name", Type: arrow.BinaryTypes.String},
		{Name: "amount", Type: &arrow.Decimal128Type{Precision: 18, Scale: 2}}, {Name: "at", Type: arrow.FixedWidthTypes.Timestamp_us},
	}, nil)
	encode, err := newRowEncoder(schema, l)
	if err != nil {
		t.Fatal(err)
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	const rows = 1000
	for i := range rows {
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		b.Field(1).(*array.StringBuilder).Append("name \"quoted\" " + strconv.Itoa(i))
		if err := b.Field(2).AppendValueFromString("17.25"); err != nil {
			t.Fatal(err)
		}
		b.Field(3).(*array.TimestampBuilder).Append(arrow.Timestamp(1_700_000_000_000_000 + i))
	}
	batch := b.NewRecordBatch()
	defer batch.Release()
	f := newFeed(jsonLoader{}, l.scratchSlots(), encode)
	columns := batch.Columns()
	var buffer []byte
	stage := func() {
		f.cur.reset(f)
		for i := range rows {
			var reason string
			if buffer, _, reason = encode.append(buffer[:0], columns, i); reason != "" {
				t.Fatal(reason)
			}
			if f.full(buffer) {
				t.Fatal("the chunk is full")
			}
			f.add(buffer)
		}
	}
	stage()
	if n := testing.AllocsPerRun(5, stage); n > 0 {
		t.Errorf("%v allocations for %d rows, want 0", n, rows)
	}
	if got := f.cur.document(0, 2); got != `[["0","name \"quoted\" 0","17.25","2023-11-14T22:13:20Z"],["1","name \"quoted\" 1","17.25","2023-11-14T22:13:20.000001Z"]]` {
		t.Errorf("document %s", got)
	}
	if got := f.cur.document(1, 2); got != `[["1","name \"quoted\" 1","17.25","2023-11-14T22:13:20.000001Z"]]` {
		t.Errorf("document %s", got)
	}
}

// Numbers of staged rows skip the refused ones; positions that people see do not.
func TestSourcePositions(t *testing.T) {
	s := &session{refused: []int64{0, 1, 4}}
	for n, want := range map[int64]int64{0: 2, 1: 3, 2: 5, 3: 6} {
		if got := s.source(n); got != want {
			t.Errorf("staged row %d is row %d of the source, want %d", n, got, want)
		}
	}
	got := s.rejects([]badRow{{3, "b"}, {0, "a"}})
	if len(got) != 2 || got[0] != (destinations.Reject{Row: 2, Reason: "a"}) || got[1].Row != 6 {
		t.Errorf("rejects %+v", got)
	}
}

func TestScratchNames(t *testing.T) {
	in := table{"main", "stage", ""}
	for _, name := range []string{"t", "user_scores", "Zeit`schrift ü", "__drt_staging_x", string(make([]byte, 300))} {
		s := scratchFor(in, table{"main", "default", ident(name)}, testRun)
		if n := len([]rune(string(s.probe().name))); n > maxTableName {
			t.Errorf("the name is %d characters long", n)
		}
		for _, s := range []table{s, s.probe()} {
			if run, ok := syncRunOf(string(s.name)); !ok || run != testRun {
				t.Errorf("%s tells run %q", s.name, run)
			}
		}
	}
	for _, name := range []string{"customers", "__drt_staging_", "__drt_staging_x_01890a5dac96474bbcceb302099a8057", "x__drt_staging_t_01890a5dac96774bbcceb302099a8057"} {
		if _, ok := syncRunOf(name); ok {
			t.Errorf("%s is taken for scratch", name)
		}
	}
}

func FuzzIdent(f *testing.F) {
	for _, s := range []string{"a", "`", "a`b", "``", "a.b", "日本", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q := ident(s).String()
		inner := q[1 : len(q)-1]
		var back []byte
		for i := 0; i < len(inner); i++ {
			if inner[i] == '`' {
				i++
				if i >= len(inner) || inner[i] != '`' {
					t.Fatalf("%q leaves its quotes as %s", s, q)
				}
			}
			back = append(back, inner[i])
		}
		if q[0] != '`' || q[len(q)-1] != '`' || string(back) != s {
			t.Fatalf("%q reads back as %q", s, back)
		}
	})
}

// What one core turns from Arrow into the text of statements, 8 columns a row.
func BenchmarkEncodeRows(b *testing.B) {
	names := []string{"id", "name", "amount", "at", "flag", "score", "day", "note"}
	types := []arrow.DataType{arrow.PrimitiveTypes.Int64, arrow.BinaryTypes.String, &arrow.Decimal128Type{Precision: 18, Scale: 2},
		arrow.FixedWidthTypes.Timestamp_us, arrow.FixedWidthTypes.Boolean, arrow.PrimitiveTypes.Float64, arrow.FixedWidthTypes.Date32, arrow.BinaryTypes.String}
	row := []string{"123456", "Ada Lovelace", "17.25", "2024-02-29T12:00:00.000001Z", "true", "0.125", "2024-02-29", "it's a \"note\""}
	columns := []string{"id:BIGINT", "name:STRING", "amount:DECIMAL(18,2)", "at:TIMESTAMP", "flag:BOOLEAN", "score:DOUBLE", "day:DATE", "note:STRING"}
	var fs []arrow.Field
	for i, n := range names {
		fs = append(fs, arrow.Field{Name: n, Type: types[i]})
	}
	schema := arrow.NewSchema(fs, nil)
	l := testLayout(b, 1, columns...)
	encode, err := newRowEncoder(schema, l)
	if err != nil {
		b.Fatal(err)
	}
	rb := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer rb.Release()
	const rows = 5000
	for range rows {
		for i, v := range row {
			if err := rb.Field(i).AppendValueFromString(v); err != nil {
				b.Fatal(err)
			}
		}
	}
	batch := rb.NewRecordBatch()
	defer batch.Release()
	f := newFeed(jsonLoader{}, l.scratchSlots(), encode)
	var buffer []byte
	b.ReportAllocs()
	for b.Loop() {
		f.cur.reset(f)
		for i := range rows {
			var reason string
			if buffer, _, reason = encode.append(buffer[:0], batch.Columns(), i); reason != "" {
				b.Fatal(reason)
			}
			f.add(buffer)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	b.SetBytes(int64(len(f.cur.text)))
}
