package chaos

import "slices"

// model says what the rows of the target are, given those before, those of the source, and how many runs committed
// them. Rows are texts, sorted.
type model func(old, source []row, commits int) (want []string, between [][]string)

// between, beside the rows before the run, are what a run may leave that did not come to its end: nothing, but for a
// mirror that takes two commits.

// appends: every run that commits adds all rows of the source.
func appends(old, source []row, commits int) ([]string, [][]string) {
	rows := texts(old)
	for range commits {
		rows = append(rows, texts(source)...)
	}
	slices.Sort(rows)
	return rows, nil
}

// appendsNew: the rows beyond the watermark, once.
func appendsNew(old, source []row, commits int) ([]string, [][]string) {
	rows := slices.DeleteFunc(slices.Clone(source), func(r row) bool { return r.seen <= oldSeen })
	return appends(old, rows, min(commits, 1))
}

// upserts: the last row of a key wins; the others stay.
func upserts(old, source []row, commits int) ([]string, [][]string) {
	byKey := map[int]row{}
	for _, r := range old {
		byKey[r.id] = r
	}
	if commits > 0 {
		for _, r := range source {
			if !r.bad() {
				byKey[r.id] = r
			}
		}
	}
	return sortedTexts(byKey), nil
}

// mirrorsAtOnce: the source, and the old rows of those that could not be taken.
func mirrorsAtOnce(old, source []row, commits int) ([]string, [][]string) {
	if commits == 0 {
		return upserts(old, nil, 0)
	}
	kept := slices.DeleteFunc(slices.Clone(old), func(o row) bool {
		return !slices.ContainsFunc(source, func(r row) bool { return r.id == o.id })
	})
	return upserts(kept, source, 1)
}

// mirrors: the same by two commits.
func mirrors(old, source []row, commits int) ([]string, [][]string) {
	rows, _ := mirrorsAtOnce(old, source, commits)
	merged, _ := upserts(old, source, 1)
	return rows, [][]string{merged}
}

// replaces: the source.
func replaces(old, source []row, commits int) ([]string, [][]string) {
	if commits == 0 {
		return appends(old, nil, 0)
	}
	return appends(nil, source, 1)
}

// unchanged: a guard stops every run.
func unchanged(old, _ []row, _ int) ([]string, [][]string) { return appends(old, nil, 0) }

// texts are the rows that the target can hold.
func texts(rows []row) []string {
	var out []string
	for _, r := range rows {
		if !r.bad() {
			out = append(out, r.text())
		}
	}
	return out
}

func sortedTexts(byKey map[int]row) []string {
	var rows []row
	for _, r := range byKey {
		rows = append(rows, r)
	}
	out := texts(rows)
	slices.Sort(out)
	return out
}
