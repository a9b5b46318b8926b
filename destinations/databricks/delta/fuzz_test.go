package delta

import (
	"encoding/json"
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
)

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "a", "\x00\"\\\n\u2028", "12345678\"", "1234567\x1f", "é漢😀", "\xff", "12345678\xed\xa0\x80", strings.Repeat("x", 99)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := pass(t, text(s), Type{Kind: String})
		want := passed{Text: s}
		if !utf8.ValidString(s) {
			want = passed{Reason: reasonUTF8}
		}
		if got != want {
			t.Errorf("%q: %+v", s, got)
		}
	})
}

// exact reads a number as mathematics does; nil if it is none.
func exact(s string) *big.Rat {
	if s == "" || strings.Trim(s, "+-.eE0123456789") != "" {
		return nil
	}
	if e := strings.IndexAny(s, "eE"); e >= 0 {
		if n, err := strconv.Atoi(s[e+1:]); err != nil || n > 500 || n < -500 {
			return nil
		}
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil
	}
	return r
}

func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"1.10", "1.005", "-0", ".5", "5.", "1e3", "-1.5E-2", strings.Repeat("9", 38), "0." + strings.Repeat("0", 37) + "1", "1e38", "00012.300"} {
		f.Add(s, uint8(18), uint8(2))
		f.Add(s, uint8(38), uint8(38))
		f.Add(s, uint8(38), uint8(0))
	}
	f.Fuzz(func(t *testing.T, s string, precision, scale uint8) {
		p := int(precision)%38 + 1
		to := Type{Kind: Decimal, Precision: p, Scale: int(scale) % (p + 1)}
		want := exact(s)
		if want == nil {
			return
		}
		unit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(to.Scale)), nil))
		limit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(p)), nil))
		unscaled := new(big.Rat).Mul(want, unit)
		fits := unscaled.IsInt() && new(big.Rat).Abs(unscaled).Cmp(limit) < 0
		got := pass(t, text(s), to)
		if fits != (got.Reason == "") {
			t.Fatalf("%q into %s: %+v, fits %t", s, to, got, fits)
		}
		if fits && got.Text != want.FloatString(to.Scale) {
			t.Errorf("%q into %s: %s, want %s", s, to, got.Text, want.FloatString(to.Scale))
		}
	})
}

func FuzzDouble(f *testing.F) {
	for _, v := range []float64{0, math.Copysign(0, -1), 0.1, 1.005, 1e15, 123456789.1234, 99999999999.9999, 1e11, 5e-324, 1e22, math.Inf(1), math.NaN(), 0.00005, -12.5} {
		f.Add(math.Float64bits(v))
	}
	f.Fuzz(func(t *testing.T, bits uint64) {
		v := math.Float64frombits(bits)
		got := pass(t, double(v), Type{Kind: Double})
		back, err := strconv.ParseFloat(got.Text, 64)
		if err != nil || math.Float64bits(back) != bits && !math.IsNaN(v) {
			t.Errorf("%x: %s reads back as %v, %v", bits, got.Text, back, err)
		}
		shortest := strconv.FormatFloat(v, 'e', -1, 64)
		if n, ok := scanNumber(got.Text); ok {
			if m, _ := scanNumber(shortest); n != m {
				t.Errorf("%s is not the shortest text, %s", got.Text, shortest)
			}
		}
		to := Type{Kind: Decimal, Precision: 18, Scale: 4}
		if n, ok := scanNumber(shortest); ok {
			d, reason := fitDecimal(n, to)
			want := passed{Text: string(appendDecimal(nil, d, 4)), Reason: reason}
			if reason != "" {
				want.Text = ""
			}
			if got := pass(t, double(v), to); got != want {
				t.Errorf("%s into %s: %+v, want %+v", shortest, to, got, want)
			}
		}
		narrow := pass(t, double(v), Type{Kind: Float})
		if exactly := math.IsNaN(v) || float64(float32(v)) == v; exactly != (narrow.Reason == "") {
			t.Errorf("%v into FLOAT: %+v", v, narrow)
		}
	})
}

// A text passes into DOUBLE if the nearest double, printed with as many digits, is the text's number again.
func FuzzDoubleText(f *testing.F) {
	for _, s := range []string{"0.1", "0.10000000000000001", "9007199254740993", "1e23", "1e400", "1e-400", "3.14159265358979323846", "123456789012345e-22", "2.5e-324"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want := exact(s)
		if want == nil {
			return
		}
		v, err := strconv.ParseFloat(s, 64)
		digits := significant(s)
		same := err == nil && (digits == "" || significant(strconv.FormatFloat(v, 'e', max(len(digits)-1, 0), 64)) == digits)
		got := pass(t, text(s), Type{Kind: Double})
		if len(digits) < 1000 && same != (got.Reason == "") {
			t.Fatalf("%q: %+v, want accepted %t", s, got, same)
		}
		if back, _ := strconv.ParseFloat(got.Text, 64); got.Reason == "" && back != v {
			t.Errorf("%q: %s, want %v", s, got.Text, v)
		}
	})
}

