package warehouse

import "fmt"

// Error is what the warehouse answers to a statement that it refuses.
type Error struct{ Class, State, Message string }

// Error is the text as the driver hands it over.
func (e *Error) Error() string {
	return fmt.Sprintf("databricks: execution error: failed to execute query: unexpected operation state ERROR_STATE: [%s] %s SQLSTATE: %s", e.Class, e.Message, e.State)
}

// Bug is a statement, or a use of one, that the warehouse does not know: the simulation must learn it, or drt must not
// send it.
type Bug struct{ Text string }

func (b *Bug) Error() string { return "warehouse: " + b.Text }

func bug(format string, args ...any) *Bug { return &Bug{fmt.Sprintf(format, args...)} }

func refuse(class, state, format string, args ...any) *Error {
	return &Error{Class: class, State: state, Message: fmt.Sprintf(format, args...)}
}

func missing(name string) *Error {
	return refuse("TABLE_OR_VIEW_NOT_FOUND", "42P01", "The table or view `%s` cannot be found.", name)
}

// caught runs f, whose refusals are panics of *Error or *Bug.
func caught(f func()) (err error) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case *Error:
			err = v
		case *Bug:
			err = v
		default:
			panic(v)
		}
	}()
	f()
	return nil
}
