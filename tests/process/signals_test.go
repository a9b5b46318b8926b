package process

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/sandbox/wire"
)

// mode is a way to change a target, with what it holds before and after.
type mode struct {
	name          string
	settings      string
	before, after []string // "id name"
}

// The source of all modes; the target holds 1 and 900 beforehand. 400 rows are several statements of loader values.
const sourceRows = 400

func modes() []mode {
	var rows []string
	for id := 1; id <= sourceRows; id++ {
		rows = append(rows, fmt.Sprintf("%d new", id))
	}
	old, both := []string{"1 old", "900 old"}, append(append([]string{}, rows...), "900 old")
	return []mode{
		{"insert", "", old, append(append([]string{"1 new", "1 old"}, rows[1:]...), "900 old")},
		{"upsert", "sync: {mode: upsert}\n", old, both},
		{"mirror", "sync: {mode: mirror, guards: {max_delete_pct: 100}}\n", old, rows},
		{"replace", "sync: {mode: replace, guards: {max_delete_pct: 100}}\n", old, rows},
	}
}

// stage is a run of one mode on a table of its own.
type stage struct {
	*warehouse
	*project
	mode mode
}

func newStage(t *testing.T, m mode, sync string) *stage {
	t.Helper()
	w := newWarehouse(t)
	w.exec("CREATE TABLE main.default.t (id BIGINT NOT NULL, name STRING)")
	w.exec("INSERT INTO main.default.t VALUES (1, 'old'), (900, 'old')")
	key := "upsert_key: [id], "
	if m.name == "insert" || m.name == "replace" {
		key = ""
	}
	var rows strings.Builder
	for id := 1; id <= sourceRows; id++ {
		fmt.Fprintf(&rows, "{\"id\": %d, \"name\": \"new\"}\n", id)
	}
	p := newProject(t, w, map[string]string{
		"drt_project.yml": "name: signals\nprofile: rows\n",
		"profiles.yml":    "rows: {type: file, path: rows.jsonl, columns: {id: BIGINT, name: STRING}}\n",
		"rows.jsonl":      rows.String(),
		"syncs/s.yml": "name: s\ndestination: {type: databricks, catalog: main, schema: default, table: t, " + key + "staging: {loader: values}}\n" +
			m.settings + sync,
	})
	return &stage{w, p, m}
}

// holds checks the target.
func (s *stage) holds(want []string, when string) {
	s.warehouse.t.Helper()
	if diff := cmp.Diff(want, s.rows("SELECT id, name FROM main.default.t ORDER BY id, name")); diff != "" {
		s.warehouse.t.Errorf("the target %s (-want +got):\n%s", when, diff)
	}
}

// clean checks that no scratch is left.
func (s *stage) clean(when string) {
	s.warehouse.t.Helper()
	if left := s.scratch(); len(left) > 0 {
		s.warehouse.t.Errorf("left behind %s: %v", when, left)
	}
}

// status is how the last run ended, as drt itself remembers it.
func (s *stage) status() string {
	s.warehouse.t.Helper()
	c := s.run("status")
	for _, line := range strings.Split(c.stdout.String(), "\n") {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "s" {
			return f[1]
		}
	}
	return c.output()
}

const stopping = "stopping cleanly"

// signal returns a hook that sends sig to the process in *c, and waits until it was noticed.
func signal(c **process, sig os.Signal) func(wire.Event) {
	return func(wire.Event) {
		if err := (*c).Process.Signal(sig); err != nil {
			(*c).t.Error(err)
		}
		if !(*c).stderr.holds(stopping) {
			(*c).t.Error("the signal was not noticed")
		}
	}
}

// moment is a point of a run, and what a signal there leads to.
type moment struct {
	name   string
	on     wire.Point
	match  string
	nth    int
	after  bool // the target changes all the same
	status string
}

