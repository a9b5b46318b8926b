package databricks

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/drt-go/drt/connector"
)

// carrier brings files into a volume and takes them out again.
type carrier interface {
	// name for the report.
	name() string
	// lanes is how many uploads may run at a time.
	lanes() int
	// put uploads a local file under a name that nothing lies under. Errors of kind transient are worth another name.
	put(ctx context.Context, local, remote string) error
	// remove takes a file out; one that is not there is no error.
	remove(ctx context.Context, remote string) error
	// close lets go of connections of its own.
	close()
}

// putAttempts bounds the names that one file is tried under.
const putAttempts = 4

// uploads brings the files of a run into its volume while the next ones are written. Uploaded files are removed from
// this machine. send, wait and stop are called by one goroutine.
type uploads struct {
	by     carrier
	into   volume
	files  string // what names the files of the run, see filesOf
	pause  func(context.Context, time.Duration) error
	report func(bytes int64) // called by one goroutine at a time

	work   chan localFile
	ctx    context.Context // ends with stop, and with the first failure
	cancel context.CancelFunc
	lanes  sync.WaitGroup
	closed bool

	mu      sync.Mutex // guards what follows, and report
	number  int        // of the last name
	tried   []int      // names under which something may lie
	arrived []int      // names of whole files
	err     error
}

// localFile is a finished file on this machine.
type localFile struct {
	path string
	size int64
}

// start starts the goroutines. Their context outlives the call that starts them: stop ends it.
func (u *uploads) start(ctx context.Context) *uploads {
	u.ctx, u.cancel = context.WithCancel(context.WithoutCancel(ctx))
	u.work = make(chan localFile)
	for range u.by.lanes() {
		u.lanes.Go(u.run)
	}
	return u
}

func (u *uploads) run() {
	for f := range u.work {
		err := u.ctx.Err()
		if err == nil {
			err = u.upload(f)
		}
		err = errors.Join(err, os.Remove(f.path))
		if err != nil {
			u.fail(err)
		}
	}
}

func (u *uploads) fail(err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.err == nil {
		u.err = err
	}
	u.cancel()
}

// upload tries names until one holds the whole file. An upload that failed may have left something behind, or may have
// gone through unseen: its name is never used again.
func (u *uploads) upload(f localFile) error {
	for attempt := 1; ; attempt++ {
		n := u.next()
		err := u.by.put(u.ctx, f.path, u.into.path()+"/"+fileName(u.files, n))
		if err == nil {
			u.mu.Lock()
			defer u.mu.Unlock()
			u.arrived = append(u.arrived, n)
			u.report(f.size)
			return nil
		}
		if connector.KindOf(err) != connector.KindTransient || attempt == putAttempts || u.ctx.Err() != nil {
			return u.explain(err)
		}
		if u.pause(u.ctx, max(waitOf(err), backoff(attempt))) != nil {
			return u.explain(err)
		}
	}
}

func (u *uploads) next() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.number++
	u.tried = append(u.tried, u.number)
	return u.number
}

// explain says what to do about a volume that does not take files.
func (u *uploads) explain(err error) error { return aboutVolume(u.into, err) }

// aboutVolume adds to err what mends it, if v is missing or may not be written to.
func aboutVolume(v volume, err error) error {
	var e *connector.Error
	if !asError(err, &e) {
		return err
	}
	if strings.HasSuffix(e.Class, "VOLUME_NOT_FOUND") {
		e.Kind = connector.KindNotFound
	}
	switch e.Kind {
	case connector.KindNotFound:
		e.Message = "volume " + v.plain() + " does not exist, or is hidden; the target is as before"
		e.Hint = "CREATE VOLUME " + v.String() + "; " + v.grants() + "; or set staging.loader: json"
	case connector.KindAuth:
		if e.Class != "" {
			e.Message = "volume " + v.plain() + " may not be written to; the target is as before"
			e.Hint = v.grants() + ", USE CATALOG and USE SCHEMA above it; or set staging.loader: json"
		}
	}
	return err
}

// send hands a finished file over. It waits for a free lane, so that few files lie on this machine.
func (u *uploads) send(ctx context.Context, f localFile) error {
	select {
	case u.work <- f:
		return nil
	case <-u.ctx.Done():
		return u.failure()
	case <-ctx.Done():
		return interrupted(ctx)
	}
}

func (u *uploads) failure() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.err
}

// wait returns when all that was sent has arrived.
func (u *uploads) wait(ctx context.Context) error {
	u.close()
	done := make(chan struct{})
	go func() { u.lanes.Wait(); close(done) }()
	select {
	case <-done:
		return u.failure()
	case <-ctx.Done():
		u.stop()
		return interrupted(ctx)
	}
}

// stop ends the goroutines at once. Idempotent.
func (u *uploads) stop() {
	u.cancel()
	u.close()
	u.lanes.Wait()
}

func (u *uploads) close() {
	if !u.closed {
		u.closed = true
		close(u.work)
	}
}

// names of the whole files, in the order of the attempts. Call it after wait.
func (u *uploads) names() []string {
	slices.Sort(u.arrived)
	names := make([]string, len(u.arrived))
	for i, n := range u.arrived {
		names[i] = fileName(u.files, n)
	}
	return names
}

// clear removes everything that may lie in the volume. Call it after wait or stop. What stays is an error, and stays in
// the list.
func (u *uploads) clear(ctx context.Context) error {
	defer u.by.close()
	var stay []int
	var errs []error
	for _, n := range u.tried {
		if err := u.by.remove(ctx, u.into.path()+"/"+fileName(u.files, n)); err != nil {
			stay = append(stay, n)
			errs = append(errs, err)
		}
	}
	u.tried = stay
	if len(errs) == 0 {
		return nil
	}
	e := &connector.Error{
		Kind: connector.KindOf(errs[0]), Op: "remove files", Err: errs[0],
		Message: plural(len(errs), "file") + " of this run stay in volume " + u.into.plain() + ": " + errs[0].Error(),
		Hint:    "the next run removes them, or drt clean",
	}
	return e
}

func interrupted(ctx context.Context) error {
	return &connector.Error{
		Kind: connector.KindCanceled, Op: "stage rows", Message: "interrupted", Err: ctx.Err(),
	}
}