func FuzzTimestamp(f *testing.F) {
	for _, v := range []int64{0, -1, minMicros, maxMicros, 1704067200123456, -2208988800000001} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, us int64) {
		us %= maxMicros
		if us < minMicros {
			return
		}
		want := time.UnixMicro(us).UTC().Format("2006-01-02T15:04:05.999999")
		got := pass(t, stamp(arrow.Microsecond, "", us), Type{Kind: TimestampNTZ})
		if got.Text != want {
			t.Fatalf("%d: %+v, want %s", us, got, want)
		}
		if again := pass(t, text(want), Type{Kind: TimestampNTZ}); again != got {
			t.Errorf("%s: %+v", want, again)
		}
		if again := pass(t, text(want+"-03:30"), Type{Kind: Timestamp}); us < maxMicros-dayMicros {
			if want := time.UnixMicro(us).UTC().Add(210 * time.Minute).Format("2006-01-02T15:04:05.999999Z"); again.Text != want {
				t.Errorf("%d-03:30: %+v, want %s", us, again, want)
			}
		}
	})
}

// Text that is taken for a timestamp is one for the time package too, and the same one.
func FuzzTimestampText(f *testing.F) {
	for _, s := range []string{"2024-02-29T23:59:59.999999Z", "2024-02-29 23:59:59+05:30", "0001-01-01", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00.1234567", "2023-02-29T00:00:00Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := pass(t, text(s), Type{Kind: Timestamp})
		clock := strings.Replace(strings.ToUpper(s), " ", "T", 1)
		want, err := time.Parse(time.RFC3339Nano, clock)
		if got.Reason != "" {
			twoDigits := len(clock) > 13 && clock[13] == ':' // the time package takes an hour of one, and nobody else does
			if err == nil && twoDigits && want.Nanosecond()%1000 == 0 && !strings.Contains(s, ",") && want.UTC().Year() > 0 && want.UTC().Year() < 10000 && !farOffset(clock) {
				t.Fatalf("%q: %+v, want %s", s, got, want)
			}
			return
		}
		back, berr := time.Parse(time.RFC3339Nano, got.Text)
		if berr != nil || err == nil && !back.Equal(want) {
			t.Errorf("%q: %s, want %s", s, got.Text, want)
		}
	})
}

// farOffset says whether an offset is beyond the 18 hours that Spark knows.
func farOffset(s string) bool {
	_, offset, _ := strings.Cut(s, "T")
	at := strings.IndexAny(offset, "+-")
	return at >= 0 && offset[at+1:] > "18:00"
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":1,"b":["x",null],"m":{"1":true}}`, `[1,2.5e3,"\ud83d\ude00"]`, `null`, ` "x" `, `{"a":{"a":1}}`, `[[[]]]`, `{"a":1,"a":2}`, `-0.0`, `1e400`} {
		f.Add(s)
	}
	typed, err := Parse("struct<a:bigint,b:array<string>,m:map<int,boolean>,d:decimal(10,2),v:variant,f:double,t:timestamp>")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := pass(t, text(s), Type{Kind: Variant})
		if got.Reason == "" && (!json.Valid([]byte(s)) || got.Text != s) {
			t.Errorf("%q is taken for JSON as %q", s, got.Text)
		}
		if got.Reason == reasonJSON && json.Valid([]byte(s)) {
			t.Errorf("%q is not taken for JSON", s)
		}
		if out := pass(t, text(s), typed); out.Reason == "" && out.Text != null && !json.Valid([]byte(out.Text)) {
			t.Errorf("%q becomes %q, which is no JSON", s, out.Text)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"decimal(18,2)", "struct<a:int NOT NULL COMMENT 'x',`b``c`:map<string,array<varchar(3)>>>", "interval day to second", "string collate x", "geometry(1)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		typ, err := Parse(s)
		if err != nil {
			return
		}
		again, err := Parse(typ.SQL())
		if err != nil || !again.Equal(typ) {
			t.Errorf("%q: %s reads back as %s, %v", s, typ, again, err)
		}
		if _, err := NewEncoder(arrow.BinaryTypes.String, typ); err == nil {
			CastSQL("x", typ)
			CompareSQL("a", "b", typ)
		}
	})
}

// Every day of the calendar is written as the time package writes it, and read back.
func TestEveryDay(t *testing.T) {
	day := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	var buf []byte
	for d := int64(minDay); d <= maxDay; d++ {
		buf = appendDate(buf[:0], d)
		y, m, dd := day.Date()
		if back, ok := parseDate(string(buf)); !ok || back != d {
			t.Fatalf("%s reads back as %d, want %d", buf, back, d)
		}
		if got, _, _ := dateOf(d); int(got) != y || daysOf(y, int(m), dd) != d {
			t.Fatalf("day %d is %s, want %s", d, buf, day)
		}
		day = day.AddDate(0, 0, 1)
	}
}

// The quick ways for short decimals agree with the slow ones.
func TestShortDoubles(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		v := float64(r.Int64N(1e15)-5e14) / power10(r.IntN(8)) / power10(r.IntN(8))
		if n, m := scan(string(appendFloat(nil, v, 64))), scan(strconv.FormatFloat(v, 'e', -1, 64)); n != m {
			t.Fatalf("%v: %+v, want %+v", v, n, m)
		}
		to := Type{Kind: Decimal, Precision: 18, Scale: r.IntN(10)}
		d, reason := fitDecimal(scan(strconv.FormatFloat(v, 'e', -1, 64)), to)
		if q, ok := quickDecimal(v, 64, to); ok && (reason != "" || q != d) {
			t.Fatalf("%v into %s: %v, want %v, %s", v, to, q, d, reason)
		}
	}
}

func scan(s string) number {
	n, _ := scanNumber(s)
	return n
}
