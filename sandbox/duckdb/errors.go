package duckdb

import (
	"context"
	"errors"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/native"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/wire"
)

// toWire makes an error that clients understand of whatever a statement failed with.
func toWire(ctx context.Context, err error) error {
	var e *wire.Error
	if errors.As(err, &e) {
		return e
	}
	if errors.As(context.Cause(ctx), &e) {
		return e
	}
	if ctx.Err() != nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return sqlerr.New("OPERATION_CANCELED", "The statement was cancelled.")
	}
	var n *native.Error
	if !errors.As(err, &n) {
		return sqlerr.New("INTERNAL_ERROR", "%s", err)
	}
	if e, ok := sqlerr.Decode(n.Message); ok {
		return e
	}
	if isDiskFull(n.Message) {
		return sqlerr.New("INTERNAL_ERROR", "The disk of the sandbox is full: %s", n.Message)
	}
	return sqlerr.New(class(n.Message), "%s", n.Message)
}

// isDiskFull: in a commit, DuckDB calls a full disk what it calls a conflict, which is tried again. The text of the system
// stands at the end; a value that says the same, in the message of a cast, does not.
func isDiskFull(message string) bool {
	return strings.HasSuffix(strings.TrimSpace(message), "No space left on device")
}

// class is the class of an error that DuckDB itself raised. Most are raised by functions of ours and carry theirs.
func class(message string) string {
	kind, rest, _ := strings.Cut(message, ":")
	switch kind {
	case "Conversion Error":
		if strings.Contains(rest, "out of range") {
			return "CAST_OVERFLOW"
		}
		return "CAST_INVALID_INPUT"
	case "Out of Range Error":
		return "ARITHMETIC_OVERFLOW"
	case "TransactionContext Error":
		if strings.Contains(rest, "altered") { // ALTER TABLE has changed DuckDB's table since the statement began
			return "DELTA_METADATA_CHANGED"
		}
		return "DELTA_CONCURRENT_APPEND.WITHOUT_HINT"
	case "Invalid Input Error":
		if strings.Contains(rest, "More than one row returned by a subquery") {
			return "SCALAR_SUBQUERY_TOO_MANY_ROWS"
		}
	case "Out of Memory Error":
		return "OUT_OF_MEMORY"
	}
	return "INTERNAL_ERROR"
}
