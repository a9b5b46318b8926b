package connector

import (
	"errors"
	"strings"
)

// Kind says what kind of failure an error is. Code acts on the kind; people read the message.
type Kind string

// The kinds. An error that nobody classified is KindPermanent: unlisted is never transient.
const (
	KindConfig     Kind = "config"          // the YAML or the environment is wrong: nothing was sent
	KindAuth       Kind = "auth"            // 401, 403, missing grant
	KindNotFound   Kind = "not_found"       // table, column, file does not exist
	KindConflict   Kind = "conflict"        // another writer won; the statement had no effect
	KindTransient  Kind = "transient"       // surely had no effect; trying again may help
	KindPermanent  Kind = "permanent"       // trying again will not help
	KindUnknown    Kind = "unknown_outcome" // sent, reply lost: committed or not, nobody knows yet
	KindRejected   Kind = "rejected_rows"   // rows that the target cannot hold
	KindCanceled   Kind = "interrupted"     // a signal, a deadline
	KindInternal   Kind = "internal"        // a bug in drt
	kindUnassigned Kind = ""
)

// Error is a failure as a connector or the engine reports it.
type Error struct {
	Kind     Kind
	Op       string // what was being done: "open session", "stage chunk 3", "MERGE"
	SQLState string // raw, as the server sent it; "" if none
	Class    string // raw error class, e.g. "TABLE_OR_VIEW_NOT_FOUND"; "" if none
	Message  string // what happened and where: table, column, row. No secret, no bound value of a statement.
	Hint     string // what to do next; "" if there is nothing to say
	SQL      string // the statement that failed, with markers where its values were; "" if none
	Err      error  // cause, may be nil
}

// Error implements error: "<op>: <message> [<class>, SQLSTATE <state>]". Hint is not part of it; printers add it on a line of its own.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op)
		b.WriteString(": ")
	}
	switch {
	case e.Message != "":
		b.WriteString(e.Message)
	case e.Err != nil:
		b.WriteString(e.Err.Error())
	default:
		b.WriteString(string(e.Kind))
	}
	switch {
	case e.Class != "" && e.SQLState != "":
		b.WriteString(" [" + e.Class + ", SQLSTATE " + e.SQLState + "]")
	case e.Class != "":
		b.WriteString(" [" + e.Class + "]")
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the first *Error in err's chain, KindPermanent for any other error, "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return kindUnassigned
	}
	var e *Error
	if errors.As(err, &e) && e.Kind != "" {
		return e.Kind
	}
	return KindPermanent
}

// FieldError is a config mistake that only a connector (or the engine) can see. Field is the key path inside
// the connector's own map ("upsert_key", "staging.volume") or, from the engine, inside the sync file
// ("sync.mode"); whoever knows the file turns it into a Diagnostic with file:line:column.
type FieldError struct {
	Field   string
	Message string // lower case, no final period: "upsert_key is required"
	Hint    string // what to type
}

// Error implements error.
func (e *FieldError) Error() string { return e.Message }
