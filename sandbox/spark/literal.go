package spark

import (
	"fmt"
	"strings"

	"github.com/drt-go/drt/sandbox/lex"
	"github.com/drt-go/drt/sandbox/wire"
)

// bind puts params in the place of the markers, as typed literals.
func bind(tokens []lex.Token, params []wire.Param) ([]lex.Token, error) {
	out := make([]lex.Token, 0, len(tokens))
	next := 0
	for _, t := range tokens {
		if t.Kind != lex.Marker {
			out = append(out, t)
			continue
		}
		if next == len(params) {
			return nil, &wire.Error{Class: "UNBOUND_SQL_PARAMETER", SQLState: "42P02", Message: "found the unbound parameter: _" + fmt.Sprint(t.Pos)}
		}
		text, err := literal(params[next])
		if err != nil {
			return nil, err
		}
		out = append(out, made(text))
		next++
	}
	return out, nil
}

// made is a token that did not stand in the statement; its text may hold several.
func made(text string) lex.Token { return lex.Token{Kind: lex.Symbol, Raw: text, Value: text} }

func literal(p wire.Param) (string, error) {
	kind := strings.ToUpper(p.Type)
	switch {
	case p.Null && (kind == "VOID" || kind == ""):
		return "NULL", nil
	case p.Null:
		return "CAST(NULL AS " + kind + ")", nil
	case kind == "" || kind == "STRING":
		return stringLiteral(p.Text), nil
	case kind == "INTEGER":
		kind = "INT"
	}
	for _, known := range []string{"TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP", "TIMESTAMP_NTZ", "DECIMAL"} {
		if kind == known || known == "DECIMAL" && strings.HasPrefix(kind, "DECIMAL(") {
			return "CAST(" + stringLiteral(p.Text) + " AS " + kind + ")", nil
		}
	}
	return "", &wire.Error{Class: "UNSUPPORTED_IN_SANDBOX", SQLState: "0A000", Message: "parameter of type " + p.Type}
}

// stringLiteral quotes s so that Spark reads back exactly s.
func stringLiteral(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('\'')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '\'', '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case 0:
			b.WriteString(`\u0000`)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

// quote quotes an identifier.
func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// render writes tokens as one statement.
func render(tokens []lex.Token) string {
	var b strings.Builder
	for i, t := range tokens {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t.Raw)
	}
	return b.String()
}
