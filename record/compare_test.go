package record

import (
	"math"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"
)

// column builds an array of type dt from JSON, which leaves no room for a mistake in a builder.
func column(t testing.TB, dt arrow.DataType, values string) arrow.Array {
	t.Helper()
	arr, _, err := array.FromJSON(memory.DefaultAllocator, dt, stringsReader(values), array.WithUseNumber())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(arr.Release)
	return arr
}

func TestE3_ValuesOfEveryTypeAreOrderedExactly(t *testing.T) {
	utc := &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "Europe/Paris"}
	tests := []struct {
		name   string
		dt     arrow.DataType
		json   string // ascending
		values []Value
	}{
		{"bigint beyond 2^53", arrow.PrimitiveTypes.Int64, `[-9223372036854775808, 9007199254740992, 9007199254740993, 9223372036854775807]`,
			[]Value{{"int64", "-9223372036854775808"}, {"int64", "9007199254740992"}, {"int64", "9007199254740993"}, {"int64", "9223372036854775807"}}},
		{"smallint", arrow.PrimitiveTypes.Int16, `[-2, 10]`, []Value{{"int64", "-2"}, {"int64", "10"}}},
		{"uint64", arrow.PrimitiveTypes.Uint64, `[3, 18446744073709551615]`, []Value{{"uint64", "3"}, {"uint64", "18446744073709551615"}}},
		{"double", arrow.PrimitiveTypes.Float64, `[-1e300, 0.1, 0.30000000000000004]`,
			[]Value{{"float64", "-1e+300"}, {"float64", "0.1"}, {"float64", "0.30000000000000004"}}},
		{"decimal(38,10)", &arrow.Decimal128Type{Precision: 38, Scale: 10}, `["-1234567890123456789012345678.0000000001", "-0.0000000001", "1.5", "1234567890123456789012345678.0000000001"]`,
			[]Value{{"decimal", "-1234567890123456789012345678.0000000001"}, {"decimal", "-0.0000000001"}, {"decimal", "1.5000000000"}, {"decimal", "1234567890123456789012345678.0000000001"}}},
		{"string, by bytes", arrow.BinaryTypes.String, `["", "10", "9", "a", "é"]`,
			[]Value{{"string", ""}, {"string", "10"}, {"string", "9"}, {"string", "a"}, {"string", "é"}}},
		{"date before 1970", arrow.FixedWidthTypes.Date32, `["0001-01-01", "1899-12-31", "9999-12-31"]`,
			[]Value{{"date", "0001-01-01"}, {"date", "1899-12-31"}, {"date", "9999-12-31"}}},
		{"timestamp, microseconds", utc, `["1899-12-31 23:59:59.999999", "2026-01-01 00:00:00.000001", "2026-01-01 00:00:00.00001"]`,
			[]Value{{"timestamp", "1899-12-31T23:59:59.999999Z"}, {"timestamp", "2026-01-01T00:00:00.000001Z"}, {"timestamp", "2026-01-01T00:00:00.00001Z"}}},
		{"timestamp_ntz, nanoseconds", &arrow.TimestampType{Unit: arrow.Nanosecond}, `["1969-12-31 23:59:59.999999999", "2026-01-01 00:00:00"]`,
			[]Value{{"timestamp_ntz", "1969-12-31T23:59:59.999999999"}, {"timestamp_ntz", "2026-01-01T00:00:00"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			arr := column(t, test.dt, test.json)
			var got []Value
			for i := range arr.Len() {
				v, err := ValueAt(arr, i)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, v)
			}
			if diff := cmp.Diff(test.values, got); diff != "" {
				t.Fatalf("values (-want +got):\n%s", diff)
			}
			checkOrder(t, arr, got)
		})
	}
}

