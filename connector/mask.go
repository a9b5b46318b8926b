package connector

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// keyValue finds `key: value` in block and flow mappings: the key, what stands between, the value up to where it ends.
var keyValue = regexp.MustCompile(`(["']?)([A-Za-z_][A-Za-z0-9_-]*)["']?(\s*:\s+|\s*:)("(?:[^"\\]|\\.)*"?|'[^']*'?|[^,}\]#\s][^,}\]]*)`)

// masked returns a line with the values of secret keys, and whatever looks like a token, replaced by stars of the same
// width, so that columns stay true.
func (f *File) masked(number int) string {
	line := f.line(number)
	if f.insideSecret(number, line) {
		return stars(line)
	}
	var b strings.Builder
	end := 0
	for _, m := range keyValue.FindAllStringSubmatchIndex(line, -1) {
		key, value := line[m[4]:m[5]], line[m[8]:m[9]]
		if secretValue(key, value) {
			b.WriteString(line[end:m[8]])
			b.WriteString(stars(value))
			end = m[9]
		}
	}
	b.WriteString(line[end:])
	return maskTokens(b.String())
}

func secretValue(key, value string) bool {
	if strings.HasSuffix(key, "_env") {
		return !variableName.MatchString(strings.Trim(strings.TrimSpace(value), `"'`))
	}
	return IsSecretKey(key)
}

func maskTokens(line string) string {
	line = databricksToken.ReplaceAllStringFunc(line, stars)
	words := regexp.MustCompile(`[^\s"',\[\]{}:]+`)
	return words.ReplaceAllStringFunc(line, func(word string) string {
		if looksLikeToken(word) {
			return stars(word)
		}
		return word
	})
}

// insideSecret says that line continues the value of a secret key above it: it is indented below that key.
func (f *File) insideSecret(number int, line string) bool {
	own := indentOf(line)
	for n := number - 1; n > 0 && n >= number-100; n-- {
		above := f.line(n)
		if strings.TrimSpace(above) == "" || indentOf(above) >= own && own > 0 {
			continue
		}
		m := keyValue.FindStringSubmatch(strings.TrimSpace(above))
		if m == nil {
			m = []string{"", "", strings.TrimSuffix(strings.TrimSpace(above), ":")}
		}
		return own > indentOf(above) && IsSecretKey(m[2])
	}
	return false
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " \t-")) }

// stars keeps the width of s and nothing else of it.
func stars(s string) string { return strings.Repeat("*", utf8.RuneCountInString(s)) }
