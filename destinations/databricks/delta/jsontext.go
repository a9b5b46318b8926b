package delta

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The reasons why a text is not taken as JSON.
const (
	reasonJSON      = "not JSON"
	reasonSurrogate = "has half of a surrogate pair, which is no character"
	reasonTwice     = "has the same key twice"
	reasonDepth     = "nested too deep"
)

// maxJSONDepth bounds arrays and objects within a VARIANT; the parser of the warehouse ends at 1,000.
const maxJSONDepth = 500

// jsonText reads one JSON text (RFC 8259, strictly) from left to right. Its strings are decoded into a buffer that the
// next string overwrites; a text without escapes is not copied.
type jsonText struct {
	s   string // valid UTF-8
	pos int
	buf []byte
}

// reset begins a new text.
func (j *jsonText) reset(s string) string {
	if !utf8.ValidString(s) {
		return reasonUTF8
	}
	j.s, j.pos = s, 0
	return ""
}

// peek passes over blanks and returns the next byte, 0 at the end.
func (j *jsonText) peek() byte {
	for ; j.pos < len(j.s); j.pos++ {
		switch c := j.s[j.pos]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// take passes over c, if it is next.
func (j *jsonText) take(c byte) bool {
	if j.peek() != c || j.pos == len(j.s) {
		return false
	}
	j.pos++
	return true
}

// literal passes over a word, if it is next.
func (j *jsonText) literal(word string) bool {
	j.peek()
	if !strings.HasPrefix(j.s[j.pos:], word) {
		return false
	}
	j.pos += len(word)
	return true
}

// end refuses anything behind the value.
func (j *jsonText) end() string {
	if j.peek() != 0 || j.pos < len(j.s) {
		return reasonJSON
	}
	return ""
}

// scalar reads a string (decoded), a number, true or false (as they stand).
func (j *jsonText) scalar() (token string, isString bool, reason string) {
	switch c := j.peek(); {
	case c == '"':
		token, reason = j.str()
		return token, true, reason
	case c == '-' || c >= '0' && c <= '9':
		token, reason = j.number()
		return token, false, reason
	case j.literal("true"):
		return "true", false, ""
	case j.literal("false"):
		return "false", false, ""
	}
	return "", false, reasonJSON
}

// str reads a string; the quote is next.
func (j *jsonText) str() (string, string) {
	j.pos++
	n, _ := plainPrefix(j.s[j.pos:])
	start := j.pos
	j.pos += n
	if j.pos < len(j.s) && j.s[j.pos] == '"' {
		j.pos++
		return j.s[start : j.pos-1], ""
	}
	j.buf = append(j.buf[:0], j.s[start:j.pos]...)
	for j.pos < len(j.s) {
		switch c := j.s[j.pos]; {
		case c == '"':
			j.pos++
			return unsafeString(j.buf), ""
		case c < 0x20:
			return "", reasonJSON
		case c == '\\':
			if reason := j.escape(); reason != "" {
				return "", reason
			}
		}
		n, _ := plainPrefix(j.s[j.pos:])
		j.buf = append(j.buf, j.s[j.pos:j.pos+n]...)
		j.pos += n
	}
	return "", reasonJSON
}

// escape decodes one escape; the backslash is next.
func (j *jsonText) escape() string {
	if j.pos+1 >= len(j.s) {
		return reasonJSON
	}
	c := j.s[j.pos+1]
	if c == 'u' {
		return j.unicode()
	}
	at := strings.IndexByte(`"\/bfnrt`, c)
	if at < 0 {
		return reasonJSON
	}
	j.buf = append(j.buf, "\"\\/\b\f\n\r\t"[at])
	j.pos += 2
	return ""
}

// unicode decodes \uXXXX, or two of them that are one character.
func (j *jsonText) unicode() string {
	r, ok := hex4(j.s[j.pos:])
	if !ok {
		return reasonJSON
	}
	j.pos += 6
	if utf16.IsSurrogate(r) {
		low, _ := hex4(j.s[j.pos:])
		if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
			return reasonSurrogate
		}
		j.pos += 6
	}
	j.buf = utf8.AppendRune(j.buf, r)
	return ""
}

func hex4(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	var r rune
	for i := 2; i < 6; i++ {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// number reads a number as JSON writes it: no plus, no zeros in front, digits on both sides of the point.
func (j *jsonText) number() (string, string) {
	start := j.pos
	if j.s[j.pos] == '-' {
		j.pos++
	}
	first := j.pos
	if j.digits() == 0 || j.s[first] == '0' && j.pos > first+1 {
		return "", reasonJSON
	}
	if j.at('.') {
		j.pos++
		if j.digits() == 0 {
			return "", reasonJSON
		}
	}
	if j.at('e') || j.at('E') {
		j.pos++
		if j.at('+') || j.at('-') {
			j.pos++
		}
		if j.digits() == 0 {
			return "", reasonJSON
		}
	}
	return j.s[start:j.pos], ""
}

func (j *jsonText) at(c byte) bool { return j.pos < len(j.s) && j.s[j.pos] == c }

// digits passes over digits and counts them.
func (j *jsonText) digits() int {
	start := j.pos
	for j.pos < len(j.s) && j.s[j.pos] >= '0' && j.s[j.pos] <= '9' {
		j.pos++
	}
	return j.pos - start
}
