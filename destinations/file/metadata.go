package file

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	arrowmem "github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// metadata adds the columns of sync.metadata_columns, behind the model's, the same in every row.
type metadata struct {
	schema *arrow.Schema
	append []func(n int) arrow.Array // each makes its column, n rows long
}

// newMetadata returns the schema of the file: p's columns, and those asked for.
func newMetadata(p destinations.Plan) (*metadata, *arrow.Schema, error) {
	m := &metadata{}
	fields := p.Schema.Fields()
	add := func(name string, t arrow.DataType, column func(n int) arrow.Array) {
		if name != "" {
			fields = append(fields[:len(fields):len(fields)], arrow.Field{Name: name, Type: t})
			m.append = append(m.append, column)
		}
	}
	add(p.Metadata.SyncedAt, arrow.FixedWidthTypes.Timestamp_us, func(n int) arrow.Array { return repeatTime(p, n) })
	add(p.Metadata.RunID, arrow.BinaryTypes.String, func(n int) arrow.Array { return repeatText(p.RunID, n) })
	add(p.Metadata.SyncName, arrow.BinaryTypes.String, func(n int) arrow.Array { return repeatText(p.Sync, n) })
	for _, f := range fields[p.Schema.NumFields():] {
		if p.Schema.HasField(f.Name) {
			return nil, nil, &connector.Error{Kind: connector.KindConfig, Op: "open", Message: fmt.Sprintf("metadata column %s is a column of the model too", f.Name), Hint: "rename one of them"}
		}
	}
	m.schema = arrow.NewSchema(fields, nil)
	return m, m.schema, nil
}

// extend returns b with the metadata. The caller releases it.
func (m *metadata) extend(b arrow.RecordBatch) arrow.RecordBatch {
	if len(m.append) == 0 {
		b.Retain()
		return b
	}
	columns := append([]arrow.Array{}, b.Columns()...)
	for _, column := range m.append {
		c := column(int(b.NumRows()))
		defer c.Release()
		columns = append(columns, c)
	}
	return array.NewRecordBatch(m.schema, columns, b.NumRows())
}

func repeatTime(p destinations.Plan, n int) arrow.Array {
	b := array.NewTimestampBuilder(arrowmem.DefaultAllocator, arrow.FixedWidthTypes.Timestamp_us.(*arrow.TimestampType))
	defer b.Release()
	b.Reserve(n)
	for range n {
		b.UnsafeAppend(arrow.Timestamp(p.Started.UnixMicro()))
	}
	return b.NewArray()
}

func repeatText(s string, n int) arrow.Array {
	b := array.NewStringBuilder(arrowmem.DefaultAllocator)
	defer b.Release()
	b.Reserve(n)
	b.ReserveData(n * len(s))
	for range n {
		b.Append(s)
	}
	return b.NewArray()
}
