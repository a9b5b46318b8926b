package file

import (
	"context"
	"io"
	"path/filepath"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/sources"
)

// Source is a set of files of one format. It is safe for concurrent use.
type Source struct {
	cfg     Config
	pattern string // absolute; "" for standard input
	types   map[string]arrow.DataType
	stdin   io.Reader
	taken   atomic.Bool // standard input can be read once
}

// New checks the config. It does not look at the files.
func New(c Config, env connector.Env) (sources.Source, error) {
	if c.Format == "" {
		c.Format = formatOf(c.Path)
	}
	types, err := c.check()
	if err != nil {
		return nil, err
	}
	s := &Source{cfg: c, types: types, stdin: env.Stdin}
	switch {
	case c.Path == stdinPath:
		if s.stdin == nil {
			return nil, &connector.FieldError{Field: "path", Message: "path is - but there is no standard input here", Hint: "name a file"}
		}
	case filepath.IsAbs(c.Path):
		s.pattern = c.Path
	default:
		s.pattern = filepath.Join(env.Dir, c.Path)
	}
	return s, nil
}

// Describe implements sources.Source.
func (s *Source) Describe() string {
	if s.pattern == "" {
		return "file (standard input, " + s.cfg.Format + ")"
	}
	return "file (" + s.cfg.Path + ")"
}

// ModelOptional implements sources.ModelOptional: there is none.
func (s *Source) ModelOptional() {}

// Once implements sources.Once.
func (s *Source) Once() bool { return s.pattern == "" }

// Check implements sources.Checker: the pattern matches files, and the first can be opened.
func (s *Source) Check(ctx context.Context) error {
	if s.pattern == "" {
		return nil
	}
	files, err := s.files()
	if err != nil {
		return err
	}
	in, err := openInput(files[0])
	if err != nil {
		return err
	}
	return in.Close()
}

// Open implements sources.Source.
func (s *Source) Open(ctx context.Context, q sources.Query) (sources.Reader, error) {
	if q.Model != "" {
		return nil, &connector.Error{Kind: connector.KindConfig, Op: q.Origin,
			Message: "a file source takes no model: it sends the rows of " + s.cfg.Path + " as they are",
			Hint:    "remove model, or read the files with a duckdb profile (local_files: true), whose model is SQL"}
	}
	if err := ctx.Err(); err != nil {
		return nil, canceled("open "+s.cfg.Path, err)
	}
	files, err := s.files()
	if err != nil {
		return nil, err
	}
	switch s.cfg.Format {
	case formatParquet:
		return openParquet(ctx, files, q)
	case formatJSONL:
		return openJSONL(ctx, s, files, q)
	}
	return openCSV(ctx, s, files, q)
}

// path is one file to read, or standard input.
type path struct {
	shown string // for people: relative to the project where it lies in it
	name  string
	stdin io.Reader // set for standard input
}
