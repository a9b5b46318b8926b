package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	lib "modernc.org/sqlite/lib"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/sources"
)

const (
	// A writer holds the file for moments; one that holds it longer is worth an error that says so.
	busyLimit = 30 * time.Second
	// busyWait is how long the library itself waits at a time: sqlite3_interrupt does not reach into it.
	busyWait = 50 * time.Millisecond
)

// connect opens the file read-only and begins the transaction that all reading happens in.
func (s *Source) connect(ctx context.Context) (*conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, canceled("open "+s.shown, err)
	}
	flags, err := s.flags()
	if err != nil {
		return nil, err
	}
	c, err := openConn(s.path, flags)
	if err != nil {
		return nil, s.openError(err)
	}
	if err := s.begin(ctx, c); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// begin starts the transaction. It waits for a writer that is just committing.
func (s *Source) begin(ctx context.Context, c *conn) error {
	lib.Xsqlite3_busy_timeout(c.tls, c.db, int32(busyWait/time.Millisecond))
	defer sources.Interrupt(ctx, c.interrupt)()
	if err := c.exec("PRAGMA query_only = ON"); err != nil {
		return s.openError(err)
	}
	if err := c.exec("BEGIN"); err != nil {
		return s.openError(err)
	}
	for deadline := time.Now().Add(busyLimit); ; {
		// BEGIN takes no lock: the first read does, and from then on the state is fixed.
		err := c.exec("SELECT count(*) FROM sqlite_schema")
		var e *sqliteError
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return canceled("open "+s.shown, ctx.Err())
		case !errors.As(err, &e) || e.primary() != lib.SQLITE_BUSY || time.Now().After(deadline):
			return s.openError(err)
		}
	}
}

// flags looks at the file before the library does, for errors that name it, and finds out how to open it.
//
// In WAL mode even a reader needs the files -wal and -shm beside the database. Where they are missing, a connection
// opened read-only creates them and cannot remove them at its end; one opened for writing removes them, and with
// query_only and no WAL to fold in it does not touch the database either.
func (s *Source) flags() (int32, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return 0, s.openError(err)
	}
	defer f.Close()
	header := make([]byte, 20)
	n, err := io.ReadFull(f, header)
	switch {
	case n == 0 && err == io.EOF:
		return 0, &connector.Error{Kind: connector.KindPermanent, Op: "open " + s.shown, Message: "the file is empty, not an SQLite database"}
	case err != nil || string(header[:16]) != "SQLite format 3\x00":
		return 0, &connector.Error{Kind: connector.KindPermanent, Op: "open " + s.shown, Message: "not an SQLite database", Err: err}
	}
	if wal := header[18] == 2; wal && !exists(s.path+"-wal") && writable(s.path) {
		return lib.SQLITE_OPEN_READWRITE, nil
	}
	return lib.SQLITE_OPEN_READONLY, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func writable(path string) bool {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false
	}
	return f.Close() == nil
}

// openError says what is wrong with the file.
func (s *Source) openError(err error) error {
	out := &connector.Error{Kind: connector.KindPermanent, Op: "open " + s.shown, Err: err, Message: err.Error()}
	var e *sqliteError
	switch {
	case errors.Is(err, os.ErrNotExist):
		out.Kind = connector.KindNotFound
		out.Message = fmt.Sprintf("there is no file %s", s.path)
		out.Hint = "drt never creates a source; mend database in the profile (relative paths start at the project's folder)"
	case errors.Is(err, os.ErrPermission):
		out.Kind = connector.KindAuth
		out.Message = "the file cannot be read: permission denied"
	case errors.As(err, &e) && e.primary() == lib.SQLITE_BUSY:
		out.Kind = connector.KindTransient
		out.Message = fmt.Sprintf("another process has been writing for %s", busyLimit)
	case errors.As(err, &e) && e.code == lib.SQLITE_READONLY_ROLLBACK:
		out.Message = "a writer died in the middle of a transaction, and a reader may not roll it back"
		out.Hint = "open the file once with the program that writes it, or with sqlite3"
	}
	return out
}

func canceled(op string, err error) error {
	return &connector.Error{Kind: connector.KindCanceled, Op: op, Err: err}
}
