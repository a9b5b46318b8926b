package sqlite

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// conn is a connection of the SQLite library, without database/sql between: boxing every value costs more there
// than SQLite does. It is used by one goroutine, except for interrupt.
type conn struct {
	tls *libc.TLS
	db  uintptr

	// A TLS is the stack of one thread: interrupt runs on another.
	interruptTLS *libc.TLS
}

// sqliteError is what the library said.
type sqliteError struct {
	code    int32 // extended result code
	message string
}

func (e *sqliteError) Error() string { return fmt.Sprintf("%s (SQLite code %d)", e.message, e.code) }

// primary is the result code without its extension.
func (e *sqliteError) primary() int32 { return e.code & 0xff }

const pointerSize = int(unsafe.Sizeof(uintptr(0)))

// openConn opens the database file at path with flags (lib.SQLITE_OPEN_...). path is taken literally, never as a URI.
func openConn(path string, flags int32) (*conn, error) {
	c := &conn{tls: libc.NewTLS(), interruptTLS: libc.NewTLS()}
	name, err := libc.CString(path)
	if err != nil {
		c.close()
		return nil, err
	}
	defer libc.Xfree(c.tls, name)
	out, err := c.pointers(1)
	if err != nil {
		c.close()
		return nil, err
	}
	defer libc.Xfree(c.tls, out)
	rc := lib.Xsqlite3_open_v2(c.tls, name, out, flags|lib.SQLITE_OPEN_NOMUTEX, 0)
	c.db = pointerAt(out, 0)
	if rc != lib.SQLITE_OK {
		err := c.lastError(rc)
		c.close()
		return nil, err
	}
	lib.Xsqlite3_extended_result_codes(c.tls, c.db, 1)
	return c, nil
}

// close frees the connection; its statements are finalized before. Idempotent.
func (c *conn) close() {
	if c.tls == nil {
		return
	}
	lib.Xsqlite3_close_v2(c.tls, c.db)
	c.tls.Close()
	c.interruptTLS.Close()
	c.tls, c.db = nil, 0
}

// interrupt makes the running step return SQLITE_INTERRUPT. From any goroutine, while the connection is open.
func (c *conn) interrupt() { lib.Xsqlite3_interrupt(c.interruptTLS, c.db) }

// lastError describes the failure of the call that returned rc.
func (c *conn) lastError(rc int32) *sqliteError {
	if c.db == 0 {
		return &sqliteError{code: rc, message: libc.GoString(lib.Xsqlite3_errstr(c.tls, rc))}
	}
	return &sqliteError{code: rc, message: libc.GoString(lib.Xsqlite3_errmsg(c.tls, c.db))}
}

// exec runs one statement of ours to its end.
func (c *conn) exec(sql string) error {
	s, _, err := c.prepare(sql)
	if err != nil {
		return err
	}
	defer s.finalize()
	for {
		row, err := s.step()
		if err != nil || !row {
			return err
		}
	}
}

// prepare compiles the first statement in sql and returns what follows it. The statement is nil if there is none:
// sql holds only white space and comments.
func (c *conn) prepare(sql string) (s *statement, rest string, err error) {
	text, err := libc.CString(sql)
	if err != nil {
		return nil, "", err
	}
	defer libc.Xfree(c.tls, text)
	out, err := c.pointers(2)
	if err != nil {
		return nil, "", err
	}
	defer libc.Xfree(c.tls, out)
	rc := lib.Xsqlite3_prepare_v2(c.tls, c.db, text, int32(len(sql)+1), out, out+uintptr(pointerSize))
	if rc != lib.SQLITE_OK {
		return nil, "", c.lastError(rc)
	}
	rest = sql[int(pointerAt(out, 1)-text):]
	if pointerAt(out, 0) == 0 {
		return nil, rest, nil
	}
	s = &statement{conn: c, ptr: pointerAt(out, 0)}
	s.columns = int(lib.Xsqlite3_column_count(c.tls, s.ptr))
	return s, rest, nil
}

// pointers allocates room for n pointers that the library fills; free with libc.Xfree.
func (c *conn) pointers(n int) (uintptr, error) {
	p := libc.Xcalloc(c.tls, libc.Tsize_t(n), libc.Tsize_t(pointerSize))
	if p == 0 {
		return 0, fmt.Errorf("out of memory")
	}
	return p, nil
}

func pointerAt(p uintptr, i int) uintptr {
	b := libc.GoBytes(p+uintptr(i*pointerSize), pointerSize)
	if pointerSize == 4 {
		return uintptr(binary.NativeEndian.Uint32(b))
	}
	return uintptr(binary.NativeEndian.Uint64(b))
}

// value is the first value that a statement of ours returns, with its markers set to args.
func (c *conn) value(sql string, args ...any) (v cell, err error) {
	s, _, err := c.prepare(sql)
	if err != nil {
		return v, err
	}
	defer s.finalize()
	for i, arg := range args {
		if err := s.bind(i+1, arg); err != nil {
			return v, err
		}
	}
	more, err := s.step()
	if err != nil {
		return v, err
	}
	if !more {
		return v, fmt.Errorf("no row of %s", sql)
	}
	s.cell(&v, 0)
	v.s = strings.Clone(v.s)
	return v, nil
}

// utf8 reports whether the database keeps its text in UTF-8, so that SQLite compares it by the same bytes as drt.
func (c *conn) utf8() bool {
	v, err := c.value("PRAGMA encoding")
	return err == nil && v.s == "UTF-8"
}
