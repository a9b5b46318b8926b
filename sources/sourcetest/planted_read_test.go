package sourcetest

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
)

func plantedInSpec() []planted {
	return []planted{
		{"UnknownKeysAreRefused", "a key that nobody documents is taken", flaw{spec: func(h *Harness) {
			inner := flaw{}.harness()
			*h = Harness{Spec: withKey(inner), Types: inner.Types, Load: inner.Load, patience: inner.patience}
		}}},
		{"FieldsAreDescribed", "a field has no doc", flaw{spec: func(h *Harness) {
			inner := flaw{}.harness()
			*h = Harness{Spec: withoutDoc(inner), Types: inner.Types, Load: inner.Load, patience: inner.patience}
		}}},
		{"SourceNamesItself", "the source is called something else", flaw{describe: "a place"}},
	}
}

// withKey is the source of h with a key more.
func withKey(h Harness) sources.Spec {
	type config struct {
		Table     string `yaml:"table" doc:"which rows"`
		NoSuchKey int    `yaml:"no_such_key" doc:"nothing"`
	}
	return sources.Define("shelf", config{}, func(c config, env connector.Env) (sources.Source, error) { return h.named(c.Table, env) })
}

func withoutDoc(h Harness) sources.Spec {
	type config struct {
		Table string `yaml:"table"`
	}
	return sources.Define("shelf", config{}, func(c config, env connector.Env) (sources.Source, error) { return h.named(c.Table, env) })
}

// named builds the source of h for a table.
func (h Harness) named(table string, env connector.Env) (sources.Source, error) {
	n, _ := connector.ParseNode("profiles.yml", []byte("type: shelf\ntable: "+table))
	s, ds := h.Spec.New(n, env)
	if len(ds) > 0 {
		return nil, fmt.Errorf("%v", ds)
	}
	return s, nil
}

// mapped changes columns of what is stored.
func mapped(change func(f arrow.Field, a arrow.Array) (arrow.Field, arrow.Array)) func(arrow.RecordBatch) arrow.RecordBatch {
	return func(b arrow.RecordBatch) arrow.RecordBatch {
		fields, columns := b.Schema().Fields(), slices.Clone(b.Columns())
		for i := range columns {
			fields[i], columns[i] = change(fields[i], columns[i])
		}
		return array.NewRecordBatch(arrow.NewSchema(fields, nil), columns, b.NumRows())
	}
}

// throughFloat is what a tool does that reads numbers as JavaScript does.
func throughFloat(f arrow.Field, a arrow.Array) (arrow.Field, arrow.Array) {
	ints, ok := a.(*array.Int64)
	if !ok {
		return f, a
	}
	b := array.NewInt64Builder(memory.DefaultAllocator)
	defer b.Release()
	for i := range ints.Len() {
		if ints.IsNull(i) {
			b.AppendNull()
		} else {
			b.Append(int64(float64(ints.Value(i)) / 2 * 2))
		}
	}
	return f, b.NewArray()
}

func plantedInRows() []planted {
	return []planted{
		{"TypesAreExact", "integers go through a float", flaw{stored: mapped(throughFloat)}},
		{"TypesAreExact", "a wall clock becomes an instant", flaw{stored: mapped(func(f arrow.Field, a arrow.Array) (arrow.Field, arrow.Array) {
			if f.Type.ID() != arrow.TIMESTAMP {
				return f, a
			}
			f.Type = arrow.FixedWidthTypes.Timestamp_us
			d := array.NewData(f.Type, a.Len(), a.Data().Buffers(), nil, a.NullN(), 0)
			return f, array.MakeFromData(d)
		})}},
		{"NullsStayNull", "a column of NULLs becomes empty", flaw{stored: mapped(func(f arrow.Field, a arrow.Array) (arrow.Field, arrow.Array) {
			if a.NullN() < a.Len() || a.Len() == 0 || f.Type.ID() != arrow.STRING {
				return f, a
			}
			b := array.NewStringBuilder(memory.DefaultAllocator)
			defer b.Release()
			for range a.Len() {
				b.Append("")
			}
			return f, b.NewArray()
		})}},
		{"OddNamesStay", "quotes in names are dropped", flaw{stored: mapped(func(f arrow.Field, a arrow.Array) (arrow.Field, arrow.Array) {
			f.Name = strings.ReplaceAll(f.Name, `"`, "")
			return f, a
		})}},
		{"EmptyResultHasASchema", "columns are learnt from the first row", flaw{filter: func(r *flawedReader, _ sources.Query) {
			if r.rows.NumRows() == 0 {
				r.schema = arrow.NewSchema(nil, nil)
			}
		}}},
		{"EmptyResultHasASchema", "the end is a batch without rows", flaw{next: func(r *flawedReader, b arrow.RecordBatch, err error) (arrow.RecordBatch, error) {
			if r.rows.NumRows() == 0 && r.ends == 1 {
				return r.rows.NewSlice(0, 0), nil
			}
			return b, err
		}}},
		{"CursorLeavesNoRowOut", "ties are left out", flaw{filter: from(func(c int, _ error) bool { return c > 0 })}},
		{"CursorLeavesNoRowOut", "NULLs are left out", flaw{filter: from(func(c int, err error) bool { return err != record.ErrNull && c >= 0 })}},
		{"CursorLeavesNoRowOut", "a cursor that begins nowhere yields nothing", flaw{filter: func(r *flawedReader, q sources.Query) {
			if q.Cursor != nil && q.Cursor.From == nil {
				r.rows = r.rows.NewSlice(0, 0)
			}
		}}},
	}
}

