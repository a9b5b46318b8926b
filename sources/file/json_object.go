package file

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonKind is the kind of a JSON value.
type jsonKind uint8

const (
	jsonNull jsonKind = iota
	jsonString
	jsonNumber
	jsonBool
	jsonNested // object or array
)

// jsonValue is one value of an object. text is the string without its escapes, or the value as it is written: a view
// that lives until the next member.
type jsonValue struct {
	kind jsonKind
	text []byte
}

var (
	errNotObject = errors.New("not a JSON object")
	errJSON      = errors.New("not valid JSON")
	errSurrogate = errors.New(`an escape \u that is no character`)
)

// jsonObject walks the members of one object without allocating: a map per row costs ten times as much.
type jsonObject struct {
	text       []byte
	at         int
	key, value []byte // room for strings with escapes
}

// each calls f with the members of the object that text is. f's error ends the walk. Every error of its own means
// that text is not one well-formed object.
func (o *jsonObject) each(text []byte, f func(key []byte, v jsonValue) error) error {
	o.text, o.at = text, 0
	if !o.take('{') {
		return errNotObject
	}
	if o.take('}') {
		return o.atEnd()
	}
	for {
		if err := o.member(f); err != nil {
			return err
		}
		switch {
		case o.take(','):
		case o.take('}'):
			return o.atEnd()
		default:
			return errJSON
		}
	}
}

func (o *jsonObject) member(f func(key []byte, v jsonValue) error) error {
	if o.skipSpace(); o.at >= len(o.text) || o.text[o.at] != '"' {
		return errJSON
	}
	key, err := o.str(&o.key)
	if err != nil {
		return err
	}
	if !o.take(':') {
		return errJSON
	}
	v, err := o.val()
	if err != nil {
		return err
	}
	return f(key, v)
}

func (o *jsonObject) skipSpace() {
	for o.at < len(o.text) {
		switch o.text[o.at] {
		case ' ', '\t', '\r', '\n':
			o.at++
		default:
			return
		}
	}
}

// take moves past c if it is next.
func (o *jsonObject) take(c byte) bool {
	o.skipSpace()
	if o.at < len(o.text) && o.text[o.at] == c {
		o.at++
		return true
	}
	return false
}

func (o *jsonObject) atEnd() error {
	if o.skipSpace(); o.at < len(o.text) {
		return errJSON
	}
	return nil
}

// val reads the value that is next.
func (o *jsonObject) val() (jsonValue, error) {
	if o.skipSpace(); o.at >= len(o.text) {
		return jsonValue{}, errJSON
	}
	switch c := o.text[o.at]; c {
	case '"':
		s, err := o.str(&o.value)
		return jsonValue{jsonString, s}, err
	case '{', '[':
		return o.nested()
	default:
		return o.scalar()
	}
}

// scalar reads null, true, false or a number.
func (o *jsonObject) scalar() (jsonValue, error) {
	from := o.at
	for o.at < len(o.text) && !bytes.ContainsRune([]byte(",}] \t\r\n"), rune(o.text[o.at])) {
		o.at++
	}
	switch word := o.text[from:o.at]; string(word) {
	case "null":
		return jsonValue{kind: jsonNull}, nil
	case "true", "false":
		return jsonValue{jsonBool, word}, nil
	default:
		if !isNumber(word) {
			return jsonValue{}, errJSON
		}
		return jsonValue{jsonNumber, word}, nil
	}
}

// isNumber holds b to JSON's grammar: no leading +, zeros or bare point.
func isNumber(b []byte) bool {
	b = bytes.TrimPrefix(b, []byte{'-'})
	whole := digits(b)
	if whole == 0 || (whole > 1 && b[0] == '0') {
		return false
	}
	if b = b[whole:]; len(b) > 0 && b[0] == '.' {
		n := digits(b[1:])
		if n == 0 {
			return false
		}
		b = b[1+n:]
	}
	if len(b) > 0 && (b[0] == 'e' || b[0] == 'E') {
		b = b[1:]
		if len(b) > 0 && (b[0] == '+' || b[0] == '-') {
			b = b[1:]
		}
		n := digits(b)
		return n > 0 && n == len(b)
	}
	return len(b) == 0
}

// digits counts the digits that b begins with.
func digits(b []byte) int {
	n := 0
	for n < len(b) && b[n]-'0' <= 9 {
		n++
	}
	return n
}

// nested reads an object or array as it is written.
func (o *jsonObject) nested() (jsonValue, error) {
	from, depth := o.at, 0
	for ; o.at < len(o.text); o.at++ {
		switch o.text[o.at] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			if !o.skipString() {
				return jsonValue{}, errJSON
			}
			continue
		}
		if depth == 0 {
			o.at++
			break
		}
	}
	text := o.text[from:o.at]
	if !json.Valid(text) {
		return jsonValue{}, errJSON
	}
	return jsonValue{jsonNested, text}, nil
}

// skipString moves to the closing quote of the string that begins here.
func (o *jsonObject) skipString() bool {
	for o.at++; o.at < len(o.text); o.at++ {
		switch o.text[o.at] {
		case '\\':
			o.at++
		case '"':
			return true
		}
	}
	return false
}

// str reads the string that is next. One with escapes is written into *room.
func (o *jsonObject) str(room *[]byte) ([]byte, error) {
	from := o.at + 1
	for i := from; i < len(o.text); i++ {
		switch c := o.text[i]; {
		case c == '"':
			o.at = i + 1
			return o.text[from:i], nil
		case c == '\\':
			o.at = i
			return o.unescape(append((*room)[:0], o.text[from:i]...), room)
		case c < ' ':
			return nil, errJSON
		}
	}
	return nil, errJSON
}

// unescape continues a string at its first backslash.
func (o *jsonObject) unescape(out []byte, room *[]byte) ([]byte, error) {
	for o.at < len(o.text) {
		c := o.text[o.at]
		o.at++
		switch {
		case c == '"':
			*room = out
			return out, nil
		case c < ' ':
			return nil, errJSON
		case c != '\\':
			out = append(out, c)
		default:
			var err error
			if out, err = o.escape(out); err != nil {
				return nil, err
			}
		}
	}
	return nil, errJSON
}

// escape appends what stands after a backslash.
func (o *jsonObject) escape(out []byte) ([]byte, error) {
	if o.at >= len(o.text) {
		return nil, errJSON
	}
	c := o.text[o.at]
	o.at++
	if i := bytes.IndexByte([]byte(`"\/bfnrt`), c); i >= 0 {
		return append(out, "\"\\/\b\f\n\r\t"[i]), nil
	}
	if c != 'u' {
		return nil, errJSON
	}
	r, ok := o.hex4()
	if !ok {
		return nil, errJSON
	}
	if utf16.IsSurrogate(r) {
		if !bytes.HasPrefix(o.text[o.at:], []byte(`\u`)) {
			return nil, errSurrogate
		}
		o.at += 2
		low, ok := o.hex4()
		if r = utf16.DecodeRune(r, low); !ok || r == utf8.RuneError {
			return nil, errSurrogate
		}
	}
	return utf8.AppendRune(out, r), nil
}

func (o *jsonObject) hex4() (r rune, ok bool) {
	if o.at+4 > len(o.text) {
		return 0, false
	}
	for _, c := range o.text[o.at : o.at+4] {
		switch {
		case c-'0' <= 9:
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	o.at += 4
	return r, true
}
