package databricks

import (
	"fmt"
	"strings"
)

// predicate reads a condition that a user wrote in SQL, and returns it on one line, without comments. It is pasted into
// statements of ours between parentheses, so it must not end early: quotes and parentheses are closed, there is no
// marker and no semicolon.
func predicate(written string) (string, error) {
	var b strings.Builder
	depth := 0
	for i := 0; i < len(written); i++ {
		c := written[i]
		switch {
		case c == '\'' || c == '"' || c == '`':
			end := closing(written, i)
			if end < 0 {
				return "", fmt.Errorf("a %c is not closed", c)
			}
			if strings.ContainsAny(written[i:end+1], "\r\n") {
				return "", fmt.Errorf("a line break within quotes: write \\n")
			}
			b.WriteString(written[i : end+1])
			i = end
		case strings.HasPrefix(written[i:], "--"):
			for i+1 < len(written) && written[i+1] != '\n' {
				i++
			}
		case strings.HasPrefix(written[i:], "/*"):
			end := strings.Index(written[i:], "*/")
			if end < 0 {
				return "", fmt.Errorf("a comment is not closed")
			}
			b.WriteByte(' ')
			i += end + 1
		case c == ';' || c == '?':
			return "", fmt.Errorf("%q cannot stand in a predicate", c)
		case c == '(' || c == ')':
			if depth++; c == ')' {
				depth -= 2
			}
			if depth < 0 {
				return "", fmt.Errorf("a parenthesis is closed that was not opened")
			}
			b.WriteByte(c)
		case c == '\n' || c == '\r' || c == '\t':
			b.WriteByte(' ')
		default:
			b.WriteByte(c)
		}
	}
	if depth > 0 {
		return "", fmt.Errorf("a parenthesis is not closed")
	}
	if text := strings.TrimSpace(b.String()); text != "" {
		return text, nil
	}
	return "", fmt.Errorf("it is empty")
}

// closing is where the quote that opens at i closes, -1 if nowhere. A doubled quote is one in the text; a backslash
// takes the next character, except in backticks.
func closing(s string, i int) int {
	quote := s[i]
	for j := i + 1; j < len(s); j++ {
		switch {
		case s[j] == '\\' && quote != '`':
			j++
		case s[j] == quote && j+1 < len(s) && s[j+1] == quote:
			j++
		case s[j] == quote:
			return j
		}
	}
	return -1
}
