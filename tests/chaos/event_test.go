package chaos

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/drt-go/drt/sandbox/wire"
)

// event is a request that a run makes: the nth of its kind.
type event struct {
	point wire.Point
	nth   int
	label string
}

func (e event) String() string { return fmt.Sprintf("%s %d: %s", e.point, e.nth, e.label) }

// events are those of the log, in order.
func events(log *wire.Log) []event {
	count := map[wire.Point]int{}
	var out []event
	for _, e := range log.Entries() {
		switch e.Point {
		case wire.Open, wire.Statement, wire.Upload, wire.Download, wire.Remove:
			count[e.Point]++
			out = append(out, event{e.Point, count[e.Point], label(e.Point, e.Text)})
		}
	}
	return out
}

var scratchName = regexp.MustCompile("(?i)`?main`?\\.`?chaos`?\\.`?__drt_staging_t_[0-9a-f]{32}(_probe)?`?")

// label is what an event does, without what differs from run to run.
func label(p wire.Point, text string) string {
	switch p {
	case wire.Open:
		return "open a session"
	case wire.Upload:
		return "upload a file"
	case wire.Download:
		return "download a file"
	case wire.Remove:
		return "remove a file"
	}
	words := strings.Fields(scratchName.ReplaceAllString(text, "scratch$1"))
	verb := strings.ToUpper(words[0])
	on := "the target"
	switch {
	case verb == "PUT" || verb == "REMOVE" || verb == "LIST":
		return verb + " a file"
	case writesScratch(words):
		on = "scratch"
	case verb == "SELECT" && strings.Contains(text, "__drt_staging_") && !strings.Contains(text, "`t`"):
		on = "scratch"
	case strings.Contains(text, "information_schema"):
		on = "the columns"
	case verb == "SELECT" && !strings.Contains(text, "`t`"):
		on = words[min(1, len(words)-1)]
	}
	if verb == "CREATE" || verb == "DESCRIBE" || verb == "ALTER" {
		verb += " " + strings.ToUpper(words[1])
	}
	return verb + " " + on
}

// writesScratch reports whether the table that a statement names first is scratch.
func writesScratch(words []string) bool {
	switch strings.ToUpper(words[0]) {
	case "CREATE", "DROP", "INSERT", "ALTER":
		for _, w := range words[1:min(6, len(words))] {
			if strings.Contains(w, "scratch") {
				return true
			}
			if strings.Contains(w, "`t`") {
				return false
			}
		}
	}
	return false
}

// changesTarget reports whether e is a statement that changes the rows of the target.
func (e event) changesTarget() bool {
	switch e.label {
	case "INSERT the target", "MERGE the target", "DELETE the target":
		return true
	}
	return false
}

// writes reports whether e is a statement that commits a table.
func (e event) writes() bool {
	return e.changesTarget() || e.label == "INSERT scratch" || e.label == "CREATE TABLE scratch"
}

// opens reports whether e comes before the loader has its say: it is the same for all of them, so it is disturbed with one.
func (e event) opens() bool { return e.point == wire.Open || e.label == "SELECT the columns" }

// clears reports whether e belongs to the clearing up at the end of a run.
func (e event) clears() bool {
	return strings.HasPrefix(e.label, "DROP") || e.point == wire.Remove || e.label == "REMOVE a file"
}
