package spark

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
)

// scanner reads JSON as Jackson does with Spark's settings: strict, but single quotes are quotes.
type scanner struct {
	b     []byte
	i     int
	depth int
}

const maxJSONDepth = 1000

func malformed(text []byte) error {
	return sqlerr.New("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "Malformed records are detected in record parsing: %s. "+
		"Parse Mode: FAILFAST. To process malformed records as null result, try setting the option 'mode' as 'PERMISSIVE'.", clip(string(text)))
}

func (s *scanner) space() {
	for s.i < len(s.b) && (s.b[s.i] == ' ' || s.b[s.i] == '\n' || s.b[s.i] == '\t' || s.b[s.i] == '\r') {
		s.i++
	}
}

// peek skips space and returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	s.space()
	if s.i >= len(s.b) {
		return 0
	}
	return s.b[s.i]
}

func (s *scanner) take(c byte) bool {
	if s.peek() == c {
		s.i++
		return true
	}
	return false
}

// word takes null, true or false.
func (s *scanner) word(w string) bool {
	if strings.HasPrefix(string(s.b[s.i:min(len(s.b), s.i+len(w))]), w) {
		s.i += len(w)
		return true
	}
	return false
}

// str reads a string whose opening quote comes next. Without escapes the result is part of the input.
func (s *scanner) str() ([]byte, bool) {
	quote := s.b[s.i]
	s.i++
	from := s.i
	for s.i < len(s.b) {
		switch c := s.b[s.i]; {
		case c == quote:
			out := s.b[from:s.i]
			s.i++
			return out, true
		case c == '\\':
			return s.escaped(from, quote)
		case c < ' ':
			return nil, false
		}
		s.i++
	}
	return nil, false
}

func (s *scanner) escaped(from int, quote byte) ([]byte, bool) {
	out := append(make([]byte, 0, 2*(s.i-from)+32), s.b[from:s.i]...)
	for s.i < len(s.b) {
		c := s.b[s.i]
		s.i++
		switch {
		case c == quote:
			return out, true
		case c < ' ':
			return nil, false
		case c != '\\':
			out = append(out, c)
			continue
		}
		if s.i >= len(s.b) {
			return nil, false
		}
		e := s.b[s.i]
		s.i++
		if k := strings.IndexByte(`"\/bfnrt'`, e); k >= 0 {
			out = append(out, "\"\\/\b\f\n\r\t'"[k])
			continue
		}
		r, ok := s.unicodeEscape(e)
		if !ok {
			return nil, false
		}
		out = utf8.AppendRune(out, r)
	}
	return nil, false
}

// unicodeEscape reads what follows \u, with its second half; half a surrogate becomes ?.
func (s *scanner) unicodeEscape(e byte) (rune, bool) {
	hi, ok := s.hex4()
	if e != 'u' || !ok {
		return 0, false
	}
	if hi < 0xD800 || hi > 0xDFFF {
		return hi, true
	}
	if hi < 0xDC00 && s.i+1 < len(s.b) && s.b[s.i] == '\\' && s.b[s.i+1] == 'u' {
		at := s.i
		s.i += 2
		if lo, ok := s.hex4(); ok && lo >= 0xDC00 && lo <= 0xDFFF {
			return (hi-0xD800)<<10 + (lo - 0xDC00) + 0x10000, true
		}
		s.i = at
	}
	return '?', true
}

func (s *scanner) hex4() (rune, bool) {
	if s.i+4 > len(s.b) {
		return 0, false
	}
	v, err := strconv.ParseUint(string(s.b[s.i:s.i+4]), 16, 16)
	s.i += 4
	return rune(v), err == nil
}

// num reads a JSON number.
func (s *scanner) num() (text []byte, fraction, ok bool) {
	from := s.i
	if s.i < len(s.b) && s.b[s.i] == '-' {
		s.i++
	}
	whole := s.run()
	if whole == 0 || whole > 1 && s.b[s.i-whole] == '0' {
		return nil, false, false
	}
	if s.i < len(s.b) && s.b[s.i] == '.' {
		s.i++
		fraction = true
		if s.run() == 0 {
			return nil, false, false
		}
	}
	if s.i < len(s.b) && (s.b[s.i] == 'e' || s.b[s.i] == 'E') {
		s.i++
		fraction = true
		if s.i < len(s.b) && (s.b[s.i] == '+' || s.b[s.i] == '-') {
			s.i++
		}
		if s.run() == 0 {
			return nil, false, false
		}
	}
	return s.b[from:s.i], fraction, true
}

func (s *scanner) run() int {
	from := s.i
	for s.i < len(s.b) && s.b[s.i] >= '0' && s.b[s.i] <= '9' {
		s.i++
	}
	return s.i - from
}

// asText is a number as Spark hands it to a STRING field: fractions pass through double.
func asText(num []byte, fraction bool) []byte {
	if !fraction {
		return num
	}
	f, err := strconv.ParseFloat(string(num), 64)
	if err != nil {
		return num
	}
	return []byte(FormatFloat(f, 64))
}
