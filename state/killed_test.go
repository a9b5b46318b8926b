package state

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/drt-go/drt/connector"
)

// TestMain lets the test binary be the other process of a test.
func TestMain(m *testing.M) {
	switch os.Getenv("DRT_STATE_TEST") {
	case "hold":
		holdForever(os.Getenv("DRT_STATE_DIR"))
	case "limit":
		saveUnderLimit(os.Getenv("DRT_STATE_DIR"), os.Getenv("DRT_STATE_LIMIT"))
	default:
		os.Exit(m.Run())
	}
}

func holdForever(dir string) {
	s, err := Open(context.Background(), dir)
	if err == nil {
		_, err = s.Begin(context.Background(), run("killed"))
	}
	if err != nil {
		os.Stdout.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	os.Stdout.WriteString("held\n")
	select {}
}

func TestE5_KilledProcessIsTakenOverAtOnce(t *testing.T) {
	if thisProcess().domain == "" {
		t.Skip("this system cannot tell whether a process lives: the lease decides")
	}
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "DRT_STATE_TEST=hold", "DRT_STATE_DIR="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "held\n" {
		t.Fatalf("the other process: %q, %v", line, err)
	}
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var held *HeldError
	if _, err := s.Begin(t.Context(), run("second")); !errors.As(err, &held) || held.Lock.PID != cmd.Process.Pid {
		t.Errorf("while it lives: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if r, _, err := s.LastRun(t.Context(), "users"); err != nil || r.Status != StatusInterrupted {
		t.Errorf("its run is shown as %s (%v)", r.Status, err)
	}
	began := time.Now()
	l, err := s.Begin(t.Context(), run("second"))
	if err != nil {
		t.Fatal(err)
	}
	if waited := time.Since(began); waited >= s.timing.watch {
		t.Errorf("taken over after %s, though the process is known to be dead", waited)
	}
	if dead, err := s.DeadRuns(t.Context(), "users"); err != nil || len(dead) != 1 || dead[0] != "killed" {
		t.Errorf("dead runs: %v, %v", dead, err)
	}
	if err := l.Release(t.Context(), Ending{Run: run("second")}); err != nil {
		t.Error(err)
	}
}

func TestE7_ErrorsOfTheFileSystemSayWhatToDo(t *testing.T) {
	for code, want := range map[sqlite.ResultCode]string{
		sqlite.ResultReadOnly: "cannot be written to", sqlite.ResultCantOpen: "too many files are open", sqlite.ResultFull: "is full",
		sqlite.ResultBusy: "locked", sqlite.ResultIOErr: "failed", sqlite.ResultCorrupt: "is damaged", sqlite.ResultNotADB: "is damaged",
	} {
		err := explain("save", "/p/.drt/state.db", code.ToError())
		var e *connector.Error
		if !errors.As(err, &e) || !strings.Contains(e.Message, want) || !strings.Contains(e.Message, "/p/.drt") || e.Hint == "" {
			t.Errorf("%v: %v (hint %q)", code, err, e.Hint)
		}
	}
}
