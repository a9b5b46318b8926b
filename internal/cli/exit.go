package cli

import (
	"errors"
	"os"
	"syscall"
)

// Exit codes. The cause of a 1 is in the report's error_type.
const (
	exitOK      = 0
	exitFailed  = 1 // a sync failed, partial, interrupted by itself or unknown; the config is wrong
	exitUsage   = 2
	exitSIGINT  = 130
	exitSIGTERM = 143
)

// usageError is a command line that makes no sense.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// errReported ends a command with exitFailed when all there is to say has been printed.
var errReported = errors.New("reported")

// exitCode is the one map from what happened to the process's exit code. A signal outranks everything.
func exitCode(err error, sig os.Signal) int {
	var usage *usageError
	switch {
	case sig == syscall.SIGTERM:
		return exitSIGTERM
	case sig != nil:
		return exitSIGINT
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		return exitUsage
	default:
		return exitFailed
	}
}
