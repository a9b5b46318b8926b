package delta

import (
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// appendFunc appends the JSON of value i, which is not NULL.
type appendFunc = func(dst []byte, arr arrow.Array, i int) ([]byte, string)

// nestedCell passes ARRAY, MAP, STRUCT and VARIANT: staged as JSON text.
type nestedCell struct {
	kind Kind
	text func(arr arrow.Array, i int) string // the source is JSON text; nil if it is not
	json appendFunc
	buf  []byte
}

// newNestedCell chooses the cell of an ARRAY, MAP, STRUCT or VARIANT.
func newNestedCell(src source, to Type) (cell, error) {
	c := &nestedCell{kind: to.Kind}
	var err error
	switch {
	case src.class == classText:
		var tree *jsonNode
		if tree, err = newJSONTree(to); err != nil {
			return nil, err
		}
		c.text = src.text
		c.json = func(dst []byte, arr arrow.Array, i int) ([]byte, string) { return tree.root(dst, src.text(arr, i)) }
	case to.Kind == Variant:
		c.json, err = variantOf(src)
	case src.class == classNested:
		c.json, err = nestedOf(src, to)
	default:
		err = refuse(src, to, "")
	}
	return c, err
}

// isNull takes the JSON text null for NULL, as nothing else is left for it to mean, except in a VARIANT, which has a
// null of its own.
func (c *nestedCell) isNull(arr arrow.Array, i int) bool {
	if arr.IsNull(i) {
		return true
	}
	return c.text != nil && c.kind != Variant && strings.Trim(c.text(arr, i), " \t\r\n") == "null"
}

func (c *nestedCell) appendText(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	return c.json(dst, arr, i)
}

func (c *nestedCell) appendQuoted(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	var reason string
	if c.buf, reason = c.json(c.buf[:0], arr, i); reason != "" {
		return dst, reason
	}
	return appendJSONText(dst, unsafeString(c.buf)), ""
}

// appendValue embeds the JSON, but a VARIANT as a string of it (see wireType).
func (c *nestedCell) appendValue(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	if c.kind == Variant {
		return c.appendQuoted(dst, arr, i)
	}
	return c.json(dst, arr, i)
}

func (c *nestedCell) appendTo(b array.Builder, arr arrow.Array, i int) string {
	var reason string
	c.buf, reason = c.json(c.buf[:0], arr, i)
	if b, ok := b.(*array.StringBuilder); ok && reason == "" {
		b.BinaryBuilder.Append(c.buf)
	}
	return reason
}

// orNull appends the values of a cell within a nested one, NULL as null.
func orNull(c cell) appendFunc {
	return func(dst []byte, arr arrow.Array, i int) ([]byte, string) {
		if c.isNull(arr, i) {
			return append(dst, "null"...), ""
		}
		return c.appendValue(dst, arr, i)
	}
}

// appendKey appends a key of a MAP and what stands between it and the value, and remembers the key.
func appendKey(dst []byte, key cell, arr arrow.Array, i int, odd bool, keys *keySet) ([]byte, string) {
	if odd {
		dst = append(dst, `{"key":`...)
	}
	at := len(dst)
	dst, reason := key.appendValue(dst, arr, i)
	if reason != "" {
		return dst, reason
	}
	keys.add(unsafeString(dst[at:]))
	if odd {
		return append(dst, `,"value":`...), ""
	}
	return append(dst, ':'), ""
}
