//go:build unix

package engine_test

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/engine"
)

// killedIn names the folder of the state in which this test binary shall be killed after its commit.
const killedIn = "DRT_ENGINE_TEST_KILLED_IN"

// TestE5_ProcessKilledBetweenCommitAndSave: its rows are in the target, its rejected row is in the dead letters, and neither is
// read again, though nothing of that was saved.
func TestE5_ProcessKilledBetweenCommitAndSave(t *testing.T) {
	if dir := os.Getenv(killedIn); dir != "" {
		commitAndDie(t, dir)
	}
	w := newLetterWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), killedIn+"="+w.dir)
	out, err := child.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the process was not killed: %v\n%s", err, out)
	}
	w.target.rows = committedRows(t, w.dir)
	w.job.Destination = &settling{target: w.target, says: destinations.Committed}
	w.source.rows = killedRows()
	p := w.run()
	w.want(p, engine.StatusSuccess)
	if p.RowsSkipped != 3 || w.watermark() != "3" {
		t.Errorf("skipped %d, watermark %q; want 3 and 3", p.RowsSkipped, w.watermark())
	}
	same(t, "target", []string{"1@1=a", "3@3=c"}, w.values())
	same(t, "letters", []string{"2@2=bad"}, w.letters())
	w.target.mended = true
	w.want(w.retry(), engine.StatusSuccess)
	same(t, "target after the retry", []string{"1@1=a", "3@3=c", "2@2=bad"}, w.values())
}

func killedRows() []row { return []row{{1, at(1), "a"}, {2, at(2), "bad"}, {3, at(3), "c"}} }

// commitAndDie is the process that is killed: what it commits is a file.
func commitAndDie(t *testing.T, dir string) {
	w := newLetterWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.openIn(dir)
	w.source.rows = killedRows()
	w.job.Destination = &settling{target: w.target}
	w.target.onCommit = func(ctx context.Context, apply func()) error {
		if err := w.target.plan.Announce(ctx, destinations.Change{Kind: "INSERT", Target: "fake (table)", Staged: 2}); err != nil {
			return err
		}
		apply()
		if err := os.WriteFile(dir+"/target", []byte(strings.Join(w.values(), "\n")), 0o600); err != nil {
			return err
		}
		if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
			return err
		}
		time.Sleep(time.Minute) // the signal comes first
		return nil
	}
	w.run()
	t.Fatal("it lives")
}

func committedRows(t *testing.T, dir string) (rows []row) {
	t.Helper()
	f, err := os.Open(dir + "/target")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		id, rest, _ := strings.Cut(lines.Text(), "@")
		cursor, val, _ := strings.Cut(rest, "=")
		i, idErr := strconv.ParseInt(id, 10, 64)
		c, cursorErr := strconv.ParseInt(cursor, 10, 64)
		if err := errors.Join(idErr, cursorErr); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row{i, at(c), val})
	}
	return rows
}
