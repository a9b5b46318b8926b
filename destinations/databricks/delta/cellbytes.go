package delta

import (
	"encoding/base64"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// bytesCell passes bytes, and the UTF-8 bytes of text, into BINARY. They are staged as base64.
type bytesCell struct {
	plain
	read func(arr arrow.Array, i int) []byte
}

func newBytesCell(src source, to Type) (cell, error) {
	switch src.class {
	case classBytes, classUUID:
		return bytesCell{read: src.bytes}, nil
	case classText:
		return bytesCell{read: func(arr arrow.Array, i int) []byte {
			s := src.text(arr, i)
			return unsafe.Slice(unsafe.StringData(s), len(s)) // only read, and only until the next value
		}}, nil
	}
	return nil, refuse(src, to, "")
}

func (c bytesCell) appendText(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	return base64.StdEncoding.AppendEncode(dst, c.read(arr, i)), ""
}

func (c bytesCell) appendQuoted(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	dst = base64.StdEncoding.AppendEncode(append(dst, '"'), c.read(arr, i))
	return append(dst, '"'), ""
}

func (c bytesCell) appendValue(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	return c.appendQuoted(dst, arr, i)
}

func (c bytesCell) appendTo(b array.Builder, arr arrow.Array, i int) string {
	if b, ok := b.(*array.BinaryBuilder); ok {
		b.Append(c.read(arr, i))
	}
	return ""
}
