package spark

import (
	"unicode/utf8"

	"github.com/drt-go/drt/sandbox/duckdb/native"
)

// Rows reads JSON as from_json(text, 'array<array<string>>') does. null says that the result is NULL: the text is blank
// or JSON null, or it is malformed and failfast is false. Text behind the first document is dropped.
func Rows(text []byte, failfast bool) (rows native.Texts, null bool, err error) {
	if !utf8.Valid(text) {
		text = []byte(string([]rune(string(text)))) // bad bytes become U+FFFD
	}
	s := &scanner{b: text}
	if c := s.peek(); c == 0 || c == 'n' && s.word("null") {
		return rows, true, nil
	}
	// One row of eight values takes some 90 bytes: guess generously, once.
	rows.Cells = make([]native.Cell, 0, len(text)/10)
	if !s.rows(&rows) {
		if failfast {
			return native.Texts{}, false, malformed(text)
		}
		return native.Texts{}, true, nil
	}
	return rows, false, nil
}

func (s *scanner) rows(rows *native.Texts) bool {
	if !s.take('[') {
		return false
	}
	if s.take(']') {
		return true
	}
	for {
		c := s.peek()
		switch {
		case c == 'n' && s.word("null"):
			rows.Nulls = append(rows.Nulls, true)
		case c == '[':
			if !s.cells(rows) {
				return false
			}
			rows.Nulls = append(rows.Nulls, false)
		default:
			return false
		}
		rows.Ends = append(rows.Ends, len(rows.Cells))
		if s.take(']') {
			return true
		}
		if !s.take(',') {
			return false
		}
	}
}

func (s *scanner) cells(rows *native.Texts) bool {
	s.i++
	if s.take(']') {
		return true
	}
	for {
		c, ok := s.cell()
		if !ok {
			return false
		}
		rows.Cells = append(rows.Cells, c)
		switch s.peek() {
		case ',':
			s.i++
		case ']':
			s.i++
			return true
		default:
			return false
		}
	}
}

// cell is one value as a STRING.
func (s *scanner) cell() (native.Cell, bool) {
	switch c := s.peek(); {
	case c == '"' || c == '\'':
		b, ok := s.str()
		return native.Cell{Text: b}, ok
	case c == 'n' && s.word("null"):
		return native.Cell{Null: true}, true
	}
	n, ok := s.node(false)
	if !ok {
		return native.Cell{}, false
	}
	return native.Cell{Text: n.text()}, true
}
