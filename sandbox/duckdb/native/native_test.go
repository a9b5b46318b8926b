package native

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
)

func open(t testing.TB) *Conn {
	t.Helper()
	db, err := Open("", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	c, err := db.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func query(t testing.TB, c *Conn, sql string, types ...arrow.DataType) string {
	t.Helper()
	fields := make([]arrow.Field, len(types))
	for i, dt := range types {
		fields[i] = arrow.Field{Name: "c" + strconv.Itoa(i), Type: dt, Nullable: true}
	}
	r, err := c.Query(context.Background(), sql, arrow.NewSchema(fields, nil), func() {})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	defer r.Release()
	out := ""
	for r.Next() {
		b := r.RecordBatch()
		for i := range int(b.NumRows()) {
			for j := range int(b.NumCols()) {
				out += b.Column(j).ValueStr(i) + "|"
			}
		}
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return out
}

func TestResultsBecomeArrow(t *testing.T) {
	c := open(t)
	got := query(t, c, `SELECT 1::BIGINT, 1.25::DECIMAL(38,2), -7.5::DECIMAL(4,1), 'a'||chr(0)||'b', NULL::VARCHAR,
		['x', NULL], MAP{'k': 1}, {'a': 1, 'b': [1.5::DOUBLE]}, DATE '0001-01-01', TIMESTAMP '9999-12-31 23:59:59.999999', 'ab'::BLOB`,
		arrow.PrimitiveTypes.Int64, &arrow.Decimal128Type{Precision: 38, Scale: 2}, &arrow.Decimal128Type{Precision: 4, Scale: 1},
		arrow.BinaryTypes.String, arrow.BinaryTypes.String, arrow.ListOf(arrow.BinaryTypes.String),
		arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int32),
		arrow.StructOf(arrow.Field{Name: "a", Type: arrow.PrimitiveTypes.Int32}, arrow.Field{Name: "b", Type: arrow.ListOf(arrow.PrimitiveTypes.Float64)}),
		arrow.FixedWidthTypes.Date32, arrow.FixedWidthTypes.Timestamp_us, arrow.BinaryTypes.Binary)
	want := "1|1.25|-7.5|a\x00b|(null)|[\"x\",null]|[{\"key\":\"k\",\"value\":1}]|{\"a\":1,\"b\":[1.5]}|0001-01-01|9999-12-31T23:59:59.999999Z|YWI=|"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestFunctionInGo(t *testing.T) {
	c := open(t)
	err := c.Register(Function{Name: "to_i64", Args: []Type{Varchar}, Result: BigInt, Apply: func(in []Vector, out *Vector, n int) error {
		for i := range n {
			if in[0].Null(i) {
				out.SetNull(i)
				continue
			}
			v, err := strconv.ParseInt(in[0].Text(i), 10, 64)
			if err != nil {
				return fmt.Errorf("bad number")
			}
			*At[int64](out, i) = v
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got := query(t, c, "SELECT to_i64(x) FROM (VALUES ('12'), (NULL)) v(x)", arrow.PrimitiveTypes.Int64); got != "12|(null)|" {
		t.Error(got)
	}
	if _, err := c.Exec(context.Background(), "CREATE TABLE x AS SELECT to_i64('z' || i) FROM range(2) r(i)"); err == nil || err.Error() != "duckdb: Invalid Input Error: bad number" {
		t.Errorf("%v", err)
	}
}

func TestAppendTexts(t *testing.T) {
	c := open(t)
	if _, err := c.Exec(context.Background(), "CREATE TEMP TABLE j (pos INTEGER, r VARCHAR[])"); err != nil {
		t.Fatal(err)
	}
	var rows Texts
	const n = 200_000
	for i := range n {
		rows.Cells = append(rows.Cells, Cell{Text: fmt.Appendf(nil, "%d", i)}, Cell{Null: true}, Cell{Text: []byte("a rather long text that is not inline")})
		rows.Ends = append(rows.Ends, len(rows.Cells))
		rows.Nulls = append(rows.Nulls, false)
	}
	start := time.Now()
	if err := c.AppendTexts("j", rows); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rows in %s", n, time.Since(start))
	got := query(t, c, "SELECT count(*), sum(pos)::BIGINT, sum(r[1]::BIGINT)::BIGINT, count(r[2]), max(r[3]) FROM j",
		arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Int64, arrow.BinaryTypes.String)
	if got != "200000|19999900000|19999900000|0|a rather long text that is not inline|" {
		t.Error(got)
	}
}

func TestContextInterrupts(t *testing.T) {
	c := open(t)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err := c.Exec(ctx, "SELECT sum(a.range * b.range % 7) FROM range(10000000) a, range(1000000) b")
	if err != context.DeadlineExceeded {
		t.Errorf("%v", err)
	}
}
