package delta

import (
	"encoding/binary"
	"unsafe"
)

// appendJSONString appends s as a JSON string. s is valid UTF-8; nothing but what JSON demands is escaped.
func appendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for {
		n := plainPrefix(s)
		dst = append(dst, s[:n]...)
		if n == len(s) {
			return append(dst, '"')
		}
		dst = appendEscape(dst, s[n])
		s = s[n+1:]
	}
}

func appendEscape(dst []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}

// plainPrefix counts the bytes up to the first that JSON escapes, eight at a time: strings are the larger part of most
// rows, and looking at single bytes was a third of the time of encoding them.
func plainPrefix(s string) int {
	const (
		ones  = 0x0101010101010101
		highs = 0x8080808080808080
	)
	n := 0
	b := unsafe.Slice(unsafe.StringData(s), len(s))
	for ; n+8 <= len(b); n += 8 {
		w := binary.LittleEndian.Uint64(b[n:])
		quote, slash := w^(ones*'"'), w^(ones*'\\')
		control := (w - ones*0x20) & ^w
		quote = (quote - ones) & ^quote
		slash = (slash - ones) & ^slash
		if (control|quote|slash)&highs != 0 {
			break
		}
	}
	for ; n < len(b); n++ {
		if c := b[n]; c < 0x20 || c == '"' || c == '\\' {
			break
		}
	}
	return n
}