// from keeps the rows whose cursor compares with the watermark as keep wants.
func from(keep func(c int, err error) bool) func(*flawedReader, sources.Query) {
	return func(r *flawedReader, q sources.Query) {
		if q.Cursor == nil || q.Cursor.From == nil {
			return
		}
		values := r.rows.Column(r.rows.Schema().FieldIndices(q.Cursor.Field)[0])
		var kept []arrow.RecordBatch
		for i := range int(r.rows.NumRows()) {
			v, err := record.ValueAt(values, i)
			c := 0
			if err == nil {
				c, _ = record.Compare(v, *q.Cursor.From)
			}
			if keep(c, err) || (err != nil && err != record.ErrNull) {
				kept = append(kept, r.rows.NewSlice(int64(i), int64(i+1)))
			}
		}
		r.rows = joined(r.schema, kept)
	}
}

func joined(schema *arrow.Schema, list []arrow.RecordBatch) arrow.RecordBatch {
	columns := make([]arrow.Array, schema.NumFields())
	for i := range columns {
		var parts []arrow.Array
		for _, b := range list {
			parts = append(parts, b.Column(i))
		}
		if len(parts) == 0 {
			parts = []arrow.Array{nulls(schema.Field(i).Type, 0)}
		}
		columns[i], _ = array.Concatenate(parts, memory.DefaultAllocator)
	}
	return array.NewRecordBatch(schema, columns, int64(len(list)))
}

func plantedInBatches() []planted {
	return []planted{
		{"EndStaysTheEnd", "the second end is an error", flaw{next: func(r *flawedReader, b arrow.RecordBatch, err error) (arrow.RecordBatch, error) {
			if r.ends > 1 {
				return nil, &connector.Error{Kind: connector.KindPermanent, Message: "closed"}
			}
			return b, err
		}}},
		{"SchemaIsStable", "a later batch has other names", flaw{next: func(r *flawedReader, b arrow.RecordBatch, err error) (arrow.RecordBatch, error) {
			if err != nil || r.batches < 2 {
				return b, err
			}
			fields := b.Schema().Fields()
			fields[0].Name += "_1"
			return array.NewRecordBatch(arrow.NewSchema(fields, nil), b.Columns(), b.NumRows()), nil
		}}},
		{"BatchRowsAreBounded", "odd bounds are rounded up", flaw{opened: func(_ *flawedSource, q *sources.Query) error {
			if q.BatchRows == 4999 {
				q.BatchRows++
			}
			return nil
		}}},
		{"BatchRowsAreBounded", "the last row of a large batch is lost", flaw{next: func(_ *flawedReader, b arrow.RecordBatch, err error) (arrow.RecordBatch, error) {
			if err == nil && b.NumRows() >= 4000 {
				return b.NewSlice(0, b.NumRows()-1), nil
			}
			return b, err
		}}},
		{"BatchBytesAreBounded", "bytes are not counted", flaw{opened: func(_ *flawedSource, q *sources.Query) error {
			q.BatchBytes = 1 << 40
			return nil
		}}},
		{"BatchesAreKept", "a batch is the memory of the next", flaw{next: sharedMemory}},
		{"LimitHolds", "the limit is ignored", flaw{opened: func(_ *flawedSource, q *sources.Query) error {
			if q.BatchRows > 1 {
				q.Limit = 0
			}
			return nil
		}}},
		{"LimitHolds", "the limit takes the last rows", flaw{filter: func(r *flawedReader, q sources.Query) {
			if n := r.rows.NumRows(); q.Limit > 0 && q.Limit < n && n == 30 {
				r.rows = r.rows.NewSlice(n-q.Limit, n)
			}
		}}},
		{"SourceIsReadTwice", "readers of one source share their place", flaw{filter: func(r *flawedReader, _ sources.Query) {
			if r.source.opens > 1 && r.rows.NumRows() == 3000 {
				r.at = 1
			}
		}}},
	}
}

// sharedMemory copies the first column into memory that it uses again.
func sharedMemory(r *flawedReader, b arrow.RecordBatch, err error) (arrow.RecordBatch, error) {
	if err == io.EOF || err != nil {
		return b, err
	}
	ids, ok := b.Column(0).(*array.Int64)
	if !ok {
		return b, nil
	}
	if r.shared == nil {
		r.shared = make([]int64, r.query.BatchRows)
	}
	n := copy(r.shared, ids.Int64Values())
	columns := append([]arrow.Array{array.NewInt64Data(array.NewData(ids.DataType(), n,
		[]*memory.Buffer{nil, memory.NewBufferBytes(arrow.Int64Traits.CastToBytes(r.shared[:n]))}, nil, 0, 0))}, b.Columns()[1:]...)
	return array.NewRecordBatch(b.Schema(), columns, b.NumRows()), nil
}
