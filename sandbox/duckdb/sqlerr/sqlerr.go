// Package sqlerr makes the errors of the embedded engine: a class of Databricks with its SQLSTATE.
package sqlerr

import (
	"errors"
	"fmt"
	"strings"

	"github.com/drt-go/drt/sandbox/wire"
)

// New makes an error of a class, "CLASS" or "CLASS.SUBCLASS". A class that states has no entry for is INTERNAL_ERROR's.
func New(class, format string, args ...any) *wire.Error {
	return &wire.Error{Class: class, SQLState: State(class), Message: fmt.Sprintf(format, args...)}
}

// Unsupported refuses something that a warehouse may do and the sandbox does not.
func Unsupported(format string, args ...any) *wire.Error {
	return New("UNSUPPORTED_IN_SANDBOX", format, args...)
}

// State is the SQLSTATE of a class.
func State(class string) string {
	if s, ok := states()[class]; ok {
		return s
	}
	base, _, _ := strings.Cut(class, ".")
	if s, ok := states()[base]; ok {
		return s
	}
	return "XX000"
}

// mark surrounds class, state and message in errors that travel through DuckDB as text.
const mark = "\x1e"

// Encode writes an error as a text that Decode finds again inside DuckDB's own wording.
func Encode(e *wire.Error) string {
	return mark + e.Class + mark + e.SQLState + mark + e.Message + mark
}

// Text is Encode of New(class, ...) for messages without arguments.
func Text(class, message string) string { return Encode(New(class, "%s", message)) }

// Carry wraps a *wire.Error so that its text survives DuckDB.
func Carry(err error) error {
	var e *wire.Error
	if errors.As(err, &e) {
		return errors.New(Encode(e))
	}
	return err
}

// Decode finds an encoded error in s.
func Decode(s string) (*wire.Error, bool) {
	parts := strings.SplitN(s, mark, 5)
	if len(parts) < 5 {
		return nil, false
	}
	return &wire.Error{Class: parts[1], SQLState: parts[2], Message: parts[3]}, true
}
