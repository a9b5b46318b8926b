package sqlite

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"github.com/drt-go/drt/record"
)

// decoder appends one value to the builder it was made for. After an error nothing was appended; the error is a
// reason for a reject and does not show the value.
type decoder func(c *cell) error

// newDecoder returns the decoder of a column, chosen once: no type is looked at again per value.
func newDecoder(col column, b array.Builder) decoder {
	switch b := b.(type) {
	case *array.Int64Builder:
		return intDecoder(col, b)
	case *array.Float64Builder:
		return floatDecoder(col, b)
	case *array.StringBuilder:
		return textDecoder(col, b)
	case *array.BinaryBuilder:
		return blobDecoder(col, b)
	case *array.BooleanBuilder:
		return boolDecoder(col, b)
	case *array.Date32Builder:
		return dateDecoder(col, b)
	case *array.TimestampBuilder:
		return timestampDecoder(col, b)
	case *array.Decimal128Builder:
		return decimalDecoder(col, b)
	}
	panic(fmt.Sprintf("drt: sqlite: no decoder for %s", b.Type()))
}

// mismatch is the reason for a value of a class that the column does not hold.
func (col column) mismatch(got class) error {
	if col.declared != "" && col.dtype != nil {
		return fmt.Errorf("%s in a column declared %s", got, col.declared)
	}
	return fmt.Errorf("%s, where the first values of the column are %s; CAST it in the model", got, record.TypeName(col.dtype))
}

func intDecoder(col column, b *array.Int64Builder) decoder {
	return func(c *cell) error {
		switch c.class {
		case classInteger:
			b.Append(c.i)
		case classNull:
			b.AppendNull()
		default:
			return col.mismatch(c.class)
		}
		return nil
	}
}

// floatDecoder takes integers too, if a DOUBLE is exactly the same number: SQLite itself stores 3.0 as 3.
func floatDecoder(col column, b *array.Float64Builder) decoder {
	inexact := errors.New("an INTEGER that no DOUBLE holds exactly; CAST it in the model")
	return func(c *cell) error {
		switch c.class {
		case classReal:
			b.Append(c.f)
		case classNull:
			b.AppendNull()
		case classInteger:
			if !exactFloat(c.i) {
				return inexact
			}
			b.Append(float64(c.i))
		default:
			return col.mismatch(c.class)
		}
		return nil
	}
}

func exactFloat(i int64) bool {
	f := float64(i)
	return f < math.MaxInt64 && int64(f) == i
}

func textDecoder(col column, b *array.StringBuilder) decoder {
	return func(c *cell) error {
		switch c.class {
		case classText:
			if !utf8.ValidString(c.s) {
				return record.ErrNotUTF8
			}
			b.Append(c.s)
		case classNull:
			b.AppendNull()
		default:
			return col.mismatch(c.class)
		}
		return nil
	}
}

func blobDecoder(col column, b *array.BinaryBuilder) decoder {
	return func(c *cell) error {
		switch c.class {
		case classBlob:
			b.AppendString(c.s)
		case classNull:
			b.AppendNull()
		default:
			return col.mismatch(c.class)
		}
		return nil
	}
}

// boolDecoder takes 0 and 1, and the words that some libraries write into BOOLEAN columns.
func boolDecoder(col column, b *array.BooleanBuilder) decoder {
	return func(c *cell) error {
		switch {
		case c.class == classInteger && (c.i == 0 || c.i == 1):
			b.Append(c.i == 1)
			return nil
		case c.class == classNull:
			b.AppendNull()
			return nil
		case c.class == classText:
			if v, ok := record.ParseBool(c.s); ok {
				b.Append(v)
				return nil
			}
		case c.class == classInteger:
			return errors.New("an INTEGER other than 0 and 1 in a column declared " + col.declared)
		}
		return col.mismatch(c.class)
	}
}

func dateDecoder(col column, b *array.Date32Builder) decoder {
	return func(c *cell) error {
		switch c.class {
		case classText:
			days, err := record.ParseDate(c.s)
			if err != nil {
				return err
			}
			b.Append(arrow.Date32(days))
		case classNull:
			b.AppendNull()
		default:
			return col.mismatch(c.class)
		}
		return nil
	}
}

func timestampDecoder(col column, b *array.TimestampBuilder) decoder {
	instant := b.Type().(*arrow.TimestampType).TimeZone != ""
	return func(c *cell) error {
		switch c.class {
		case classText:
			micros, zoned, err := record.ParseTimestamp(c.s)
			if err != nil {
				return err
			}
			if zoned != instant {
				return col.zoneMismatch(zoned)
			}
			b.Append(arrow.Timestamp(micros))
		case classNull:
			b.AppendNull()
		case classInteger, classReal:
			return fmt.Errorf("%s in a column declared %s: seconds, milliseconds or a Julian day, nobody can tell; write datetime(column, 'unixepoch') in the model", c.class, col.declared)
		default:
			return col.mismatch(c.class)
		}
		return nil
	}
}

func (col column) zoneMismatch(zoned bool) error {
	if !col.clock {
		if zoned {
			return record.ErrZone
		}
		return record.ErrNoZone
	}
	if zoned {
		return errors.New("a timestamp with a zone, where the first values of the column have none")
	}
	return errors.New("a timestamp without a zone, where the first values of the column have one")
}

// decimalDecoder takes integers and text digit by digit. A REAL stands for the shortest decimal that reads back as
// the same REAL: what was written into it, as far as SQLite kept it.
func decimalDecoder(col column, b *array.Decimal128Builder) decoder {
	t := b.Type().(*arrow.Decimal128Type)
	misfit := fmt.Errorf("does not fit %s exactly", record.TypeName(t))
	digits, power := new([32]byte), math.Pow10(int(t.Scale))
	add := func(s string) error {
		n, err := record.ParseDecimal(s, t.Precision, t.Scale)
		if err != nil {
			return misfit
		}
		b.Append(n)
		return nil
	}
	appendUnscaled := func(n int64) error {
		d := decimal128.FromI64(n)
		if !d.FitsInPrecision(t.Precision) {
			return misfit
		}
		b.Append(d)
		return nil
	}
	return func(c *cell) error {
		switch c.class {
		case classInteger:
			return add(bytesView(strconv.AppendInt(digits[:0], c.i, 10)))
		case classReal:
			if n, ok := shortDecimal(c.f, power); ok {
				return appendUnscaled(n)
			}
			return add(bytesView(strconv.AppendFloat(digits[:0], c.f, 'e', -1, 64)))
		case classText:
			return add(c.s)
		case classNull:
			b.AppendNull()
			return nil
		}
		return col.mismatch(c.class)
	}
}

// shortDecimal finds the n for which n/power is the shortest decimal of f, where that has at most 15 digits: two
// such decimals are never the same float64, so that the one which divides back to f is it. Formatting f and reading
// the text does the same at seven times the cost.
func shortDecimal(f, power float64) (n int64, ok bool) {
	const largest = 999_999_999_999_999
	scaled := math.RoundToEven(f * power)
	if power > 1e15 || !(scaled <= largest && scaled >= -largest) || scaled/power != f {
		return 0, false
	}
	return int64(scaled), true
}
