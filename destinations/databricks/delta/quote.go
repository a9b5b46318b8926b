package delta

import (
	"encoding/binary"
	"unsafe"
)

// appendJSONString appends s as a JSON string; nothing but what JSON demands is escaped. It says whether s is ASCII: if
// not, whether s is UTF-8 is still to be asked.
func appendJSONString(dst []byte, s string) (out []byte, ascii bool) {
	dst = append(dst, '"')
	ascii = true
	for {
		n, plain := plainPrefix(s)
		ascii = ascii && plain
		dst = append(dst, s[:n]...)
		if n == len(s) {
			return append(dst, '"'), ascii
		}
		dst = appendEscape(dst, s[n])
		s = s[n+1:]
	}
}

// appendJSONText is appendJSONString for what is known to be UTF-8.
func appendJSONText(dst []byte, s string) []byte {
	dst, _ = appendJSONString(dst, s)
	return dst
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

// plainPrefix counts the bytes up to the first that JSON escapes, and says whether they are ASCII. It looks at eight
// bytes at a time: strings are the larger part of most rows.
func plainPrefix(s string) (n int, ascii bool) {
	const (
		ones  = 0x0101010101010101
		highs = 0x8080808080808080
	)
	var all uint64
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
		all |= w
	}
	for ; n < len(b); n++ {
		c := b[n]
		if c < 0x20 || c == '"' || c == '\\' {
			break
		}
		all |= uint64(c)
	}
	return n, all&highs == 0
}
