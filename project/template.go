package project

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/drt-go/drt/connector"
)

// template fills in ${VAR} and {{ var('name', default) }}. What it puts in is not looked at again.
type template struct {
	lookup func(string) (string, bool)
	vars   func(name string) (string, bool) // nil: {{ }} is not allowed here
	names  []string                         // of the known vars, for suggestions
}

// template returns what syncs, profiles and models are filled in with: --vars before DRT_VAR_NAME before the project's.
func (l *loader) template() *template {
	t := &template{lookup: l.lookup}
	for name := range l.settings.Vars {
		t.names = append(t.names, name)
	}
	for name := range l.options.Vars {
		t.names = append(t.names, name)
	}
	slices.Sort(t.names)
	t.vars = func(name string) (string, bool) {
		if v, ok := l.options.Vars[name]; ok {
			return v, true
		}
		if v, ok := l.lookup("DRT_VAR_" + strings.ToUpper(name)); ok {
			return v, true
		}
		v, ok := l.settings.Vars[name]
		return string(v), ok
	}
	return t
}

// expand replaces what it knows in text, and names all that it cannot. `$${` stands for `${`, and {{ '{{' }} for {{.
func (t *template) expand(text string) (string, []*connector.TextError) {
	var b strings.Builder
	var bad []*connector.TextError
	for {
		next := strings.IndexAny(text, "${")
		if next < 0 {
			break
		}
		b.WriteString(text[:next])
		text = text[next:]
		value, length, err := t.next(text)
		if err != nil {
			bad = append(bad, err)
			length = len(err.Text)
		}
		b.WriteString(value)
		text = text[length:]
	}
	b.WriteString(text)
	return b.String(), bad
}

// next replaces what stands at the start of text, which is $ or {.
func (t *template) next(text string) (value string, length int, bad *connector.TextError) {
	switch {
	case strings.HasPrefix(text, "$${"):
		return "${", 3, nil
	case strings.HasPrefix(text, "${"):
		return t.variable(text)
	case strings.HasPrefix(text, "{{"):
		return t.expression(text)
	}
	return text[:1], 1, nil
}

var variableReference = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// variable reads ${NAME} at the start of text.
func (t *template) variable(text string) (value string, length int, bad *connector.TextError) {
	m := variableReference.FindStringSubmatch(text)
	if m == nil {
		return "", 0, &connector.TextError{Text: upTo(text, "}"), Message: "expected the name of an environment variable in ${...}",
			Hint: "write ${NAME}, or $${ for the characters themselves"}
	}
	if value, ok := t.lookup(m[1]); ok {
		return value, len(m[0]), nil
	}
	return "", 0, &connector.TextError{Text: m[0], Message: fmt.Sprintf("environment variable %s is not set", m[1]),
		Hint: fmt.Sprintf("export %s=..., or write $${ for the characters themselves", m[1])}
}

const literalPattern = `'([^']*)'|"([^"]*)"|(-?\d+(?:\.\d+)?|true|false)`

var (
	varCall    = regexp.MustCompile(`^\{\{-?\s*var\(\s*(?:'([^']*)'|"([^"]*)")\s*(,\s*(?:` + literalPattern + `)\s*)?\)\s*-?\}\}`)
	literal    = regexp.MustCompile(`^\{\{\s*(?:` + literalPattern + `)\s*\}\}`)
	cursorName = regexp.MustCompile(`^\{\{-?\s*(cursor_value|watermark)\b`)
)

// expression reads {{ ... }} at the start of text.
func (t *template) expression(text string) (value string, length int, bad *connector.TextError) {
	whole := upTo(text, "}}")
	if m := literal.FindStringSubmatch(text); m != nil {
		return m[1] + m[2] + m[3], len(m[0]), nil
	}
	if m := cursorName.FindStringSubmatch(text); m != nil {
		return "", 0, &connector.TextError{Text: whole, Message: fmt.Sprintf("{{ %s }} of the Python drt is not supported yet", m[1]),
			Hint: "leave it out: drt reads the rows from sync.cursor_field on by itself"}
	}
	m := varCall.FindStringSubmatch(text)
	switch {
	case m == nil:
		return "", 0, &connector.TextError{Text: whole, Message: "expected {{ var('name') }} or {{ var('name', default) }}",
			Hint: "environment variables are ${NAME}; {{ '{{' }} is for the characters themselves"}
	case t.vars == nil:
		return "", 0, &connector.TextError{Text: whole, Message: "{{ var(...) }} is not filled in in " + ProjectFile,
			Hint: "write the value, or ${NAME} for an environment variable"}
	}
	name := m[1] + m[2]
	if value, ok := t.vars(name); ok {
		return value, len(m[0]), nil
	}
	if m[3] != "" {
		return m[4] + m[5] + m[6], len(m[0]), nil
	}
	return "", 0, &connector.TextError{Text: whole, Message: fmt.Sprintf("var %q is not set and has no default", name), Hint: t.varHint(name)}
}

func (t *template) varHint(name string) string {
	if near := connector.Nearest(name, t.names); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return fmt.Sprintf("set it: `vars: {%s: ...}` in %s, or --vars %s=...", name, ProjectFile, name)
}

// upTo is text up to and with its first end, or its first line.
func upTo(text, end string) string {
	line, _, _ := strings.Cut(text, "\n")
	if before, _, ok := strings.Cut(line, end); ok {
		return before + end
	}
	return line
}
