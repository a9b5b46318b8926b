package record

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow/decimal256"
)

// How dates and times are written in a Value.
const (
	dateLayout = "2006-01-02"
	ntzLayout  = "2006-01-02T15:04:05.999999999"
	tzLayout   = ntzLayout + "Z"
)

// Value returns c in the canonical text form.
func (o *Order) Value(c Cell) Value {
	return Value{Type: o.valueType, Text: o.text(c)}
}

func (o *Order) text(c Cell) string {
	switch o.valueType {
	case TypeInt64:
		return strconv.FormatInt(int64(c.word[0]), 10)
	case TypeUint64:
		return strconv.FormatUint(c.word[0], 10)
	case TypeFloat64:
		return strconv.FormatFloat(math.Float64frombits(c.word[0]), 'g', -1, 64)
	case TypeDecimal:
		return decimalText(c)
	case TypeString:
		return strings.Clone(c.text)
	case TypeDate:
		return time.Unix(int64(c.word[0])*86400, 0).UTC().Format(dateLayout)
	case TypeTimestamp:
		return time.Unix(int64(c.word[0]), int64(c.word[1])).UTC().Format(tzLayout)
	default:
		return time.Unix(int64(c.word[0]), int64(c.word[1])).UTC().Format(ntzLayout)
	}
}

// Parse reads a Value back. The error names the value's type, never its text.
func (o *Order) Parse(v Value) (Cell, error) {
	if v.Type != o.valueType {
		return Cell{}, fmt.Errorf("a %s cannot be compared with a %s", v.Type, o.valueType)
	}
	c, ok := parseCell(v)
	if ok && v.Type == TypeDecimal {
		c = o.rescaled(c)
	}
	if !ok {
		return Cell{}, fmt.Errorf("a stored value is not a well-formed %s", v.Type)
	}
	return c, nil
}

func parseCell(v Value) (Cell, bool) {
	switch v.Type {
	case TypeInt64:
		n, err := strconv.ParseInt(v.Text, 10, 64)
		return wordCell(uint64(n)), err == nil
	case TypeUint64:
		n, err := strconv.ParseUint(v.Text, 10, 64)
		return wordCell(n), err == nil
	case TypeFloat64:
		f, err := strconv.ParseFloat(v.Text, 64)
		return wordCell(math.Float64bits(f)), err == nil && !math.IsNaN(f)
	case TypeDecimal:
		return parseDecimal(v.Text)
	case TypeString:
		return Cell{text: v.Text}, true
	case TypeDate:
		t, err := time.Parse(dateLayout, v.Text)
		return wordCell(uint64(floorDiv(t.Unix(), 86400))), err == nil
	case TypeTimestamp:
		return parseTime(tzLayout, v.Text)
	case TypeTimestampNTZ:
		return parseTime(ntzLayout, v.Text)
	}
	return Cell{}, false
}

// rescaled gives a decimal the scale of the column, where that is exact: so that its key is that of an equal cell.
func (o *Order) rescaled(c Cell) Cell {
	n := c.decimal().BigInt()
	if c.scale > o.scale {
		quotient, rest := n.QuoRem(n, pow10(c.scale-o.scale), new(big.Int))
		if rest.Sign() != 0 {
			return c
		}
		n = quotient
	} else {
		n.Mul(n, pow10(o.scale-c.scale))
	}
	if n.BitLen() > 255 {
		return c
	}
	return decimalCell(decimal256.FromBigInt(n), o.scale)
}

func parseTime(layout, text string) (Cell, bool) {
	t, err := time.Parse(layout, text)
	return Cell{word: [4]uint64{uint64(t.Unix()), uint64(t.Nanosecond())}}, err == nil
}

func parseDecimal(text string) (Cell, bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	n, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok || n.BitLen() > 255 {
		return Cell{}, false
	}
	return decimalCell(decimal256.FromBigInt(n), int32(len(fraction))), true
}
