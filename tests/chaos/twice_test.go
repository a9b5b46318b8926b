package chaos

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/sandbox/wire"
)

// find returns the scenario of that mode, with loader json.
func find(t *testing.T, mode string) scenario {
	t.Helper()
	for _, s := range scenarios() {
		if s.mode == mode && s.loader == "json" {
			return s
		}
	}
	t.Fatalf("no scenario %q", mode)
	return scenario{}
}

// twin is the project of p on another host: the same files and a state of its own. With another name it is another
// sync on the same table.
func (p *place) twin(t *testing.T, name string) *place {
	t.Helper()
	q := *p
	q.dir = t.TempDir()
	if err := os.CopyFS(q.dir, os.DirFS(p.dir)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(q.dir, "syncs", "t.yml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), "name: t\n", "name: "+name+"\n", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return &q
}

// beside holds the first statement of p's run that matches, lets other run, and returns how the run then ended. Begun
// holds it between its begin and its commit, else it is held before it begins.
func (p *place) beside(t *testing.T, match string, begun bool, other func()) ended {
	t.Helper()
	reached, release := make(chan struct{}), make(chan struct{})
	number, err := p.w.Faults.Add(wire.Fault{Match: match, Begun: begun, Hook: func(wire.Event) { close(reached); <-release }})
	if err != nil {
		t.Fatal(err)
	}
	x := p.start(t, runArgs(p.source)...)
	t.Cleanup(x.kill)
	select {
	case <-reached:
	case <-x.exited:
		t.Fatalf("the run ended before %s: %s%s", match, &x.out, &x.text)
	case <-time.After(time.Minute):
		t.Fatal("the run does not come to " + match)
	}
	other()
	close(release)
	e := x.end()
	if p.w.Faults.Fired(number) != 1 {
		t.Errorf("held %d times", p.w.Faults.Fired(number))
	}
	return e
}

func (p *place) wants(t *testing.T, commits int) {
	t.Helper()
	want, _ := p.model(generation("old"), generation(p.source), commits)
	if diff := cmp.Diff(want, p.target(t)); diff != "" {
		t.Errorf("the target (-want +got):\n%s", diff)
	}
	if left := p.w.leftovers(t); len(left) > 0 {
		t.Errorf("left behind: %s", strings.Join(left, ", "))
	}
}

func succeeded(t *testing.T, which string, e ended) {
	t.Helper()
	if e.status != "success" {
		t.Errorf("%s: %s", which, e)
	}
}

// TestW10_TheSameSyncTwice: on one state the second run is refused and names who holds the lock; the first is not disturbed.
func TestW10_TheSameSyncTwice(t *testing.T) {
	for _, mode := range []string{"insert incremental", "upsert", "mirror", "replace"} {
		t.Run(mode, func(t *testing.T) {
			p := newPlace(t, newWarehouse(t), find(t, mode))
			p.reset(t)
			host, _ := os.Hostname()
			first := p.beside(t, "^(MERGE|INSERT (INTO|OVERWRITE) .main.\\..chaos.\\..t.)", false, func() {
				second := p.start(t, runArgs(p.source)...).end()
				if second.status != "failed" || !strings.Contains(second.err, host) {
					t.Errorf("the second run: %s; want it refused, with the host %s", second, host)
				}
			})
			succeeded(t, "the first run", first)
			p.wants(t, 1)
		})
	}
}

// TestW10_TheSameSyncOnTwoHosts: two hosts that share no state. Scratch does not collide; what conflicts is repeated; an
// append is there once for each of them, which the run is told of.
func TestW10_TheSameSyncOnTwoHosts(t *testing.T) {
	for _, c := range []struct {
		mode    string
		commits int
	}{{"upsert", 1}, {"upsert incremental", 1}, {"mirror", 1}, {"mirror atomic", 1}, {"replace", 1}, {"insert", 2}, {"insert exactly_once", 2}} {
		for _, begun := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, begun %v", c.mode, begun), func(t *testing.T) {
				p := newPlace(t, newWarehouse(t), find(t, c.mode))
				p.reset(t)
				q := p.twin(t, "t")
				first := p.beside(t, "^(MERGE|INSERT (INTO|OVERWRITE) .main.\\..chaos.\\..t.)", begun, func() {
					succeeded(t, "the other host", q.start(t, runArgs(q.source)...).end())
				})
				succeeded(t, "the first host", first)
				p.wants(t, c.commits)
			})
		}
	}
}

