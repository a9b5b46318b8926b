package soak

import "testing"

// A leak of one thing a run is found, noise is not.
func TestGrowthIsFound(t *testing.T) {
	const runs = 300
	for i, k := range kinds() {
		var leak, noise []sample
		for n := range int64(runs) {
			var l, s sample
			s.values = [4]int64{20000, 40, 20, 1000}
			s.values[i] += n % 5
			l.values = s.values
			if l.values[i] += n; i == 0 || i == 3 {
				l.values[i] += n * 40 // KiB a run
			}
			leak, noise = append(leak, l), append(noise, s)
		}
		if got := growths(leak); len(got) != 1 {
			t.Errorf("%s: a leak is told as %q", k.name, got)
		}
		if got := growths(noise); len(got) != 0 {
			t.Errorf("%s: noise is told as %q", k.name, got)
		}
	}
}
