package connector

import (
	"fmt"
	"slices"
	"strings"
)

// didYouMean returns a hint for a name that is not in known: the nearest one, or all where nothing is near.
func didYouMean(name string, known []string) string {
	if near := Nearest(name, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(known) == 0 {
		return ""
	}
	return "expected one of " + strings.Join(known, ", ")
}

// Nearest returns the member of known that name most likely means, or "".
func Nearest(name string, known []string) string {
	folded := fold(name)
	length := len([]rune(folded))
	best, bestDistance, bestExtra := "", 1+min(length/2, max(1, length/3)), 0
	for _, k := range known {
		d := distance(folded, fold(k), bestDistance+1)
		extra := max(len(k)-len(name), len(name)-len(k)) // swapped letters are likelier than one that is missing
		if d < bestDistance || d == bestDistance && best != "" && extra < bestExtra {
			best, bestDistance, bestExtra = k, d, extra
		}
	}
	return best
}

// fold makes batchSize, batch-size and BATCH_SIZE the same.
func fold(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name))
}

// distance counts the insertions, deletions, replacements and swaps of neighbours that make b of a; limit if they are
// as many or more.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) >= limit || len(y)-len(x) >= limit {
		return limit
	}
	var before, last []int
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(x); i++ {
		before, last = last, row
		row = make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		if slices.Min(row) >= limit {
			return limit
		}
	}
	return min(row[len(y)], limit)
}
