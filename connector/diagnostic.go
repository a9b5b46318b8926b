package connector

// File is one YAML file as it was read: diagnostics quote its lines.
type File struct {
	Name string // as shown to people: relative to the project where it lies in it
	Text []byte
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
