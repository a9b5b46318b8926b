package spark

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// node is a JSON value.
type node struct {
	kind     byte // n t f # " [ {
	raw      []byte
	fraction bool
	items    []node
	keys     []string
}

// node reads one value; with unique, a key that comes twice is an error.
func (s *scanner) node(unique bool) (node, bool) {
	if s.depth++; s.depth > maxJSONDepth {
		return node{}, false
	}
	defer func() { s.depth-- }()
	switch c := s.peek(); c {
	case 'n':
		return node{kind: 'n'}, s.word("null")
	case 't':
		return node{kind: 't'}, s.word("true")
	case 'f':
		return node{kind: 'f'}, s.word("false")
	case '"', '\'':
		b, ok := s.str()
		return node{kind: '"', raw: b}, ok
	case '[':
		return s.array(unique)
	case '{':
		return s.object(unique)
	}
	b, fraction, ok := s.num()
	return node{kind: '#', raw: b, fraction: fraction}, ok
}

func (s *scanner) array(unique bool) (node, bool) {
	s.i++
	n := node{kind: '['}
	if s.take(']') {
		return n, true
	}
	for {
		v, ok := s.node(unique)
		if !ok {
			return n, false
		}
		n.items = append(n.items, v)
		if s.take(']') {
			return n, true
		}
		if !s.take(',') {
			return n, false
		}
	}
}

func (s *scanner) object(unique bool) (node, bool) {
	s.i++
	n := node{kind: '{'}
	if s.take('}') {
		return n, true
	}
	for {
		if c := s.peek(); c != '"' && c != '\'' {
			return n, false
		}
		k, ok := s.str()
		if !ok || !s.take(':') {
			return n, false
		}
		v, ok := s.node(unique)
		if !ok || unique && n.find(string(k)) >= 0 {
			return n, false
		}
		n.keys = append(n.keys, string(k))
		n.items = append(n.items, v)
		if s.take('}') {
			return n, true
		}
		if !s.take(',') {
			return n, false
		}
	}
}

// find returns the last value of a key, or -1.
func (n *node) find(key string) int {
	for i := len(n.keys) - 1; i >= 0; i-- {
		if n.keys[i] == key {
			return i
		}
	}
	return -1
}

// text is the value in a STRING field.
func (n *node) text() []byte {
	switch n.kind {
	case '"':
		return n.raw
	case '#':
		return asText(n.raw, n.fraction)
	}
	return n.append(nil)
}

// append writes the value as compact JSON.
func (n *node) append(b []byte) []byte {
	switch n.kind {
	case 'n':
		return append(b, "null"...)
	case 't':
		return append(b, "true"...)
	case 'f':
		return append(b, "false"...)
	case '#':
		return append(b, asText(n.raw, n.fraction)...)
	case '"':
		return AppendQuoted(b, n.raw)
	case '[':
		b = append(b, '[')
		for i := range n.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = n.items[i].append(b)
		}
		return append(b, ']')
	}
	b = append(b, '{')
	for i := range n.items {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(AppendQuoted(b, []byte(n.keys[i])), ':')
		b = n.items[i].append(b)
	}
	return append(b, '}')
}

// AppendQuoted writes text as a JSON string, as Jackson does: controls as \u00XX, the rest as it is.
func AppendQuoted(b, text []byte) []byte {
	b = append(b, '"')
	for i := 0; i < len(text); {
		c := text[i]
		if c >= utf8.RuneSelf {
			_, size := utf8.DecodeRune(text[i:])
			b = append(b, text[i:i+size]...)
			i += size
			continue
		}
		switch k := bytes.IndexByte([]byte("\"\\\b\f\n\r\t"), c); {
		case k >= 0:
			b = append(b, '\\', `"\bfnrt`[k])
		case c < ' ':
			b = append(b, `\u00`...)
			b = append(b, "0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15])
		default:
			b = append(b, c)
		}
		i++
	}
	return append(b, '"')
}

// path follows $."a"[0]; nil if there is nothing.
func (n *node) path(p string) *node {
	p = p[min(1, len(p)):]
	for p != "" {
		if p[0] == '[' {
			end := bytes.IndexByte([]byte(p), ']')
			i, err := strconv.Atoi(p[1:max(1, end)])
			if end < 0 || err != nil || n.kind != '[' || i < 0 || i >= len(n.items) {
				return nil
			}
			n, p = &n.items[i], p[end+1:]
			continue
		}
		key, rest, ok := pathKey(p)
		if !ok || n.kind != '{' {
			return nil
		}
		i := n.find(key)
		if i < 0 {
			return nil
		}
		n, p = &n.items[i], rest
	}
	return n
}

// pathKey takes .name or ."quoted \" name".
func pathKey(p string) (key, rest string, ok bool) {
	if len(p) < 2 || p[0] != '.' {
		return "", "", false
	}
	p = p[1:]
	if p[0] != '"' {
		i := 0
		for i < len(p) && p[i] != '.' && p[i] != '[' {
			i++
		}
		return p[:i], p[i:], i > 0
	}
	var b []byte
	for i := 1; i < len(p); i++ {
		switch {
		case p[i] == '\\' && i+1 < len(p):
			i++
			b = append(b, p[i])
		case p[i] == '"':
			return string(b), p[i+1:], true
		default:
			b = append(b, p[i])
		}
	}
	return "", "", false
}
