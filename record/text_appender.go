package record

import (
	"encoding/base64"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// Why a text is not a value of its type: reasons for a Reject, so they do not show the text.
var (
	ErrNotBoolean = errors.New("not a BOOLEAN (true, false, t, f, yes, no, y, n, 1, 0)")
	ErrNotBase64  = errors.New("not BINARY (base64)")
	ErrNotUTF8    = errors.New("not valid UTF-8")
	ErrNoZone     = errors.New("a timestamp without a zone, where TIMESTAMP means an instant; TIMESTAMP_NTZ holds it")
	ErrZone       = errors.New("a timestamp with a zone, which TIMESTAMP_NTZ would lose; TIMESTAMP holds it")
)

// TextAppender appends one value, written as text, to the builder it was made for. After an error nothing was
// appended; the error is a reason for a Reject and does not show the text. s is copied.
type TextAppender func(s string) error

// NewTextAppender returns the appender of b's type, chosen once per column. The types are those of ParseType.
func NewTextAppender(b array.Builder) (TextAppender, error) {
	switch b := b.(type) {
	case *array.StringBuilder:
		return func(s string) error { return appendText(b, s) }, nil
	case *array.BinaryBuilder:
		return func(s string) error { return appendBase64(b, s) }, nil
	case *array.BooleanBuilder:
		return func(s string) error { return appendBool(b, s) }, nil
	case *array.Date32Builder:
		return func(s string) error { return appendDate(b, s) }, nil
	case *array.Decimal128Builder:
		return decimalAppender(b), nil
	case *array.TimestampBuilder:
		return timestampAppender(b)
	}
	if a := numberAppender(b); a != nil {
		return a, nil
	}
	return nil, fmt.Errorf("no text form of %s", b.Type())
}

func numberAppender(b array.Builder) TextAppender {
	switch b := b.(type) {
	case *array.Int64Builder:
		return intAppender(64, b.Append)
	case *array.Int32Builder:
		return intAppender(32, b.Append)
	case *array.Int16Builder:
		return intAppender(16, b.Append)
	case *array.Int8Builder:
		return intAppender(8, b.Append)
	case *array.Float64Builder:
		return floatAppender(64, b.Append)
	case *array.Float32Builder:
		return floatAppender(32, b.Append)
	}
	return nil
}

func intAppender[T int8 | int16 | int32 | int64](bits int, add func(T)) TextAppender {
	reason := notA(bits)
	return func(s string) error {
		n, err := ParseInt(s, bits)
		if err != nil {
			return reason
		}
		add(T(n))
		return nil
	}
}

func notA(bits int) error {
	switch bits {
	case 8:
		return errors.New("not a TINYINT")
	case 16:
		return errors.New("not a SMALLINT")
	case 32:
		return errors.New("not an INT")
	}
	return errors.New("not a BIGINT")
}

func floatAppender[T float32 | float64](bits int, add func(T)) TextAppender {
	reason := errors.New("not a DOUBLE")
	if bits == 32 {
		reason = errors.New("not a FLOAT")
	}
	return func(s string) error {
		f, err := ParseFloat(s, bits)
		if err != nil {
			return reason
		}
		add(T(f))
		return nil
	}
}

func decimalAppender(b *array.Decimal128Builder) TextAppender {
	t := b.Type().(*arrow.Decimal128Type)
	reason := fmt.Errorf("not a %s", TypeName(t))
	return func(s string) error {
		n, err := ParseDecimal(s, t.Precision, t.Scale)
		if err != nil {
			return reason
		}
		b.Append(n)
		return nil
	}
}

func timestampAppender(b *array.TimestampBuilder) (TextAppender, error) {
	t := b.Type().(*arrow.TimestampType)
	if t.Unit != arrow.Microsecond {
		return nil, fmt.Errorf("no text form of %s", t)
	}
	instant := t.TimeZone != ""
	return func(s string) error {
		micros, zoned, err := ParseTimestamp(s)
		switch {
		case err != nil:
			return err
		case instant && !zoned:
			return ErrNoZone
		case zoned && !instant:
			return ErrZone
		}
		b.Append(arrow.Timestamp(micros))
		return nil
	}, nil
}

func appendText(b *array.StringBuilder, s string) error {
	if !utf8.ValidString(s) {
		return ErrNotUTF8
	}
	b.Append(s)
	return nil
}

func appendBase64(b *array.BinaryBuilder, s string) error {
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return ErrNotBase64
	}
	b.Append(raw)
	return nil
}

func appendBool(b *array.BooleanBuilder, s string) error {
	v, ok := ParseBool(s)
	if !ok {
		return ErrNotBoolean
	}
	b.Append(v)
	return nil
}

func appendDate(b *array.Date32Builder, s string) error {
	days, err := ParseDate(s)
	if err != nil {
		return err
	}
	b.Append(arrow.Date32(days))
	return nil
}

// ParseBool reads true, false, t, f, yes, no, y, n, 1, 0 in any case.
func ParseBool(s string) (v, ok bool) {
	if len(s) == 0 || len(s) > 5 {
		return false, false
	}
	var lower [5]byte
	for i := range len(s) {
		lower[i] = s[i] | 0x20 // upper to lower; '0' and '1' have that bit already
	}
	switch string(lower[:len(s)]) {
	case "true", "t", "yes", "y", "1":
		return true, s[0] != 0x11 // 0x11|0x20 is '1' too
	case "false", "f", "no", "n", "0":
		return false, s[0] != 0x10
	}
	return false, false
}
