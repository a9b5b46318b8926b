package sourcetest

import (
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/sources"
)

func cancelStopsTheRead(t testing.TB, h Harness) {
	if h.Endless == nil {
		t.Skip("the harness has no Endless: every read ends by itself")
	}
	p := h.Endless(t)
	s := h.source(t, p)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- readUntilError(ctx, s, query(p)) }()
	select {
	case err := <-ended:
		t.Fatalf("harness: the endless read ended: %v", err)
	case <-time.After(20 * time.Millisecond): // the read is under way, or at least waits
	}
	cancel()
	select {
	case err := <-ended:
		if !isCanceled(err) {
			t.Errorf("a canceled read ends with context.Canceled in an error of kind %s, never with io.EOF; got %v", connector.KindCanceled, err)
		}
	case <-time.After(h.patient()):
		t.Fatalf("a read goes on %s after its context was canceled", h.patient())
	}
}

func isCanceled(err error) bool {
	return errors.Is(err, context.Canceled) && connector.KindOf(err) == connector.KindCanceled
}

func readUntilError(ctx context.Context, s sources.Source, q sources.Query) error {
	r, err := s.Open(ctx, q)
	if err != nil {
		return err
	}
	defer r.Close()
	for {
		b, err := r.Next(ctx)
		if err != nil {
			return err
		}
		b.Release()
	}
}

func closeIsIdempotent(t testing.TB, h Harness) {
	for _, batches := range []int{0, 1, 1000} {
		p := h.Load(t, numbered(300, 0))
		q := query(p)
		q.BatchRows = 100
		r := open(t, h.source(t, p), q)
		for range batches {
			b, err := r.Next(t.Context())
			if err != nil {
				break
			}
			b.Release()
		}
		for i := range 3 {
			if err := r.Close(); err != nil {
				t.Errorf("Close number %d after %d batches: %v", i+1, batches, err)
			}
		}
	}
}

// nothingLeaks gives reads up at different points and looks for goroutines, open files and temporary files.
func nothingLeaks(t testing.TB, h Harness) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	rows := numbered(3000, 0)
	p := h.Load(t, rows)
	read := func() {
		for _, batches := range []int{0, 1, 1000} {
			p = h.again(t, p, rows)
			giveUp(t, h, p, batches)
		}
	}
	read() // what a library starts once and keeps is no leak
	goroutines, files := runtime.NumGoroutine(), openFiles()
	for range 2 {
		read()
	}
	if h.BadQueries != nil {
		for _, p := range h.BadQueries(t) {
			readAll(t, h.source(t, p), query(p))
		}
	}
	settles(t, h, "goroutines", goroutines, runtime.NumGoroutine)
	settles(t, h, "open files", files, openFiles)
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("Close removes temporary files; found %v, %v", left, err)
	}
}

// giveUp closes a read after some batches.
func giveUp(t testing.TB, h Harness, p Place, batches int) {
	t.Helper()
	q := query(p)
	q.BatchRows = 100
	r, err := h.source(t, p).Open(t.Context(), q)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	for range batches {
		b, err := r.Next(t.Context())
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("Next: %v", err)
		}
		b.Release()
	}
	if err := r.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
}

// settles waits until count is back: a goroutine that was told to end takes a moment.
func settles(t testing.TB, h Harness, what string, before int, count func() int) {
	t.Helper()
	deadline := time.Now().Add(h.patient() / 3)
	for count() > before {
		if time.Now().After(deadline) {
			t.Errorf("Close frees everything: %d %s before, %d after", before, what, count())
			return
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}

// openFiles counts this process's open files; always 0 where the system does not tell.
func openFiles() int {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(slices.DeleteFunc(list, func(e os.DirEntry) bool {
		target, err := os.Readlink("/proc/self/fd/" + e.Name())
		return err != nil || len(target) == 0 || target[0] != '/' || target == "/dev/null"
	}))
}
