package destinationtest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	arrowmem "github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"
)

// row is one row as text, in the order of a schema; nil is NULL. The text is that of record.Value.
type row []any

// people are the columns that most cases use.
func people() *arrow.Schema {
	return arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "amount", Type: &arrow.Decimal128Type{Precision: 18, Scale: 2}, Nullable: true},
	}, nil)
}

// columns makes a schema of nullable columns: name, type, name, type.
func columns(pairs ...any) *arrow.Schema {
	var fields []arrow.Field
	for i := 0; i < len(pairs); i += 2 {
		fields = append(fields, arrow.Field{Name: pairs[i].(string), Type: pairs[i+1].(arrow.DataType), Nullable: true})
	}
	return arrow.NewSchema(fields, nil)
}

// batch builds a batch, which the caller releases.
func (r *run) batch(schema *arrow.Schema, rows ...row) arrow.RecordBatch {
	r.Helper()
	return r.batchFrom(arrowmem.DefaultAllocator, schema, rows...)
}

func (r *run) batchFrom(mem arrowmem.Allocator, schema *arrow.Schema, rows ...row) arrow.RecordBatch {
	r.Helper()
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	for _, values := range rows {
		for i, v := range values {
			if err := appendText(b.Field(i), v); err != nil {
				r.Fatalf("a bug in destinationtest: column %s: %v", schema.Field(i).Name, err)
			}
		}
	}
	return b.NewRecordBatch()
}

func appendText(b array.Builder, v any) error {
	switch b := b.(type) {
	case *array.StringBuilder:
		// AppendValueFromString takes one text for NULL.
		if s, ok := v.(string); ok {
			b.Append(s)
			return nil
		}
	case *array.BinaryBuilder:
		if s, ok := v.(string); ok && s == "" {
			b.Append([]byte{})
			return nil
		}
	}
	if v == nil {
		b.AppendNull()
		return nil
	}
	return b.AppendValueFromString(v.(string))
}

// want fails the case unless the target holds exactly the rows, in any order. promise is what is broken otherwise.
func (p *place) want(promise string, rows ...row) {
	p.Helper()
	p.wantColumns(promise, p.table.Columns, rows...)
}

// wantColumns is want for rows in the order of other columns than the target's.
func (p *place) wantColumns(promise string, schema *arrow.Schema, rows ...row) {
	p.Helper()
	want := make([]string, len(rows))
	for i, r := range rows {
		want[i] = line(schema, func(c int) any { return r[c] })
	}
	got := p.lines(schema)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		p.Errorf("%s (-want +got):\n%s", promise, diff)
	}
}

// lines reads the target, one text a row, sorted.
func (p *place) lines(schema *arrow.Schema) []string {
	p.Helper()
	lines := []string{}
	for _, r := range p.Rows(p) {
		lines = append(lines, line(schema, func(c int) any { return r[schema.Field(c).Name] }))
	}
	slices.Sort(lines)
	return lines
}

// line is a row as one text: id=1 name="ada" amount=NULL.
func line(schema *arrow.Schema, value func(column int) any) string {
	var b strings.Builder
	for c, f := range schema.Fields() {
		if c > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(f.Name)
		b.WriteByte('=')
		switch v := canonical(f.Type, value(c)); v := v.(type) {
		case nil:
			b.WriteString("NULL")
		case string:
			if len(v) > 200 {
				v = fmt.Sprintf("%s... %d bytes, sum %x", v[:40], len(v), checksum(v))
			}
			fmt.Fprintf(&b, "%q", v)
		}
	}
	return b.String()
}
