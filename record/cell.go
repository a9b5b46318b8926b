package record

import (
	"math"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal256"
)

// The seconds since 1970 in which the years 1 to 9999 lie, and the same in days.
const (
	minSecond, maxSecond = -62135596800, 253402300799
	minDay, maxDay       = minSecond / 86400, maxSecond / 86400
)

// Cell returns the value in row i of arr, a column of the type that o was made for. Errors: ErrNull, ErrNaN,
// ErrRange.
func (o *Order) Cell(arr arrow.Array, i int) (Cell, error) {
	if arr.IsNull(i) {
		return Cell{}, ErrNull
	}
	switch a := arr.(type) {
	case *array.Int64:
		return wordCell(uint64(a.Value(i))), nil
	case *array.Timestamp:
		return timestampCell(int64(a.Value(i)), o.unit)
	case *array.String:
		return Cell{text: a.Value(i)}, nil
	case *array.Date32:
		return dayCell(int64(a.Value(i)))
	case *array.Date64:
		return dayCell(floorDiv(int64(a.Value(i)), 86_400_000))
	case *array.LargeString:
		return Cell{text: a.Value(i)}, nil
	case *array.StringView:
		return Cell{text: a.Value(i)}, nil
	}
	if c, ok := smallInt(arr, i); ok {
		return c, nil
	}
	if c, ok := decimalAt(arr, i); ok {
		return c, nil
	}
	return floatAt(arr, i)
}

func wordCell(w uint64) Cell { return Cell{word: [4]uint64{w}} }

func smallInt(arr arrow.Array, i int) (Cell, bool) {
	switch a := arr.(type) {
	case *array.Int8:
		return wordCell(uint64(int64(a.Value(i)))), true
	case *array.Int16:
		return wordCell(uint64(int64(a.Value(i)))), true
	case *array.Int32:
		return wordCell(uint64(int64(a.Value(i)))), true
	case *array.Uint8:
		return wordCell(uint64(a.Value(i))), true
	case *array.Uint16:
		return wordCell(uint64(a.Value(i))), true
	case *array.Uint32:
		return wordCell(uint64(a.Value(i))), true
	case *array.Uint64:
		return wordCell(a.Value(i)), true
	}
	return Cell{}, false
}

func decimalAt(arr arrow.Array, i int) (Cell, bool) {
	switch a := arr.(type) {
	case *array.Decimal32:
		return decimalCell(decimal256.FromI64(int64(a.Value(i))), a.DataType().(arrow.DecimalType).GetScale()), true
	case *array.Decimal64:
		return decimalCell(decimal256.FromI64(int64(a.Value(i))), a.DataType().(arrow.DecimalType).GetScale()), true
	case *array.Decimal128:
		return decimalCell(decimal256.FromDecimal128(a.Value(i)), a.DataType().(arrow.DecimalType).GetScale()), true
	case *array.Decimal256:
		return decimalCell(a.Value(i), a.DataType().(arrow.DecimalType).GetScale()), true
	}
	return Cell{}, false
}

func floatAt(arr arrow.Array, i int) (Cell, error) {
	var f float64
	switch a := arr.(type) {
	case *array.Float64:
		f = a.Value(i)
	case *array.Float32:
		f = float64(a.Value(i))
	case *array.Float16:
		f = float64(a.Value(i).Float32())
	default:
		panic("record: " + arr.DataType().String() + " has no order; NewOrder refuses it")
	}
	if math.IsNaN(f) {
		return Cell{}, ErrNaN
	}
	return wordCell(math.Float64bits(f)), nil
}

func dayCell(days int64) (Cell, error) {
	if days < minDay || days > maxDay {
		return Cell{}, ErrRange
	}
	return wordCell(uint64(days)), nil
}

func timestampCell(v int64, unit arrow.TimeUnit) (Cell, error) {
	sec, nano := splitTime(v, unit)
	if sec < minSecond || sec > maxSecond {
		return Cell{}, ErrRange
	}
	return Cell{word: [4]uint64{uint64(sec), uint64(nano)}}, nil
}

// splitTime splits v into whole seconds, rounded down, and nanoseconds from 0.
func splitTime(v int64, unit arrow.TimeUnit) (sec, nano int64) {
	perSecond := int64(time.Second / unit.Multiplier())
	sec = floorDiv(v, perSecond)
	return sec, (v - sec*perSecond) * int64(unit.Multiplier())
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
