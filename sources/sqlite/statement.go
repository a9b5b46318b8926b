package sqlite

import (
	"fmt"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// statement is a prepared statement of a conn.
type statement struct {
	conn    *conn
	ptr     uintptr
	columns int
	values  []lib.Tsqlite3_value // of the current row
}

// finalize frees the statement. Idempotent.
func (s *statement) finalize() {
	if s.ptr != 0 {
		lib.Xsqlite3_finalize(s.conn.tls, s.ptr)
		s.ptr = 0
	}
}

// step moves to the next row; row is false at the end of the data, and only there.
func (s *statement) step() (row bool, err error) {
	switch rc := lib.Xsqlite3_step(s.conn.tls, s.ptr); rc {
	case lib.SQLITE_ROW:
		s.values = s.row()
		return true, nil
	case lib.SQLITE_DONE:
		return false, nil
	default:
		return false, s.conn.lastError(rc)
	}
}

// readOnly reports whether the statement surely changes nothing in the database.
func (s *statement) readOnly() bool { return lib.Xsqlite3_stmt_readonly(s.conn.tls, s.ptr) != 0 }

// parameters counts the markers of the statement.
func (s *statement) parameters() int {
	return int(lib.Xsqlite3_bind_parameter_count(s.conn.tls, s.ptr))
}

// name is the name of a result column.
func (s *statement) name(column int) string {
	return libc.GoString(lib.Xsqlite3_column_name(s.conn.tls, s.ptr, int32(column)))
}

// declared is the type that CREATE TABLE gives the table column behind a result column; "" for an expression.
func (s *statement) declared(column int) string {
	return libc.GoString(lib.Xsqlite3_column_decltype(s.conn.tls, s.ptr, int32(column)))
}

// bind sets marker i (from 1) to v: int64, float64 or string.
func (s *statement) bind(i int, v any) error {
	var rc int32
	switch v := v.(type) {
	case int64:
		rc = lib.Xsqlite3_bind_int64(s.conn.tls, s.ptr, int32(i), v)
	case float64:
		rc = lib.Xsqlite3_bind_double(s.conn.tls, s.ptr, int32(i), v)
	case string:
		text, err := libc.CString(v)
		if err != nil {
			return err
		}
		defer libc.Xfree(s.conn.tls, text)
		rc = lib.Xsqlite3_bind_text(s.conn.tls, s.ptr, int32(i), text, int32(len(v)), lib.SQLITE_TRANSIENT)
	default:
		return fmt.Errorf("cannot bind a %T", v)
	}
	if rc != lib.SQLITE_OK {
		return s.conn.lastError(rc)
	}
	return nil
}

// class is the storage class of one value.
type class uint8

const (
	classNull class = iota
	classInteger
	classReal
	classText
	classBlob
)

// String names the class as SQLite's typeof does, in capitals.
func (c class) String() string {
	return [...]string{"NULL", "INTEGER", "REAL", "TEXT", "BLOB"}[c]
}

// cell is one value of a row.
type cell struct {
	class class
	i     int64
	f     float64
	// s holds the bytes of TEXT and BLOB. It is a view of the library's memory: valid until the next step.
	s string
}

// Bits of sqlite3_value.flags, as vdbeInt.h defines them; TestCellsEqualTheAPI holds them to the library in go.mod.
const (
	flagNull    = 0x0001
	flagText    = 0x0002
	flagInteger = 0x0004
	flagReal    = 0x0008
	flagIntReal = 0x0020 // a REAL that is kept as an integer
	flagZero    = 0x0400 // a zeroblob that is not written out yet

	utf8Encoding = lib.SQLITE_UTF8
)

// row returns the values of the current row as the library keeps them, side by side: asking
// sqlite3_column_type, sqlite3_column_text and their like for each value costs as much as reading the row from its page.
func (s *statement) row() []lib.Tsqlite3_value {
	first := lib.Xsqlite3_column_value(s.conn.tls, s.ptr, 0)
	bytes := libc.GoBytes(first, s.columns*int(unsafe.Sizeof(lib.Tsqlite3_value{})))
	return unsafe.Slice((*lib.Tsqlite3_value)(unsafe.Pointer(unsafe.SliceData(bytes))), s.columns)
}

// cell sets c to the value in column i of the current row.
func (s *statement) cell(c *cell, i int) {
	v := &s.values[i]
	switch flags := v.Fflags; {
	case flags&flagNull != 0:
		c.class = classNull
	case flags&flagInteger != 0:
		c.class, c.i = classInteger, *(*int64)(unsafe.Pointer(&v.Fu))
	case flags&flagReal != 0:
		c.class, c.f = classReal, v.Fu.Fr
	case flags&flagIntReal != 0:
		c.class, c.f = classReal, float64(*(*int64)(unsafe.Pointer(&v.Fu)))
	case flags&flagText != 0 && v.Fenc == utf8Encoding:
		c.class, c.s = classText, view(v.Fz, int(v.Fn))
	case flags&flagText != 0:
		c.class, c.s = classText, s.convertedText(i)
	case flags&flagZero != 0:
		c.class, c.s = classBlob, s.expandedBlob(i)
	default:
		c.class, c.s = classBlob, view(v.Fz, int(v.Fn))
	}
}

// view shows n bytes of the library's memory as a string without copying them.
func view(p uintptr, n int) string {
	if n == 0 {
		return ""
	}
	return unsafe.String(unsafe.SliceData(libc.GoBytes(p, n)), n)
}

// convertedText is the text of a database that is kept in UTF-16.
func (s *statement) convertedText(i int) string {
	p := lib.Xsqlite3_column_text(s.conn.tls, s.ptr, int32(i))
	return view(p, int(lib.Xsqlite3_column_bytes(s.conn.tls, s.ptr, int32(i))))
}

func (s *statement) expandedBlob(i int) string {
	p := lib.Xsqlite3_column_blob(s.conn.tls, s.ptr, int32(i))
	return view(p, int(lib.Xsqlite3_column_bytes(s.conn.tls, s.ptr, int32(i))))
}

// bytesView shows b as a string without copying it: valid until b changes.
func bytesView(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
