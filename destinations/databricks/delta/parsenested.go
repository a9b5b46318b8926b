package delta

import "strings"

// nested reads what stands in the angle brackets of an ARRAY, MAP or STRUCT.
func (p *typeParser) nested(kind Kind, depth int) (Type, error) {
	p.take('<')
	t := Type{Kind: kind}
	if kind == Struct {
		return p.fields(t, depth)
	}
	if kind == Map {
		key, err := p.typ(depth + 1)
		if err != nil {
			return Type{}, err
		}
		if !p.take(',') {
			return Type{}, p.errorf("MAP takes a key type and a value type")
		}
		t.Key = &key
	}
	elem, err := p.typ(depth + 1)
	if err != nil {
		return Type{}, err
	}
	if !p.take('>') {
		return Type{}, p.errorf("%s is not closed", keyword(kind))
	}
	t.Elem = &elem
	return t, nil
}

func (p *typeParser) fields(t Type, depth int) (Type, error) {
	if p.take('>') {
		return t, nil
	}
	for {
		f, err := p.field(depth)
		if err != nil {
			return Type{}, err
		}
		t.Fields = append(t.Fields, f)
		if p.take('>') {
			return t, nil
		}
		if !p.take(',') {
			return Type{}, p.errorf("STRUCT is not closed")
		}
	}
}

// field reads "name: type [NOT NULL] [COMMENT 'text']"; the colon may be left out.
func (p *typeParser) field(depth int) (Field, error) {
	name, err := p.name()
	if err != nil {
		return Field{}, err
	}
	p.take(':')
	t, err := p.typ(depth + 1)
	if err != nil {
		return Field{}, err
	}
	f := Field{Name: name, Type: t}
	if p.takeWord("NOT") {
		if !p.takeWord("NULL") {
			return Field{}, p.errorf("NULL is missing after NOT")
		}
		f.NotNull = true
	}
	if p.takeWord("COMMENT") {
		if f.Comment, err = p.literal(); err != nil {
			return Field{}, err
		}
	}
	return f, nil
}

// name reads a field's name: in backticks, or all up to the colon or the blank (the warehouse prints names with
// hyphens and the like bare).
func (p *typeParser) name() (string, error) {
	p.skip()
	if p.peek() != '`' {
		start := p.pos
		for p.pos < len(p.src) && !strings.ContainsRune(": \t\n<>,", rune(p.src[p.pos])) {
			p.pos++
		}
		if start == p.pos {
			return "", p.errorf("a field name is missing")
		}
		return p.src[start:p.pos], nil
	}
	var b strings.Builder
	for p.pos++; p.pos < len(p.src); p.pos++ {
		if p.src[p.pos] != '`' {
			b.WriteByte(p.src[p.pos])
			continue
		}
		p.pos++
		if p.pos >= len(p.src) || p.src[p.pos] != '`' {
			return b.String(), nil
		}
		b.WriteByte('`')
	}
	return "", p.errorf("a backtick is not closed")
}

// literal reads a string in single or double quotes with backslash escapes.
func (p *typeParser) literal() (string, error) {
	p.skip()
	quote := p.peek()
	if quote != '\'' && quote != '"' {
		return "", p.errorf("a string is missing after COMMENT")
	}
	var b strings.Builder
	for p.pos++; p.pos < len(p.src); p.pos++ {
		c := p.src[p.pos]
		switch {
		case c == '\\' && p.pos+1 < len(p.src):
			p.pos++
			b.WriteString(unescape(p.src[p.pos]))
		case c == quote:
			p.pos++
			return b.String(), nil
		default:
			b.WriteByte(c)
		}
	}
	return "", p.errorf("a string is not closed")
}

// unescape is what a backslash and c stand for in a string of SQL.
func unescape(c byte) string {
	switch c {
	case 'n':
		return "\n"
	case 'r':
		return "\r"
	case 't':
		return "\t"
	case '0':
		return "\x00"
	}
	return string([]byte{c})
}

// skip passes over blanks and returns the position.
func (p *typeParser) skip() int {
	for p.pos < len(p.src) && strings.IndexByte(" \t\r\n", p.src[p.pos]) >= 0 {
		p.pos++
	}
	return p.pos
}

func (p *typeParser) rest() string { return p.src[p.pos:] }

// peek returns the next byte that is no blank, 0 at the end, without taking it.
func (p *typeParser) peek() byte {
	if at := p.skip(); at < len(p.src) {
		return p.src[at]
	}
	return 0
}

func (p *typeParser) take(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.pos++
	return true
}

// word reads letters, digits and underscores; "" if there are none.
func (p *typeParser) word() string {
	start := p.pos
	for p.pos < len(p.src) && wordByte(p.src[p.pos]) {
		p.pos++
	}
	return p.src[start:p.pos]
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

func (p *typeParser) takeWord(want string) bool {
	back := p.skip()
	if strings.EqualFold(p.word(), want) {
		return true
	}
	p.pos = back
	return false
}
