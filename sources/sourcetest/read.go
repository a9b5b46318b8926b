package sourcetest

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
)

// enough bounds what must not hang. It is no bar for speed.
const enough = 30 * time.Second

// query reads all of p in batches of any size.
func query(p Place) sources.Query {
	return sources.Query{Model: p.Model, Origin: "models/contract.sql", BatchRows: 1024, BatchBytes: 16 << 20}
}

// outcome is what a read gave.
type outcome struct {
	schema  *arrow.Schema
	rows    [][]string // as text, see cellText
	batches []int      // rows in each
	rejects []record.Reject
	err     error // what ended it; io.EOF if all is well
}

// open opens q, which must work.
func open(t testing.TB, s sources.Source, q sources.Query) sources.Reader {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), enough)
	t.Cleanup(cancel)
	r, err := s.Open(ctx, q)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// readAll reads to the end, whatever that is; an error of Open is the outcome's.
func readAll(t testing.TB, s sources.Source, q sources.Query) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), enough)
	defer cancel()
	r, err := s.Open(ctx, q)
	if err != nil {
		return outcome{err: err}
	}
	defer r.Close()
	o := outcome{schema: r.Schema()}
	for o.err == nil {
		var b arrow.RecordBatch
		if b, o.err = r.Next(ctx); o.err == nil {
			o.batches = append(o.batches, int(b.NumRows()))
			o.rows = append(o.rows, texts(b)...)
			b.Release()
		}
		if rejecter, ok := r.(sources.RowRejecter); ok {
			o.rejects = append(o.rejects, rejecter.Rejects()...)
		}
	}
	return o
}

// mustRead reads p to its end without an error or a rejected row.
func mustRead(t testing.TB, h Harness, p Place) outcome {
	t.Helper()
	o := readAll(t, h.source(t, p), query(p))
	if !errors.Is(o.err, io.EOF) {
		t.Fatalf("reading %s: %v", p.Name, o.err)
	}
	if len(o.rejects) > 0 {
		t.Fatalf("%d rows rejected, first %s", len(o.rejects), o.rejects[0])
	}
	return o
}

// texts renders the rows of b.
func texts(b arrow.RecordBatch) [][]string {
	rows := make([][]string, b.NumRows())
	for i := range rows {
		for _, c := range b.Columns() {
			rows[i] = append(rows[i], cellText(c, i))
		}
	}
	return rows
}

// cellText renders one value so that different values differ.
func cellText(a arrow.Array, i int) string {
	if a.IsNull(i) {
		return "NULL"
	}
	switch a := a.(type) {
	case *array.Binary:
		return "0x" + hex.EncodeToString(a.Value(i))
	case *array.String:
		return "'" + a.Value(i) + "'"
	}
	return strings.Clone(a.ValueStr(i))
}

// diffRows compares rows and shortens long values in what it says.
func diffRows(want, got [][]string) string {
	short := cmp.Transformer("short", func(s string) string {
		if len(s) > 200 {
			return s[:100] + "..." + s[len(s)-100:]
		}
		return s
	})
	if slices.EqualFunc(want, got, slices.Equal) { // cmp.Equal takes a second for some thousand rows
		return ""
	}
	if d := cmp.Diff(want, got, short); d != "" {
		return d
	}
	return "long values differ in their middle"
}

// diffSchema compares names and types.
func diffSchema(want, got *arrow.Schema) string {
	if got == nil {
		return "there is no schema"
	}
	return cmp.Diff(columnList(want), columnList(got))
}

func columnList(s *arrow.Schema) []string {
	var list []string
	for _, f := range s.Fields() {
		list = append(list, f.Name+" "+f.Type.String())
	}
	return list
}