// TestW10_TwoHostsNoticeEachOther: what another host has signed is in the target's log, and its run in no state of ours.
func TestW10_TwoHostsNoticeEachOther(t *testing.T) {
	for _, mode := range []string{"insert exactly_once", "upsert", "upsert incremental", "mirror"} {
		for _, loader := range []string{"json", "volume"} {
			t.Run(mode+", "+loader, func(t *testing.T) {
				s := find(t, mode)
				s.loader = loader
				p := newPlace(t, newWarehouse(t), s)
				p.reset(t)
				q := p.twin(t, "t")
				type turn struct {
					host   *place
					source string // a run that changes nothing does not sign
					warned bool
				}
				turns := []turn{{p, "new", false}, {q, "old", true}, {q, "new", false}, {p, "old", true}}
				if mode == "upsert incremental" { // it reads only what is new to the state
					turns = []turn{{p, "new", false}, {q, "new", true}}
				}
				for i, x := range turns {
					e := x.host.run(t.Context(), t, x.source)
					succeeded(t, "the run", e)
					if got := strings.Count(strings.Join(e.report.Warnings, "\n"), "is the sync run by another host"); got == 1 != x.warned || got > 1 {
						t.Errorf("run %d: warnings %q", i+1, e.report.Warnings)
					}
				}
			})
		}
	}
}

// TestW10_TwoSyncsOnOneTable: a second sync writes to the table while the first one does.
func TestW10_TwoSyncsOnOneTable(t *testing.T) {
	for _, c := range []struct {
		mode    string
		commits int
	}{{"insert", 2}, {"insert exactly_once", 2}, {"upsert", 1}} {
		t.Run(c.mode, func(t *testing.T) {
			p := newPlace(t, newWarehouse(t), find(t, c.mode))
			p.reset(t)
			q := p.twin(t, "another")
			first := p.beside(t, "^(MERGE|INSERT INTO .main.\\..chaos.\\..t.)", true, func() {
				succeeded(t, "the other sync", q.start(t, runArgs(q.source)...).end())
			})
			succeeded(t, "the first sync", first)
			p.wants(t, c.commits)
		})
	}
}

// TestW11_CleanBesideARun: `drt clean` leaves the scratch of a live run alone, whichever state it looks into.
func TestW11_CleanBesideARun(t *testing.T) {
	for _, loader := range []string{"json", "volume"} {
		for _, elsewhere := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, on another host %v", loader, elsewhere), func(t *testing.T) {
				s := find(t, "upsert")
				s.loader = loader
				p := newPlace(t, newWarehouse(t), s)
				p.reset(t)
				q := p
				if elsewhere {
					q = p.twin(t, "t")
				}
				first := p.beside(t, "^MERGE", false, func() {
					before := p.w.leftovers(t)
					x := q.start(t, "clean")
					<-x.exited
					if code := x.cmd.ProcessState.ExitCode(); code != 0 || !strings.Contains(x.out.String(), "keep") {
						t.Errorf("drt clean: exit code %d\n%s%s", code, &x.out, &x.text)
					}
					if after := p.w.leftovers(t); len(before) == 0 || !slices.Equal(before, after) {
						t.Errorf("scratch before drt clean %v, after it %v", before, after)
					}
				})
				succeeded(t, "the run", first)
				p.wants(t, 1)
			})
		}
	}
}
