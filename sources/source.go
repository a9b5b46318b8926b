// Package sources holds the contract of a source: where rows come from.
//
// A Spec announces a source (name, config, constructor), a Registry lists the specs of one binary, a Source is
// built from a profile without I/O, a Reader yields one query's rows as Arrow record batches. Prove an
// implementation with sources/sourcetest.
package sources

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/record"
)

// Source is a place to read from, built without I/O.
type Source interface {
	// Describe names the source for people: "sqlite (data/crm.db)". No secret.
	Describe() string
	// Open starts q. Errors: *connector.Error, with the model's file and line in the message where the query is at fault.
	Open(ctx context.Context, q Query) (Reader, error)
}

// Query is what one run asks of a source.
type Query struct {
	Model  string  // SQL in the source's dialect; "" where the source needs none (file)
	Origin string  // where Model is written, "syncs/users.yml:3" or "models/users.sql", for messages
	Cursor *Cursor // set in incremental mode
	Limit  int64   // at most so many rows; 0 = all
	// BatchRows and BatchBytes bound a batch: at most BatchRows rows and, unless one row alone is larger, about
	// BatchBytes bytes. Both are set.
	BatchRows  int
	BatchBytes int64
}

// Cursor asks for the rows whose Field is at or after From, and those where it is NULL. It is a hint to read
// less: a reader may return more rows, never fewer; the engine compares again, exactly.
type Cursor struct {
	Field string
	From  *record.Value // nil: from the beginning
}

// Reader yields the rows of one query. It is used by one goroutine.
type Reader interface {
	// Schema returns the columns in the model's order. Names are unique; types are the source's, exactly.
	Schema() *arrow.Schema
	// Next returns the next batch of 1 or more rows, which the caller releases. io.EOF, itself and not wrapped, comes
	// only at the proven end of the data: a read that breaks off is any other error, always. ctx ends a Next that waits.
	Next(ctx context.Context) (arrow.RecordBatch, error)
	// Close frees everything. Idempotent; also after an error.
	Close() error
}

// RowRejecter is a Reader that can tell rows it could not make sense of (a CSV field that is not of its
// declared type) from a read that broke. Rejects returns and forgets those found since the last call; positions
// are rows of the source from 1. A Reader without it fails on such rows.
type RowRejecter interface {
	Rejects() []record.Reject
}

// Checker is a Source that `drt check` can try: it connects and reads nothing of the user's.
type Checker interface {
	Check(ctx context.Context) error
}

// Once is a Source that says whether it can be read a single time only, as standard input is.
type Once interface{ Once() bool }

// ModelOptional is a Source that can be read without a model, files for example. A sync of any other source must have
// one.
type ModelOptional interface{ ModelOptional() }
