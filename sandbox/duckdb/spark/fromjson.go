package spark

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// JSONReader reads JSON text as from_json does, into JSON that DuckDB casts to the type exactly: all keys there, numbers
// and times as texts, bytes in hexadecimal.
type JSONReader struct {
	Zones *Zones
	Loc   *time.Location
}

// Read returns the canonical text, or null. Malformed text is an error if failfast, else null.
func (r *JSONReader) Read(text string, t sqltype.Type, failfast bool) (out string, null bool, err error) {
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	s := &scanner{b: []byte(text)}
	if s.peek() == 0 {
		return "", true, nil
	}
	n, ok := s.node(false)
	if ok && n.kind == 'n' {
		// A document that is null is malformed unless the type is an array or a map.
		ok = t.Kind != sqltype.Struct
	}
	if ok && t.Kind == sqltype.Array && n.kind == '{' && t.Elem.Kind == sqltype.Struct {
		n = node{kind: '[', items: []node{n}} // an object is an array of one
	}
	var b []byte
	if ok {
		b, ok = r.value(nil, &n, t)
	}
	if !ok {
		if failfast {
			return "", false, malformed([]byte(text))
		}
		return "", true, nil
	}
	return string(b), n.kind == 'n', nil
}

func (r *JSONReader) value(b []byte, n *node, t sqltype.Type) ([]byte, bool) {
	if n.kind == 'n' && t.Kind != sqltype.Variant {
		return append(b, "null"...), true
	}
	switch t.Kind {
	case sqltype.Array:
		return r.array(b, n, t)
	case sqltype.Map:
		return r.object(b, n, t)
	case sqltype.Struct:
		return r.structValue(b, n, t)
	case sqltype.Variant:
		return AppendQuoted(b, n.variant(nil)), true
	case sqltype.String, sqltype.Char, sqltype.Varchar:
		return AppendQuoted(b, n.text()), true
	case sqltype.Boolean:
		return n.append(b), n.kind == 't' || n.kind == 'f'
	}
	text, ok := r.scalar(n, t)
	return append(append(append(b, '"'), text...), '"'), ok
}

func (r *JSONReader) array(b []byte, n *node, t sqltype.Type) ([]byte, bool) {
	if n.kind != '[' {
		return nil, false
	}
	b = append(b, '[')
	for i := range n.items {
		if i > 0 {
			b = append(b, ',')
		}
		var ok bool
		if b, ok = r.value(b, &n.items[i], *t.Elem); !ok {
			return nil, false
		}
	}
	return append(b, ']'), true
}

func (r *JSONReader) object(b []byte, n *node, t sqltype.Type) ([]byte, bool) {
	if n.kind != '{' || t.Key.Kind != sqltype.String {
		return nil, false
	}
	b = append(b, '{')
	first := true
	for i := range n.items {
		if n.find(n.keys[i]) != i {
			continue // the last of equal keys wins
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(AppendQuoted(b, []byte(n.keys[i])), ':')
		var ok bool
		if b, ok = r.value(b, &n.items[i], *t.Elem); !ok {
			return nil, false
		}
	}
	return append(b, '}'), true
}

func (r *JSONReader) structValue(b []byte, n *node, t sqltype.Type) ([]byte, bool) {
	if n.kind != '{' {
		return nil, false
	}
	b = append(b, '{')
	for i, f := range t.Fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(AppendQuoted(b, []byte(f.Name)), ':')
		at := n.find(f.Name)
		if at < 0 {
			b = append(b, "null"...)
			continue
		}
		var ok bool
		if b, ok = r.value(b, &n.items[at], f.Type); !ok {
			return nil, false
		}
	}
	return append(b, '}'), true
}

// scalar is a number, date, time or bytes as text that DuckDB casts without a change.
func (r *JSONReader) scalar(n *node, t sqltype.Type) (string, bool) {
	raw := string(n.raw)
	switch {
	case t.Integral():
		bits := map[sqltype.Kind]int{sqltype.TinyInt: 8, sqltype.SmallInt: 16, sqltype.Int: 32, sqltype.BigInt: 64}[t.Kind]
		_, err := strconv.ParseInt(raw, 10, bits)
		return raw, err == nil && n.kind == '#' && !n.fraction
	case t.Kind == sqltype.Decimal:
		if n.kind == '#' {
			raw = string(asText(n.raw, n.fraction))
		}
		text, err := ParseDecimal(raw, t.Precision, t.Scale)
		return text, err == nil && (n.kind == '#' || n.kind == '"')
	case t.Kind == sqltype.Float || t.Kind == sqltype.Double:
		return jsonFloat(n, t.Kind)
	case n.kind != '"':
		return "", false
	}
	switch t.Kind {
	case sqltype.Binary:
		v, err := base64.StdEncoding.DecodeString(raw)
		return hex.EncodeToString(v), err == nil
	case sqltype.Date:
		d, err := ParseDate(raw)
		return time.Unix(int64(d)*86400, 0).UTC().Format("2006-01-02"), err == nil
	case sqltype.Timestamp, sqltype.TimestampNTZ:
		v, err := r.Zones.ParseTimestamp(raw, r.Loc, t.Kind == sqltype.TimestampNTZ)
		return time.UnixMicro(v).UTC().Format("2006-01-02 15:04:05.000000"), err == nil
	}
	return "", false
}

