package connector

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// rangeOf is where v is written. The parser knows only where a value starts; the end is read off the line. A value that
// is not there at the end of a file has a line of its own for the parser: for the reader it is the end of the last one.
func rangeOf(f *File, v *yaml.Node) Range {
	r := Range{File: f, Line: v.Line, Column: v.Column}
	switch {
	case v.Line == 0:
		return r
	case v.Line > len(f.lineStarts()):
		return f.at(len(f.Text))
	}
	r.EndColumn = v.Column + width(f.line(v.Line), v)
	return r
}

// width is how many runes of line v covers, at least 1.
func width(line string, v *yaml.Node) int {
	rest := dropRunes(line, v.Column-1)
	switch {
	case v.Kind == yaml.AliasNode:
		return utf8.RuneCountInString(v.Value) + 1
	case v.Kind != yaml.ScalarNode:
		return 1
	case v.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		return max(1, quotedWidth(rest))
	case v.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return 1
	case strings.HasPrefix(rest, v.Value):
		return max(1, utf8.RuneCountInString(v.Value))
	}
	return max(1, utf8.RuneCountInString(strings.TrimRight(rest, " \t")))
}

// quotedWidth is the width of the quoted text that rest starts with, quotes included; up to the end of the line
// where it goes on in the next.
func quotedWidth(rest string) int {
	if rest == "" {
		return 0
	}
	quote := rest[0]
	for i := 1; i < len(rest); i++ {
		switch {
		case quote == '"' && rest[i] == '\\':
			i++
		case rest[i] == quote && quote == '\'' && i+1 < len(rest) && rest[i+1] == quote:
			i++
		case rest[i] == quote:
			return utf8.RuneCountInString(rest[:i+1])
		}
	}
	return utf8.RuneCountInString(rest)
}

// newFile indexes the lines of text once, so that many diagnostics stay cheap.
func newFile(name string, text []byte) *File {
	f := &File{Name: name, Text: text}
	f.starts = f.lineStarts()
	return f
}

// lineStarts lists the byte offsets of the lines in Text; the first comes after a byte order mark.
func (f *File) lineStarts() []int {
	if f.starts != nil {
		return f.starts
	}
	starts := []int{len(f.Text) - len(bytes.TrimPrefix(f.Text, []byte(byteOrderMark)))}
	for i, c := range f.Text {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// line returns line number (from 1) without its end; "" if there is none.
func (f *File) line(number int) string {
	starts := f.lineStarts()
	if number < 1 || number > len(starts) {
		return ""
	}
	end := len(f.Text)
	if number < len(starts) {
		end = starts[number] - 1
	}
	return strings.TrimSuffix(string(f.Text[starts[number-1]:end]), "\r")
}

// at returns the place of a byte offset in Text.
func (f *File) at(offset int) Range {
	starts := f.lineStarts()
	line, exact := slices.BinarySearch(starts, offset)
	if exact {
		line++
	}
	line = max(line, 1)
	column := utf8.RuneCount(f.Text[starts[line-1]:max(offset, starts[line-1])]) + 1
	return Range{File: f, Line: line, Column: column, EndColumn: column + 1}
}

// Find returns where part stands in f first; the file as a whole if it does not.
func (f *File) Find(part string) Range {
	i := bytes.Index(f.Text, []byte(part))
	if i < 0 {
		return Range{File: f}
	}
	r := f.at(i)
	r.EndColumn = r.Column + utf8.RuneCountInString(part)
	return r
}

// locate finds text inside the value v, for carets under the part of it that is wrong.
func (f *File) locate(v *yaml.Node, text string) Range {
	starts := f.lineStarts()
	if v.Line < 1 || v.Line > len(starts) {
		return rangeOf(f, v)
	}
	line := f.line(v.Line)
	from := starts[v.Line-1] + len(line) - len(dropRunes(line, v.Column-1))
	i := bytes.Index(f.Text[from:], []byte(text))
	if i < 0 {
		return rangeOf(f, v)
	}
	r := f.at(from + i)
	r.EndColumn = r.Column + utf8.RuneCountInString(text)
	return r
}

func dropRunes(s string, n int) string {
	for ; n > 0 && s != ""; n-- {
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
	}
	return s
}
