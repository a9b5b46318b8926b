package chaos

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// record writes the tally into RESULTS.md, with -update: a line for each warehouse.
func (k *killTally) record(t *testing.T, warehouse string) {
	t.Helper()
	if !*update || t.Failed() {
		return
	}
	file, err := os.ReadFile(resultsFile)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(file), "\n")
	with := func(start string) int {
		return slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, start) })
	}
	switch at, header := with("| "+warehouse+" |"), with("| warehouse |"); {
	case at >= 0:
		lines[at] = k.line(warehouse)
	case header >= 0:
		lines = slices.Insert(lines, header+2, k.line(warehouse))
	default:
		t.Fatalf("%s has no table of kills", resultsFile)
	}
	if err := os.WriteFile(resultsFile, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
}

// line is a row of the table of kills.
func (k *killTally) line(warehouse string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	cells := []string{warehouse, fmt.Sprint(k.total), fmt.Sprint(*seed)}
	for _, p := range phases() {
		cells = append(cells, fmt.Sprint(k.phases[p]))
	}
	cells = append(cells, fmt.Sprint(k.runs[1]), fmt.Sprint(k.runs[2]))
	return "| " + strings.Join(cells, " | ") + " |"
}
