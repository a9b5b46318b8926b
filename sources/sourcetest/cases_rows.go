package sourcetest

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
)

func typesAreExact(t testing.TB, h Harness) {
	rows := everyType(t, h)
	o := mustRead(t, h, h.Load(t, rows))
	if d := diffSchema(rows.Schema(), o.schema); d != "" {
		t.Errorf("types are the source's, exactly (-want +got):\n%s", d)
	}
	if d := diffRows(texts(rows), o.rows); d != "" {
		t.Errorf("values arrive as they are stored, here in columns %s (-want +got):\n%s", strings.Join(columnList(rows.Schema()), ", "), d)
	}
}

func nullsStayNull(t testing.TB, h Harness) {
	names, columns := []string{"n"}, []arrow.Array{count(3)}
	for i, dtype := range h.Types {
		names = append(names, fmt.Sprintf("c%d", i))
		columns = append(columns, nulls(dtype, 3))
	}
	rows := table(names, columns...)
	o := mustRead(t, h, h.Load(t, rows))
	if d := diffRows(texts(rows), o.rows); d != "" {
		t.Errorf("NULL stays NULL, and does not become empty (-want +got):\n%s", d)
	}
}

func oddNamesStay(t testing.TB, h Harness) {
	names := []string{"select", "two words", "Grüße", `qu"ote`, "`tick`", "semi;colon", "per%cent", "UPPER", "a.b", "'single'", "dash-ed", "$1", "?"}
	var columns []arrow.Array
	for range names {
		columns = append(columns, count(2))
	}
	rows := table(names, columns...)
	o := mustRead(t, h, h.Load(t, rows))
	if d := diffSchema(rows.Schema(), o.schema); d != "" {
		t.Errorf("columns keep their names and order (-want +got):\n%s", d)
	}
	if d := diffRows(texts(rows), o.rows); d != "" {
		t.Errorf("columns with odd names keep their values (-want +got):\n%s", d)
	}
}

func emptyResultHasASchema(t testing.TB, h Harness) {
	rows := numbered(0, 0)
	o := mustRead(t, h, h.Load(t, rows))
	if len(o.rows) > 0 || len(o.batches) > 0 {
		t.Errorf("no rows means no batch; got batches of %v rows", o.batches)
	}
	if d := diffSchema(rows.Schema(), o.schema); d != "" {
		t.Errorf("a result without rows has its columns all the same (-want +got):\n%s", d)
	}
}

func endStaysTheEnd(t testing.TB, h Harness) {
	p := h.Load(t, numbered(3, 0))
	r := open(t, h.source(t, p), query(p))
	drain(t, r)
	for range 3 {
		if _, err := r.Next(t.Context()); err != io.EOF {
			t.Fatalf("after io.EOF every Next returns io.EOF, itself and not wrapped; got %v", err)
		}
	}
}

// drain reads r to its end and returns how many rows there were.
func drain(t testing.TB, r sources.Reader) int64 {
	t.Helper()
	var n int64
	for {
		b, err := r.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return n
		}
		if err != nil {
			t.Fatalf("Next: %v", err)
		}
		n += b.NumRows()
		b.Release()
	}
}

func schemaIsStable(t testing.TB, h Harness) {
	p := h.Load(t, numbered(50, 0))
	q := query(p)
	q.BatchRows = 8
	r := open(t, h.source(t, p), q)
	schema := r.Schema()
	for {
		b, err := r.Next(t.Context())
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("Next: %v", err)
		}
		if d := diffSchema(schema, b.Schema()); d != "" {
			t.Errorf("every batch has the reader's schema (-want +got):\n%s", d)
		}
		if d := diffSchema(schema, r.Schema()); d != "" {
			t.Errorf("Schema does not change while reading (-want +got):\n%s", d)
		}
		b.Release()
	}
}

