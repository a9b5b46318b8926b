package connector

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// MaxFileSize is how many bytes of YAML one file may hold. A file is read whole, so that its size bounds memory.
const MaxFileSize = 1 << 20

const byteOrderMark = "\xef\xbb\xbf"

// ParseNode parses one YAML document, which must be a mapping. name is shown in diagnostics. The node is not nil
// where the text is readable in spite of the mistakes found, so that Decode may add what else is wrong.
func ParseNode(name string, text []byte) (*Node, Diagnostics) {
	f := newFile(name, text)
	ds, ok := checkText(f)
	if !ok {
		return nil, ds
	}
	top, parsed := parseDocument(f)
	ds = append(ds, parsed...)
	if top == nil {
		return nil, ds
	}
	checked, ok := inspect(f, top)
	ds = append(ds, checked...)
	if !ok {
		return nil, ds
	}
	return &Node{File: f, YAML: top}, ds
}

// checkText holds the bytes of a file to what everybody reads alike: UTF-8 with LF. ok says that parsing makes sense.
func checkText(f *File) (ds Diagnostics, ok bool) {
	whole := Range{File: f, Line: 1, Column: 1, EndColumn: 2}
	if len(f.Text) > MaxFileSize {
		summary := fmt.Sprintf("file of %d bytes; at most %d are read", len(f.Text), MaxFileSize)
		return Diagnostics{{Range: Range{File: f}, Summary: summary, Hint: "move long SQL into a file of its own: `model: models/users.sql`"}}, false
	}
	if bytes.HasPrefix(f.Text, []byte("\xff\xfe")) || bytes.HasPrefix(f.Text, []byte("\xfe\xff")) {
		return Diagnostics{{Range: whole, Summary: "file is UTF-16; expected UTF-8", Hint: "save it as UTF-8"}}, false
	}
	if bytes.HasPrefix(f.Text, []byte(byteOrderMark)) {
		ds = append(ds, Diagnostic{Range: whole, Summary: "file starts with a byte order mark (BOM); expected plain UTF-8", Hint: "save it as UTF-8 without BOM"})
	}
	if offset := invalidUTF8(f.Text); offset >= 0 {
		return append(ds, Diagnostic{Range: f.at(offset), Summary: "byte that is not UTF-8", Hint: "save the file as UTF-8"}), false
	}
	if offset := bytes.IndexByte(f.Text, '\r'); offset >= 0 {
		ds = append(ds, Diagnostic{Range: f.at(offset), Summary: "line ends with CR LF (Windows); expected LF", Hint: "save the file with LF line ends"})
		// A lone CR ends a line for YAML and for nobody else: every position after it would be off.
		if bytes.Count(f.Text, []byte("\r")) != bytes.Count(f.Text, []byte("\r\n")) {
			ds[len(ds)-1].Summary = "carriage return (CR); expected LF at the end of lines"
			return ds, false
		}
	}
	return ds, true
}

func invalidUTF8(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
	return -1
}

// parseDocument returns the mapping that f holds, or nil.
func parseDocument(f *File) (*yaml.Node, Diagnostics) {
	decoder := yaml.NewDecoder(bytes.NewReader(f.Text))
	var doc, second yaml.Node
	err := decodeSafely(decoder, &doc)
	if errors.Is(err, io.EOF) || err == nil && isEmpty(&doc) {
		return nil, Diagnostics{{Range: Range{File: f, Line: 1, Column: 1}, Summary: "file is empty; expected a mapping of keys to values"}}
	}
	if err != nil {
		return nil, Diagnostics{syntaxError(f, err)}
	}
	var ds Diagnostics
	switch err := decodeSafely(decoder, &second); {
	case errors.Is(err, io.EOF):
	case err != nil:
		ds = append(ds, syntaxError(f, err))
	default:
		at := rangeOf(f, &second)
		at.EndColumn = at.Column + len("---")
		ds = append(ds, Diagnostic{Range: at, Summary: "second document in this file; expected one", Hint: "put each document into a file of its own"})
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		return nil, append(ds, Diagnostic{Range: rangeOf(f, top), Summary: "expected a mapping of keys to values, got " + describe(top), Hint: "write `name: ...` at the start of a line"})
	}
	return top, ds
}

func isEmpty(doc *yaml.Node) bool {
	return len(doc.Content) == 0 || doc.Content[0].Kind == yaml.ScalarNode && doc.Content[0].ShortTag() == "!!null"
}

// decodeSafely turns a panic of the parser into an error: it reads whatever people and fuzzers write.
func decodeSafely(decoder *yaml.Decoder, into *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: the parser gave up on this text")
		}
	}()
	return decoder.Decode(into)
}
