package delta

import (
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"
)

type valueCase struct {
	name string
	arr  arrow.Array
	to   string
	want passed
}

func ok(name string, arr arrow.Array, to, text string) valueCase {
	return valueCase{name, arr, to, passed{Text: text}}
}

func no(name string, arr arrow.Array, to, reason string) valueCase {
	return valueCase{name, arr, to, passed{Reason: reason}}
}

func runValues(t *testing.T, cases []valueCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(strings.ReplaceAll(c.to+" "+c.name, "/", "|"), func(t *testing.T) {
			if diff := cmp.Diff(c.want, pass(t, c.arr, mustParse(t, c.to))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestW14_Integers(t *testing.T) {
	runValues(t, []valueCase{
		ok("int8", tiny(-128), "TINYINT", "-128"),
		ok("int16 that fits", small(127), "TINYINT", "127"),
		no("int16 too large", small(128), "TINYINT", "outside the range of TINYINT"),
		no("uint8 too large", uint8s(200), "TINYINT", "outside the range of TINYINT"),
		ok("uint8", uint8s(255), "SMALLINT", "255"),
		no("int32", integer(-32769), "SMALLINT", "outside the range of SMALLINT"),
		ok("uint16", uint16s(65535), "INT", "65535"),
		ok("int32", integer(math.MinInt32), "INT", "-2147483648"),
		no("int64", bigint(math.MaxInt32+1), "INT", "outside the range of INT"),
		ok("uint32", uint32s(math.MaxUint32), "BIGINT", "4294967295"),
		ok("beyond 2^53", bigint(9007199254740993), "BIGINT", "9007199254740993"),
		ok("smallest", bigint(math.MinInt64), "BIGINT", "-9223372036854775808"),
		ok("largest", bigint(math.MaxInt64), "BIGINT", "9223372036854775807"),
		ok("uint64", uint64s(math.MaxInt64), "BIGINT", "9223372036854775807"),
		no("uint64", uint64s(math.MaxInt64+1), "BIGINT", "outside the range of BIGINT"),
		ok("uint64", uint64s(math.MaxUint64), "DECIMAL(20,0)", "18446744073709551615"),
		ok("uint64", uint64s(math.MaxUint64), "STRING", "18446744073709551615"),
		ok("double that is whole", double(12), "BIGINT", "12"),
		no("double with a fraction", double(12.5), "BIGINT", "not a BIGINT"),
		no("NaN", double(math.NaN()), "BIGINT", "not a BIGINT"),
		no("Infinity", double(math.Inf(1)), "BIGINT", "not a BIGINT"),
		no("2^63", double(1<<63), "BIGINT", "outside the range of BIGINT"),
		ok("-2^63", double(-1<<63), "BIGINT", "-9223372036854775808"),
		ok("decimal that is whole", dec(10, 2, "-1200"), "INT", "-12"),
		no("decimal with a fraction", dec(10, 2, "1201"), "INT", "not an INT"),
		no("decimal too large", dec(38, 0, "9223372036854775808"), "BIGINT", "outside the range of BIGINT"),
		ok("decimal smallest", dec(38, 0, "-9223372036854775808"), "BIGINT", "-9223372036854775808"),
		no("decimal of 38 digits", dec(38, 0, strings.Repeat("9", 38)), "BIGINT", "outside the range of BIGINT"),
		ok("text", text("12"), "BIGINT", "12"),
		ok("text with plus and zeros", text("+0012"), "BIGINT", "12"),
		ok("text smallest", text("-9223372036854775808"), "BIGINT", "-9223372036854775808"),
		no("text one more", text("9223372036854775808"), "BIGINT", "outside the range of BIGINT"),
		no("text far more", text(strings.Repeat("9", 40)), "BIGINT", "outside the range of BIGINT"),
		no("text, far more, of no number", text(strings.Repeat("9", 40)+"x"), "BIGINT", "not a BIGINT"),
		no("text with point", text("12.0"), "BIGINT", "not a BIGINT"),
		no("text with exponent", text("1e3"), "BIGINT", "not a BIGINT"),
		no("text empty", text(""), "BIGINT", "not a BIGINT"),
		no("text blank", text(" 12"), "BIGINT", "not a BIGINT"),
		no("text sign", text("-"), "BIGINT", "not a BIGINT"),
		no("text hex", text("0x1F"), "BIGINT", "not a BIGINT"),
		no("text in other digits", text("١٢"), "BIGINT", "not a BIGINT"),
		ok("in a dictionary", dictionary("12"), "BIGINT", "12"),
	})
}

func TestW14_Booleans(t *testing.T) {
	runValues(t, []valueCase{
		ok("true", boolean(true), "BOOLEAN", "true"),
		ok("false", boolean(false), "BOOLEAN", "false"),
		ok("int 1", bigint(1), "BOOLEAN", "true"),
		ok("int 0", tiny(0), "BOOLEAN", "false"),
		no("int 2", bigint(2), "BOOLEAN", "not a BOOLEAN"),
		ok("text true", text("True"), "BOOLEAN", "true"),
		ok("text f", text("f"), "BOOLEAN", "false"),
		ok("text 0", text("0"), "BOOLEAN", "false"),
		ok("text 1", text("1"), "BOOLEAN", "true"),
		no("text yes", text("yes"), "BOOLEAN", "not a BOOLEAN"),
		no("text empty", text(""), "BOOLEAN", "not a BOOLEAN"),
		ok("as text", boolean(true), "STRING", "true"),
	})
}

func TestW14_Floats(t *testing.T) {
	tenth := float32(0.1)
	runValues(t, []valueCase{
		ok("float32", float(tenth), "FLOAT", "0.1"),
		ok("float32 largest", float(math.MaxFloat32), "FLOAT", "3.4028235e+38"),
		ok("float32 smallest", float(math.SmallestNonzeroFloat32), "FLOAT", "1e-45"),
		ok("float32 widened", float(tenth), "DOUBLE", "0.10000000149011612"),
		ok("float16", half(0.5), "FLOAT", "0.5"),
		ok("double that fits", double(0.5), "FLOAT", "0.5"),
		no("double that does not", double(0.1), "FLOAT", "has more digits than a FLOAT holds"),
		no("double too large", double(1e39), "FLOAT", "has more digits than a FLOAT holds"),
		ok("double NaN", double(math.NaN()), "FLOAT", "NaN"),
		ok("double", double(0.1), "DOUBLE", "0.1"),
		ok("third", double(1.0/3), "DOUBLE", "0.3333333333333333"),
		ok("largest", double(math.MaxFloat64), "DOUBLE", "1.7976931348623157e+308"),
		ok("smallest", double(math.SmallestNonzeroFloat64), "DOUBLE", "5e-324"),
		ok("NaN", double(math.NaN()), "DOUBLE", "NaN"),
		ok("Infinity", double(math.Inf(1)), "DOUBLE", "Infinity"),
		ok("-Infinity", float(float32(math.Inf(-1))), "DOUBLE", "-Infinity"),
		ok("-0.0", double(math.Copysign(0, -1)), "DOUBLE", "-0.0"),
		ok("0.0", double(0), "DOUBLE", "0"),
		ok("int", bigint(1<<53), "DOUBLE", "9007199254740992"),
		no("int beyond 2^53", bigint(1<<53+1), "DOUBLE", "has more digits than a DOUBLE holds"),
		no("largest int", bigint(math.MaxInt64), "DOUBLE", "has more digits than a DOUBLE holds"),
		ok("smallest int", bigint(math.MinInt64), "DOUBLE", "-9.223372036854776e+18"),
		no("int beyond 2^24", bigint(1<<24+1), "FLOAT", "has more digits than a FLOAT holds"),
		ok("decimal", dec(18, 2, "110"), "DOUBLE", "1.1"),
		no("decimal of 20 digits", dec(38, 0, "12345678901234567891"), "DOUBLE", "has more digits than a DOUBLE holds"),
		ok("text", text("0.1"), "DOUBLE", "0.1"),
		ok("text with exponent", text("-1.5E+3"), "DOUBLE", "-1500"),
		ok("text of 17 digits", text("0.10000000000000001"), "DOUBLE", "0.1"),
		ok("text in full", text("0.1000000000000000055511151231257827021181583404541015625"), "DOUBLE", "0.1"),
		no("text of 21 digits", text("3.14159265358979323846"), "DOUBLE", "has more digits than a DOUBLE holds"),
		no("text of 60 digits", text("3."+strings.Repeat("1", 60)), "DOUBLE", "has more digits than a DOUBLE holds"),
		no("text beyond 2^53", text("9007199254740993"), "DOUBLE", "has more digits than a DOUBLE holds"),
		ok("text of a whole number", text("9007199254740992"), "DOUBLE", "9007199254740992"),
		no("text 1e400", text("1e400"), "DOUBLE", "outside the range of DOUBLE"),
		no("text 1e-400", text("1e-400"), "DOUBLE", "outside the range of DOUBLE"),
		no("text 1e40", text("1e40"), "FLOAT", "outside the range of FLOAT"),
		ok("text 5e-324", text("5e-324"), "DOUBLE", "5e-324"),
		ok("text largest", text("1.7976931348623157e308"), "DOUBLE", "1.7976931348623157e+308"),
		ok("text", text("0.1"), "FLOAT", "0.1"),
		no("text of 12 digits", text("0.123456789012"), "FLOAT", "has more digits than a FLOAT holds"),
		ok("text NaN", text("NaN"), "DOUBLE", "NaN"),
		ok("text -inf", text("-inf"), "DOUBLE", "-Infinity"),
		ok("text -0", text("-0"), "DOUBLE", "-0.0"),
		no("text hex", text("0x1p-2"), "DOUBLE", "not a DOUBLE"),
		no("text underscore", text("1_000"), "DOUBLE", "not a DOUBLE"),
		no("text comma", text("1,5"), "DOUBLE", "not a DOUBLE"),
		no("text empty", text(""), "DOUBLE", "not a DOUBLE"),
		no("text point", text("."), "DOUBLE", "not a DOUBLE"),
		ok("as text", double(1e21), "STRING", "1e+21"),
		ok("NaN as text", double(math.NaN()), "STRING", "NaN"),
	})
}

func TestW14_Decimals(t *testing.T) {
	nines := strings.Repeat("9", 38)
	runValues(t, []valueCase{
		ok("same", dec(18, 2, "-12345"), "DECIMAL(18,2)", "-123.45"),
		ok("below one", dec(18, 2, "-5"), "DECIMAL(18,2)", "-0.05"),
		ok("zero", dec(18, 2, "0"), "DECIMAL(18,2)", "0.00"),
		ok("more scale", dec(18, 2, "110"), "DECIMAL(18,4)", "1.1000"),
		ok("less scale", dec(18, 4, "11000"), "DECIMAL(10,2)", "1.10"),
		no("less scale, digits lost", dec(18, 4, "11001"), "DECIMAL(10,2)", "DECIMAL(10,2) cannot hold 4 digits after the point"),
		no("less precision", dec(18, 2, "12345678901"), "DECIMAL(10,2)", "DECIMAL(10,2) cannot hold 9 digits before the point"),
		ok("38 digits", dec(38, 0, nines), "DECIMAL(38,0)", nines),
		ok("-38 digits", dec(38, 38, "-"+nines), "DECIMAL(38,38)", "-0."+nines),
		no("38 digits and scale", dec(38, 0, nines), "DECIMAL(38,1)", "DECIMAL(38,1) cannot hold 38 digits before the point"),
		ok("negative scale", dec(5, -3, "12"), "DECIMAL(10,2)", "12000.00"),
		ok("decimal256", dec256(2, "-"+nines), "DECIMAL(38,2)", "-"+nines[:36]+".99"),
		no("decimal256 of 39 digits", dec256(0, "1"+strings.Repeat("0", 39)), "DECIMAL(38,0)", "more than 38 digits"),
		ok("int", bigint(-7), "DECIMAL(10,2)", "-7.00"),
		no("int too large", bigint(123456789), "DECIMAL(10,2)", "DECIMAL(10,2) cannot hold 9 digits before the point"),
		ok("double", double(1.1), "DECIMAL(10,2)", "1.10"),
		ok("double -0.0", double(math.Copysign(0, -1)), "DECIMAL(10,2)", "0.00"),
		no("double of three digits", double(1.005), "DECIMAL(10,2)", "DECIMAL(10,2) cannot hold 3 digits after the point"),
		no("double sum", double(0.1+float64(float32(0.2))), "DECIMAL(10,2)", "DECIMAL(10,2) cannot hold 16 digits after the point"),
		ok("double of 16 digits", double(12345678901234.56), "DECIMAL(18,2)", "12345678901234.56"),
		ok("double large", double(1e22), "DECIMAL(38,2)", "10000000000000000000000.00"),
		no("double too large", double(1e22), "DECIMAL(10,2)", "DECIMAL(10,2) cannot hold 23 digits before the point"),
		no("double too large, in the quick way", double(123456789), "DECIMAL(10,2)", "DECIMAL(10,2) cannot hold 9 digits before the point"),
		no("NaN", double(math.NaN()), "DECIMAL(10,2)", "not a DECIMAL(10,2)"),
		no("Infinity", double(math.Inf(-1)), "DECIMAL(10,2)", "not a DECIMAL(10,2)"),
		ok("float32", float(0.1), "DECIMAL(10,2)", "0.10"),
		ok("text", text("1.10"), "DECIMAL(10,2)", "1.10"),
		no("text 1.005", text("1.005"), "DECIMAL(10,2)", "DECIMAL(10,2) cannot hold 3 digits after the point"),
		ok("text with zeros behind", text("1.100000"), "DECIMAL(10,2)", "1.10"),
		ok("text with exponent", text("1.5e3"), "DECIMAL(10,2)", "1500.00"),
		ok("text with negative exponent", text("-150E-2"), "DECIMAL(10,2)", "-1.50"),
		no("text with exponent too large", text("1e8"), "DECIMAL(10,2)", "DECIMAL(10,2) cannot hold 9 digits before the point"),
		no("text with exponent far too large", text("1e999999999999"), "DECIMAL(10,2)", "DECIMAL(10,2) cannot hold that many digits before the point"),
		no("text with exponent far too small", text("1e-999999999999"), "DECIMAL(10,2)", "DECIMAL(10,2) cannot hold that many digits after the point"),
		ok("text zero with exponent", text("0e999999999999"), "DECIMAL(10,2)", "0.00"),
		ok("text .5", text(".5"), "DECIMAL(10,2)", "0.50"),
		ok("text 5.", text("5."), "DECIMAL(10,2)", "5.00"),
		ok("text of 38 digits", text("-"+nines), "DECIMAL(38,0)", "-"+nines),
		ok("text of 38 digits behind the point", text("0."+nines), "DECIMAL(38,38)", "0."+nines),
		no("text of 39 digits", text(nines+"9"), "DECIMAL(38,0)", "DECIMAL(38,0) cannot hold 39 digits before the point"),
		ok("text with many zeros", text(strings.Repeat("0", 50)+"1"+strings.Repeat("0", 30)), "DECIMAL(38,0)", "1"+strings.Repeat("0", 30)),
		no("text NaN", text("NaN"), "DECIMAL(10,2)", "not a DECIMAL(10,2)"),
		no("text e5", text("e5"), "DECIMAL(10,2)", "not a DECIMAL(10,2)"),
		no("text 1e", text("1e"), "DECIMAL(10,2)", "not a DECIMAL(10,2)"),
		no("text empty", text(""), "DECIMAL(10,2)", "not a DECIMAL(10,2)"),
		ok("as text", dec(18, 2, "-110"), "STRING", "-1.10"),
		ok("negative scale as text", dec(5, -3, "12"), "STRING", "12000"),
	})
}

func TestW14_TextAndBytes(t *testing.T) {
	mega := strings.Repeat("0123456789abcde\n", 1<<16)
	runValues(t, []valueCase{
		ok("empty", text(""), "STRING", ""),
		ok("hostile", text("'; DROP TABLE t; -- \\ */ ` \" $x ${y} ?"), "STRING", "'; DROP TABLE t; -- \\ */ ` \" $x ${y} ?"),
		ok("NUL and control", text("a\x00b\x01\x1f\x7f\t\r\n"), "STRING", "a\x00b\x01\x1f\x7f\t\r\n"),
		ok("emoji", text("é漢😀\u2028\uffff"), "STRING", "é漢😀\u2028\uffff"),
		ok("1 MB", text(mega), "STRING", mega),
		no("not UTF-8", text("a\xff"), "STRING", "not valid UTF-8 text"),
		no("surrogate", text("\xed\xa0\x80"), "STRING", "not valid UTF-8 text"),
		ok("large string", one[*array.LargeStringBuilder](arrow.BinaryTypes.LargeString, "x"), "STRING", "x"),
		ok("string view", one[*array.StringViewBuilder](arrow.BinaryTypes.StringView, "a longer text than a view holds"), "STRING", "a longer text than a view holds"),
		ok("dictionary", dictionary("x"), "STRING", "x"),
		ok("collated", text("x"), "STRING COLLATE UTF8_LCASE", "x"),
		ok("4 characters, 8 bytes", text("éééé"), "VARCHAR(4)", "éééé"),
		no("5 characters", text("ééééé"), "VARCHAR(4)", "longer than 4 characters"),
		no("blanks count", text("a    "), "CHAR(4)", "longer than 4 characters"),
		ok("char", text("a"), "CHAR(4)", "a"),
		no("number too long", bigint(12345), "VARCHAR(4)", "longer than 4 characters"),
		ok("number", bigint(-123), "VARCHAR(4)", "-123"),
		ok("UUID", uuids("0191a5c4-1b2c-7def-8123-456789abcdef"), "STRING", "0191a5c4-1b2c-7def-8123-456789abcdef"),
		ok("UUID", uuids("0191a5c4-1b2c-7def-8123-456789abcdef"), "BINARY", "AZGlxBssfe+BI0VniavN7w=="),
		ok("UUID as text", text("0191a5c4-1b2c-7def-8123-456789abcdef"), "STRING", "0191a5c4-1b2c-7def-8123-456789abcdef"),
		ok("bytes", blob("\x00\xff\xfe"), "BINARY", "AP/+"),
		ok("no bytes", blob(""), "BINARY", ""),
		ok("fixed bytes", one[*array.FixedSizeBinaryBuilder](&arrow.FixedSizeBinaryType{ByteWidth: 2}, []byte{1, 2}), "BINARY", "AQI="),
		ok("text as bytes", text("é"), "BINARY", "w6k="),
		ok("time", clock(13*3600e6+5*60e6+1e6+500), "STRING", "13:05:01.0005"),
		no("time out of range", clock(24*3600e6), "STRING", "not a time of day"),
	})
}

func TestW14_Dates(t *testing.T) {
	runValues(t, []valueCase{
		ok("epoch", date(0), "DATE", "1970-01-01"),
		ok("before 1900", date(-25568), "DATE", "1899-12-31"),
		ok("before 1582", date(-141428), "DATE", "1582-10-14"),
		ok("year 0001", date(minDay), "DATE", "0001-01-01"),
		no("year 0000", date(minDay-1), "DATE", "outside the years 0001 to 9999"),
		ok("year 9999", date(maxDay), "DATE", "9999-12-31"),
		no("year 10000", date(maxDay+1), "DATE", "outside the years 0001 to 9999"),
		ok("date64", date64(86400000), "DATE", "1970-01-02"),
		no("date64 with time", date64(86400001), "DATE", "has a time of day"),
		ok("wall clock at midnight", stamp(arrow.Microsecond, "", -dayMicros), "DATE", "1969-12-31"),
		no("wall clock", stamp(arrow.Microsecond, "", 1), "DATE", "has a time of day"),
		ok("text", text("2024-02-29"), "DATE", "2024-02-29"),
		ok("text 0001", text("0001-01-01"), "DATE", "0001-01-01"),
		ok("text 9999", text("9999-12-31"), "DATE", "9999-12-31"),
		no("text 0000", text("0000-01-01"), "DATE", "not a date like 2006-01-02"),
		no("text no leap year", text("2023-02-29"), "DATE", "not a date like 2006-01-02"),
		no("text 1900 no leap year", text("1900-02-29"), "DATE", "not a date like 2006-01-02"),
		no("text year", text("2024"), "DATE", "not a date like 2006-01-02"),
		no("text with time", text("2024-01-01T23:59"), "DATE", "not a date like 2006-01-02"),
		no("text with blank", text("2024-01-01 "), "DATE", "not a date like 2006-01-02"),
		no("text month 13", text("2024-13-01"), "DATE", "not a date like 2006-01-02"),
		no("text american", text("01/02/2024"), "DATE", "not a date like 2006-01-02"),
		no("text empty", text(""), "DATE", "not a date like 2006-01-02"),
		ok("as text", date(minDay), "STRING", "0001-01-01"),
	})
}

func TestNULLIsNULL(t *testing.T) {
	for _, to := range []string{
		"BOOLEAN", "TINYINT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL(18,2)", "STRING", "VARCHAR(3)", "CHAR(3)", "BINARY",
		"DATE", "TIMESTAMP", "TIMESTAMP_NTZ", "ARRAY<INT>", "MAP<STRING,INT>", "STRUCT<a:INT>", "VARIANT",
	} {
		for _, dt := range []arrow.DataType{arrow.Null, arrow.BinaryTypes.String, dictionary("x").DataType()} {
			arr := array.MakeArrayOfNull(memory.DefaultAllocator, dt, 1)
			if got := pass(t, arr, mustParse(t, to)); got.Text != null {
				t.Errorf("NULL of %s as %s: %+v", dt, to, got)
			}
		}
	}
}
