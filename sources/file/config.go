package file

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
)

// Config is the profile.
type Config struct {
	Path      string            `yaml:"path" validate:"required" doc:"a file, a pattern such as orders/*.csv, or - for standard input (csv and jsonl); a relative path starts at the project's folder"`
	Format    string            `yaml:"format" validate:"omitempty,oneof=csv jsonl parquet" doc:"what the files hold; without it the ending of path tells (.csv, .jsonl, .ndjson, .parquet, also before .gz or .zst)"`
	Columns   map[string]string `yaml:"columns" doc:"csv and jsonl: types of columns by name, BOOLEAN to TIMESTAMP_NTZ; a column that is not declared is STRING"`
	Header    bool              `yaml:"header" default:"true" doc:"csv: the first line of each file names the columns"`
	Names     []string          `yaml:"names" doc:"csv with header false: the names of the columns, in order"`
	Delimiter string            `yaml:"delimiter" default:"," doc:"csv: the one character between fields; \"\\t\" is a tab"`
	Null      string            `yaml:"null" doc:"csv: an unquoted field with this text is NULL; without it an empty one is"`
}

// Defaults is the config before YAML is decoded over it.
func Defaults() Config { return Config{Header: true, Delimiter: ","} }

// Spec announces the source `type: file`.
func Spec() sources.Spec { return sources.Define("file", Defaults(), New) }

// The formats.
const (
	formatCSV     = "csv"
	formatJSONL   = "jsonl"
	formatParquet = "parquet"
)

// stdinPath is the path that stands for standard input.
const stdinPath = "-"

// formatOf tells the format by the ending of path; "" if it does not.
func formatOf(path string) string {
	path = strings.ToLower(path)
	path = strings.TrimSuffix(strings.TrimSuffix(path, ".gz"), ".zst")
	switch filepath.Ext(path) {
	case ".csv":
		return formatCSV
	case ".jsonl", ".ndjson":
		return formatJSONL
	case ".parquet":
		return formatParquet
	}
	return ""
}

// check returns every mistake in c, and the types of its columns.
func (c Config) check() (map[string]arrow.DataType, error) {
	var mistakes []error
	wrong := func(field, message, hint string) {
		mistakes = append(mistakes, &connector.FieldError{Field: field, Message: message, Hint: hint})
	}
	switch {
	case c.Format == "":
		wrong("format", "format is needed: the ending of path does not tell it", "write format: csv, jsonl or parquet")
	case c.Path == stdinPath && c.Format == formatParquet:
		wrong("path", "parquet cannot be read from standard input: its directory is at the end of the file", "name a file")
	case strings.Contains(c.Path, "**"):
		wrong("path", "** is not supported: a pattern matches in one folder", "write one * for each level, such as orders/*/*.csv")
	}
	if _, err := filepath.Match(c.Path, ""); err != nil {
		wrong("path", "path is not a pattern: a [ is not closed", `write \[ for the character itself`)
	}
	if c.Format == formatParquet && len(c.Columns) > 0 {
		wrong("columns", "columns are for csv and jsonl: a parquet file has its own types", "remove columns")
	}
	if c.Format != "" && c.Format != formatCSV {
		c.checkOnlyCSV(wrong)
	}
	if c.Format == formatCSV {
		c.checkCSV(wrong)
	}
	types := map[string]arrow.DataType{}
	for _, name := range sortedKeys(c.Columns) {
		t, err := record.ParseType(c.Columns[name])
		if err != nil {
			wrong("columns."+name, err.Error(), "")
		}
		types[name] = t
	}
	return types, errors.Join(mistakes...)
}

func (c Config) checkOnlyCSV(wrong func(field, message, hint string)) {
	only := func(set bool, field string) {
		if set {
			wrong(field, fmt.Sprintf("%s is for csv, not for %s", field, c.Format), "remove "+field)
		}
	}
	d := Defaults()
	only(c.Header != d.Header, "header")
	only(len(c.Names) > 0, "names")
	only(c.Delimiter != d.Delimiter, "delimiter")
	only(c.Null != d.Null, "null")
}

func (c Config) checkCSV(wrong func(field, message, hint string)) {
	if len(c.Delimiter) != 1 || strings.ContainsAny(c.Delimiter, "\"\r\n") || c.Delimiter[0] >= utf8.RuneSelf {
		wrong("delimiter", "delimiter must be one ASCII character, and no quote or line break", `write ",", ";", "|" or "\t"`)
	}
	if strings.ContainsAny(c.Null, "\"\r\n") || (len(c.Delimiter) == 1 && strings.Contains(c.Null, c.Delimiter)) {
		wrong("null", "null holds a quote, a line break or the delimiter, which no unquoted field can", "")
	}
	switch {
	case c.Header && len(c.Names) > 0:
		wrong("names", "names are for files without a header", "remove names, or write header: false")
	case !c.Header && len(c.Names) == 0:
		wrong("names", "without a header, names must list the columns in order", "write names: [id, email]")
	}
	for i, name := range c.Names {
		if name == "" || slices.Contains(c.Names[:i], name) {
			wrong(fmt.Sprintf("names[%d]", i), fmt.Sprintf("the name %q is empty or there twice", name), "")
		}
	}
	if !c.Header {
		for _, name := range sortedKeys(c.Columns) {
			if !slices.Contains(c.Names, name) {
				wrong("columns."+name, fmt.Sprintf("column %q is not in names", name), "")
			}
		}
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
