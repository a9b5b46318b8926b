package file

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	arrowmem "github.com/apache/arrow-go/v18/arrow/memory"
)

// TestAppendDate compares with package time: every day of 12 centuries, and the ends.
func TestAppendDate(t *testing.T) {
	first := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	for n := range 12 * 146_097 / 4 {
		day := first.AddDate(0, 0, n)
		if got, reason := appendDate(nil, day.Unix()/secondsPerDay); string(got) != day.Format(time.DateOnly) || reason != "" {
			t.Fatalf("day %d: got %s %s, want %s", n, got, reason, day.Format(time.DateOnly))
		}
	}
	last := time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay
	if got, _ := appendDate(nil, last); string(got) != "9999-12-31" {
		t.Errorf("the last day: got %s", got)
	}
	for _, out := range []int64{last + 1, first.Unix()/secondsPerDay - 1, math.MaxInt32, math.MinInt32} {
		if got, reason := appendDate(nil, out); reason != reasonYear {
			t.Errorf("day %d: got %q, want it rejected", out, got)
		}
	}
}

func TestTimestamp(t *testing.T) {
	for _, tt := range []struct {
		unit  arrow.TimeUnit
		zone  string
		value int64
		want  string
	}{
		{arrow.Second, "UTC", 0, "1970-01-01T00:00:00Z"},
		{arrow.Second, "", -1, "1969-12-31T23:59:59"},
		{arrow.Millisecond, "", -1, "1969-12-31T23:59:59.999"},
		{arrow.Microsecond, "Europe/Berlin", 1_700_000_000_100_000, "2023-11-14T22:13:20.1Z"},
		{arrow.Nanosecond, "UTC", math.MinInt64, "1677-09-21T00:12:43.145224192Z"},
		{arrow.Nanosecond, "UTC", math.MaxInt64, "2262-04-11T23:47:16.854775807Z"},
	} {
		b := array.NewTimestampBuilder(arrowmem.DefaultAllocator, &arrow.TimestampType{Unit: tt.unit, TimeZone: tt.zone})
		b.Append(arrow.Timestamp(tt.value))
		if got, reason := temporal(b.NewArray())(nil, 0); string(got) != tt.want || reason != "" {
			t.Errorf("%d %s: got %s %s, want %s", tt.value, tt.unit, got, reason, tt.want)
		}
	}
}

// TestAppendDecimal compares with math/big. The seed is fixed: a failure shows the number.
func TestAppendDecimal(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(38), nil)
	check := func(n *big.Int, scale int32) {
		t.Helper()
		want := decimal128.FromBigInt(n).ToString(scale)
		if got := string(appendDecimal(nil, decimal128.FromBigInt(n), scale)); got != want {
			t.Fatalf("%s, scale %d: got %s, want %s", n, scale, got, want)
		}
	}
	for range 20_000 {
		n := new(big.Int).SetUint64(random.Uint64())
		n.Mul(n, new(big.Int).SetUint64(random.Uint64())).Rsh(n, uint(random.IntN(128))).Mod(n, limit)
		if random.IntN(2) == 0 {
			n.Neg(n)
		}
		check(n, int32(random.IntN(39)))
	}
	for _, n := range []int64{0, 1, -1, 9, 10, 99, 100, math.MaxInt64, math.MinInt64} {
		for scale := range int32(39) {
			check(big.NewInt(n), scale)
		}
	}
	if got := string(appendDecimal(nil, decimal128.FromI64(-12), -3)); got != "-12000" {
		t.Errorf("a negative scale: got %s, want -12000", got)
	}
}

func TestAppendInterval(t *testing.T) {
	for want, v := range map[string][3]int64{
		"PT0S": {}, "P1M": {1}, "P2D": {0, 2}, "PT-1.5S": {0, 0, -1500}, "P-1M3DT0.001S": {-1, 3, 1}, "PT3600S": {0, 0, 3_600_000},
	} {
		if got := string(appendInterval(nil, v[0], v[1], v[2], 1000)); got != want {
			t.Errorf("%v: got %s, want %s", v, got, want)
		}
	}
}

// TestNoAllocationPerRow: a batch of twice the rows costs as many allocations.
func TestNoAllocationPerRow(t *testing.T) {
	nested := arrow.NewSchema(append(orders().Fields(),
		arrow.Field{Name: "tags", Type: arrow.ListOf(arrow.BinaryTypes.String), Nullable: true},
		arrow.Field{Name: "wide", Type: &arrow.Decimal128Type{Precision: 38, Scale: 10}, Nullable: true}), nil)
	for _, name := range []string{"orders.csv", "orders.jsonl", "orders.json"} {
		allocs := map[int]float64{}
		for _, rows := range []int{1000, 2000} {
			b := widened(nested, rows)
			s := openSession(t, Config{Path: t.TempDir() + "/" + name}, nested)
			write := func() {
				if err := s.Write(t.Context(), b); err != nil {
					t.Fatal(err)
				}
			}
			write() // the buffers grow
			allocs[rows] = testing.AllocsPerRun(20, write)
			b.Release()
		}
		if allocs[2000] > allocs[1000]+2 {
			t.Errorf("%s: %v allocations for 1000 rows, %v for 2000: the row must cost none", name, allocs[1000], allocs[2000])
		}
	}
}

func widened(schema *arrow.Schema, rows int) arrow.RecordBatch {
	b := ordersBatch(rows)
	defer b.Release()
	tags := array.NewListBuilder(arrowmem.DefaultAllocator, arrow.BinaryTypes.String)
	wide := array.NewDecimal128Builder(arrowmem.DefaultAllocator, schema.Field(9).Type.(*arrow.Decimal128Type))
	for i := range rows {
		tags.Append(true)
		tags.ValueBuilder().(*array.StringBuilder).Append(fmt.Sprintf("tag \"%d\"", i))
		wide.Append(decimal128.New(int64(i), math.MaxUint64))
	}
	return array.NewRecordBatch(schema, append(b.Columns()[:8:8], tags.NewArray(), wide.NewArray()), int64(rows))
}
