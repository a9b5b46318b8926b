//go:build !unix

package file

import "context"

// lockFolder has no folder locks to use here: insert sees a change of the target by its size and time.
func lockFolder(context.Context, string) (unlock func(), err error) { return func() {}, nil }

// syncFolder has nothing to do: a rename is in the journal of the file system.
func syncFolder(string) error { return nil }
