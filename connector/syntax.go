package connector

import (
	"bytes"
	"math/bits"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// syntaxError turns an error of the YAML parser into a diagnostic. The parser tells a line at best, so the column is
// found by parsing: the mistake sits at the end of the shortest text that gives the same error.
func syntaxError(f *File, err error) Diagnostic {
	line, message := splitSyntaxError(err)
	at := Range{File: f, Line: max(line, 1), Column: 1}
	n := 0
	if strings.Contains(message, "unexpected end of stream") {
		n = openQuote(f, err.Error())
	} else {
		n = shortestWithError(f.Text, f.errorStart(line, message), err.Error())
	}
	if n > 0 {
		_, size := utf8.DecodeLastRune(f.Text[:n])
		at = f.at(n - size)
	}
	if at, ok := tabInIndentation(f, at.Line); ok {
		return Diagnostic{Range: at, Summary: "tab in the indentation; YAML takes spaces only", Hint: "indent with spaces"}
	}
	summary, hint := explainSyntax(message)
	return Diagnostic{Range: at, Summary: summary, Hint: hint}
}

func splitSyntaxError(err error) (line int, message string) {
	message = strings.TrimPrefix(err.Error(), "yaml: ")
	if m := regexp.MustCompile(`^line (\d+): `).FindStringSubmatch(message); m != nil {
		line, _ = strconv.Atoi(m[1])
		message = message[len(m[0]):]
	}
	return line, message
}

// searchBudget bounds the bytes that are parsed again to find a column.
const searchBudget = 256 << 10

// errorStart is where the line starts that an error is on at the earliest. The parser counts lines from 0 in what its
// own grammar refuses, and from 1 in what its scanner does.
func (f *File) errorStart(line int, message string) int {
	if strings.HasPrefix(message, "did not find expected") {
		line++
	}
	starts := f.lineStarts()
	return starts[max(0, min(line, len(starts))-1)]
}

// shortestWithError returns the length of the shortest start of text, longer than low, for which the parser says want;
// 0 if that would take too long to find.
func shortestWithError(text []byte, low int, want string) int {
	budget := searchBudget
	same := func(n int) bool {
		for n < len(text) && !utf8.RuneStart(text[n]) {
			n++
		}
		budget -= n
		return parseError(text[:n]) == want
	}
	high := min(low+64, len(text))
	for !same(high) {
		if high == len(text) || budget < 0 {
			return 0
		}
		low, high = high, min(high+2*(high-low), len(text))
	}
	for low+1 < high {
		if budget < 0 {
			return 0
		}
		if middle := (low + high) / 2; same(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

// parseError returns what the parser says of text, "EOF" if nothing.
func parseError(text []byte) string {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var doc yaml.Node
		if err := decodeSafely(decoder, &doc); err != nil {
			return err.Error()
		}
	}
}

// openQuote returns the length of the text up to the quote that is never closed; 0 if that would take too long to find.
// It is in the last line before which the text is in order, at the first quote after which it is not.
func openQuote(f *File, want string) int {
	starts := f.lineStarts()
	_, want, _ = strings.Cut(want, "found")
	open := func(n int) bool { return strings.HasSuffix(parseError(f.Text[:n]), "found"+want) }
	if bits.Len(uint(len(starts)))*len(f.Text) > searchBudget {
		return 0
	}
	line := sort.Search(len(starts), func(i int) bool { return open(starts[i]) })
	end := len(f.Text)
	if line < len(starts) {
		end = starts[line]
	}
	quote := 0
	for tries := 0; end > starts[line-1] && tries < 32; tries++ {
		end = starts[line-1] + bytes.LastIndexAny(f.Text[starts[line-1]:end], `"'`)
		if end < starts[line-1] || !open(end+1) {
			break
		}
		quote = end + 1
	}
	return quote
}

// tabInIndentation finds a tab at the start of line, or of the one before or after it: the parser is not exact.
func tabInIndentation(f *File, line int) (Range, bool) {
	for _, l := range []int{line, line + 1, line - 1} {
		if l < 1 {
			continue
		}
		text := f.line(l)
		indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
		if i := strings.IndexByte(indent, '\t'); i >= 0 && len(indent) < len(text) {
			return Range{File: f, Line: l, Column: i + 1, EndColumn: i + 2}, true
		}
	}
	return Range{}, false
}

// explainSyntax says in our words what the parser says in its own.
func explainSyntax(message string) (summary, hint string) {
	known := []struct{ part, summary, hint string }{
		{"exceeded max depth", "brackets or lists nested more than 10000 deep", "close what is opened"},
		{"mapping values are not allowed", `":" is not allowed here`, `quote text that holds ": ", and check the indentation`},
		{"found unexpected end of stream", "quote is never closed", "close it with the same quote"},
		{"did not find expected ',' or ']'", `expected "," or "]"`, `close the list with "]"`},
		{"did not find expected ',' or '}'", `expected "," or "}"`, `close the mapping with "}"`},
		{"did not find expected key", "expected a key", "check the indentation and the quotes"},
		{"did not find expected '-'", `expected "- " or less indentation`, "a list and a mapping cannot stand side by side"},
		{"did not find expected node content", "expected a value", "check brackets and commas"},
		{"found character that cannot start any token", "this character cannot start a value", "quote the text"},
		{"could not find expected ':'", `expected ":" after the key`, "write `key: value`"},
		{"unknown anchor", "", "define the anchor (&name) before its alias (*name)"},
		{"control characters", "control character", "remove it"},
	}
	for _, k := range known {
		if strings.Contains(message, k.part) {
			if k.summary == "" {
				return message, k.hint
			}
			return k.summary, k.hint
		}
	}
	return "not YAML: " + message, ""
}
