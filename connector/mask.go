package connector

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// mappingKey finds `key:` in block and flow mappings.
var mappingKey = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_-]*)["']?\s*:(?:\s*)`)

// masked returns a line with the values of secret keys, and whatever looks like a token, replaced by stars of the same
// width, so that columns stay true. It rather hides too much than too little.
func (f *File) masked(number int) string {
	line := f.line(number)
	if f.insideSecret(number, line) {
		return stars(line)
	}
	var b strings.Builder
	done := 0
	for _, m := range mappingKey.FindAllStringSubmatchIndex(line, -1) {
		start := m[1]
		if m[0] < done || start >= len(line) {
			continue
		}
		end := valueEnd(line, start)
		if secretValue(line[m[2]:m[3]], line[start:end]) {
			b.WriteString(line[done:start] + stars(line[start:end]))
			done = end
		}
	}
	return maskTokens(b.String() + line[done:])
}

// valueEnd is where the value at start ends: at the end of the line, or in a flow mapping or list before the next entry.
func valueEnd(line string, start int) int {
	if !strings.ContainsAny(line[:start], "{[") {
		return len(line)
	}
	if quote := line[start]; quote == '"' || quote == '\'' {
		if end := strings.LastIndexByte(line, quote); end > start {
			return end + 1
		}
		return len(line)
	}
	if end := strings.IndexAny(line[start:], ",}]"); end >= 0 {
		return start + end
	}
	return len(line)
}

func secretValue(key, value string) bool {
	if strings.HasSuffix(key, "_env") {
		value, _, _ = strings.Cut(value, " #")
		return !variableName.MatchString(strings.Trim(strings.TrimSpace(value), `"'`))
	}
	return IsSecretKey(key)
}

var tokenWord = regexp.MustCompile("[^\\s\"'`,.;:=()\\[\\]{}]+")

// maskTokens hides Databricks tokens in a text.
func maskTokens(text string) string {
	text = databricksToken.ReplaceAllStringFunc(text, stars)
	return tokenWord.ReplaceAllStringFunc(text, func(word string) string {
		if looksLikeToken(word) {
			return stars(word)
		}
		return word
	})
}

const maskWindow = 100 // lines above that are looked at

// insideSecret says that line may continue the value of a secret key above it: the line is indented below that key, or
// comes right after it, or after a quote that the key's own line does not close.
func (f *File) insideSecret(number int, line string) bool {
	own, nearest, parent := indentOf(line), true, false
	for n := number - 1; n > 0 && n >= number-maskWindow; n-- {
		above := f.line(n)
		if strings.TrimSpace(above) == "" {
			continue
		}
		value, found := lastSecret(above)
		below := !parent && own > indentOf(above)
		if found && (below || opensQuote(value) || nearest && value == "") {
			return true
		}
		parent = parent || below
		nearest = false
	}
	return false
}

// lastSecret returns the last secret key of a line, and what follows it.
func lastSecret(line string) (value string, found bool) {
	all := mappingKey.FindAllStringSubmatchIndex(line, -1)
	for i := len(all) - 1; i >= 0; i-- {
		if m := all[i]; IsSecretKey(line[m[2]:m[3]]) {
			return strings.TrimSpace(line[m[1]:]), true
		}
	}
	return "", false
}

func opensQuote(value string) bool {
	if value == "" || value[0] != '"' && value[0] != '\'' {
		return false
	}
	return strings.IndexByte(value[1:], value[0]) < 0
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " \t-")) }

// stars keeps the width of s and nothing else of it.
func stars(s string) string { return strings.Repeat("*", utf8.RuneCountInString(s)) }
