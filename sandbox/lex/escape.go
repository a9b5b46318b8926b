package lex

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// unescape writes what the escape sequence at the start of s (behind the backslash) stands for in Spark, and
// returns its length.
func unescape(b *strings.Builder, s string) int {
	if n := hexEscape(b, s); n > 0 {
		return n
	}
	if len(s) >= 3 && s[0] >= '0' && s[0] <= '1' && isOctal(s[1]) && isOctal(s[2]) {
		v, _ := strconv.ParseUint(s[:3], 8, 8)
		b.WriteRune(rune(v))
		return 3
	}
	switch s[0] {
	case '0':
		b.WriteByte(0)
	case 'b':
		b.WriteByte('\b')
	case 'n':
		b.WriteByte('\n')
	case 'r':
		b.WriteByte('\r')
	case 't':
		b.WriteByte('\t')
	case 'Z':
		b.WriteByte(26)
	case '%', '_': // kept with the backslash, for LIKE
		b.WriteByte('\\')
		b.WriteByte(s[0])
	default:
		c, size := utf8.DecodeRuneInString(s)
		if c == utf8.RuneError {
			b.WriteByte(s[0])
			return 1
		}
		b.WriteRune(c)
		return size
	}
	return 1
}

func hexEscape(b *strings.Builder, s string) int {
	digits := map[byte]int{'u': 4, 'U': 8}[s[0]]
	if digits == 0 || len(s) < 1+digits {
		return 0
	}
	v, err := strconv.ParseUint(s[1:1+digits], 16, 32)
	if err != nil {
		return 0
	}
	b.WriteRune(rune(v))
	return 1 + digits
}

func isOctal(c byte) bool { return c >= '0' && c <= '7' }
func isDigit(c rune) bool { return c >= '0' && c <= '9' }

func endOfWord(sql string, i int) int {
	for i < len(sql) {
		c, size := utf8.DecodeRuneInString(sql[i:])
		if c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			break
		}
		i += size
	}
	return i
}

func endOfNumber(sql string, i int) int {
	for i < len(sql) && (isDigit(rune(sql[i])) || sql[i] == '.') {
		i++
	}
	if i < len(sql) && (sql[i] == 'e' || sql[i] == 'E') {
		j := i + 1
		if j < len(sql) && (sql[j] == '+' || sql[j] == '-') {
			j++
		}
		if j < len(sql) && isDigit(rune(sql[j])) {
			for i = j; i < len(sql) && isDigit(rune(sql[i])); i++ {
				continue
			}
		}
	}
	return endOfWord(sql, i) // type suffixes: L, S, Y, D, F, BD
}