// The statements of loader values: scratch is made and filled while the source is read; from the count on it is the commit.
func moments() []moment {
	const target, scratch = "(?s)^(MERGE INTO|INSERT INTO|INSERT OVERWRITE) (TABLE )?`main`.`default`.`t`", "`main`.`default`.`__drt_staging"
	return []moment{
		{"connecting", wire.Open, "", 1, false, "interrupted"},
		{"making scratch", wire.Statement, "^CREATE TABLE " + scratch, 1, false, "interrupted"},
		{"staging", wire.Statement, "^INSERT INTO " + scratch, 2, false, "interrupted"},
		{"committing", wire.Statement, target, 1, true, "success"},
		{"cleaning up", wire.Statement, "^DROP TABLE IF EXISTS " + scratch, 1, true, "success"},
	}
}

// E13: whatever the run does when the signal comes, it stops cleanly, and the next run completes the work.
func TestE13_FirstSignalStopsCleanly(t *testing.T) {
	for _, m := range modes() {
		for _, at := range moments() {
			t.Run(m.name+"/"+at.name, func(t *testing.T) {
				t.Parallel()
				s := newStage(t, m, "")
				var c *process
				s.fault(wire.Fault{On: at.on, Match: at.match, Nth: at.nth, Hook: signal(&c, syscall.SIGTERM)})
				c = s.prepare("run")
				if err := c.Start(); err != nil {
					t.Fatal(err)
				}
				if code := c.end(); code != 143 {
					t.Errorf("exit code %d\n%s", code, c.output())
				}
				s.struck()
				want := m.before
				if at.after {
					want = m.after
				}
				s.holds(want, "after the signal")
				s.clean("after the signal")
				if got := s.status(); got != at.status {
					t.Errorf("history says %s, want %s", got, at.status)
				}
				if at.after && m.name == "insert" {
					return
				}
				s.again()
			})
		}
	}
}

// again runs the sync once more, and expects all to be well then.
func (s *stage) again() {
	s.warehouse.t.Helper()
	if c := s.run("run"); c.ProcessState.ExitCode() != 0 {
		s.warehouse.t.Errorf("the next run: exit code %d\n%s", c.ProcessState.ExitCode(), c.output())
	}
	s.holds(s.mode.after, "after the next run")
	s.clean("after the next run")
}

const shortGrace = 3 * time.Second

// E13: a warehouse that does not answer any more delays the end by no more than grace.
func TestE13_GraceIsKeptWhenTheWarehouseHangs(t *testing.T) {
	for _, at := range moments() {
		t.Run(at.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, modes()[1], "")
			var c *process
			s.fault(wire.Fault{On: at.on, Match: at.match, Nth: at.nth, Hook: signal(&c, os.Interrupt), Do: wire.Hang})
			c = s.prepare("run", "--grace", shortGrace.String())
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			if !c.stderr.holds(stopping) {
				t.Fatal("the signal was not noticed")
			}
			began := time.Now()
			if code := c.end(); code != 130 {
				t.Errorf("exit code %d\n%s", code, c.output())
			}
			if took := time.Since(began); took > shortGrace+10*time.Second {
				t.Errorf("it took %s to stop\n%s", took, c.output())
			}
			s.struck()
			want := modes()[1].before
			if at.name == "cleaning up" {
				want = modes()[1].after // the commit was before
			}
			s.holds(want, "after the signal")
			s.again()
		})
	}
}

// E13: the second signal ends the process at once; what it leaves is swept by the next run.
func TestE13_SecondSignalStopsAtOnce(t *testing.T) {
	for _, at := range moments()[2:4] {
		t.Run(at.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, modes()[1], "")
			var c *process
			again := func(wire.Event) {
				if err := c.Process.Signal(os.Interrupt); err != nil {
					t.Error(err)
				}
			}
			first := signal(&c, syscall.SIGTERM)
			if at.after { // a commit is given most of the grace: the second signal comes while it goes on
				s.fault(wire.Fault{On: at.on, Match: at.match, Nth: at.nth, Hook: func(e wire.Event) { first(e); again(e) }, Do: wire.Hang})
			} else { // and here while the run cleans up
				cleaning := moments()[4]
				s.fault(wire.Fault{On: at.on, Match: at.match, Nth: at.nth, Hook: first, Do: wire.Hang})
				s.fault(wire.Fault{On: cleaning.on, Match: cleaning.match, Hook: again, Do: wire.Hang})
			}
			c = s.prepare("run", "--grace", "10m")
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			if code := c.end(); code != 130 {
				t.Errorf("exit code %d\n%s", code, c.output())
			}
			s.struck()
			if len(s.scratch()) == 0 {
				t.Error("no scratch is left: the process did not stop at once")
			}
			s.holds(modes()[1].before, "after the signals")
			s.again()
		})
	}
}

