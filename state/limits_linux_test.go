package state

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/drt-go/drt/connector"
)

// attempt is what became of one use of a state under a limit.
type attempt struct{ What, Message, Hint string }

// saveUnderLimit is another process: it opens the state in dir, runs into limit, and prints its attempts.
func saveUnderLimit(dir, limit string) {
	ctx := context.Background()
	s, err := Open(ctx, dir)
	if err != nil {
		panic(err)
	}
	l, err := s.Begin(ctx, run("limited"))
	if err != nil {
		panic(err)
	}
	if err := setLimit(limit); err != nil {
		panic(err)
	}
	big := run("limited")
	big.Report = append(append([]byte(`"`), make([]byte, 1<<20)...), '"')
	attempts := []attempt{attemptOf("save", l.Save(ctx, big, &Watermark{Field: "new"}))}
	other, err := Open(ctx, filepath.Join(dir, "other"))
	attempts = append(attempts, attemptOf("make another", err))
	if err == nil {
		_ = other.Close()
	}
	_ = json.NewEncoder(os.Stdout).Encode(attempts)
	os.Exit(0) // without Release: the lock is a dead process's
}

// setLimit lets no file grow, or no further file be opened.
func setLimit(limit string) error {
	if limit == "files" {
		n := uint64(3) // those that are open stay
		return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: n, Max: n})
	}
	signal.Ignore(syscall.SIGXFSZ) // so that a write fails as it does with a quota
	n := uint64(1024)              // less than any database has
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: n})
}

func attemptOf(what string, err error) attempt {
	var e *connector.Error
	if !errors.As(err, &e) {
		return attempt{what, "", ""}
	}
	return attempt{what, e.Error(), e.Hint}
}

func TestE7_LimitsLeaveTheOldStateIntact(t *testing.T) {
	for limit, says := range map[string]string{"files": "too many", "size": "failed"} {
		t.Run(limit, func(t *testing.T) {
			dir := t.TempDir()
			keepOld(t, dir)
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "DRT_STATE_TEST=limit", "DRT_STATE_DIR="+dir, "DRT_STATE_LIMIT="+limit)
			cmd.Stderr = os.Stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			var attempts []attempt
			if err := json.Unmarshal(out, &attempts); err != nil || len(attempts) != 2 {
				t.Fatalf("%s: %v", out, err)
			}
			for _, a := range attempts {
				if a.Hint == "" || !strings.Contains(a.Message, dir) {
					t.Errorf("%s: %q (hint %q): want the path and what to do", a.What, a.Message, a.Hint)
				}
			}
			if !strings.Contains(attempts[0].Message, says) {
				t.Errorf("save: %q does not say %q", attempts[0].Message, says)
			}
			hasOld(t, dir)
		})
	}
}

// A disk that is really full: saving fails, the state is as before, and goes on once there is room.
func TestE7_FullDiskLeavesTheOldStateIntact(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=512k"); err != nil {
		t.Skipf("no disk to fill: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	dir := filepath.Join(disk, ".drt")
	keepOld(t, dir)
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.Begin(t.Context(), run("second"))
	if err != nil {
		t.Fatal(err)
	}
	ballast := filepath.Join(disk, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 1<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	err = l.Save(t.Context(), run("second"), &Watermark{Field: "new"})
	if a := attemptOf("save", err); !strings.Contains(a.Message, "is full") || a.Hint == "" {
		t.Errorf("save: %+v", a)
	}
	if w, err := s.Watermark(t.Context(), "users"); err != nil || w.Field != "old" {
		t.Errorf("watermark %+v, %v", w, err)
	}
	if _, err := Open(t.Context(), filepath.Join(disk, "other")); attemptOf("make another", err).Message == "" {
		t.Errorf("another state on the full disk: %v", err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := l.Save(t.Context(), run("second"), &Watermark{Field: "new"}); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if err := errors.Join(l.Release(t.Context(), Ending{Run: run("second")}), s.Close()); err != nil {
		t.Error(err)
	}
}

// keepOld makes a state whose watermark is "old".
func keepOld(t *testing.T, dir string) {
	t.Helper()
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.Begin(t.Context(), run("first"))
	if err != nil {
		t.Fatal(err)
	}
	err = l.Save(t.Context(), run("first"), &Watermark{Field: "old"})
	if err := errors.Join(err, l.Release(t.Context(), Ending{Run: run("first")}), s.Close()); err != nil {
		t.Fatal(err)
	}
}

// hasOld checks that the state in dir is whole, has the watermark "old", and can be written.
func hasOld(t *testing.T, dir string) {
	t.Helper()
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if w, err := s.Watermark(t.Context(), "users"); err != nil || w == nil || w.Field != "old" {
		t.Errorf("watermark %+v, %v", w, err)
	}
	l, err := s.Begin(t.Context(), run("after"))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Release(t.Context(), Ending{Run: run("after")}); err != nil {
		t.Error(err)
	}
}