func jsonFloat(n *node, k sqltype.Kind) (string, bool) {
	bits, name := 64, "DOUBLE"
	if k == sqltype.Float {
		bits, name = 32, "FLOAT"
	}
	raw := string(n.raw)
	if n.kind == '"' {
		switch raw {
		case "NaN", "+INF", "INF", "-INF", "Infinity", "+Infinity", "-Infinity":
		default:
			return "", false
		}
	}
	v, err := ParseFloat(raw, name, bits)
	text := FormatFloat(v, bits)
	return strings.Replace(text, "Infinity", "inf", 1), err == nil && (n.kind == '#' || n.kind == '"')
}

// ParseVariant reads JSON as parse_json does: one document, no key twice; keys are sorted.
func ParseVariant(text string) (string, error) {
	bad := func() (string, error) {
		return "", sqlerr.New("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "Malformed records are detected in record parsing: %s. "+
			"parse_json takes one JSON document without duplicate keys.", clip(text))
	}
	s := &scanner{b: []byte(text)}
	if s.peek() == 0 {
		return bad()
	}
	n, ok := s.node(true)
	if !ok || s.peek() != 0 {
		return bad()
	}
	return string(n.variant(nil)), nil
}

// variant writes the value as the text of a VARIANT: keys sorted, decimals without trailing zeros.
func (n *node) variant(b []byte) []byte {
	switch n.kind {
	case '#':
		return append(b, variantNumber(n)...)
	case '[':
		b = append(b, '[')
		for i := range n.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = n.items[i].variant(b)
		}
		return append(b, ']')
	case '{':
		order := make([]int, len(n.keys))
		for i := range order {
			order[i] = i
		}
		sort.Slice(order, func(i, j int) bool { return n.keys[order[i]] < n.keys[order[j]] })
		b = append(b, '{')
		for i, at := range order {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(AppendQuoted(b, []byte(n.keys[at])), ':')
			b = n.items[at].variant(b)
		}
		return append(b, '}')
	}
	return n.append(b)
}

func variantNumber(n *node) []byte {
	raw := string(n.raw)
	if !n.fraction && len(raw) <= 39 {
		return n.raw
	}
	if strings.ContainsAny(raw, "eE") || len(raw) > 39 {
		return asText(n.raw, true)
	}
	return []byte(strings.TrimSuffix(strings.TrimRight(raw, "0"), "."))
}

// GetJSON is get_json_object(text, path) and the value of text:path; ok is false for NULL.
func GetJSON(text, path string) (string, bool) {
	s := &scanner{b: []byte(text)}
	n, ok := s.node(false)
	if !ok || !strings.HasPrefix(path, "$") {
		return "", false
	}
	at := n.path(path)
	if at == nil || at.kind == 'n' {
		return "", false
	}
	return string(at.text()), true
}

// GetVariant is v:path on a VARIANT: a VARIANT.
func GetVariant(text, path string) (string, bool) {
	s := &scanner{b: []byte(text)}
	n, ok := s.node(false)
	if !ok {
		return "", false
	}
	at := n.path(path)
	if at == nil {
		return "", false
	}
	return string(at.variant(nil)), true
}

// VariantText is CAST(v AS STRING); ok is false for a variant null.
func VariantText(text string) (string, bool) {
	s := &scanner{b: []byte(text)}
	n, ok := s.node(false)
	if !ok || n.kind == 'n' {
		return "", false
	}
	if n.kind == '"' {
		return string(n.raw), true
	}
	return string(n.variant(nil)), true
}

// Quote is text as a JSON string.
func Quote(text string) string { return string(AppendQuoted(nil, []byte(text))) }

func base64Error(s string) error {
	return sqlerr.New("CONVERSION_INVALID_INPUT", "The value '%s' (STRING) cannot be converted to \"BINARY\" because it is malformed. "+
		"Use `try_to_binary` to tolerate malformed input and return NULL instead.", clip(s))
}

// Unbase64 decodes as unbase64 does: what is no base64 is skipped.
func Unbase64(s string) []byte {
	s, _, _ = strings.Cut(s, "=")
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/':
			b.WriteByte(c)
		case c == '-':
			b.WriteByte('+')
		case c == '_':
			b.WriteByte('/')
		}
	}
	text := b.String()
	if len(text)%4 == 1 {
		text = text[:len(text)-1]
	}
	out, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return out
}

// ToBinary is to_binary(text, format).
func ToBinary(s, format string) ([]byte, error) {
	switch strings.ToLower(format) {
	case "base64":
		v, err := base64.StdEncoding.DecodeString(strings.Map(dropSpace, s))
		if err != nil {
			return nil, base64Error(s)
		}
		return v, nil
	case "hex":
		if len(s)%2 == 1 {
			s = "0" + s
		}
		v, err := hex.DecodeString(s)
		if err != nil {
			return nil, base64Error(s)
		}
		return v, nil
	case "utf-8", "utf8":
		return []byte(s), nil
	}
	return nil, sqlerr.New("INVALID_PARAMETER_VALUE.BINARY_FORMAT", "The value of parameter(s) `format` in `to_binary` is invalid: expects one of binary formats 'base64', 'hex', 'utf-8', but got %s.", fmt.Sprintf("%q", format))
}

func dropSpace(r rune) rune {
	if r == ' ' || r == '\n' || r == '\r' || r == '\t' {
		return -1
	}
	return r
}
