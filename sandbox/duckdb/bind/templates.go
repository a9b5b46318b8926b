package bind

import (
	"strconv"

	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

func itoa(n int) string { return strconv.Itoa(n) }

// templates lists the plain functions. A % before a digit is an argument.
func templates() []template {
	const (
		str, i32, f64, bin, yes, day = sqltype.String, sqltype.Int, sqltype.Double, sqltype.Binary, sqltype.Boolean, sqltype.Date
	)
	return []template{
		{name: "upper", args: "s", ret: str, sql: "upper(%1)"},
		{name: "lower", args: "s", ret: str, sql: "lower(%1)"},
		{name: "reverse_text", args: "s", ret: str, sql: "reverse(%1)"},
		{name: "initcap", args: "s", ret: str, sql: "spark_initcap(%1)"},
		{name: "ascii", args: "s", ret: i32, sql: "CASE WHEN %1 = '' THEN 0 ELSE unicode(%1) END"},
		{name: "chr", args: "l", ret: str, sql: "CASE WHEN %1 < 0 THEN '' ELSE chr((%1 & 255)::INTEGER) END"},
		{name: "bit_length", args: "b", ret: i32, sql: "octet_length(%1) * 8"},
		{name: "octet_length", args: "b", ret: i32, sql: "octet_length(%1)"},
		{name: "substring", args: "si|i", ret: str, sql: "spark_substring(%1, %2, %3)", rest: []string{"2147483647"}},
		{name: "left", args: "si", ret: str, sql: "spark_substring(%1, 1, %2)"},
		{name: "right", args: "si", ret: str, sql: "CASE WHEN %2 <= 0 THEN '' ELSE right(%1, %2) END"},
		{name: "repeat", args: "si", ret: str, sql: "repeat(%1, greatest(%2, 0))"},
		{name: "replace", args: "ss|s", ret: str, sql: "CASE WHEN %2 = '' THEN %1 ELSE replace(%1, %2, %3) END", rest: []string{"''"}},
		{name: "translate", args: "sss", ret: str, sql: "translate(%1, %2, %3)"},
		{name: "instr", args: "ss", ret: i32, sql: "instr(%1, %2)"},
		{name: "lpad", args: "si|s", ret: str, sql: "spark_pad(%1, %2, %3, true)", rest: []string{"' '"}},
		{name: "rpad", args: "si|s", ret: str, sql: "spark_pad(%1, %2, %3, false)", rest: []string{"' '"}},
		{name: "startswith", args: "ss", ret: yes, sql: "starts_with(%1, %2)"},
		{name: "endswith", args: "ss", ret: yes, sql: "ends_with(%1, %2)"},
		{name: "contains", args: "ss", ret: yes, sql: "contains(%1, %2)"},
		{name: "regexp_like", args: "ss", ret: yes, sql: "regexp_matches(%1, %2)"},
		{name: "regexp_replace", args: "sss", ret: str, sql: "spark_regexp_replace(%1, %2, %3)"},
		{name: "regexp_extract", args: "ss|i", ret: str, sql: "spark_regexp_extract(%1, %2, %3)", rest: []string{"1"}},
		{name: "md5", args: "b", ret: str, sql: "md5(%1)"},
		{name: "sha1", args: "b", ret: str, sql: "sha1(%1)"},
		{name: "sha", args: "b", ret: str, sql: "sha1(%1)"},
		{name: "sha2", args: "bi", ret: str, sql: "spark_sha2(%1, %2)"},
		{name: "base64", args: "b", ret: str, sql: "spark_base64(%1)"},
		{name: "unbase64", args: "s", ret: bin, sql: "spark_unbase64(%1)"},
		{name: "unhex", args: "s", ret: bin, sql: "spark_unhex(%1)"},
		{name: "to_binary", args: "s|s", ret: bin, sql: "spark_to_binary(%1, %2)", rest: []string{"'hex'"}},
		{name: "try_to_binary", args: "s|s", ret: bin, sql: "spark_try_to_binary(%1, %2)", rest: []string{"'hex'"}},
		{name: "sqrt", args: "d", ret: f64, sql: "CASE WHEN %1 < 0 THEN 'nan'::DOUBLE ELSE sqrt(%1) END"},
		{name: "cbrt", args: "d", ret: f64, sql: "cbrt(%1)"},
		{name: "exp", args: "d", ret: f64, sql: "exp(%1)"},
		{name: "ln", args: "d", ret: f64, sql: "CASE WHEN %1 > 0 THEN ln(%1) END"},
		{name: "log2", args: "d", ret: f64, sql: "CASE WHEN %1 > 0 THEN log2(%1) END"},
		{name: "log10", args: "d", ret: f64, sql: "CASE WHEN %1 > 0 THEN log10(%1) END"},
		{name: "power", args: "dd", ret: f64, sql: "power(%1, %2)"},
		{name: "sin", args: "d", ret: f64, sql: "sin(%1)"},
		{name: "cos", args: "d", ret: f64, sql: "cos(%1)"},
		{name: "tan", args: "d", ret: f64, sql: "tan(%1)"},
		{name: "atan", args: "d", ret: f64, sql: "atan(%1)"},
		{name: "atan2", args: "dd", ret: f64, sql: "atan2(%1, %2)"},
		{name: "pi", args: "", ret: f64, sql: "pi()"},
		{name: "e", args: "", ret: f64, sql: "exp(1)"},
		{name: "degrees", args: "d", ret: f64, sql: "degrees(%1)"},
		{name: "radians", args: "d", ret: f64, sql: "radians(%1)"},
		{name: "isnan", args: "d", ret: yes, sql: "coalesce(isnan(%1), false)"},
		{name: "rand", args: "|l", ret: f64, sql: "random()", rest: []string{""}},
		{name: "uuid", args: "", ret: str, sql: "uuid()"},
		{name: "year", args: "t", ret: i32, sql: "year(%1)"},
		{name: "quarter", args: "t", ret: i32, sql: "quarter(%1)"},
		{name: "month", args: "t", ret: i32, sql: "month(%1)"},
		{name: "day", args: "t", ret: i32, sql: "day(%1)"},
		{name: "dayofweek", args: "t", ret: i32, sql: "dayofweek(%1) + 1"},
		{name: "weekday", args: "t", ret: i32, sql: "(dayofweek(%1) + 6) % 7"},
		{name: "dayofyear", args: "t", ret: i32, sql: "dayofyear(%1)"},
		{name: "weekofyear", args: "t", ret: i32, sql: "weekofyear(%1)"},
		{name: "hour", args: "w", ret: i32, sql: "hour(%1)"},
		{name: "minute", args: "w", ret: i32, sql: "minute(%1)"},
		{name: "second", args: "w", ret: i32, sql: "second(%1)"},
		{name: "last_day", args: "t", ret: day, sql: "last_day(%1)"},
		{name: "date_add", args: "ti", ret: day, sql: "%1 + %2"},
		{name: "date_sub", args: "ti", ret: day, sql: "%1 - %2"},
		{name: "datediff", args: "tt", ret: i32, sql: "%1 - %2"},
		{name: "add_months", args: "ti", ret: day, sql: "%1 + to_months(%2)"},
		{name: "make_date", args: "iii", ret: day, sql: "make_date(%1, %2, %3)"},
		{name: "unix_date", args: "t", ret: i32, sql: "%1 - DATE '1970-01-01'"},
		{name: "date_from_unix_date", args: "i", ret: day, sql: "DATE '1970-01-01' + %1"},
		{name: "date_format", args: "ws", ret: str, sql: "spark_format_time(%1, %2)"},
		{name: "get_json_object", args: "ss", ret: str, sql: "spark_get_json(%1, %2)"},
		{name: "parse_json", args: "s", ret: sqltype.Variant, sql: "spark_parse_json(%1)"},
		{name: "try_parse_json", args: "s", ret: sqltype.Variant, sql: "spark_try_parse_json(%1)"},
	}
}
