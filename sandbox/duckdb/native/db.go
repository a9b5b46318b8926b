package native

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// DB is an open database. It is safe for concurrent use; its connections are not.
type DB struct{ db bindings.Database }

// Open opens the file at path, or a database in memory if path is empty.
func Open(path string, config map[string]string) (*DB, error) {
	var cfg bindings.Config
	if bindings.CreateConfig(&cfg) == bindings.StateError {
		return nil, errors.New("duckdb: no configuration")
	}
	defer bindings.DestroyConfig(&cfg)
	names := make([]string, 0, len(config))
	for name := range config {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if bindings.SetConfig(cfg, name, config[name]) == bindings.StateError {
			return nil, fmt.Errorf("duckdb: setting %s is not known", name)
		}
	}
	var db bindings.Database
	var msg string
	if bindings.OpenExt(path, &db, cfg, &msg) == bindings.StateError {
		bindings.Close(&db)
		return nil, &Error{Message: msg}
	}
	return &DB{db: db}, nil
}

// Close closes the database. All connections must have been closed.
func (d *DB) Close() { bindings.Close(&d.db) }

// Connect opens a connection.
func (d *DB) Connect() (*Conn, error) {
	var c bindings.Connection
	if bindings.Connect(d.db, &c) == bindings.StateError {
		return nil, errors.New("duckdb: connection refused")
	}
	return &Conn{conn: c}, nil
}

// Error is a failure as DuckDB words it: "Conversion Error: ...".
type Error struct{ Message string }

// Error implements error.
func (e *Error) Error() string { return "duckdb: " + e.Message }

// Conn is a connection, used by one goroutine at a time.
type Conn struct{ conn bindings.Connection }

// Close closes the connection; an open transaction is rolled back.
func (c *Conn) Close() { bindings.Disconnect(&c.conn) }

// Exec runs one statement and returns the number of rows it changed.
func (c *Conn) Exec(ctx context.Context, sql string) (int64, error) {
	res, err := c.run(ctx, sql, false)
	if err != nil {
		return 0, err
	}
	defer res.close()
	return int64(bindings.RowsChanged(&res.rows)), nil
}

// run executes sql; ctx interrupts it.
func (c *Conn) run(ctx context.Context, sql string, stream bool) (*result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if strings.IndexByte(sql, 0) >= 0 {
		return nil, &Error{Message: "a statement holds a NUL character"}
	}
	defer c.interruptOn(ctx)()
	var res result
	var err error
	if stream {
		err = res.stream(c, sql)
	} else if bindings.Query(c.conn, sql, &res.rows) == bindings.StateError {
		err = &Error{Message: bindings.ResultError(&res.rows)}
	}
	if err != nil {
		res.close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, err
	}
	return &res, nil
}

// result is a statement and its rows; a streaming result needs its statement to the end.
type result struct {
	stmt bindings.PreparedStatement
	rows bindings.Result
}

func (r *result) stream(c *Conn, sql string) error {
	if bindings.Prepare(c.conn, sql, &r.stmt) == bindings.StateError {
		return &Error{Message: bindings.PrepareError(r.stmt)}
	}
	if bindings.ExecutePreparedStreaming(r.stmt, &r.rows) == bindings.StateError {
		return &Error{Message: bindings.ResultError(&r.rows)}
	}
	return nil
}

func (r *result) close() {
	bindings.DestroyResult(&r.rows)
	bindings.DestroyPrepare(&r.stmt)
}

// interruptOn interrupts the connection when ctx ends, until the returned function is called.
func (c *Conn) interruptOn(ctx context.Context) func() {
	if ctx.Done() == nil {
		return func() {}
	}
	done := make(chan struct{})
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		select {
		case <-ctx.Done():
			bindings.Interrupt(c.conn)
		case <-done:
		}
	}()
	return func() { close(done); <-exited }
}
