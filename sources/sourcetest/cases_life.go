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

	"github.com/drt-go/drt/sources"
)

func cancelStopsTheRead(t *testing.T, h Harness) {
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
	case <-time.After(100 * time.Millisecond): // the read is under way, or at least waits
	}
	cancel()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a canceled read ends with context.Canceled, never io.EOF; got %v", err)
		}
	case <-time.After(patience):
		t.Fatalf("a read goes on %s after its context was canceled", patience)
	}
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

func closeIsIdempotent(t *testing.T, h Harness) {
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
func nothingLeaks(t *testing.T, h Harness) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	read := func() {
		p := h.Load(t, numbered(3000, 0))
		q := query(p)
		q.BatchRows = 100
		s := h.source(t, p)
		for _, batches := range []int{0, 1, 1000} {
			if p.Once && batches == 1000 {
				continue
			}
			r, err := s.Open(t.Context(), q)
			if p.Once && err != nil {
				continue
			}
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
		if h.BadQueries != nil {
			for _, p := range h.BadQueries(t) {
				readAll(t, h.source(t, p), query(p))
			}
		}
	}
	read() // what a library starts once and keeps is no leak
	goroutines, files := runtime.NumGoroutine(), openFiles()
	for range 3 {
		read()
	}
	settles(t, "goroutines", goroutines, runtime.NumGoroutine)
	settles(t, "open files", files, openFiles)
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("Close removes temporary files; found %v, %v", left, err)
	}
}

// settles waits until count is back: a goroutine that was told to end takes a moment.
func settles(t *testing.T, what string, before int, count func() int) {
	t.Helper()
	deadline := time.Now().Add(patience / 3)
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
