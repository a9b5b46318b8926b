// Package wire speaks the protocol of a Databricks SQL warehouse: Thrift over HTTP on loopback, sessions,
// parameters, results, staging of volume files. What a statement means is up to an Engine.
package wire

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// Engine runs SQL for the front. It is safe for concurrent use.
//
// The front itself asks for SHOW CATALOGS, SHOW SCHEMAS IN `c` and SHOW TABLES IN `c`.`s` (metadata calls; the second
// also before CREATE VOLUME), SELECT current_catalog() and SELECT concat(current_catalog(), '.', current_schema()).
// Statements about volumes (CREATE, DROP, SHOW VOLUMES, LIST, PUT, GET, REMOVE) do not reach the engine; paths in others
// it resolves by Volumes.Resolve.
type Engine interface {
	// Open starts a session in the namespace that the client asked for ("" = the engine's default).
	Open(ctx context.Context, catalog, schema string, conf map[string]string) (Session, error)
	Close() error
}

// Session is one client session. Execute is called by one goroutine at a time.
type Session interface {
	// Execute runs one statement to its end. Cancelling ctx stops it. Errors are *Error. The front has already
	// answered PUT, GET and REMOVE, and has checked that no more than 255 parameters came, and not fewer than markers.
	// Rows of the result may still be read after Execute returned, under the same ctx, but not after the next Execute
	// or Close began.
	Execute(ctx context.Context, sql string, params []Param) (*Result, error)
	Close() error
}

// Param is a positional parameter.
type Param struct {
	Type string // as the client said: STRING, BIGINT, DOUBLE, BOOLEAN, TIMESTAMP, VOID, ...
	Text string
	Null bool
}

// Result is what a statement returned.
type Result struct {
	// Columns is nil for a statement without a result set (DDL).
	Columns []Column
	// Rows has the columns of Columns, in Arrow types as in ArrowType; nil if Columns is nil. The front releases it.
	Rows array.RecordReader
	// Modified is the number of rows that the statement changed; -1 if it is no DML.
	Modified int64
}

// Column is a result column with its Databricks type: "BIGINT", "DECIMAL(18,2)", "ARRAY<INT>".
type Column struct {
	Name string
	Type string
	// Arrow is the type of this column in Result.Rows: that of ArrowType(Type); TIMESTAMP may name another zone.
	Arrow arrow.DataType
}

// Error is a failure as Databricks words it.
type Error struct {
	Class    string // "TABLE_OR_VIEW_NOT_FOUND", "UNSUPPORTED_IN_SANDBOX"
	SQLState string
	Message  string // without class and SQLSTATE
}

// Error implements error in the form in which clients see it: "[CLASS] message SQLSTATE: xxxxx".
func (e *Error) Error() string { return "[" + e.Class + "] " + e.Message + " SQLSTATE: " + e.SQLState }
