// Package lex splits Databricks SQL into tokens. Both engines of the sandbox rewrite statements on tokens, never on text.
package lex

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind is the kind of a token.
type Kind int

// The kinds. Comments and white space are no tokens.
const (
	Word   Kind = iota // keyword or plain identifier
	Quoted             // `identifier`
	String             // 'text' or "text"
	Number             // 12, 1.5e3, 12L, 1.0BD
	Marker             // ?
	Symbol             // operators and punctuation, longest match: <=> <> != >= <= == || :: -> => and single characters
)

// Token is one token of a statement.
type Token struct {
	Kind  Kind
	Raw   string // as written
	Value string // Quoted: without quotes; String: unescaped; Word: as written; else Raw
	Pos   int    // byte offset
	End   int
}

// Is reports whether t is the keyword or symbol s, in any case. A quoted identifier is never a keyword.
func (t Token) Is(s string) bool {
	return (t.Kind == Word || t.Kind == Symbol) && strings.EqualFold(t.Raw, s)
}

// Error is a text that is no SQL.
type Error struct {
	Pos     int
	Message string
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("%s at position %d", e.Message, e.Pos) }

var symbols = []string{"<=>", "<>", "!=", ">=", "<=", "==", "||", "::", "->", "=>", ">>", "<<"}

// Split returns the tokens of sql. Errors are *Error: an unclosed quote or comment, a character that starts no token.
func Split(sql string) ([]Token, error) {
	var out []Token
	for i := 0; i < len(sql); {
		next, err := skipBlank(sql, i)
		if err != nil {
			return nil, err
		}
		if i = next; i >= len(sql) {
			break
		}
		t, err := scan(sql, i)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
		i = t.End
	}
	return out, nil
}

func scan(sql string, i int) (Token, error) {
	c, size := utf8.DecodeRuneInString(sql[i:])
	switch {
	case c == '`':
		return scanQuoted(sql, i)
	case c == '\'' || c == '"':
		return scanString(sql, i, byte(c), false)
	case (c == 'r' || c == 'R') && i+1 < len(sql) && (sql[i+1] == '\'' || sql[i+1] == '"'):
		return scanString(sql, i+1, sql[i+1], true)
	case c == '?':
		return token(sql, Marker, i, i+1), nil
	case isDigit(c) || c == '.' && i+1 < len(sql) && isDigit(rune(sql[i+1])):
		return token(sql, Number, i, endOfNumber(sql, i)), nil
	case c == '_' || unicode.IsLetter(c):
		return token(sql, Word, i, endOfWord(sql, i)), nil
	}
	for _, s := range symbols {
		if strings.HasPrefix(sql[i:], s) {
			return token(sql, Symbol, i, i+len(s)), nil
		}
	}
	if strings.ContainsRune("()[]{},.;:+-*/%=<>&|^~!@$#\\", c) {
		return token(sql, Symbol, i, i+size), nil
	}
	return Token{}, &Error{Pos: i, Message: fmt.Sprintf("unexpected character %q", c)}
}

func token(sql string, k Kind, from, to int) Token {
	return Token{Kind: k, Raw: sql[from:to], Value: sql[from:to], Pos: from, End: to}
}

func skipBlank(sql string, i int) (int, error) {
	for i < len(sql) {
		c, size := utf8.DecodeRuneInString(sql[i:])
		switch {
		case unicode.IsSpace(c):
			i += size
		case strings.HasPrefix(sql[i:], "--"):
			n := strings.IndexByte(sql[i:], '\n')
			if n < 0 {
				return len(sql), nil
			}
			i += n + 1
		case strings.HasPrefix(sql[i:], "/*"):
			n := strings.Index(sql[i+2:], "*/")
			if n < 0 {
				return 0, &Error{Pos: i, Message: "unclosed comment"}
			}
			i += n + 4
		default:
			return i, nil
		}
	}
	return i, nil
}

func scanQuoted(sql string, from int) (Token, error) {
	var b strings.Builder
	for i := from + 1; i < len(sql); i++ {
		if sql[i] != '`' {
			b.WriteByte(sql[i])
			continue
		}
		if i+1 < len(sql) && sql[i+1] == '`' {
			b.WriteByte('`')
			i++
			continue
		}
		t := token(sql, Quoted, from, i+1)
		t.Value = b.String()
		return t, nil
	}
	return Token{}, &Error{Pos: from, Message: "unclosed identifier"}
}

// scanString reads a literal whose quote is at open, with Spark's escapes unless raw.
func scanString(sql string, open int, quote byte, raw bool) (Token, error) {
	from := open
	if raw {
		from--
	}
	var b strings.Builder
	for i := open + 1; i < len(sql); {
		switch c := sql[i]; {
		case c == quote:
			t := token(sql, String, from, i+1)
			t.Value = b.String()
			return t, nil
		case c == '\\' && !raw && i+1 < len(sql):
			n := unescape(&b, sql[i+1:])
			i += 1 + n
		default:
			b.WriteByte(c)
			i++
		}
	}
	return Token{}, &Error{Pos: from, Message: "unclosed string"}
}
