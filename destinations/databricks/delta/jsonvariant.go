package delta

// variantReader checks a JSON text that becomes a VARIANT. The text itself is what is staged: parse_json keeps all of
// it that this lets pass. It refuses what parse_json refuses (a key twice) and what it changes without an error (half
// of a surrogate pair; a number that neither a DECIMAL of 38 digits nor a DOUBLE holds).
type variantReader struct {
	text *jsonText
	keys *keySet
}

func (v variantReader) value(depth int) string {
	j := v.text
	switch c := j.peek(); {
	case depth == maxJSONDepth && (c == '{' || c == '['):
		return reasonDepth
	case c == '{':
		j.pos++
		return v.object(depth)
	case c == '[':
		j.pos++
		return v.array(depth)
	case j.literal("null"):
		return ""
	}
	token, isString, reason := j.scalar()
	if reason == "" && !isString && token[0] != 't' && token[0] != 'f' {
		return variantNumber(token)
	}
	return reason
}

func (v variantReader) object(depth int) string {
	j := v.text
	mark := v.keys.mark()
	for first := true; !j.take('}'); first = false {
		if !first && !j.take(',') || j.peek() != '"' {
			return reasonJSON
		}
		key, reason := j.str()
		if reason != "" {
			return reason
		}
		v.keys.add(key)
		if !j.take(':') {
			return reasonJSON
		}
		if reason := v.value(depth + 1); reason != "" {
			return reason
		}
	}
	if v.keys.close(mark) {
		return reasonTwice
	}
	return ""
}

func (v variantReader) array(depth int) string {
	j := v.text
	for first := true; !j.take(']'); first = false {
		if !first && !j.take(',') {
			return reasonJSON
		}
		if reason := v.value(depth + 1); reason != "" {
			return reason
		}
	}
	return ""
}

// variantNumber refuses a number that parse_json would change. Without an exponent it reads up to 38 digits exactly;
// all else becomes a DOUBLE.
func variantNumber(token string) string {
	n, _ := scanNumber(token)
	digits, after, point, plain := 0, 0, false, true
	for i := range len(token) {
		switch c := token[i]; {
		case c == '.':
			point = true
		case c|0x20 == 'e':
			plain = false
		case c >= '0' && c <= '9':
			digits++
			if point {
				after++
			}
		}
	}
	if plain && digits <= maxDigits && after <= maxDigits {
		return ""
	}
	_, ok := n.float(64)
	if n.digits > maxDigits {
		_, ok = floatOfText(token, 64)
	}
	if !ok {
		return "has a number that a VARIANT cannot hold exactly"
	}
	return ""
}
