package delta

import (
	"encoding/json"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/decimal256"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	"github.com/apache/arrow-go/v18/arrow/float16"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

// build makes an array of one value.
func build(dt arrow.DataType, fill func(b array.Builder)) arrow.Array {
	b := array.NewBuilder(memory.DefaultAllocator, dt)
	defer b.Release()
	fill(b)
	return b.NewArray()
}

// one makes an array of one number.
func one[B interface{ Append(T) }, T any](dt arrow.DataType, v T) arrow.Array {
	return build(dt, func(b array.Builder) { any(b).(B).Append(v) })
}

func text(s string) arrow.Array {
	return one[*array.StringBuilder](arrow.BinaryTypes.String, s)
}

func bigint(v int64) arrow.Array {
	return one[*array.Int64Builder](arrow.PrimitiveTypes.Int64, v)
}

func tiny(v int8) arrow.Array   { return one[*array.Int8Builder](arrow.PrimitiveTypes.Int8, v) }
func small(v int16) arrow.Array { return one[*array.Int16Builder](arrow.PrimitiveTypes.Int16, v) }
func integer(v int32) arrow.Array {
	return one[*array.Int32Builder](arrow.PrimitiveTypes.Int32, v)
}
func uint8s(v uint8) arrow.Array { return one[*array.Uint8Builder](arrow.PrimitiveTypes.Uint8, v) }
func uint16s(v uint16) arrow.Array {
	return one[*array.Uint16Builder](arrow.PrimitiveTypes.Uint16, v)
}
func uint32s(v uint32) arrow.Array {
	return one[*array.Uint32Builder](arrow.PrimitiveTypes.Uint32, v)
}
func uint64s(v uint64) arrow.Array {
	return one[*array.Uint64Builder](arrow.PrimitiveTypes.Uint64, v)
}
func boolean(v bool) arrow.Array {
	return one[*array.BooleanBuilder](arrow.FixedWidthTypes.Boolean, v)
}
func float(v float32) arrow.Array {
	return one[*array.Float32Builder](arrow.PrimitiveTypes.Float32, v)
}
func double(v float64) arrow.Array {
	return one[*array.Float64Builder](arrow.PrimitiveTypes.Float64, v)
}
func half(v float32) arrow.Array {
	return one[*array.Float16Builder](arrow.FixedWidthTypes.Float16, float16.New(v))
}
func blob(v string) arrow.Array {
	return one[*array.BinaryBuilder](arrow.BinaryTypes.Binary, []byte(v))
}
func date(days int32) arrow.Array {
	return one[*array.Date32Builder](arrow.PrimitiveTypes.Date32, arrow.Date32(days))
}
func date64(ms int64) arrow.Array {
	return one[*array.Date64Builder](arrow.PrimitiveTypes.Date64, arrow.Date64(ms))
}
func stamp(unit arrow.TimeUnit, zone string, v int64) arrow.Array {
	return one[*array.TimestampBuilder](&arrow.TimestampType{Unit: unit, TimeZone: zone}, arrow.Timestamp(v))
}
func clock(us int64) arrow.Array {
	return one[*array.Time64Builder](arrow.FixedWidthTypes.Time64us, arrow.Time64(us))
}

// dec makes a DECIMAL of an unscaled value in digits.
func dec(p, s int32, unscaled string) arrow.Array {
	v, err := decimal128.FromString(unscaled, 38, 0)
	if err != nil {
		panic(err)
	}
	return one[*array.Decimal128Builder](&arrow.Decimal128Type{Precision: p, Scale: s}, v)
}

func dec256(s int32, unscaled string) arrow.Array {
	v, err := decimal256.FromString(unscaled, 76, 0)
	if err != nil {
		panic(err)
	}
	return one[*array.Decimal256Builder](&arrow.Decimal256Type{Precision: 76, Scale: s}, v)
}

func uuids(s string) arrow.Array {
	return build(extensions.NewUUIDType(), func(b array.Builder) {
		b.(*extensions.UUIDBuilder).Append(uuid.MustParse(s))
	})
}

func dictionary(s string) arrow.Array {
	dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	return build(dt, func(b array.Builder) {
		if err := b.(*array.BinaryDictionaryBuilder).AppendString(s); err != nil {
			panic(err)
		}
	})
}

// fromJSON makes an array of one value of any type from what arrow prints.
func fromJSON(t *testing.T, dt arrow.DataType, s string) arrow.Array {
	t.Helper()
	b := array.NewBuilder(memory.DefaultAllocator, dt)
	defer b.Release()
	if err := b.UnmarshalJSON([]byte("[" + s + "]")); err != nil {
		t.Fatalf("build %s from %s: %v", dt, s, err)
	}
	return b.NewArray()
}

func mustParse(t testing.TB, s string) Type {
	t.Helper()
	typ, err := Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return typ
}

// passed is what became of a value, in each of the forms that loaders ask for.
type passed struct{ Text, Reason string }

const null = "<NULL>"

// pass sends value 0 of arr through every way there is, and fails if two of them disagree.
func pass(t *testing.T, arr arrow.Array, to Type) passed {
	t.Helper()
	enc, err := NewEncoder(arr.DataType(), to)
	if err != nil {
		t.Fatalf("NewEncoder: %v", err)
	}
	out, isNull, reason := enc.AppendText([]byte("head"), arr, 0)
	if string(out[:4]) != "head" || reason != "" && len(out) != 4 {
		t.Errorf("AppendText left %q", out)
	}
	got := passed{Text: string(out[4:]), Reason: reason}
	if isNull {
		got.Text = null
	}
	if diff := cmp.Diff(got, passJSON(t, enc, arr)); diff != "" {
		t.Errorf("AppendJSON differs from AppendText (-text +json):\n%s", diff)
	}
	passColumn(t, arr, to, got)
	return got
}

func passJSON(t *testing.T, enc *Encoder, arr arrow.Array) passed {
	t.Helper()
	out, reason := enc.AppendJSON([]byte("head"), arr, 0)
	if string(out[:4]) != "head" || reason != "" && len(out) != 4 {
		t.Errorf("AppendJSON left %q", out)
	}
	if reason != "" {
		return passed{Reason: reason}
	}
	var s *string
	if err := json.Unmarshal(out[4:], &s); err != nil {
		t.Fatalf("AppendJSON wrote %s: %v", out[4:], err)
	}
	if s == nil {
		return passed{Text: null}
	}
	return passed{Text: *s}
}

// passColumn converts arr for Parquet, and reads what came out as an encoder does: it must be what was written as text.
func passColumn(t *testing.T, arr arrow.Array, to Type, want passed) {
	t.Helper()
	col, err := NewColumn(arr.DataType(), to)
	if err != nil {
		t.Fatalf("NewColumn: %v", err)
	}
	staged, rejects := col.Convert(memory.DefaultAllocator, arr)
	defer staged.Release()
	if !arrow.TypeEqual(staged.DataType(), col.StageType()) {
		t.Errorf("Convert returned %s, want %s", staged.DataType(), col.StageType())
	}
	if want.Reason != "" {
		if len(rejects) != 1 || rejects[0].Reason != want.Reason || rejects[0].Row != 0 || !staged.IsNull(0) {
			t.Errorf("Convert: rejects %v, value %s, want one for %q and NULL", rejects, staged, want.Reason)
		}
		return
	}
	read := to
	if to.Nested() {
		read = Type{Kind: String}
	}
	enc, err := NewEncoder(staged.DataType(), read)
	if err != nil {
		t.Fatal(err)
	}
	out, isNull, reason := enc.AppendText(nil, staged, 0)
	got := passed{Text: string(out), Reason: reason}
	if isNull {
		got.Text = null
	}
	if diff := cmp.Diff(want, got); diff != "" || len(rejects) > 0 {
		t.Errorf("Convert, rejects %v (-text +column):\n%s", rejects, diff)
	}
}
