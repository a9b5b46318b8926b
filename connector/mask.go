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
	flow := strings.IndexAny(line, "{[")
	for _, m := range mappingKey.FindAllStringSubmatchIndex(line, -1) {
		key, start := line[m[2]:m[3]], m[1]
		if m[0] < done || start >= len(line) || !IsSecretKey(key) && !strings.HasSuffix(key, "_env") {
			continue
		}
		end := valueEnd(line, start, flow >= 0 && flow < start)
		if IsSecretKey(key) || !namesVariable(line[start:end]) {
			b.WriteString(line[done:start] + stars(line[start:end]))
			done = end
		}
	}
	return maskTokens(f.maskAnchor(b.String() + line[done:]))
}

var (
	anchor      = regexp.MustCompile(`&([^\s,\[\]{}]+)\s`)
	secretAlias = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_-]*)["']?\s*:\s*\*([^\s,\[\]{}]+)`)
)

// maskAnchor hides what stands behind an anchor that a secret key is an alias of.
func (f *File) maskAnchor(line string) string {
	m := anchor.FindStringSubmatchIndex(line)
	if m == nil {
		return line
	}
	for _, alias := range secretAlias.FindAllSubmatch(f.Text, -1) {
		if IsSecretKey(string(alias[1])) && string(alias[2]) == line[m[2]:m[3]] {
			return line[:m[1]] + stars(line[m[1]:])
		}
	}
	return line
}

// valueEnd is where the value at start ends: at the end of the line, or in a flow mapping or list before the next entry.
func valueEnd(line string, start int, flow bool) int {
	if !flow {
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

// namesVariable says that the value of an *_env key is what it should be.
func namesVariable(value string) bool {
	value, _, _ = strings.Cut(value, " #")
	return variableName.MatchString(strings.Trim(strings.TrimSpace(value), `"'`))
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

// insideSecret says that line may continue the value of a secret key above it: the line is indented below that key,
// comes right after it and starts no entry of its own, or stands behind a quote that the key's line does not close.
func (f *File) insideSecret(number int, line string) bool {
	own, nearest, parent := indentOf(line), true, false
	for n := number - 1; n > 0 && n >= number-maskWindow; n-- {
		above := f.line(n)
		if strings.TrimSpace(above) == "" {
			continue
		}
		below := !parent && own > indentOf(above)
		if value, open, found := lastSecret(above); found {
			continues := nearest && (open || !mappingKey.MatchString(line))
			if below || continues || opensQuote(value) {
				return true
			}
		}
		parent, nearest = parent || below, false
	}
	return false
}

// lastSecret returns the value of the last secret key of a line. open says that its value may go on in the next line
// even if that looks like an entry: there is none yet, or it stands in brackets that are not closed.
func lastSecret(line string) (value string, open, found bool) {
	all := mappingKey.FindAllStringSubmatchIndex(line, -1)
	for i := len(all) - 1; i >= 0; i-- {
		if m := all[i]; IsSecretKey(line[m[2]:m[3]]) {
			end, flow := len(line), strings.ContainsAny(line[:m[1]], "{[")
			if m[1] < len(line) {
				end = valueEnd(line, m[1], flow)
			}
			value = strings.TrimSpace(line[m[1]:end])
			return value, value == "" || end == len(line) && flow, true
		}
	}
	return "", false, false
}

func opensQuote(value string) bool {
	if value == "" || value[0] != '"' && value[0] != '\'' {
		return false
	}
	rest := strings.NewReplacer(`\"`, "", "''", "").Replace(value[1:])
	return strings.IndexByte(rest, value[0]) < 0
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " \t-")) }

// stars keeps the width of s and nothing else of it.
func stars(s string) string { return strings.Repeat("*", utf8.RuneCountInString(s)) }
