// Package duckdb is the warehouse's embedded engine: Databricks SQL over Delta-like tables, kept in one DuckDB file. A
// statement is parsed (parse), resolved and translated (bind), and run as DuckDB's SQL (native); what its table holds
// and held is in catalog. Where DuckDB means something else than Delta the engine does what Delta does, or refuses with
// UNSUPPORTED_IN_SANDBOX.
package duckdb

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/drt-go/drt/sandbox/duckdb/bind"
	"github.com/drt-go/drt/sandbox/duckdb/catalog"
	"github.com/drt-go/drt/sandbox/duckdb/native"
	"github.com/drt-go/drt/sandbox/duckdb/spark"
	"github.com/drt-go/drt/sandbox/wire"
)

// Options configure an engine.
type Options struct {
	// Path is the database's file; "" keeps it in memory.
	Path string
	// Volumes resolves a path under /Volumes to a file of this machine; nil: there are no volumes.
	Volumes func(path string) (string, error)
	// VolumesDir is the folder that Volumes resolves into: no other file can be reached from SQL.
	VolumesDir string
}

// Engine implements wire.Engine.
type Engine struct {
	db        *native.DB
	store     *catalog.Store
	functions bind.Functions
	volumes   func(string) (string, error)
	inMemory  bool
	sessions  atomic.Int64
}

// New opens or creates the database.
func New(o Options) (*Engine, error) {
	db, err := native.Open(o.Path, map[string]string{
		// Looking for each column's best compression is half the time of writing a million rows, and folding the log into the
		// file every 16 MB a tenth. What a sandbox holds is small and soon gone: it may take more disk for a while.
		"force_compression":            "uncompressed",
		"checkpoint_threshold":         "256MB",
		"autoinstall_known_extensions": "false",
		"autoload_known_extensions":    "false",
		"allow_community_extensions":   "false",
		"allow_unsigned_extensions":    "false",
	})
	if err != nil {
		return nil, openError(o.Path, err)
	}
	e := &Engine{db: db, functions: bind.NewFunctions(), volumes: o.Volumes, inMemory: o.Path == ""}
	if err := e.prepare(o); err != nil {
		db.Close()
		return nil, openError(o.Path, err)
	}
	return e, nil
}

func openError(path string, err error) error {
	if path == "" {
		return fmt.Errorf("sandbox: %w", err)
	}
	if strings.Contains(err.Error(), "lock") {
		return fmt.Errorf("sandbox: %s is in use by another process: stop it, or use the sandbox that it keeps up: %w", path, err)
	}
	return fmt.Errorf("sandbox: open %s: %w", path, err)
}

// prepare registers the functions, reads the catalog and locks the database down.
func (e *Engine) prepare(o Options) error {
	c, err := e.db.Connect()
	if err != nil {
		return err
	}
	defer c.Close()
	for _, f := range spark.Functions() {
		if err := c.Register(f); err != nil {
			return err
		}
	}
	ctx := context.Background()
	if e.store, err = catalog.Open(ctx, c); err != nil {
		return err
	}
	for _, sql := range lockdown(o.VolumesDir) {
		if _, err := c.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// lockdown leaves DuckDB its own file and the volumes. Statements are translated, so none of a client's reaches DuckDB;
// this holds even if a translation were wrong.
func lockdown(volumes string) []string {
	var out []string
	if volumes != "" {
		out = append(out, "SET GLOBAL allowed_directories = ["+quote(strings.TrimSuffix(volumes, "/")+"/")+"]")
	}
	return append(out, "SET GLOBAL enable_external_access = false", "SET GLOBAL lock_configuration = true")
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// Open implements wire.Engine.
func (e *Engine) Open(ctx context.Context, catalog, schema string, conf map[string]string) (wire.Session, error) {
	c, err := e.db.Connect()
	if err != nil {
		return nil, toWire(ctx, err)
	}
	s := &session{engine: e, conn: c, catalog: "main", schema: "default", id: e.sessions.Add(1), conf: defaults()}
	if err = s.enter(catalog, schema); err == nil {
		err = s.configure(conf)
	}
	if err != nil {
		c.Close()
		return nil, toWire(ctx, err)
	}
	return s, nil
}

// Close implements wire.Engine. All sessions must have been closed.
func (e *Engine) Close() error {
	e.db.Close()
	return nil
}
