package delta

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCastSQL(t *testing.T) {
	const failfast = ", map('mode','FAILFAST'))"
	cases := [][2]string{
		{"BIGINT", "CAST(r[0] AS BIGINT)"},
		{"DECIMAL(18,2)", "CAST(r[0] AS DECIMAL(18,2))"},
		{"TIMESTAMP_NTZ", "CAST(r[0] AS TIMESTAMP_NTZ)"},
		{"STRING", "r[0]"},
		{"STRING COLLATE UNICODE", "r[0]"},
		{"VARCHAR(3)", "r[0]"},
		{"BINARY", "unbase64(r[0])"},
		{"VARIANT", "parse_json(r[0])"},
		{"ARRAY<VARCHAR(3)>", "from_json(r[0], 'ARRAY<STRING>'" + failfast},
		{"MAP<STRING,INT>", "from_json(r[0], 'MAP<STRING, INT>'" + failfast},
		{"STRUCT<`a'\\`:INT NOT NULL COMMENT 'x'>", `from_json(r[0], 'STRUCT<` + "`a\\'\\\\`" + `: INT>'` + failfast},
		{"MAP<INT,STRING>", "transform(array(from_json(r[0], 'ARRAY<STRUCT<`key`: INT, `value`: STRING>>'" + failfast + "), x1 -> map_from_entries(x1))[0]"},
		{
			"STRUCT<v:VARIANT,l:ARRAY<VARIANT>,n:INT>",
			"transform(array(from_json(r[0], 'STRUCT<`v`: STRING, `l`: ARRAY<STRING>, `n`: INT>'" + failfast +
				"), x1 -> IF(x1 IS NULL, NULL, named_struct('v', parse_json(x1.`v`), 'l', transform(x1.`l`, x2 -> parse_json(x2)), 'n', x1.`n`)))[0]",
		},
		{
			"MAP<DATE,MAP<STRING,VARIANT>>",
			"transform(array(from_json(r[0], 'ARRAY<STRUCT<`key`: DATE, `value`: MAP<STRING, STRING>>>'" + failfast +
				"), x1 -> map_from_entries(transform(x1, x2 -> named_struct('key', x2.key, 'value', transform_values(x2.value, (x3, x4) -> parse_json(x4))))))[0]",
		},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c[1], CastSQL("r[0]", mustParse(t, c[0]))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c[0], diff)
		}
	}
}

func TestScratchType(t *testing.T) {
	for in, want := range map[string]string{
		"BIGINT": "BIGINT", "VARCHAR(3)": "STRING", "CHAR(3)": "STRING", "STRING COLLATE UNICODE": "STRING", "VARIANT": "VARIANT",
		"MAP<CHAR(3),STRUCT<a:VARCHAR(9) NOT NULL COMMENT 'x'>>": "MAP<STRING, STRUCT<`a`: STRING>>",
	} {
		if got := ScratchType(mustParse(t, in)).SQL(); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestCompareSQL(t *testing.T) {
	cases := [][2]string{
		{"BIGINT", "t.a IS DISTINCT FROM s.a"},
		{"STRUCT<a:INT>", "t.a IS DISTINCT FROM s.a"},
		{"CHAR(3)", "rtrim(t.a) IS DISTINCT FROM rtrim(s.a)"},
		{"STRING COLLATE UTF8_LCASE", "t.a COLLATE UTF8_BINARY IS DISTINCT FROM s.a COLLATE UTF8_BINARY"},
		{"VARIANT", "to_json(t.a) IS DISTINCT FROM to_json(s.a)"},
		{"MAP<STRING,INT>", "array_sort(map_entries(t.a)) IS DISTINCT FROM array_sort(map_entries(s.a))"},
		{"ARRAY<MAP<STRING,INT>>", "transform(t.a, x1 -> array_sort(map_entries(x1))) IS DISTINCT FROM transform(s.a, x1 -> array_sort(map_entries(x1)))"},
		{
			"STRUCT<m:MAP<STRING,VARIANT>>",
			"IF(t.a IS NULL, NULL, named_struct('m', array_sort(transform(map_entries(t.a.`m`), x1 -> named_struct('key', x1.key, 'value', to_json(x1.value))))))" +
				" IS DISTINCT FROM IF(s.a IS NULL, NULL, named_struct('m', array_sort(transform(map_entries(s.a.`m`), x1 -> named_struct('key', x1.key, 'value', to_json(x1.value))))))",
		},
	}
	for _, c := range cases {
		got, ok := CompareSQL("t.a", "s.a", mustParse(t, c[0]))
		if diff := cmp.Diff(c[1], got); diff != "" || !ok {
			t.Errorf("%s (-want +got):\n%s", c[0], diff)
		}
	}
	if _, ok := CompareSQL("a", "b", mustParse(t, "GEOMETRY(1)")); ok {
		t.Error("GEOMETRY is compared")
	}
}

func TestSelectSQL(t *testing.T) {
	for to, want := range map[string]string{
		"BIGINT": "CAST(c0 AS BIGINT)", "VARCHAR(3)": "c0", "BINARY": "c0", "VARIANT": "parse_json(c0)",
	} {
		col, err := NewColumn(text("").DataType(), mustParse(t, to))
		if err != nil || col.SelectSQL("c0") != want {
			t.Errorf("%s: %v, want %s", to, err, want)
		}
	}
}
