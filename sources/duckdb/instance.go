package duckdb

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"

	duckdb "github.com/duckdb/duckdb-go-bindings"

	"github.com/drt-go/drt/connector"
)

// instance is one DuckDB with one connection.
type instance struct {
	db   duckdb.Database
	conn duckdb.Connection
	// spill is where DuckDB writes what does not fit into memory_limit. Left to itself, it would make a folder beside
	// the database.
	spill string
}

// open starts an instance.
func (s *Source) open(may allowance) (*instance, error) {
	if err := s.look(); err != nil {
		return nil, err
	}
	spill, err := os.MkdirTemp("", "drt-duckdb-")
	if err != nil {
		return nil, &connector.Error{Kind: connector.KindPermanent, Op: "make a temporary folder", Err: err}
	}
	in := &instance{spill: spill}
	if err := s.start(in, may); err != nil {
		in.close()
		return nil, err
	}
	return in, nil
}

// look finds a missing file before DuckDB does, for an error that names it.
func (s *Source) look() error {
	if s.path == "" {
		return nil
	}
	info, err := os.Stat(s.path)
	out := &connector.Error{Kind: connector.KindPermanent, Op: "open " + s.cfg.Database, Err: err}
	switch {
	case errors.Is(err, os.ErrNotExist):
		out.Kind, out.Message = connector.KindNotFound, "there is no file "+s.path
		out.Hint = "drt never creates a source; mend database in the profile (relative paths start at the project's folder)"
	case err != nil:
	case info.IsDir():
		out.Message = "it is a folder, not a DuckDB database"
	case info.Size() == 0:
		out.Message = "the file is empty, not a DuckDB database"
	default:
		return nil
	}
	return out
}

// setting is one option of DuckDB.
type setting struct{ name, value string }

// settings are fixed before anything runs, and locked, so that a model cannot change them. Their order counts: what
// comes after enable_external_access may not touch the file system any more.
func (s *Source) settings(spill string, may allowance) []setting {
	list := []setting{
		{"memory_limit", may.memory},
		{"threads", strconv.Itoa(s.threads(may))},
		{"temp_directory", spill},
		{"custom_user_agent", "drt"},
	}
	if s.path != "" {
		list = append(list, setting{"access_mode", "READ_ONLY"})
	}
	if s.cfg.LocalFiles && s.dir != "" {
		list = append(list, setting{"file_search_path", s.dir})
	}
	return append(list,
		// Extensions come over the network, and httpfs reads from it.
		setting{"autoinstall_known_extensions", "false"},
		setting{"autoload_known_extensions", "false"},
		setting{"allow_community_extensions", "false"},
		setting{"enable_external_access", strconv.FormatBool(s.cfg.LocalFiles)},
		setting{"lock_configuration", "true"},
	)
}

// defaultThreads is as many as keep the rest of drt busy; each more of them wants its share of memory_limit.
const defaultThreads = 4

func (s *Source) threads(may allowance) int {
	if s.cfg.Threads > 0 {
		return s.cfg.Threads
	}
	if may.threads > 0 {
		return may.threads
	}
	return min(defaultThreads, runtime.NumCPU())
}

func (s *Source) start(in *instance, may allowance) error {
	var config duckdb.Config
	if duckdb.CreateConfig(&config) == duckdb.StateError {
		return &connector.Error{Kind: connector.KindInternal, Op: "open " + s.cfg.Database, Message: "no config from DuckDB"}
	}
	defer duckdb.DestroyConfig(&config)
	for _, set := range s.settings(in.spill, may) {
		if duckdb.SetConfig(config, set.name, set.value) == duckdb.StateError {
			return &connector.Error{Kind: connector.KindConfig, Op: "open " + s.cfg.Database,
				Message: fmt.Sprintf("DuckDB refuses the setting %s = %s", set.name, set.value)}
		}
	}
	var message string
	path := s.path
	if path == "" {
		path = inMemory
	}
	if duckdb.OpenExt(path, &in.db, config, &message) == duckdb.StateError {
		return s.openError(message)
	}
	if duckdb.Connect(in.db, &in.conn) == duckdb.StateError {
		return &connector.Error{Kind: connector.KindPermanent, Op: "open " + s.cfg.Database, Message: "DuckDB makes no connection"}
	}
	return nil
}

// openError says what DuckDB has against the file.
func (s *Source) openError(message string) error {
	out := &connector.Error{Kind: connector.KindPermanent, Op: "open " + s.cfg.Database, Message: firstLine(message)}
	switch {
	case strings.Contains(message, "Could not set lock"):
		out.Kind = connector.KindConflict
		out.Hint = "another process has the database open for writing, and DuckDB lets nobody else in until it ends"
	case strings.Contains(message, "Permission denied"):
		out.Kind = connector.KindAuth
	}
	return out
}

// close frees everything. Idempotent.
func (in *instance) close() {
	duckdb.Disconnect(&in.conn)
	duckdb.Close(&in.db)
	_ = os.RemoveAll(in.spill) // DuckDB removes its files itself; the folder is ours
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
