package destinationtest

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// planted is a bug and the one case that must find it.
type planted struct {
	name string // of the case
	bug  string
	flaw flaw
}

func allPlanted(t testing.TB) []planted {
	return slices.Concat(plantedInConfig(), plantedInCommit(), plantedInMerge(), plantedInMirror(), plantedInReplace(),
		plantedInRejects(), plantedInValues(), plantedInLife(t), plantedInConcurrency(), plantedInClean(), plantedInSettle(), plantedInOptions(), plantedInDiff())
}

// failures runs every case against memory with f and returns the names of those that fail.
func failures(t testing.TB, f flaw) (failed []string, said map[string][]string) {
	h := f.harness(t)
	caps := (&run{TB: t, harness: h}).probe()
	said = map[string][]string{}
	for _, c := range cases() {
		r := record(t, func(tb testing.TB) { c.hold(tb, f.harness(tb), caps) })
		if r.failed {
			failed = append(failed, c.name)
			said[c.name] = r.said
		}
	}
	return failed, said
}

// TestSuiteFindsPlantedBugs plants one bug after the other: each fails its case, and no other case blames it.
func TestSuiteFindsPlantedBugs(t *testing.T) {
	for _, p := range allPlanted(t) {
		t.Run(p.name+"/"+strings.ReplaceAll(p.bug, " ", "_"), func(t *testing.T) {
			failed, said := failures(t, p.flaw)
			if diff := cmp.Diff([]string{p.name}, failed); diff != "" {
				t.Errorf("the cases that fail (-want +got):\n%s%v", diff, said)
			}
		})
	}
}

// TestEveryCaseHasAPlantedBug: a case that nothing can fail proves nothing.
func TestEveryCaseHasAPlantedBug(t *testing.T) {
	have := map[string]bool{}
	for _, p := range allPlanted(t) {
		have[p.name] = true
	}
	seen := map[string]bool{}
	for _, c := range cases() {
		if !have[c.name] {
			t.Errorf("no planted bug fails %s", c.name)
		}
		if seen[c.name] {
			t.Errorf("two cases are named %s", c.name)
		}
		seen[c.name] = true
	}
	for name := range have {
		if !seen[name] {
			t.Errorf("a bug is planted for %s, which is no case", name)
		}
	}
}

// TestMemoryWithoutFlawPasses: what fails with a bug passes without.
func TestMemoryWithoutFlawPasses(t *testing.T) {
	if failed, said := failures(t, flaw{}); len(failed) > 0 {
		t.Errorf("cases fail without a planted bug: %v\n%v", failed, said)
	}
}