// checkOrder holds cells and stored values, in every combination, to the ascending order of the rows.
func checkOrder(t *testing.T, arr arrow.Array, values []Value) {
	t.Helper()
	o, err := NewOrder(arr.DataType())
	if err != nil {
		t.Fatal(err)
	}
	for i := range values {
		cell, err := o.Cell(arr, i)
		if err != nil {
			t.Fatal(err)
		}
		for j := range values {
			want := sign(i - j)
			if got, err := Compare(values[i], values[j]); err != nil || got != want {
				t.Errorf("Compare(%v, %v) = %d, %v; want %d", values[i], values[j], got, err, want)
			}
			stored, err := o.Parse(values[j])
			if err != nil {
				t.Fatal(err)
			}
			if got := o.Compare(cell, stored); got != want {
				t.Errorf("a cell of %v against the stored %v: %d, want %d", values[i], values[j], got, want)
			}
			if same := string(o.AppendKey(nil, cell)) == string(o.AppendKey(nil, stored)); same != (want == 0) {
				t.Errorf("keys of %v and %v are equal: %t", values[i], values[j], same)
			}
		}
	}
}

func sign(n int) int { return max(-1, min(1, n)) }

func TestCompareDecimalsOfTwoScales(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"1.5", "1.50", 0}, {"1.49", "1.5", -1}, {"-2", "-1.999", -1}, {"100", "99.9", 1}} {
		got, err := Compare(Value{"decimal", test.a}, Value{"decimal", test.b})
		if err != nil || got != test.want {
			t.Errorf("Compare(%s, %s) = %d, %v; want %d", test.a, test.b, got, err, test.want)
		}
	}
}

func TestParseGivesADecimalTheScaleOfItsColumn(t *testing.T) {
	arr := column(t, &arrow.Decimal128Type{Precision: 18, Scale: 4}, `["1.5"]`)
	o, err := NewOrder(arr.DataType())
	if err != nil {
		t.Fatal(err)
	}
	cell, err := o.Cell(arr, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"1.5", "1.50000", "1.5000"} {
		stored, err := o.Parse(Value{"decimal", text})
		if err != nil || string(o.AppendKey(nil, stored)) != string(o.AppendKey(nil, cell)) {
			t.Errorf("the key of %s is not that of 1.5000 (%v)", text, err)
		}
	}
	if stored, err := o.Parse(Value{"decimal", "1.50001"}); err != nil || o.Compare(stored, cell) != 1 {
		t.Errorf("1.50001 is not greater than 1.5000 (%v)", err)
	}
}

func TestCompareRefusesWhatHasNoOrder(t *testing.T) {
	if _, err := Compare(Value{"int64", "1"}, Value{"string", "1"}); err == nil {
		t.Error("an int64 was compared with a string")
	}
	if _, err := Compare(Value{"int64", "1x"}, Value{"int64", "1"}); err == nil {
		t.Error("a malformed value was compared")
	}
	for _, dt := range []arrow.DataType{arrow.FixedWidthTypes.Boolean, arrow.BinaryTypes.Binary, arrow.ListOf(arrow.PrimitiveTypes.Int64), arrow.FixedWidthTypes.Time64us} {
		if _, err := NewOrder(dt); err == nil {
			t.Errorf("%s has an order", dt)
		}
	}
}

func TestValueAtOfACellWithoutPlace(t *testing.T) {
	b := array.NewFloat64Builder(memory.DefaultAllocator)
	defer b.Release()
	b.Append(math.NaN())
	floats := b.NewArray()
	defer floats.Release()
	if _, err := ValueAt(floats, 0); err != ErrNaN {
		t.Errorf("NaN: %v", err)
	}
	if _, err := ValueAt(column(t, arrow.PrimitiveTypes.Int64, `[null]`), 0); err != ErrNull {
		t.Errorf("NULL: %v", err)
	}
	far := array.NewTimestampBuilder(memory.DefaultAllocator, &arrow.TimestampType{Unit: arrow.Second})
	defer far.Release()
	far.Append(math.MaxInt64)
	late := far.NewArray()
	defer late.Release()
	if _, err := ValueAt(late, 0); err != ErrRange {
		t.Errorf("year 292 billion: %v", err)
	}
}
