package delta

// object passes a STRUCT. from_json drops keys it does not know, and compares them by case: so unknown keys are
// refused here, and known ones written as the column spells them.
func (n *jsonNode) object(dst []byte) ([]byte, string) {
	j := n.text
	j.pos++
	clear(n.seen)
	clear(n.given)
	dst = append(dst, '{')
	for first := true; !j.take('}'); first = false {
		if !first {
			if !j.take(',') {
				return dst, reasonJSON
			}
			dst = append(dst, ',')
		}
		at, reason := n.key()
		if reason != "" {
			return dst, reason
		}
		dst = append(dst, n.names[at]...)
		var null bool
		if dst, null, reason = n.parts[at].value(dst); reason != "" {
			return dst, within("field "+n.to.Fields[at].Name, reason)
		}
		n.seen[at] = !null
	}
	for i, f := range n.to.Fields {
		if f.NotNull && !n.seen[i] {
			return dst, within("field "+f.Name, reasonNotNull)
		}
	}
	return append(dst, '}'), ""
}

const reasonNotNull = "NULL in a field that is NOT NULL"

// key reads a key and its colon, and returns the field that it names.
func (n *jsonNode) key() (int, string) {
	j := n.text
	if j.peek() != '"' {
		return 0, reasonJSON
	}
	key, reason := j.str()
	if reason != "" {
		return 0, reason
	}
	at := n.find(key)
	if at < 0 {
		return 0, "has a key that the STRUCT lacks"
	}
	if n.given[at] {
		return 0, reasonTwice
	}
	n.given[at] = true
	if !j.take(':') {
		return 0, reasonJSON
	}
	return at, ""
}

// mapping passes a MAP: as an object if its keys are text, as an array of entries otherwise (see wireType).
func (n *jsonNode) mapping(dst []byte) ([]byte, string) {
	j := n.text
	j.pos++
	odd := oddMap(n.to)
	mark := n.keys.mark()
	dst = append(dst, openMap(odd))
	for first := true; !j.take('}'); first = false {
		if !first {
			if !j.take(',') {
				return dst, reasonJSON
			}
			dst = append(dst, ',')
		}
		if j.peek() != '"' {
			return dst, reasonJSON
		}
		key, reason := j.str()
		if reason != "" {
			return dst, reason
		}
		if n.parts[0].leaf == nil {
			return dst, "key: " + n.parts[0].not
		}
		*n.token = key
		if dst, reason = appendKey(dst, n.parts[0].leaf, nil, 0, odd, n.keys); reason != "" {
			return dst, within("key", reason)
		}
		if !j.take(':') {
			return dst, reasonJSON
		}
		if dst, _, reason = n.parts[1].value(dst); reason != "" {
			return dst, within("value", reason)
		}
		if odd {
			dst = append(dst, '}')
		}
	}
	if n.keys.close(mark) {
		return dst, reasonTwice
	}
	return append(dst, closeMap(odd)), ""
}

func openMap(odd bool) byte {
	if odd {
		return '['
	}
	return '{'
}

func closeMap(odd bool) byte { return openMap(odd) + 2 }
