package record

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
)

// The types of a Value.
const (
	TypeInt64        = "int64"
	TypeUint64       = "uint64"
	TypeFloat64      = "float64"
	TypeDecimal      = "decimal"
	TypeString       = "string"
	TypeDate         = "date"
	TypeTimestamp    = "timestamp"
	TypeTimestampNTZ = "timestamp_ntz"
)

// Compare orders a and b by their type, exactly: -1, 0 or +1. Values of two types have no order: an error.
func Compare(a, b Value) (int, error) {
	if a.Type != b.Type {
		return 0, fmt.Errorf("a %s cannot be compared with a %s", a.Type, b.Type)
	}
	o := Order{valueType: a.Type}
	x, err := o.Parse(a)
	if err != nil {
		return 0, err
	}
	y, err := o.Parse(b)
	if err != nil {
		return 0, err
	}
	return o.Compare(x, y), nil
}

// ValueAt returns the value in row i of arr. Errors: ErrNull, ErrNaN, ErrRange, or a type that has no order.
func ValueAt(arr arrow.Array, i int) (Value, error) {
	o, err := NewOrder(arr.DataType())
	if err != nil {
		return Value{}, err
	}
	c, err := o.Cell(arr, i)
	if err != nil {
		return Value{}, err
	}
	return o.Value(c), nil
}
