package chaos

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// table collects what became of every case, for RESULTS.md. It is safe for concurrent use.
type table struct {
	mu    sync.Mutex // guards what follows
	cells map[cell]string
	whole []string // scenarios of which every case ran, and well
}

type cell struct {
	scenario string
	at       int // of the event in the run
	event    string
	fault    string
}

func newTable() *table { return &table{cells: map[cell]string{}} }

func (x *table) put(c cell, said string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.cells[c] = said
}

const (
	resultsFile = "RESULTS.md"
	begin       = "<!-- TestExhaustive writes from here on -->\n"
)

// settle compares the sections of the scenarios that ran whole and well with RESULTS.md, or writes them.
func (x *table) settle(t *testing.T) {
	t.Helper()
	x.mu.Lock()
	defer x.mu.Unlock()
	file, err := os.ReadFile(resultsFile)
	if err != nil {
		t.Fatal(err)
	}
	head, old, found := strings.Cut(string(file), begin)
	if !found {
		t.Fatalf("%s lacks the line %q", resultsFile, begin)
	}
	text := begin
	for _, s := range scenarios() {
		text += x.section(s, old)
	}
	if *update {
		if err := os.WriteFile(resultsFile, []byte(head+text), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := gocmp.Diff(strings.Split(begin+old, "\n"), strings.Split(text, "\n")); diff != "" {
		t.Errorf("%s is not what happened; -update writes it (-want +got):\n%s", resultsFile, diff)
	}
}

// section is what s made, or what old says of it if s did not run whole and well.
func (x *table) section(s scenario, old string) string {
	title := "\n## " + s.name() + "\n"
	if !slices.Contains(x.whole, s.name()) {
		_, text, found := strings.Cut(old, title)
		if !found {
			return ""
		}
		text, _, _ = strings.Cut(text, "\n## ")
		return title + strings.TrimSuffix(text, "\n") + "\n"
	}
	var keys []cell
	for c := range x.cells {
		if c.scenario == s.name() {
			keys = append(keys, c)
		}
	}
	return title + fmt.Sprintf("\n%d cases.\n\n| event | fault | the runs ended as |\n|---|---|---|\n", len(keys)) + strings.Join(x.lines(keys), "")
}

// done notes that s ran: whole, unless -run left something out, and well.
func (x *table) done(s scenario, cases int, failed bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for c := range x.cells {
		if c.scenario == s.name() {
			cases--
		}
	}
	if cases == 0 && !failed {
		x.whole = append(x.whole, s.name())
	}
}

// lines puts faults with the same end at an event into one line.
func (x *table) lines(keys []cell) []string {
	order := map[string]int{}
	for i, f := range faults() {
		order[f.name] = i
	}
	slices.SortFunc(keys, func(a, b cell) int { return cmp.Or(a.at-b.at, order[a.fault]-order[b.fault]) })
	type line struct{ event, end string }
	var lines []line
	names := map[line][]string{}
	for _, c := range keys {
		l := line{c.event, x.cells[c]}
		if names[l] == nil {
			lines = append(lines, l)
		}
		names[l] = append(names[l], c.fault)
	}
	var out []string
	for _, l := range lines {
		out = append(out, fmt.Sprintf("| %s | %s | %s |\n", l.event, strings.Join(names[l], "; "), l.end))
	}
	return out
}
