package duckdb

import (
	"regexp"
	"strings"
)

var (
	// excerpt is the line of the statement that DuckDB appends with a caret below. A model may hold what ${VAR} stands for.
	excerpt = regexp.MustCompile(`(?s)\s*\n\s*(LINE \d+): .*$`)
	// quoted is from the first quote of a line to the last: a value may hold quotes itself.
	quoted = regexp.MustCompile(`'.*'|".*"`)
	// word is a name or a type, which stays; anything else that it finds is a number.
	word = regexp.MustCompile(`[A-Za-z_]\w*(?:\([\d, ]*\))?|-?\d[\w.+-]*`)
)

// shown is what may be shown of a message of DuckDB: no text of the model, and where it is about values, none of them (E12).
func shown(message string) string {
	message = strings.TrimSpace(message)
	at := ""
	if m := excerpt.FindStringSubmatchIndex(message); m != nil {
		at = " (" + strings.ToLower(message[m[2]:m[3]]) + " of the model)"
		message = message[:m[0]]
	}
	kind, rest, found := strings.Cut(message, ":")
	if found && aboutValues(kind) {
		rest = quoted.ReplaceAllString(rest, "***")
		message = kind + ":" + word.ReplaceAllStringFunc(rest, func(w string) string {
			if c := w[0]; c == '-' || c >= '0' && c <= '9' {
				return "***"
			}
			return w
		})
	}
	return message + at
}

// aboutValues says that messages of this kind quote what stands in rows.
func aboutValues(kind string) bool {
	switch kind {
	case "Conversion Error", "Out of Range Error", "Invalid Input Error", "Constraint Error":
		return true
	}
	return false
}
