package engine

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"
)

// pump moves the rows: f reads in a goroutine of its own, w writes in this one. It returns nil only if the source
// has ended for certain and everything was written; else the first thing that went wrong, or the cause of ctx.
// Neither goroutine runs any more when it returns.
func pump(ctx context.Context, f *feed, w *writer) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	q := newQueue()
	var group errgroup.Group
	group.Go(func() error {
		defer close(q.parcels)
		err := guard("read", func() error { return f.run(ctx, q) })
		if err != nil {
			cancel(at(stageExtract, err))
		}
		return err
	})
	err := guard("write", func() error { return w.run(ctx, q) })
	if err != nil {
		cancel(at(stageLoad, err)) // wakes the reader
	}
	q.drain()
	readErr := group.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return errors.Join(err, readErr) // nil: each of them would have been a cause
}
