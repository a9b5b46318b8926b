package wire

import (
	"bytes"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/drt-go/drt/sandbox/wire/internal/tcli"
)

// endMarker is the length of what ends an IPC stream.
const endMarker = 8

// arrowFormat sends a result as Arrow batches, in the types that the client asked for.
type arrowFormat struct {
	schema  *arrow.Schema
	prefix  []byte // the schema as IPC stream, without end marker
	convert []func(arrow.Array) (arrow.Array, error)
}

// newArrowFormat decides how each column travels: what the client did not ask for natively goes as text.
func newArrowFormat(columns []Column, ask *tcli.TSparkArrowTypes) (*arrowFormat, error) {
	if ask == nil {
		ask = &tcli.TSparkArrowTypes{}
	}
	f := &arrowFormat{convert: make([]func(arrow.Array) (arrow.Array, error), len(columns))}
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		fields[i] = arrow.Field{Name: c.Name, Type: c.Arrow, Nullable: true}
		if !native(c.Arrow, ask) {
			fields[i].Type, f.convert[i] = arrow.BinaryTypes.String, toText
		}
		if id := c.Arrow.ID(); id == arrow.LARGE_BINARY || id == arrow.BINARY_VIEW {
			fields[i].Type, f.convert[i] = arrow.BinaryTypes.Binary, toBinary
		}
	}
	f.schema = arrow.NewSchema(fields, nil)
	var b bytes.Buffer
	if err := ipc.NewWriter(&b, ipc.WithSchema(f.schema)).Close(); err != nil {
		return nil, fmt.Errorf("arrow schema: %w", err)
	}
	f.prefix = b.Bytes()[:b.Len()-endMarker]
	return f, nil
}

// native reports whether t goes as it is. Old readers of Arrow know neither views nor large lists.
func native(t arrow.DataType, ask *tcli.TSparkArrowTypes) bool {
	switch t := t.(type) {
	case *arrow.Decimal128Type:
		return ask.GetDecimalAsArrow()
	case *arrow.TimestampType:
		return ask.GetTimestampAsArrow() && t.Unit == arrow.Microsecond
	case *arrow.ListType, *arrow.MapType, *arrow.StructType:
		return ask.GetComplexTypesAsArrow() && nestedNative(t)
	}
	return plain(t)
}

func plain(t arrow.DataType) bool {
	switch t.ID() {
	case arrow.BOOL, arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64, arrow.FLOAT32, arrow.FLOAT64,
		arrow.STRING, arrow.BINARY, arrow.DATE32, arrow.NULL:
		return true
	}
	return false
}

func nestedNative(t arrow.DataType) bool {
	switch t := t.(type) {
	case *arrow.MapType:
		return nestedNative(t.KeyType()) && nestedNative(t.ItemType())
	case *arrow.ListType:
		return nestedNative(t.Elem())
	case *arrow.StructType:
		for _, f := range t.Fields() {
			if !nestedNative(f.Type) {
				return false
			}
		}
		return true
	case *arrow.Decimal128Type:
		return true
	case *arrow.TimestampType:
		return t.Unit == arrow.Microsecond
	}
	return plain(t)
}

func toText(arr arrow.Array) (arrow.Array, error) {
	value, err := textColumn(arr)
	if err != nil {
		return nil, err
	}
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	b.Reserve(arr.Len())
	for i := range arr.Len() {
		if arr.IsNull(i) {
			b.AppendNull()
		} else {
			b.Append(value(i))
		}
	}
	return b.NewArray(), nil
}

func toBinary(arr arrow.Array) (arrow.Array, error) {
	in, ok := arr.(interface{ Value(int) []byte })
	if !ok {
		return nil, fmt.Errorf("unexpected arrow type %s", arr.DataType())
	}
	b := array.NewBinaryBuilder(memory.DefaultAllocator, arrow.BinaryTypes.Binary)
	defer b.Release()
	for i := range arr.Len() {
		if arr.IsNull(i) {
			b.AppendNull()
		} else {
			b.Append(in.Value(i))
		}
	}
	return b.NewArray(), nil
}

// encode returns batches as the driver puts them behind the schema: IPC messages without schema and end marker.
func (f *arrowFormat) encode(batches []arrow.RecordBatch) ([]*tcli.TSparkArrowBatch, error) {
	out := make([]*tcli.TSparkArrowBatch, 0, len(batches))
	for _, batch := range batches {
		b, err := f.encodeOne(batch)
		if err != nil {
			return nil, err
		}
		out = append(out, &tcli.TSparkArrowBatch{Batch: b, RowCount: batch.NumRows()})
	}
	return out, nil
}

func (f *arrowFormat) encodeOne(batch arrow.RecordBatch) ([]byte, error) {
	cols := make([]arrow.Array, batch.NumCols())
	for i := range cols {
		cols[i] = batch.Column(i)
		if f.convert[i] == nil {
			continue
		}
		c, err := f.convert[i](cols[i])
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", f.schema.Field(i).Name, err)
		}
		defer c.Release()
		cols[i] = c
	}
	rec := array.NewRecordBatch(f.schema, cols, batch.NumRows())
	defer rec.Release()
	var b bytes.Buffer
	if err := ipc.NewWriter(&b, ipc.WithSchema(f.schema)).Write(rec); err != nil {
		return nil, fmt.Errorf("arrow batch: %w", err)
	}
	return b.Bytes()[len(f.prefix):], nil
}
