package sqlite

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/sources"
)

// Config is the profile.
type Config struct {
	Database string `yaml:"database" validate:"required" doc:"the database file; a relative path starts at the project's folder"`
}

// Spec announces the source `type: sqlite`.
func Spec() sources.Spec { return sources.Define("sqlite", Config{}, New) }

// Source is one database file. It is safe for concurrent use.
type Source struct {
	shown string // as the config writes it
	path  string // absolute
}

// New checks the config. It does not look at the file.
func New(c Config, env connector.Env) (sources.Source, error) {
	if c.Database == ":memory:" || strings.HasPrefix(c.Database, "file:") {
		return nil, &connector.FieldError{
			Field:   "database",
			Message: "database must be the path of a file: there is nothing to read in " + c.Database,
			Hint:    "write a path such as data/crm.db",
		}
	}
	path := c.Database
	if !filepath.IsAbs(path) {
		path = filepath.Join(env.Dir, path)
	}
	return &Source{shown: c.Database, path: path}, nil
}

// Describe implements sources.Source.
func (s *Source) Describe() string { return "sqlite (" + s.shown + ")" }

// Check implements sources.Checker: the file is there, is a database, and can be read.
func (s *Source) Check(ctx context.Context) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	c.close()
	return nil
}

// Open implements sources.Source.
func (s *Source) Open(ctx context.Context, q sources.Query) (sources.Reader, error) {
	c, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	r, err := openReader(ctx, c, q)
	if err != nil {
		c.close()
		return nil, err
	}
	return r, nil
}
