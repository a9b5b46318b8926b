package file

import (
	"context"
	"errors"
	"io/fs"

	"github.com/drt-go/drt/connector"
)

// failed turns what the system said into the error of op.
func failed(op string, err error) error {
	var known *connector.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	e := &connector.Error{Kind: connector.KindPermanent, Op: op, Err: err}
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		e.Kind = connector.KindCanceled
	case errors.Is(err, fs.ErrPermission):
		e.Kind, e.Hint = connector.KindAuth, "give the user that runs drt write permission on the file's folder"
	case errors.Is(err, fs.ErrNotExist):
		e.Kind = connector.KindNotFound
	}
	return e
}
