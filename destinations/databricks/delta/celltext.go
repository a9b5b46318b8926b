package delta

import (
	"fmt"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

const reasonUTF8 = "not valid UTF-8 text"

// textCell passes text into STRING, CHAR and VARCHAR.
type textCell struct {
	plain
	limit int // characters; 0 = none
	long  string
	read  func(arr arrow.Array, i int) string
}

func newTextCell(src source, to Type) (cell, error) {
	limit, long := 0, ""
	if to.Kind != String {
		limit, long = to.Length, fmt.Sprintf("longer than %d characters", to.Length)
	}
	switch src.class {
	case classText:
		return textCell{limit: limit, long: long, read: src.text}, nil
	case classBytes:
		return nil, refuse(src, to, "bytes are no text, so CAST or encode them in the model, or make the column BINARY")
	case classNested:
		return nil, refuse(src, to, "turn them into JSON text in the model, or make the column a STRUCT, ARRAY, MAP or VARIANT")
	}
	return &formatCell{limit: limit, long: long, format: formatter(src)}, nil
}

// check refuses what is no text, and what is too long for the column.
func (c textCell) check(s string) string {
	if !utf8.ValidString(s) {
		return reasonUTF8
	}
	return c.checkLength(s)
}

func (c textCell) checkLength(s string) string {
	if c.limit > 0 && len(s) > c.limit && utf8.RuneCountInString(s) > c.limit {
		return c.long
	}
	return ""
}

func (c textCell) appendText(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	s := c.read(arr, i)
	return append(dst, s...), c.check(s)
}

func (c textCell) appendQuoted(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	s := c.read(arr, i)
	dst, ascii := appendJSONString(dst, s)
	if !ascii && !utf8.ValidString(s) {
		return dst, reasonUTF8
	}
	return dst, c.checkLength(s)
}

func (c textCell) appendValue(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	return c.appendQuoted(dst, arr, i)
}

func (c textCell) appendTo(b array.Builder, arr arrow.Array, i int) string {
	s := c.read(arr, i)
	reason := c.check(s)
	if b, ok := b.(*array.StringBuilder); ok && reason == "" {
		b.Append(s)
	}
	return reason
}

// formatCell passes what is no text into STRING, CHAR and VARCHAR, in the one form that reads back as the same value.
// The text has no character that JSON escapes.
type formatCell struct {
	plain
	limit  int
	long   string
	format func(dst []byte, arr arrow.Array, i int) ([]byte, string)
	buf    []byte // of appendTo
}

// formatter says how a source is written as text.
func formatter(src source) func([]byte, arrow.Array, int) ([]byte, string) {
	switch src.class {
	case classUUID:
		return func(dst []byte, arr arrow.Array, i int) ([]byte, string) {
			return appendUUID(dst, src.bytes(arr, i)), ""
		}
	case classFloat:
		return func(dst []byte, arr arrow.Array, i int) ([]byte, string) {
			return appendFloat(dst, src.float(arr, i), src.bits), ""
		}
	case classDecimal:
		return func(dst []byte, arr arrow.Array, i int) ([]byte, string) {
			v, reason := src.decimal(arr, i)
			if reason != "" || src.scale >= 0 {
				return appendDecimal(dst, v, max(src.scale, 0)), reason
			}
			n := numberOf(v, src.scale)
			if n.digits+n.exp > maxDigits {
				return dst, "more than 38 digits"
			}
			return appendDecimal(dst, n.decimal(0), 0), ""
		}
	}
	kind, read := BigInt, src.integer
	switch src.class {
	case classBool:
		kind = Boolean
	case classDate:
		kind, read = Date, ranged(read, minDay, maxDay)
	case classInstant:
		kind, read = Timestamp, ranged(read, minMicros, maxMicros)
	case classWall:
		kind, read = TimestampNTZ, ranged(read, minMicros, maxMicros)
	case classClock:
		return func(dst []byte, arr arrow.Array, i int) ([]byte, string) {
			v, reason := read(arr, i)
			if v < 0 || v >= dayMicros {
				return dst, "not a time of day"
			}
			return appendClock(dst, v), reason
		}
	}
	return func(dst []byte, arr arrow.Array, i int) ([]byte, string) {
		v, reason := read(arr, i)
		if reason != "" {
			return dst, reason
		}
		return appendInt(dst, kind, v), ""
	}
}

// appendUUID appends the 36 characters of RFC 9562.
func appendUUID(dst, id []byte) []byte {
	const hex = "0123456789abcdef"
	for i, c := range id {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, hex[c>>4], hex[c&15])
	}
	return dst
}

func (c *formatCell) appendText(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	at := len(dst)
	dst, reason := c.format(dst, arr, i)
	if reason == "" && c.limit > 0 && len(dst)-at > c.limit {
		reason = c.long
	}
	return dst, reason
}

func (c *formatCell) appendQuoted(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	dst, reason := c.appendText(append(dst, '"'), arr, i)
	return append(dst, '"'), reason
}

func (c *formatCell) appendValue(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	return c.appendQuoted(dst, arr, i)
}

func (c *formatCell) appendTo(b array.Builder, arr arrow.Array, i int) string {
	var reason string
	c.buf, reason = c.appendText(c.buf[:0], arr, i)
	if b, ok := b.(*array.StringBuilder); ok && reason == "" {
		b.BinaryBuilder.Append(c.buf)
	}
	return reason
}
