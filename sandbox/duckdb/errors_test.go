package duckdb

import (
	"errors"
	"strings"
	"testing"

	"github.com/drt-go/drt/sandbox/duckdb/native"
	"github.com/drt-go/drt/sandbox/wire"
)

// TestDiskFullIsNoConflict: a conflict would be tried again, with a hint about other writers.
func TestDiskFullIsNoConflict(t *testing.T) {
	err := toWire(t.Context(), &native.Error{Message: `TransactionContext Error: Failed to commit: Could not write file "s.wal": No space left on device`})
	var w *wire.Error
	if !errors.As(err, &w) || w.Class != "INTERNAL_ERROR" || !strings.HasPrefix(w.Message, "The disk of the sandbox is full") {
		t.Errorf("got %#v", err)
	}
	err = toWire(t.Context(), &native.Error{Message: `Conversion Error: Could not convert string 'No space left on device' to INT32`})
	if !errors.As(err, &w) || w.Class != "CAST_INVALID_INPUT" {
		t.Errorf("a value that says so: got %#v", err)
	}
}
