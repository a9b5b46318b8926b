package state

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/drt-go/drt/connector"
)

// asNobody runs f on a thread that has no rights of root over files; the thread is thrown away.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		f()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		if _, _, errno := syscall.RawSyscall(syscall.SYS_SETFSUID, 65534, 0, 0); errno != 0 {
			t.Error(errno)
		}
		f()
	}()
	<-done
}

func TestE7_ReadOnlyFolderReadsAndLeavesTheOldStateIntact(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Record(t.Context(), run("old")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	readable(t, dir)
	asNobody(t, func() {
		s, err := Open(t.Context(), dir)
		if err != nil {
			t.Errorf("open: %v", err)
			return
		}
		defer s.Close()
		if runs, err := s.Runs(t.Context(), Filter{}); err != nil || len(runs) != 1 {
			t.Errorf("runs: %v, %v", runs, err)
		}
		_, err = s.Begin(t.Context(), run("new"))
		clean(t, "begin", err)
	})
	asNobody(t, func() {
		_, err := Open(t.Context(), filepath.Join(dir, "below"))
		clean(t, "open in a folder that cannot be made", err)
	})
}

// readable takes all rights but reading away from dir, and lets everybody reach it.
func readable(t *testing.T, dir string) {
	t.Helper()
	for path, mode := range map[string]os.FileMode{filepath.Dir(dir): 0o755, filepath.Join(dir, fileName): 0o444, dir: 0o555} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })
}

func clean(t *testing.T, what string, err error) {
	t.Helper()
	var e *connector.Error
	if !errors.As(err, &e) || e.Hint == "" {
		t.Errorf("%s: %v, want an error that says what to do", what, err)
	}
}
