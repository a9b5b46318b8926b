package wire

import (
	"errors"
	"fmt"
	"time"
)

const unsupported = "UNSUPPORTED_IN_SANDBOX"

// asError makes any error one that has a class. One without is a defect of the sandbox.
func asError(err error) *Error {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e
	}
	return &Error{Class: "INTERNAL_ERROR", SQLState: "XX000", Message: err.Error()}
}

func cancelError() *Error {
	return &Error{Class: "OPERATION_CANCELED", SQLState: "HY008", Message: "The statement was cancelled."}
}

func timeoutError(after time.Duration) *Error {
	return &Error{Class: "OPERATION_TIMED_OUT", SQLState: "57KD0", Message: fmt.Sprintf("The statement ran longer than %s.", after)}
}

func unsupportedError(format string, args ...any) *Error {
	return &Error{Class: unsupported, SQLState: "0A000", Message: fmt.Sprintf(format, args...)}
}
