package parquetfile

import (
	"bytes"
	"math"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/parquet/metadata"
)

// bounds gathers the least and the greatest value of a column in the row group at hand: readers skip row groups by them.
type bounds interface {
	// add looks at the rows from..to of arr.
	add(arr arrow.Array, from, to int)
	// take returns both values in the PLAIN encoding and begins anew; ok is false if there are none that can be told.
	take() (least, greatest []byte, ok bool)
}

// boundsOf chooses the bounds of a type; nil if readers gain little or its order is not that of its bytes.
func boundsOf(dt arrow.DataType) bounds {
	switch t := dt.(type) {
	case *arrow.Int32Type:
		return &numberBounds[int32]{values: int32s}
	case *arrow.Date32Type:
		return &numberBounds[arrow.Date32]{values: dates}
	case *arrow.Int64Type:
		return &numberBounds[int64]{values: int64s}
	case *arrow.Float32Type:
		return &numberBounds[float32]{values: float32s}
	case *arrow.Float64Type:
		return &numberBounds[float64]{values: float64s}
	case *arrow.TimestampType:
		return &numberBounds[arrow.Timestamp]{values: timestamps}
	case *arrow.Decimal128Type:
		if t.Precision <= maxInt64Digits {
			return &decimalBounds{narrow: t.Precision <= maxInt32Digits}
		}
	case *arrow.StringType:
		return &textBounds{}
	}
	return nil
}

// statistics is what a row group says of a column.
func (c *column) statistics() metadata.EncodedStatistics {
	s := metadata.EncodedStatistics{HasNullCount: true, NullCount: c.nulls, Signed: !c.text}
	if c.bounds != nil {
		if least, greatest, ok := c.bounds.take(); ok {
			s.SetMin(least)
			s.SetMax(greatest)
		}
	}
	return s
}

// numberBounds is for numbers as they lie in memory.
type numberBounds[T number] struct {
	values          func(arrow.Array) []T
	least, greatest T
	some            bool
	nan             bool // readers disagree on where NaN belongs: a row group that has one tells nothing
}

func (b *numberBounds[T]) add(arr arrow.Array, from, to int) {
	values, whole := b.values(arr), arr.NullN() == 0
	for i := from; i < to; i++ {
		if !whole && !arr.IsValid(i) {
			continue
		}
		v := values[i]
		switch {
		case v != v:
			b.nan = true
		case !b.some:
			b.least, b.greatest, b.some = v, v, true
		case v < b.least:
			b.least = v
		case v > b.greatest:
			b.greatest = v
		}
	}
}

func (b *numberBounds[T]) take() (least, greatest []byte, ok bool) {
	ok = b.some && !b.nan
	b.some, b.nan = false, false
	// The two zeros are equal, and a reader may look for either: the format wants -0 as the least and +0 as the greatest.
	if b.least == 0 {
		b.least = T(math.Copysign(0, -1))
	}
	if b.greatest == 0 {
		b.greatest = 0
	}
	return asBytes([]T{b.least}), asBytes([]T{b.greatest}), ok
}

// decimalBounds is for decimals that fit into an integer.
type decimalBounds struct {
	narrow          bool // INT32
	least, greatest int64
	some            bool
}

func (b *decimalBounds) add(arr arrow.Array, from, to int) {
	a := arr.(*array.Decimal128)
	for i := from; i < to; i++ {
		if !a.IsValid(i) {
			continue
		}
		v := int64(a.Value(i).LowBits())
		if !b.some {
			b.least, b.greatest, b.some = v, v, true
		}
		b.least, b.greatest = min(b.least, v), max(b.greatest, v)
	}
}

func (b *decimalBounds) take() (least, greatest []byte, ok bool) {
	ok, b.some = b.some, false
	if b.narrow {
		return asBytes([]int32{int32(b.least)}), asBytes([]int32{int32(b.greatest)}), ok
	}
	return asBytes([]int64{b.least}), asBytes([]int64{b.greatest}), ok
}

// maxBound is how long a text may be to stand in the footer.
const maxBound = 256

// textBounds is for text, whose order in Parquet is that of its bytes.
type textBounds struct {
	least, greatest []byte
	some            bool
}

func (b *textBounds) add(arr arrow.Array, from, to int) {
	a := arr.(*array.String)
	for i := from; i < to; i++ {
		if !a.IsValid(i) {
			continue
		}
		v := a.Value(i)
		if !b.some {
			b.least, b.greatest, b.some = append(b.least[:0], v...), append(b.greatest[:0], v...), true
		}
		if v < string(b.least) {
			b.least = append(b.least[:0], v...)
		} else if v > string(b.greatest) {
			b.greatest = append(b.greatest[:0], v...)
		}
	}
}

func (b *textBounds) take() (least, greatest []byte, ok bool) {
	ok = b.some && len(b.least) <= maxBound && len(b.greatest) <= maxBound
	b.some = false
	return bytes.Clone(b.least), bytes.Clone(b.greatest), ok
}