func batchRowsAreBounded(t testing.TB, h Harness) {
	rows := numbered(5000, 0)
	want, p := texts(rows), h.Load(t, rows)
	for _, bound := range []int{1, 7, 2048, 4999, 5000, 1 << 20} {
		p = h.again(t, p, rows)
		q := query(p)
		q.BatchRows = bound
		if bound == 1 {
			q.Limit = 50 // a batch a row is slow
		}
		o := readAll(t, h.source(t, p), q)
		if o.err != io.EOF {
			t.Fatalf("batches of %d rows: %v", bound, o.err)
		}
		for i, n := range o.batches {
			if n < 1 || n > bound {
				t.Errorf("batch %d has %d rows; it must have 1 to %d", i, n, bound)
			}
		}
		if d := diffRows(want[:min(len(want), max(len(o.rows), 50))], o.rows); d != "" {
			t.Errorf("batches of %d rows: the same rows in the same order, whatever the batches (-want +got):\n%s", bound, d)
		}
	}
}

func batchBytesAreBounded(t testing.TB, h Harness) {
	rows := numbered(400, 1000)
	const bound, row = 20_000, 1100
	p := h.Load(t, rows)
	q := query(p)
	q.BatchBytes = bound
	r := open(t, h.source(t, p), q)
	total := int64(0)
	for {
		b, err := r.Next(t.Context())
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("Next: %v", err)
		}
		if size := record.BatchBytes(b); size > 2*bound+row {
			t.Errorf("a batch of %d rows has %d bytes; BatchBytes is %d", b.NumRows(), size, bound)
		}
		total += b.NumRows()
		b.Release()
	}
	if total != rows.NumRows() {
		t.Errorf("%d of %d rows arrived in small batches", total, rows.NumRows())
	}
	p = h.Load(t, numbered(3, 3*bound))
	q = query(p)
	q.BatchBytes = bound
	if o := readAll(t, h.source(t, p), q); o.err != io.EOF || len(o.rows) != 3 {
		t.Errorf("a row larger than BatchBytes is a batch of its own; got %d of 3 rows, %v", len(o.rows), o.err)
	}
}

func batchesAreKept(t testing.TB, h Harness) {
	rows := numbered(40, 10)
	p := h.Load(t, rows)
	q := query(p)
	q.BatchRows = 8
	r := open(t, h.source(t, p), q)
	var kept []arrow.RecordBatch
	for {
		b, err := r.Next(t.Context())
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("Next: %v", err)
		}
		kept = append(kept, b)
	}
	if err := r.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	var got [][]string
	for _, b := range kept {
		got = append(got, texts(b)...)
		b.Release()
	}
	if d := diffRows(texts(rows), got); d != "" {
		t.Errorf("a batch is its receiver's: later calls of Next and Close do not touch it (-want +got):\n%s", d)
	}
}

func limitHolds(t testing.TB, h Harness) {
	rows := numbered(30, 0)
	p := h.Load(t, rows)
	for _, limit := range []int64{1, 7, 8, 29, 30, 31, 1000} {
		p = h.again(t, p, rows)
		q := query(p)
		q.BatchRows, q.Limit = 8, limit
		o := readAll(t, h.source(t, p), q)
		if o.err != io.EOF {
			t.Fatalf("limit %d: %v", limit, o.err)
		}
		if d := diffRows(texts(rows)[:min(limit, 30)], o.rows); d != "" {
			t.Errorf("limit %d of 30 rows yields the first of them, no more and no fewer (-want +got):\n%s", limit, d)
		}
	}
}

func sourceIsReadTwice(t testing.TB, h Harness) {
	rows := numbered(3000, 0)
	p := h.Load(t, rows)
	if p.Once {
		t.Skip("the place can be read only once")
	}
	s := h.source(t, p)
	q := query(p)
	q.BatchRows = 100
	a, b := open(t, s, q), open(t, s, q)
	first, err := a.Next(t.Context())
	if err != nil {
		t.Fatalf("Next: %v", err)
	}
	defer first.Release()
	if n := drain(t, b); n != rows.NumRows() {
		t.Errorf("a second reader beside the first reads all %d rows; got %d", rows.NumRows(), n)
	}
	if n := drain(t, a) + first.NumRows(); n != rows.NumRows() {
		t.Errorf("the first reader goes on beside the second: %d of %d rows", n, rows.NumRows())
	}
}

func unknownKeysAreRefused(t testing.TB, h Harness) {
	p := h.Load(t, numbered(1, 0))
	if err := h.build(p.Config+"\nno_such_key: 1\n", p); !strings.Contains(err, "no_such_key") {
		t.Errorf("an unknown key is refused by its name; got %q", err)
	}
}
