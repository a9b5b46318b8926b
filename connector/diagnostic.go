package connector

import (
	"cmp"
	"slices"
)

// File is one YAML file as it was read: diagnostics quote its lines.
type File struct {
	Name string // as shown to people: relative to the project where it lies in it
	Text []byte

	starts []int // where each line starts in Text; set by newFile
}

// Range is a place in a file. Line and Column count from 1, columns in runes; Line 0 means the file as a whole.
type Range struct {
	File      *File
	Line      int
	Column    int
	EndColumn int // one past the last rune on Line; 0 if unknown
}

// Diagnostic is one mistake in a file.
type Diagnostic struct {
	Range   Range
	Path    string // of the key, "destination.upsert_key[0]"; "" for a whole file
	Summary string // lower case, no final period: `unknown key "upsert_keys"`
	Hint    string // `did you mean "upsert_key"?`
}

// Diagnostics are all mistakes found, in any order until Sort.
type Diagnostics []Diagnostic

// Sort sorts ds by file, line and column; what is said of one place stays in order.
func (ds Diagnostics) Sort() {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Range.fileName(), b.Range.fileName()),
			cmp.Compare(a.Range.Line, b.Range.Line),
			cmp.Compare(a.Range.Column, b.Range.Column),
		)
	})
}

// Unique returns a sorted copy of ds that says the same of one place only once.
func (ds Diagnostics) Unique() Diagnostics {
	sorted := slices.Clone(ds)
	sorted.Sort()
	type said struct {
		file         string
		line, column int
		summary      string
	}
	before := map[said]bool{}
	return slices.DeleteFunc(sorted, func(d Diagnostic) bool {
		s := said{d.Range.fileName(), d.Range.Line, d.Range.Column, d.Summary}
		again := before[s]
		before[s] = true
		return again
	})
}

func (r Range) fileName() string {
	if r.File == nil {
		return ""
	}
	return r.File.Name
}
