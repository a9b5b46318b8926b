package delta

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/drt-go/drt/record"
)

// Column turns the arrays of one Arrow column into arrays that a Parquet file can carry into one Delta type, by the
// same rules as Encoder. It is used by one goroutine.
type Column struct {
	to    Type
	stage arrow.DataType
	cell  cell
	fits  func(arr arrow.Array) bool // whether all values can stay as they are; nil if they never can
}

// NewColumn chooses how values of from become to; its errors are those of NewEncoder.
func NewColumn(from arrow.DataType, to Type) (*Column, error) {
	c, err := newCell(from, to)
	if err != nil {
		return nil, err
	}
	stage := StageType(to)
	return &Column{to: to, stage: stage, cell: c, fits: fits(from, to, stage)}, nil
}

// StageType is the Arrow type under which values of t travel in Parquet. Nested types travel as JSON text.
func StageType(t Type) arrow.DataType {
	switch t.Kind {
	case Boolean:
		return arrow.FixedWidthTypes.Boolean
	case TinyInt:
		return arrow.PrimitiveTypes.Int8
	case SmallInt:
		return arrow.PrimitiveTypes.Int16
	case Int:
		return arrow.PrimitiveTypes.Int32
	case BigInt:
		return arrow.PrimitiveTypes.Int64
	case Float:
		return arrow.PrimitiveTypes.Float32
	case Double:
		return arrow.PrimitiveTypes.Float64
	case Decimal:
		return &arrow.Decimal128Type{Precision: int32(t.Precision), Scale: int32(t.Scale)}
	case Binary:
		return arrow.BinaryTypes.Binary
	case Date:
		return arrow.PrimitiveTypes.Date32
	case Timestamp:
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
	case TimestampNTZ:
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	}
	return arrow.BinaryTypes.String
}

// StageType is the Arrow type of what Convert returns.
func (c *Column) StageType() arrow.DataType { return c.stage }

// SelectSQL returns the expression that turns a staged Parquet column, expr, into the column's type.
func (c *Column) SelectSQL(expr string) string { return SelectSQL(expr, c.to) }

// SelectSQL returns the expression that turns a column of StageType(t) in a Parquet file, expr, into t.
func SelectSQL(expr string, t Type) string {
	switch t.Kind {
	case String, Char, Varchar, Binary:
		return expr
	case Array, Map, Struct, Variant:
		return CastSQL(expr, t)
	}
	return "CAST(" + expr + " AS " + t.SQL() + ")"
}

// Convert returns the values of arr under StageType, with NULL in place of those that the type cannot hold, which it
// lists (Row counts from 0; Column and Key are the caller's to fill in). The caller releases the array. An array whose
// values all fit as they are is returned without a copy.
func (c *Column) Convert(mem memory.Allocator, arr arrow.Array) (arrow.Array, []record.Reject) {
	if c.fits != nil && c.fits(arr) {
		return relabel(arr, c.stage), nil
	}
	b := array.NewBuilder(mem, c.stage)
	defer b.Release()
	n := arr.Len()
	b.Reserve(n)
	var rejects []record.Reject
	for i := range n {
		if c.cell.isNull(arr, i) {
			b.AppendNull()
			continue
		}
		if reason := c.cell.appendTo(b, arr, i); reason != "" {
			rejects = append(rejects, record.Reject{Row: int64(i), Reason: reason})
			b.AppendNull()
		}
	}
	return b.NewArray(), rejects
}

// relabel returns arr under another type of the same layout.
func relabel(arr arrow.Array, as arrow.DataType) arrow.Array {
	if arrow.TypeEqual(arr.DataType(), as) {
		arr.Retain()
		return arr
	}
	d := arr.Data()
	data := array.NewData(as, d.Len(), d.Buffers(), d.Children(), d.NullN(), d.Offset())
	defer data.Release()
	return array.MakeFromData(data)
}
