package wire

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/sandbox/wire/internal/tcli"
)

// columnRows encodes batches in column format: for each column the values and a bitmap of NULLs, low bit first.
func columnRows(columns []Column, batches []arrow.RecordBatch) ([]*tcli.TColumn, error) {
	out := make([]*tcli.TColumn, 0, len(columns))
	for i, c := range columns {
		chunks := make([]arrow.Array, len(batches))
		for j, b := range batches {
			chunks[j] = b.Column(i)
		}
		col, err := columnOf(thriftType(c).Type, chunks)
		if err != nil {
			return nil, fmt.Errorf("column %s of type %s: %w", c.Name, c.Type, err)
		}
		out = append(out, col)
	}
	return out, nil
}

func columnOf(id tcli.TTypeId, chunks []arrow.Array) (*tcli.TColumn, error) {
	switch id {
	case tcli.TTypeId_BOOLEAN:
		v, nulls, err := values[bool](chunks)
		return &tcli.TColumn{BoolVal: &tcli.TBoolColumn{Values: v, Nulls: nulls}}, err
	case tcli.TTypeId_TINYINT:
		v, nulls, err := values[int8](chunks)
		return &tcli.TColumn{ByteVal: &tcli.TByteColumn{Values: v, Nulls: nulls}}, err
	case tcli.TTypeId_SMALLINT:
		v, nulls, err := values[int16](chunks)
		return &tcli.TColumn{I16Val: &tcli.TI16Column{Values: v, Nulls: nulls}}, err
	case tcli.TTypeId_INT:
		v, nulls, err := values[int32](chunks)
		return &tcli.TColumn{I32Val: &tcli.TI32Column{Values: v, Nulls: nulls}}, err
	case tcli.TTypeId_BIGINT:
		v, nulls, err := values[int64](chunks)
		return &tcli.TColumn{I64Val: &tcli.TI64Column{Values: v, Nulls: nulls}}, err
	case tcli.TTypeId_FLOAT:
		return floatColumn(chunks)
	case tcli.TTypeId_DOUBLE:
		v, nulls, err := values[float64](chunks)
		return &tcli.TColumn{DoubleVal: &tcli.TDoubleColumn{Values: v, Nulls: nulls}}, err
	case tcli.TTypeId_BINARY:
		v, nulls, err := values[[]byte](chunks)
		return &tcli.TColumn{BinaryVal: &tcli.TBinaryColumn{Values: v, Nulls: nulls}}, err
	}
	v, nulls, err := collect(chunks, textColumn)
	return &tcli.TColumn{StringVal: &tcli.TStringColumn{Values: v, Nulls: nulls}}, err
}

// floatColumn widens: FLOAT travels as double.
func floatColumn(chunks []arrow.Array) (*tcli.TColumn, error) {
	narrow, nulls, err := values[float32](chunks)
	wide := make([]float64, len(narrow))
	for i, v := range narrow {
		wide[i] = float64(v)
	}
	return &tcli.TColumn{DoubleVal: &tcli.TDoubleColumn{Values: wide, Nulls: nulls}}, err
}

// values reads columns whose arrays hold values of T as they are.
func values[T any](chunks []arrow.Array) ([]T, []byte, error) {
	return collect(chunks, func(arr arrow.Array) (func(int) T, error) {
		a, ok := arr.(interface{ Value(int) T })
		if !ok {
			return nil, fmt.Errorf("unexpected arrow type %s", arr.DataType())
		}
		return a.Value, nil
	})
}

func collect[T any](chunks []arrow.Array, reader func(arrow.Array) (func(int) T, error)) ([]T, []byte, error) {
	n := 0
	for _, c := range chunks {
		n += c.Len()
	}
	out, nulls := make([]T, n), make([]byte, (n+7)/8)
	at := 0
	for _, c := range chunks {
		value, err := reader(c)
		if err != nil {
			return nil, nil, err
		}
		for i := range c.Len() {
			if isNull(c, i) {
				nulls[at/8] |= 1 << (at % 8)
			} else {
				out[at] = value(i)
			}
			at++
		}
	}
	return out, nulls, nil
}

// isNull also knows the array that has nothing but NULLs, and no bitmap that says so.
func isNull(arr arrow.Array, i int) bool { return arr.DataType().ID() == arrow.NULL || arr.IsNull(i) }
