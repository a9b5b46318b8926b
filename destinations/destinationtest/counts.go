package destinationtest

import (
	"context"
	"slices"
	"strconv"

	"github.com/drt-go/drt/destinations"
)

// counts are what a Result must say, where it says anything.
type counts struct{ inserted, updated, deleted, unchanged, duplicates int64 }

// counts fails the case for a count that was reported and is wrong: nil is honest, a guess is not.
func (r *run) counts(what string, got destinations.Result, want counts) {
	r.Helper()
	for _, c := range []struct {
		name string
		got  *int64
		want int64
	}{
		{"Inserted", got.Inserted, want.inserted},
		{"Updated", got.Updated, want.updated},
		{"Deleted", got.Deleted, want.deleted},
		{"Unchanged", got.Unchanged, want.unchanged},
		{"Duplicates", got.Duplicates, want.duplicates},
	} {
		if c.got != nil && *c.got != c.want {
			r.Errorf("%s: Result.%s is %d, want %d or nil: a count is exact or not reported", what, c.name, *c.got, c.want)
		}
	}
}

func (r *run) has(m destinations.Mode) bool { return slices.Contains(r.caps.Modes, m) }

func (r *run) context() context.Context { return context.Background() }

func show(n *int64) string {
	if n == nil {
		return "nothing"
	}
	return strconv.FormatInt(*n, 10)
}
