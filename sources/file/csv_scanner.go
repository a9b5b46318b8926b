package file

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
)

// csvScanner splits CSV (RFC 4180) into rows without allocating. It stands in for encoding/csv, which cannot tell ""
// from nothing and makes a string of every row.
type csvScanner struct {
	w         *window
	delimiter byte
	keepEmpty bool // an empty line is a row: where there is one column, its NULL

	line     int64 // where the current row begins, from 1
	nextLine int64
	next     int // in w.buf: where the next row begins
	fields   []csvField
	fault    error // what is wrong with the row as CSV; nil if it is well-formed
	cut      bool  // no line break ends the row: it is the last one, or the file was cut in it
}

// csvField is one field without its quotes: w.buf[from:to].
type csvField struct {
	from, to int
	quoted   bool
	escaped  bool // holds "" for "
}

var (
	errBareQuote  = errors.New("a quote in the middle of an unquoted field")
	errAfterQuote = errors.New("text after the closing quote of a field")
)

// ending says what a field ends with.
type ending uint8

const (
	endsUnknown   ending = iota // the window ends first: more of the input is needed
	endsDelimiter               // another field follows
	endsLine
	endsInput
	endsOpen // the input ends inside quotes
)

func newCSVScanner(w *window, delimiter byte) *csvScanner {
	return &csvScanner{w: w, delimiter: delimiter, nextLine: 1, next: w.start}
}

// scan moves to the next row; false at the end of the input. Empty lines are skipped, see keepEmpty.
func (s *csvScanner) scan() (bool, error) {
	for {
		s.w.start, s.line = s.next, s.nextLine
		end, err := s.row()
		if err != nil {
			return false, err
		}
		if s.w.start == s.w.end {
			return false, nil
		}
		s.cut = end == endsInput
		if s.keepEmpty || len(s.fields) > 1 || s.fields[0].quoted || s.fields[0].from < s.fields[0].to {
			return true, nil
		}
	}
}

// row splits the row that begins at w.start, reading on until all of it is in the window.
func (s *csvScanner) row() (ending, error) {
	for {
		switch end := s.split(); end {
		case endsOpen:
			return end, fmt.Errorf("the file ends inside a quoted field of the row that begins at line %d", s.line)
		case endsUnknown:
			if _, err := s.w.more(); err != nil {
				return end, err
			}
		default:
			return end, nil
		}
	}
}

// split cuts the row into fields as far as the window goes.
func (s *csvScanner) split() ending {
	s.fields, s.fault, s.nextLine = s.fields[:0], nil, s.line
	for at := s.w.start; ; {
		var f csvField
		var end ending
		if at < s.w.end && s.w.buf[at] == '"' {
			f, at, end = s.quoted(at)
		} else {
			f, at, end = s.plain(at)
		}
		s.fields = append(s.fields, f)
		if end == endsDelimiter {
			continue
		}
		if end == endsLine {
			s.nextLine++
		}
		s.next = at
		return end
	}
}

// plain reads an unquoted field that begins at from; next is where what follows begins.
func (s *csvScanner) plain(from int) (f csvField, next int, end ending) {
	buf := s.w.buf[:s.w.end]
	for i := from; ; i++ {
		if i = s.special(buf, i); i == len(buf) {
			break
		}
		switch buf[i] {
		case s.delimiter:
			return csvField{from: from, to: i}, i + 1, endsDelimiter
		case '\n':
			return csvField{from: from, to: beforeCR(buf, from, i)}, i + 1, endsLine
		default:
			s.fault = errBareQuote
		}
	}
	if !s.w.eof {
		return f, from, endsUnknown
	}
	return csvField{from: from, to: beforeCR(buf, from, len(buf))}, len(buf), endsInput
}

// Words of eight equal bytes.
const (
	ones     = 0x0101010101010101
	highBits = 0x8080808080808080
)

// special is where the next delimiter, line break or quote is, from i on; len(buf) if there is none. It looks at eight
// bytes at a time: byte by byte this was a fifth of all that reading a CSV file costs.
func (s *csvScanner) special(buf []byte, i int) int {
	delimiters := uint64(s.delimiter) * ones
	for ; i+8 <= len(buf); i += 8 {
		word := binary.LittleEndian.Uint64(buf[i:])
		if found := zeroBytes(word^delimiters) | zeroBytes(word^'\n'*ones) | zeroBytes(word^'"'*ones); found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for ; i < len(buf); i++ {
		if c := buf[i]; c == s.delimiter || c == '\n' || c == '"' {
			return i
		}
	}
	return len(buf)
}

// zeroBytes marks the first zero byte of word by its high bit; marks after the first may be wrong.
func zeroBytes(word uint64) uint64 { return (word - ones) & ^word & highBits }

// beforeCR leaves out the \r of a line that ends at to.
func beforeCR(buf []byte, from, to int) int {
	if to > from && buf[to-1] == '\r' {
		return to - 1
	}
	return to
}

// quoted reads a field whose opening quote is at from.
func (s *csvScanner) quoted(from int) (f csvField, next int, end ending) {
	buf := s.w.buf[:s.w.end]
	f = csvField{from: from + 1, quoted: true}
	i := from + 1
	for {
		n := bytes.IndexByte(buf[i:], '"')
		if n < 0 {
			return f, from, s.unlessEOF(endsOpen)
		}
		i += n + 1
		if i == len(buf) && !s.w.eof {
			return f, from, endsUnknown
		}
		if i == len(buf) || buf[i] != '"' {
			break
		}
		f.escaped = true
		i++
	}
	f.to = i - 1
	s.nextLine += int64(bytes.Count(buf[f.from:f.to], []byte{'\n'}))
	next, end = s.afterQuote(i)
	return f, next, end
}

func (s *csvScanner) unlessEOF(end ending) ending {
	if s.w.eof {
		return end
	}
	return endsUnknown
}

// afterQuote finds what ends a quoted field whose closing quote is before at.
func (s *csvScanner) afterQuote(at int) (next int, end ending) {
	buf := s.w.buf[:s.w.end]
	for i := at; i < len(buf); i++ {
		switch {
		case buf[i] == s.delimiter:
			return i + 1, endsDelimiter
		case buf[i] == '\n':
			return i + 1, endsLine
		case buf[i] == '\r' && i == at && (i+1 == len(buf) || buf[i+1] == '\n'):
		default:
			s.fault = errAfterQuote
		}
	}
	return len(buf), s.unlessEOF(endsInput)
}

// text is field i of the current row: a view that lives until scan.
func (s *csvScanner) text(i int) (b []byte, quoted bool) {
	f := &s.fields[i]
	if f.escaped {
		f.to, f.escaped = f.from+unescapeQuotes(s.w.buf[f.from:f.to]), false
	}
	return s.w.buf[f.from:f.to], f.quoted
}

// unescapeQuotes turns "" into " in place and returns the new length.
func unescapeQuotes(b []byte) int {
	n := 0
	for i := 0; i < len(b); i++ {
		b[n] = b[i]
		n++
		if b[i] == '"' {
			i++ // quotes inside a field come in pairs
		}
	}
	return n
}
