package delta

import (
	"encoding/base64"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
)

// jsonNode passes one value of a JSON text into a Delta type: a tree of them, shaped like the type. The nodes of a
// tree share one reader and one set of keys.
type jsonNode struct {
	to    Type
	text  *jsonText
	keys  *keySet
	token *string // what the leaf reads
	leaf  cell    // scalars; keys of a MAP
	not   string
	parts []*jsonNode // STRUCT: fields; MAP: key, value; ARRAY: element
	names []string    // STRUCT: the fields' names as JSON, with the colon
	seen  []bool      // STRUCT: the fields of the object at hand that are there and not null
	given []bool      // STRUCT: the fields of the object at hand that are there
	tmp   []byte
}

// newJSONTree builds the tree for a type.
func newJSONTree(to Type) (*jsonNode, error) {
	root := &jsonNode{text: &jsonText{}, keys: &keySet{}, token: new(string)}
	return root.child(to)
}

// child makes a node for a type within that of n.
func (n *jsonNode) child(to Type) (*jsonNode, error) {
	c := &jsonNode{to: to, text: n.text, keys: n.keys, token: n.token, not: "not " + article(to.describe())}
	var types []Type
	switch to.Kind {
	case Variant:
		return c, nil
	case Array:
		types = []Type{*to.Elem}
	case Map:
		types = []Type{*to.Key, *to.Elem}
	case Struct:
		for _, f := range to.Fields {
			types = append(types, f.Type)
			c.names = append(c.names, string(append(appendJSONText(nil, f.Name), ':')))
		}
		c.seen, c.given = make([]bool, len(types)), make([]bool, len(types))
	default:
		token := n.token
		src := source{class: classText, name: "text", text: func(arrow.Array, int) string { return *token }}
		var err error
		c.leaf, err = newCellFrom(src, to)
		return c, err
	}
	for _, t := range types {
		part, err := c.child(t)
		if err != nil {
			return nil, err
		}
		c.parts = append(c.parts, part)
	}
	return c, nil
}

// describe names a type within a message: a STRUCT without its fields.
func (t Type) describe() string {
	if t.Nested() {
		return keyword(t.Kind)
	}
	return t.SQL()
}

// root passes a whole text.
func (n *jsonNode) root(dst []byte, s string) ([]byte, string) {
	n.keys.reset()
	if reason := n.text.reset(s); reason != "" {
		return dst, reason
	}
	if n.to.Kind == Variant {
		reason := variantReader{n.text, n.keys}.value(0)
		if reason == "" {
			reason = n.text.end()
		}
		return append(dst, s...), reason
	}
	dst, _, reason := n.value(dst)
	if reason == "" {
		reason = n.text.end()
	}
	return dst, reason
}

// value passes the next value; null says that it is SQL NULL.
func (n *jsonNode) value(dst []byte) (out []byte, null bool, reason string) {
	j := n.text
	if n.to.Kind == Variant {
		out, reason = n.variant(dst)
		return out, false, reason
	}
	c := j.peek()
	if c == 'n' && j.literal("null") {
		return append(dst, "null"...), true, ""
	}
	switch {
	case n.leaf != nil:
		out, reason = n.scalar(dst, c)
	case n.to.Kind == Array && c == '[':
		out, reason = n.array(dst)
	case n.to.Kind == Map && c == '{':
		out, reason = n.mapping(dst)
	case n.to.Kind == Struct && c == '{':
		out, reason = n.object(dst)
	default:
		out, reason = dst, n.misfit()
	}
	return out, false, reason
}

// misfit tells a value of another type from text that is no JSON.
func (n *jsonNode) misfit() string {
	if (variantReader{n.text, n.keys}).value(0) == reasonJSON {
		return reasonJSON
	}
	return n.not
}

// variant passes a VARIANT within another type: as a string that holds its JSON text.
func (n *jsonNode) variant(dst []byte) ([]byte, string) {
	n.text.peek()
	start := n.text.pos
	if reason := (variantReader{n.text, n.keys}).value(0); reason != "" {
		return dst, reason
	}
	return appendJSONText(dst, n.text.s[start:n.text.pos]), ""
}

func (n *jsonNode) scalar(dst []byte, c byte) ([]byte, string) {
	if c == '{' || c == '[' {
		return dst, n.misfit()
	}
	token, isString, reason := n.text.scalar()
	if reason != "" {
		return dst, reason
	}
	if n.to.Kind == Binary {
		return n.binary(dst, token, isString)
	}
	*n.token = token
	return n.leaf.appendValue(dst, nil, 0)
}

// binary passes bytes as JSON carries them, in base64.
func (n *jsonNode) binary(dst []byte, token string, isString bool) ([]byte, string) {
	var err error
	n.tmp, err = base64.StdEncoding.Strict().AppendDecode(n.tmp[:0], []byte(token))
	if err != nil || !isString {
		return dst, "not bytes in base64"
	}
	dst = base64.StdEncoding.AppendEncode(append(dst, '"'), n.tmp)
	return append(dst, '"'), ""
}

func (n *jsonNode) array(dst []byte) ([]byte, string) {
	j := n.text
	j.pos++
	dst = append(dst, '[')
	for first := true; !j.take(']'); first = false {
		if !first {
			if !j.take(',') {
				return dst, reasonJSON
			}
			dst = append(dst, ',')
		}
		var reason string
		if dst, _, reason = n.parts[0].value(dst); reason != "" {
			return dst, within("element", reason)
		}
	}
	return append(dst, ']'), ""
}

// within says where in a nested value the reason is.
func within(part, reason string) string {
	switch reason {
	case reasonJSON, reasonUTF8, reasonDepth:
		return reason // of the text as a whole
	}
	return part + ": " + reason
}

// find returns the field of a STRUCT by a key: the same name, or one that differs in case only.
func (n *jsonNode) find(key string) int {
	same := -1
	for i, f := range n.to.Fields {
		if f.Name == key {
			return i
		}
		if strings.EqualFold(f.Name, key) {
			same = i
		}
	}
	return same
}
