package file

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// Config is what YAML says of a file to write.
type Config struct {
	Path        string            `yaml:"path" validate:"required" doc:"file to write; a relative path starts at the project"`
	Format      string            `yaml:"format" validate:"omitempty,oneof=csv jsonl json parquet" doc:"csv, jsonl (one object a line), json (one array of objects) or parquet; without it the extension of path decides"`
	Mode        destinations.Mode `yaml:"mode" validate:"omitempty,oneof=replace insert" default:"replace" doc:"replace: the file holds exactly this run's rows; insert: they are added to it (csv and jsonl, uncompressed)"`
	Compression string            `yaml:"compression" validate:"omitempty,oneof=none gzip zstd snappy" doc:"none, gzip, zstd, or snappy (parquet only); without it the extension decides (.gz, .zst), and parquet takes zstd"`
	Delimiter   string            `yaml:"delimiter" default:"," doc:"csv: what separates fields: a comma, a semicolon, a vertical bar or a tab (\"\\t\"), which .tsv means anyway"`
	Header      bool              `yaml:"header" default:"true" doc:"csv: whether the first line names the columns"`
	NullText    string            `yaml:"null_text" doc:"csv: the text of NULL, written without quotes; a value of the same text is quoted, and so is the empty text"`
}

// Spec announces the destination.
func Spec() destinations.Spec {
	return destinations.Define("file", defaults(), New)
}

func defaults() Config { return Config{Header: true} }

// New builds the destination. Errors are *connector.FieldError.
func New(c Config, env connector.Env) (destinations.Destination, error) {
	d := &Destination{cfg: c, path: c.Path, modeSet: c.Mode != ""}
	if !filepath.IsAbs(d.path) {
		d.path = filepath.Join(env.Dir, d.path)
	}
	if err := errors.Join(d.cfg.resolve()...); err != nil {
		return nil, err
	}
	return d, nil
}

// resolve fills in what the path's extensions say, and checks the fields against each other.
func (c *Config) resolve() []error {
	if c.Path == "" {
		return []error{wrong("path", "path is required", "")}
	}
	if c.Path == "-" {
		return []error{wrong("path", "standard output cannot be a destination: it holds what drt reports", "write a file")}
	}
	format, compression, delimiter := byExtension(c.Path)
	if c.Format == "" {
		c.Format = format
	}
	if compression == "" {
		compression = "none"
		if c.Format == "parquet" {
			compression = "zstd"
		}
	}
	if c.Compression == "" {
		c.Compression = compression
	}
	if c.Delimiter == "" {
		c.Delimiter = delimiter
	}
	if c.Mode == "" {
		c.Mode = destinations.ModeReplace
	}
	return c.check()
}

// byExtension reads a path: "out/users.csv.gz" is csv, gzip. Format and compression are "" where it does not say.
func byExtension(path string) (format, compression, delimiter string) {
	base, delimiter := strings.ToLower(filepath.Base(path)), ","
	if inner, ok := strings.CutSuffix(base, ".gz"); ok {
		base, compression = inner, "gzip"
	} else if inner, ok := strings.CutSuffix(base, ".zst"); ok {
		base, compression = inner, "zstd"
	}
	switch filepath.Ext(base) {
	case ".csv":
		format = "csv"
	case ".tsv":
		format, delimiter = "csv", "\t"
	case ".jsonl", ".ndjson":
		format = "jsonl"
	case ".json":
		format = "json"
	case ".parquet":
		format = "parquet"
	}
	return format, compression, delimiter
}

func (c *Config) check() []error {
	var errs []error
	oneOf := func(field, value string, allowed ...string) {
		if !slices.Contains(allowed, value) {
			errs = append(errs, wrong(field, fmt.Sprintf("%s cannot be %q", field, value), fmt.Sprintf("one of %q", allowed)))
		}
	}
	if c.Format == "" {
		return []error{wrong("format", fmt.Sprintf("the extension of %s does not tell the format", c.Path), "format: csv, jsonl, json or parquet")}
	}
	oneOf("format", c.Format, "csv", "jsonl", "json", "parquet")
	if c.Format == "parquet" {
		oneOf("compression", c.Compression, "none", "snappy", "gzip", "zstd")
	} else {
		oneOf("compression", c.Compression, "none", "gzip", "zstd")
	}
	oneOf("delimiter", c.Delimiter, ",", ";", "|", "\t")
	if strings.ContainsAny(c.NullText, "\"\r\n") || strings.Contains(c.NullText, string(c.delimiter())) {
		errs = append(errs, wrong("null_text", "null_text cannot hold a quote, a line break or the delimiter: it is written without quotes", ""))
	}
	if c.Format != "csv" {
		errs = append(errs, c.csvOnly()...)
	}
	oneOf("mode", string(c.Mode), "replace", "insert")
	if c.Mode == destinations.ModeInsert && !c.canInsert() {
		errs = append(errs, wrong("mode", "mode insert needs an uncompressed csv or jsonl file: nothing can be added to the others", "mode: replace"))
	}
	return errs
}

// csvOnly refuses what would be ignored.
func (c *Config) csvOnly() []error {
	var errs []error
	for _, o := range []struct {
		field string
		set   bool
	}{{"delimiter", c.Delimiter != ","}, {"header", !c.Header}, {"null_text", c.NullText != ""}} {
		if o.set {
			errs = append(errs, wrong(o.field, fmt.Sprintf("%s is for csv, and the format is %s", o.field, c.Format), ""))
		}
	}
	return errs
}

func (c *Config) canInsert() bool {
	return (c.Format == "csv" || c.Format == "jsonl") && c.Compression == "none"
}

func (c *Config) delimiter() byte {
	return c.Delimiter[0]
}

func wrong(field, message, hint string) error {
	return &connector.FieldError{Field: field, Message: message, Hint: hint}
}

// Capabilities lists what the destination can do with a config; with an empty one, what it can do at all.
func (c Config) Capabilities() destinations.Capabilities {
	caps := destinations.Capabilities{
		Modes:   []destinations.Mode{destinations.ModeReplace},
		Options: []destinations.Option{destinations.OptionDryRun, destinations.OptionMetadata},
	}
	if c.Format == "" || c.canInsert() {
		caps.Modes = append(caps.Modes, destinations.ModeInsert)
	}
	return caps
}
