package file

import (
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// dialect is how a csv file is written. Text is quoted where a reader could take it for something else: the
// delimiter, quotes and line breaks in it, blanks around it, the empty text, and what NULL looks like.
type dialect struct {
	delimiter byte
	header    bool
	null      string
	alone     bool // one column only: a NULL without text would be an empty line, which readers skip
	special   [256]bool
}

const reasonEmptyLine = "NULL as the only column is an empty line, which readers skip; set null_text"

func newDialect(c Config, columns int) *dialect {
	d := &dialect{delimiter: c.delimiter(), header: c.Header, null: c.NullText, alone: columns == 1}
	for _, b := range []byte{d.delimiter, '"', '\n', '\r'} {
		d.special[b] = true
	}
	return d
}

// value returns the appender of a column; nil means that the type cannot be written.
func (d *dialect) value(a arrow.Array) appender {
	f := d.present(underneath(a))
	_, always := a.(*array.Null) // it has no bitmap to say so
	if f == nil || a.NullN() == 0 {
		return f
	}
	return func(dst []byte, i int) ([]byte, string) {
		if !always && !a.IsNull(i) {
			return f(dst, i)
		}
		if d.alone && d.null == "" {
			return dst, reasonEmptyLine
		}
		return append(dst, d.null...), ""
	}
}

func (d *dialect) present(a arrow.Array) appender {
	if value := text(a); value != nil {
		return func(dst []byte, i int) ([]byte, string) { return d.appendText(dst, value(i)) }
	}
	if value, bits := floating(a); value != nil {
		return d.guard(func(dst []byte, i int) ([]byte, string) { return appendFloat(dst, value(i), bits), "" })
	}
	if f, _ := plain(a); f != nil {
		if binary(a) != nil {
			return d.quoteEmpty(d.guard(f))
		}
		return d.guard(f)
	}
	if dict, ok := a.(*array.Dictionary); ok {
		f := d.value(dict.Dictionary())
		if f == nil {
			return nil
		}
		return func(dst []byte, i int) ([]byte, string) { return f(dst, dict.GetValueIndex(i)) }
	}
	return d.nested(jsonPresent(a))
}

// guard quotes a plain text that equals the text of NULL.
func (d *dialect) guard(f appender) appender {
	if d.null == "" {
		return f
	}
	return func(dst []byte, i int) ([]byte, string) {
		start := len(dst)
		dst, reason := f(dst, i)
		if string(dst[start:]) == d.null {
			dst = append(append(append(dst[:start], '"'), d.null...), '"')
		}
		return dst, reason
	}
}

// quoteEmpty writes the empty value as "".
func (d *dialect) quoteEmpty(f appender) appender {
	return func(dst []byte, i int) ([]byte, string) {
		start := len(dst)
		dst, reason := f(dst, i)
		if len(dst) == start {
			dst = append(dst, '"', '"')
		}
		return dst, reason
	}
}

// nested writes a list, map or struct as JSON text.
func (d *dialect) nested(f appender) appender {
	if f == nil {
		return nil
	}
	var scratch []byte
	return func(dst []byte, i int) ([]byte, string) {
		var reason string
		if scratch, reason = f(scratch[:0], i); reason != "" {
			return dst, reason
		}
		dst, _ = appendField(d, dst, scratch) // JSON is valid UTF-8
		return dst, ""
	}
}

func (d *dialect) appendText(dst []byte, s string) ([]byte, string) {
	dst, ascii := appendField(d, dst, s)
	if !ascii && !utf8.ValidString(s) {
		return dst, reasonUTF8
	}
	return dst, ""
}

// appendField appends s, quoted if it must be, and says whether all of it is ASCII.
func appendField[T string | []byte](d *dialect, dst []byte, s T) (out []byte, ascii bool) {
	var seen byte
	quote := len(s) == 0 || string(s) == d.null || s[0] == ' ' || s[len(s)-1] == ' '
	for i := 0; i < len(s); i++ {
		seen |= s[i]
		quote = quote || d.special[s[i]]
	}
	ascii = seen < utf8.RuneSelf
	if !quote {
		return append(dst, s...), ascii
	}
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		if s[i] == '"' {
			dst = append(append(dst, s[start:i+1]...), '"')
			start = i + 1
		}
	}
	return append(append(dst, s[start:]...), '"'), ascii
}

// appendHeader appends the line that names the columns.
func (d *dialect) appendHeader(dst []byte, fields []arrow.Field) []byte {
	for i, f := range fields {
		if i > 0 {
			dst = append(dst, d.delimiter)
		}
		dst, _ = d.appendText(dst, f.Name)
	}
	return append(dst, '\n')
}
