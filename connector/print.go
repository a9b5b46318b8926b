package connector

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Print writes ds for people, sorted, each with the line it is about, in colours if w takes them:
//
//	syncs/users.yml:9:5: error: unknown key "upsert_keys" (destination.upsert_keys)
//	   9 |     upsert_keys: [user_id]
//	     |     ^^^^^^^^^^^ did you mean "upsert_key"?
//
// Secrets in a line are masked.
func (ds Diagnostics) Print(w io.Writer, colour bool) error {
	p := printer{colour: colour}
	for _, d := range ds.Unique() {
		p.diagnostic(d)
	}
	_, err := io.WriteString(w, p.text.String())
	return err
}

// WriteJSON writes ds as one JSON array, sorted: {"severity","file","line","column","end_column","path","message","hint"}.
// line and column are 0 where a diagnostic is about a file as a whole.
func (ds Diagnostics) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(ds)
}

// MarshalJSON implements json.Marshaler as WriteJSON says.
func (ds Diagnostics) MarshalJSON() ([]byte, error) {
	list := make([]jsonDiagnostic, 0, len(ds))
	for _, d := range ds.Unique() {
		list = append(list, jsonDiagnostic{
			Severity: "error", File: d.Range.fileName(), Line: d.Range.Line, Column: d.Range.Column,
			EndColumn: d.Range.EndColumn, Path: maskTokens(d.Path), Message: maskTokens(d.Summary), Hint: maskTokens(d.Hint),
		})
	}
	return json.Marshal(list)
}

type jsonDiagnostic struct {
	Severity  string `json:"severity"`
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndColumn int    `json:"end_column"`
	Path      string `json:"path"`
	Message   string `json:"message"`
	Hint      string `json:"hint"`
}

// String says "syncs/users.yml:9:5: unknown key "upsert_keys"", without excerpt and hint.
func (d Diagnostic) String() string { return d.place() + maskTokens(d.Summary) }

// place is "syncs/users.yml:9:5: ", or as much of it as is known.
func (d Diagnostic) place() string {
	name := d.Range.fileName()
	switch {
	case name == "":
		return ""
	case d.Range.Line == 0:
		return name + ": "
	}
	return fmt.Sprintf("%s:%d:%d: ", name, d.Range.Line, d.Range.Column)
}

type printer struct {
	text   strings.Builder
	colour bool

	// The line shown last, masked: many mistakes may be in one long line.
	file   *File
	number int
	line   []rune
}

func (p *printer) diagnostic(d Diagnostic) {
	path := ""
	if d.Path != "" {
		path = " (" + told(d.Path) + ")"
	}
	fmt.Fprintf(&p.text, "%s%s %s%s\n", printable(d.place()), p.red("error:"), told(d.Summary), path)
	hint := told(d.Hint)
	if d.Range.File == nil || d.Range.Line == 0 {
		if hint != "" {
			p.text.WriteString("     | " + hint + "\n")
		}
		return
	}
	line, offset, carets := p.excerpt(d.Range)
	fmt.Fprintf(&p.text, "%4d | %s\n", d.Range.Line, strings.TrimRight(printable(line), " "))
	pointer := strings.Repeat(" ", offset) + p.red(strings.Repeat("^", carets))
	p.text.WriteString(strings.TrimRight("     | "+pointer+" "+hint, " ") + "\n")
}

func (p *printer) red(text string) string {
	if !p.colour {
		return text
	}
	return "\x1b[31m" + text + "\x1b[0m"
}

const (
	excerptBefore = 60 // runes of a long line that are shown before the place
	excerptWidth  = 120
)

// excerpt returns the line of r with its secrets masked, cut to what fits a terminal, and where its carets go.
func (p *printer) excerpt(r Range) (line string, offset, carets int) {
	if p.file != r.File || p.number != r.Line {
		p.file, p.number, p.line = r.File, r.Line, []rune(r.File.masked(r.Line))
	}
	runes := p.line
	start := max(r.Column-1, 0)
	width := max(r.EndColumn-r.Column, 1)
	if len(runes) <= excerptWidth {
		offset = min(start, len(runes))
		return string(runes), offset, max(1, min(width, len(runes)-offset))
	}
	from := max(0, min(start-excerptBefore, len(runes)-excerptWidth))
	to := min(len(runes), from+excerptWidth)
	shown := runes[from:to]
	offset = min(start-from, len(shown))
	carets = max(1, min(width, len(shown)-offset))
	if from > 0 {
		line, offset = "…", offset+1
	}
	line += string(shown)
	if to < len(runes) {
		line += "…"
	}
	return line, offset, carets
}

// told is a text that may repeat what a file says: without tokens, and printable.
func told(s string) string { return printable(maskTokens(s)) }

// printable keeps a file from steering the terminal: tabs become one space, so that carets stay in place.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case !unicode.IsPrint(r):
			return '�'
		}
		return r
	}, s)
}
