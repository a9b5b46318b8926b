package record

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/decimal256"
)

// Why a cell has no place in an order. They are sentinels, so that a scan allocates nothing.
var (
	ErrNull  = errors.New("it is NULL")
	ErrNaN   = errors.New("it is NaN")
	ErrRange = errors.New("it lies outside of the years 1 to 9999")
)

// Order reads, compares and prints the values of one column, by its type and exactly, without an allocation per
// row. It is read-only and may be shared between goroutines.
type Order struct {
	valueType string
	unit      arrow.TimeUnit
	scale     int32 // of a decimal column; 0 also where there is no column
}

// Cell is one non-NULL value of an Order. A string cell borrows the memory of its array: Clone it to keep it.
type Cell struct {
	word  [4]uint64 // int64, uint64, float64 bits, days; seconds and nanoseconds; a 256-bit decimal
	scale int32     // of a decimal
	text  string
}

// NewOrder returns the order of a column of type dt, or an error if it has none.
func NewOrder(dt arrow.DataType) (*Order, error) {
	switch t := dt.(type) {
	case *arrow.Int8Type, *arrow.Int16Type, *arrow.Int32Type, *arrow.Int64Type:
		return &Order{valueType: TypeInt64}, nil
	case *arrow.Uint8Type, *arrow.Uint16Type, *arrow.Uint32Type, *arrow.Uint64Type:
		return &Order{valueType: TypeUint64}, nil
	case *arrow.Float16Type, *arrow.Float32Type, *arrow.Float64Type:
		return &Order{valueType: TypeFloat64}, nil
	case arrow.DecimalType:
		return &Order{valueType: TypeDecimal, scale: t.GetScale()}, nil
	case *arrow.StringType, *arrow.LargeStringType, *arrow.StringViewType:
		return &Order{valueType: TypeString}, nil
	case *arrow.Date32Type, *arrow.Date64Type:
		return &Order{valueType: TypeDate}, nil
	case *arrow.TimestampType:
		if t.TimeZone == "" {
			return &Order{valueType: TypeTimestampNTZ, unit: t.Unit}, nil
		}
		return &Order{valueType: TypeTimestamp, unit: t.Unit}, nil
	}
	return nil, fmt.Errorf("a column of type %s has no order that a watermark could follow", dt)
}

// Type is the Value.Type of the column.
func (o *Order) Type() string { return o.valueType }

// Compare orders two cells of o.
func (o *Order) Compare(a, b Cell) int {
	switch o.valueType {
	case TypeInt64, TypeDate:
		return cmp.Compare(int64(a.word[0]), int64(b.word[0]))
	case TypeUint64:
		return cmp.Compare(a.word[0], b.word[0])
	case TypeFloat64:
		return cmp.Compare(math.Float64frombits(a.word[0]), math.Float64frombits(b.word[0]))
	case TypeDecimal:
		return compareDecimals(a, b)
	case TypeString:
		return strings.Compare(a.text, b.text)
	default:
		if c := cmp.Compare(int64(a.word[0]), int64(b.word[0])); c != 0 {
			return c
		}
		return cmp.Compare(a.word[1], b.word[1])
	}
}

// AppendKey appends bytes that are equal exactly for equal cells of one column.
func (o *Order) AppendKey(dst []byte, c Cell) []byte {
	if o.valueType == TypeFloat64 && math.Float64frombits(c.word[0]) == 0 {
		c.word[0] = 0 // -0 equals 0
	}
	for _, w := range c.word {
		dst = binary.LittleEndian.AppendUint64(dst, w)
	}
	return append(dst, c.text...)
}

// Clone returns a cell that does not borrow.
func (c Cell) Clone() Cell {
	c.text = strings.Clone(c.text)
	return c
}

func (c Cell) decimal() decimal256.Num {
	return decimal256.New(c.word[3], c.word[2], c.word[1], c.word[0])
}

func decimalCell(n decimal256.Num, scale int32) Cell {
	return Cell{word: n.Array(), scale: scale}
}

func compareDecimals(a, b Cell) int {
	if a.scale == b.scale {
		return a.decimal().Cmp(b.decimal())
	}
	x, y := a.decimal().BigInt(), b.decimal().BigInt()
	if a.scale < b.scale {
		x.Mul(x, pow10(b.scale-a.scale))
	} else {
		y.Mul(y, pow10(a.scale-b.scale))
	}
	return x.Cmp(y)
}

func pow10(n int32) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// decimalText is exact, other than decimal256.Num.ToString, which goes through a float.
func decimalText(c Cell) string {
	n := c.decimal().BigInt()
	if c.scale <= 0 {
		return n.Mul(n, pow10(-c.scale)).String()
	}
	var b bytes.Buffer
	if n.Sign() < 0 {
		b.WriteByte('-')
	}
	digits := n.Abs(n).String()
	if pad := int(c.scale) + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	point := len(digits) - int(c.scale)
	b.WriteString(digits[:point])
	b.WriteByte('.')
	b.WriteString(digits[point:])
	return b.String()
}
