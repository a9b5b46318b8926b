package duckdb

import (
	"context"
	"errors"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/sources"
)

// Config is the profile.
type Config struct {
	Database    string `yaml:"database" default:":memory:" doc:"the database file, relative to the project's folder; :memory: has no tables, and is for models that read files"`
	LocalFiles  bool   `yaml:"local_files" default:"false" doc:"let the model read local files (read_csv, read_parquet, views over files); always so with :memory:"`
	MemoryLimit string `yaml:"memory_limit" doc:"what DuckDB may take; larger sorts and joins spill into a temporary folder. Not set: 48MB for a model that only reads a table, 64MB if it computes with its rows, 512MB if it sorts, joins or groups"`
	Threads     int    `yaml:"threads" validate:"gte=0" default:"0" doc:"threads of DuckDB; 0 is one for each core, at most 4, and one for a model that only reads a table: with more, raise memory_limit too"`
}

const inMemory = ":memory:"

// Defaults is the config before YAML is decoded over it.
func Defaults() Config { return Config{Database: inMemory} }

// Spec announces the source `type: duckdb`.
func Spec() sources.Spec { return sources.Define("duckdb", Defaults(), New) }

// Source is one database. It is safe for concurrent use: every Open has its own instance of DuckDB.
type Source struct {
	cfg  Config
	path string // absolute; "" in memory
	dir  string // where relative paths in a model start
}

// New checks the config. It does not look at the file.
func New(c Config, env connector.Env) (sources.Source, error) {
	if c.MemoryLimit != "" && !regexp.MustCompile(`(?i)^\s*\d+(\.\d+)?\s*([KMGT]i?B)\s*$`).MatchString(c.MemoryLimit) {
		return nil, &connector.FieldError{Field: "memory_limit", Message: "memory_limit must be a number and a unit", Hint: "write 512MB or 2GB"}
	}
	s := &Source{cfg: c, dir: env.Dir}
	switch {
	case c.Database == inMemory:
		s.cfg.LocalFiles = true
	case c.Database == "" || strings.Contains(c.Database, "://") || strings.HasPrefix(c.Database, "md:"):
		return nil, &connector.FieldError{Field: "database", Message: "database must be the path of a file, or :memory:", Hint: "write a path such as data/warehouse.duckdb"}
	case filepath.IsAbs(c.Database):
		s.path = c.Database
	default:
		s.path = filepath.Join(env.Dir, c.Database)
	}
	return s, nil
}

// Describe implements sources.Source.
func (s *Source) Describe() string { return "duckdb (" + s.cfg.Database + ")" }

// Check implements sources.Checker: the file is there, is a database, and can be read.
func (s *Source) Check(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return canceled("open "+s.cfg.Database, err)
	}
	in, err := s.open(toRead)
	if err != nil {
		return err
	}
	in.close()
	return nil
}

// Open implements sources.Source.
func (s *Source) Open(ctx context.Context, q sources.Query) (sources.Reader, error) {
	if err := ctx.Err(); err != nil {
		return nil, canceled("open "+s.cfg.Database, err)
	}
	may, err := s.allow(ctx, q)
	if err != nil {
		return nil, err
	}
	r, err := s.read(ctx, q, may)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// read opens an instance of its own for q.
func (s *Source) read(ctx context.Context, q sources.Query, may allowance) (*reader, error) {
	var larger func(context.Context) (*reader, error)
	if s.cfg.MemoryLimit == "" && may != toWork {
		larger = func(ctx context.Context) (*reader, error) { return s.read(ctx, q, toWork) }
	}
	in, err := s.open(may)
	if err != nil {
		return nil, err
	}
	r, err := openReader(ctx, in, q)
	if err != nil {
		in.close()
		if errors.Is(err, errStarved) && larger != nil {
			return larger(ctx)
		}
		return nil, err
	}
	r.larger = larger
	return r, nil
}

func canceled(op string, err error) error {
	return &connector.Error{Kind: connector.KindCanceled, Op: op, Err: err}
}
