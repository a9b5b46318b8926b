package sim

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ids differ from one play to the next, and so does what holds them.
var ids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|_[0-9a-f]{32}|process [0-9]+|drt.fence. = .*?\.\.\.`)

// TestReplay plays worlds twice: a seed that fails must fail again. Where two goroutines of a process are ready at the same
// instant Go decides, which now and then shows: of sixty worlds two may differ.
func TestReplay(t *testing.T) {
	tools := newTools(t)
	disks := newDisks(t, tools, 0)
	tell := func(seed uint64) string {
		return ids.ReplaceAllString(play(t, seed, tools, disks).story.String(), "ID")
	}
	var diffs []string
	for seed := uint64(1); seed <= 60; seed++ {
		if diff := cmp.Diff(tell(seed), tell(seed)); diff != "" {
			diffs = append(diffs, fmt.Sprintf("seed %d tells two stories (-first +second):\n%s", seed, diff))
		}
	}
	if len(diffs) > 2 {
		t.Error(strings.Join(diffs, "\n"))
	}
}
