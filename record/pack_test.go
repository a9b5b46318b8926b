package record

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/klauspost/compress/zstd"
)

func packable(t testing.TB, mem memory.Allocator) arrow.RecordBatch {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "s", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "v", Type: arrow.BinaryTypes.StringView, Nullable: true}, {Name: "d", Type: &arrow.Decimal128Type{Precision: 38, Scale: 2}},
		{Name: "at", Type: arrow.FixedWidthTypes.Timestamp_us}, {Name: "l", Type: arrow.ListOf(arrow.PrimitiveTypes.Int64), Nullable: true},
		{Name: "o", Type: arrow.StructOf(arrow.Field{Name: "x", Type: arrow.BinaryTypes.String, Nullable: true}), Nullable: true},
		{Name: "dict", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}},
	}, nil)
	text := `[{"id":1,"s":"a","v":"longer than twelve bytes it is","d":"1.25","at":"2026-01-02 03:04:05.000006","l":[1,null],"o":{"x":"y"},"dict":"u"},
		{"id":2,"s":null,"v":null,"d":"-0.01","at":"1900-01-01","l":null,"o":null,"dict":"w"},
		{"id":3,"s":"","v":"","d":"0.00","at":"2026-01-02","l":[],"o":{"x":null},"dict":"u"}]`
	b, _, err := array.RecordFromJSON(mem, schema, strings.NewReader(text), array.WithUseNumber())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPackedRowsComeBackAsTheyWere(t *testing.T) {
	b := packable(t, memory.DefaultAllocator)
	defer b.Release()
	part := b.NewSlice(1, 3)
	defer part.Release()
	for _, want := range []arrow.RecordBatch{b, part} {
		packed, err := Pack(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Unpack(packed, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if !array.RecordEqual(want, got) || !want.Schema().Equal(got.Schema()) {
			t.Errorf("packed\n%v\ncame back as\n%v", want, got)
		}
		got.Release()
	}
}

var update = flag.Bool("update", false, "write testdata/packed-1.bin")

// State files of users hold rows as the first version packed them.
func TestRowsThatWerePackedBeforeAreRead(t *testing.T) {
	const name = "testdata/packed-1.bin"
	want := packable(t, memory.DefaultAllocator)
	defer want.Release()
	if *update {
		packed, err := Pack(want)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, packed, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	packed, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Unpack(packed, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Release()
	if !array.RecordEqual(want, got) {
		t.Errorf("packed\n%v\ncame back as\n%v", want, got)
	}
}

func TestUnpackRefusesWhatIsTooLarge(t *testing.T) {
	bomb := append([]byte{packFormat}, make([]byte, 16)...)
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	bomb = z.EncodeAll(make([]byte, 256<<20), bomb)
	if _, err := Unpack(bomb, 1<<20); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("256 MiB out of %d bytes: %v", len(bomb), err)
	}
}

// Each single bit of packed rows matters.
func TestUnpackRefusesDamagedRows(t *testing.T) {
	b := packable(t, memory.DefaultAllocator)
	defer b.Release()
	packed, err := Pack(b)
	if err != nil {
		t.Fatal(err)
	}
	for i := range packed {
		bad := bytes.Clone(packed)
		bad[i] ^= 1 << (i % 8)
		if got, err := Unpack(bad, 1<<20); err == nil && !array.RecordEqual(b, got) {
			t.Errorf("byte %d was changed, and nobody noticed", i)
		}
		if _, err := Unpack(packed[:i], 1<<20); err == nil {
			t.Errorf("cut off after %d bytes, and nobody noticed", i)
		}
	}
}

// FuzzDeadLetter feeds the decoder of dead letters with anything. What it takes, it takes as a whole: packed again, it is
// the same.
func FuzzDeadLetter(f *testing.F) {
	b := packable(f, memory.DefaultAllocator)
	defer b.Release()
	packed, err := Pack(b)
	if err != nil {
		f.Fatal(err)
	}
	stream, err := unpackStream(packed, 1<<20)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{nil, {packFormat}, packed, packed[:len(packed)/2], stream, append(bytes.Clone(packed), packed...), append(bytes.Clone(packed[:packHeader]), stream...)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := Unpack(text, 1<<20)
		if err != nil {
			return
		}
		defer b.Release()
		again, err := Pack(b)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Unpack(again, 1<<21)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Release()
		if !array.RecordEqual(b, c) {
			t.Errorf("packed again, it is not the same:\n%v\n%v", b, c)
		}
	})
}
