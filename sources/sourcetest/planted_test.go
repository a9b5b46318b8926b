package sourcetest

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
	return slices.Concat(plantedInSpec(), plantedInRows(), plantedInBatches(), plantedInErrors(), plantedInLife(t))
}

// failures runs every case with f and returns the names of those that fail.
func failures(t testing.TB, f flaw) (failed []string, said map[string][]string) {
	said = map[string][]string{}
	for _, c := range cases() {
		r := recordCase(t, func(tb testing.TB) { c.check(tb, f.harness()) })
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
	var have, want []string
	for _, p := range allPlanted(t) {
		have = append(have, p.name)
	}
	for _, c := range cases() {
		want = append(want, c.name)
	}
	slices.Sort(have)
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Compact(have)); diff != "" {
		t.Errorf("cases, and those for which a bug is planted (-want +got):\n%s", diff)
	}
}

// TestSourceWithoutFlawPasses: what fails with a bug passes without, and no case is skipped.
func TestSourceWithoutFlawPasses(t *testing.T) {
	Run(t, flaw{}.harness())
}