// sync.timeout does what the first signal does, but that the process goes on to the next sync.
func TestTimeoutStopsAsASignalDoes(t *testing.T) {
	for _, m := range modes() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			settings := "sync: {timeout: 8s}\n"
			if m.settings != "" {
				m.settings, settings = strings.Replace(m.settings, "sync: {", "sync: {timeout: 8s, ", 1), ""
			}
			s := newStage(t, m, settings)
			at := moments()[2]
			s.fault(wire.Fault{On: at.on, Match: at.match, Nth: at.nth, Do: wire.Hang})
			c := s.run("run")
			if code := c.ProcessState.ExitCode(); code != 1 || !strings.Contains(c.stderr.String(), "sync.timeout of 8s is over, nothing was committed") {
				t.Errorf("exit code %d\n%s", code, c.output())
			}
			s.struck()
			s.holds(m.before, "after the deadline")
			s.clean("after the deadline")
			if got := s.status(); got != "interrupted" {
				t.Errorf("history says %s", got)
			}
			s.write("syncs/s.yml", strings.Replace(s.read("syncs/s.yml"), "timeout: 8s", "timeout: 1h", 1))
			s.again()
		})
	}
}

// E13: a source that waits for its rows is not waited for, and what it has yielded is not committed.
func TestE13_SignalWhileTheSourceIsRead(t *testing.T) {
	for _, m := range modes() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, m, "")
			s.write("profiles.yml", "rows: {type: file, path: '-', format: jsonl, columns: {id: BIGINT, name: STRING}}\n")
			c := s.prepare("run")
			stdin, err := c.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			// Scratch is made with the first rows that are sent, while the source still has some.
			making := moments()[1]
			s.fault(wire.Fault{On: making.on, Match: making.match, Hook: func(e wire.Event) { signal(&c, syscall.SIGTERM)(e) }})
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			line := []byte("{\"id\": 5, \"name\": \"" + strings.Repeat("x", 1000) + "\"}\n")
			for err == nil { // until nobody reads any more
				_, err = stdin.Write(line)
			}
			if code := c.end(); code != 143 {
				t.Errorf("exit code %d\n%s", code, c.output())
			}
			s.struck()
			s.holds(m.before, "after the signal")
			s.clean("after the signal")
			if got := s.status(); got != "interrupted" {
				t.Errorf("history says %s", got)
			}
		})
	}
}

// E13: what cannot be told to stop, such as opening a pipe that nobody writes to, ends with grace.
func TestE13_GraceEndsAProcessThatCannotStop(t *testing.T) {
	t.Parallel()
	s := newStage(t, modes()[2], "")
	if err := os.Remove(filepath.Join(s.dir, "rows.jsonl")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(s.dir, "rows.jsonl"), 0o600); err != nil {
		t.Skipf("no pipes: %v", err)
	}
	c := s.start("run", "--grace", "500ms")
	for s.status() != "running" {
		if c.ProcessState != nil {
			t.Fatal(c.output())
		}
	}
	began := time.Now()
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := c.end(); code != 143 || !strings.Contains(c.stderr.String(), "not everything has stopped within 500ms") {
		t.Errorf("exit code %d\n%s", code, c.output())
	}
	if took := time.Since(began); took > patience/2 {
		t.Errorf("it took %s to stop", took)
	}
	s.holds(modes()[2].before, "after the signal")
}
