package soak

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// sample is what this process holds between two runs.
type sample struct {
	at     time.Duration
	values [4]int64 // in the order of kinds
}

// kind is something that must not grow: the median of the last fifth of a series may be factor times that of the first,
// and slack more.
type kind struct {
	name   string
	factor float64
	slack  int64
}

// The first fifth still fills pools and caches, hence the slack.
func kinds() [4]kind {
	return [4]kind{
		{"heap, KiB", 1.2, 4 << 10}, // after garbage collection
		{"goroutines", 1.2, 8},      // of what was told to stop, some end a little later
		{"open files", 1.2, 6},
		{"state.db, KiB", 1.2, 256},
	}
}

func (s *soak) measure(at time.Duration) sample {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	out := sample{at: at, values: [4]int64{int64(m.HeapAlloc >> 10), int64(runtime.NumGoroutine())}}
	if files, err := os.ReadDir("/proc/self/fd"); err == nil {
		out.values[2] = int64(len(files))
	}
	if info, err := os.Stat(filepath.Join(s.dir, "state.db")); err == nil {
		out.values[3] = info.Size() >> 10
	}
	return out
}

// growths says what has grown beyond its bound.
func growths(series []sample) (all []string) {
	fifth := len(series) / 5
	if fifth == 0 {
		return []string{fmt.Sprintf("%d runs are too few to tell", len(series))}
	}
	first, last := medians(series[:fifth]), medians(series[len(series)-fifth:])
	for i, k := range kinds() {
		if bound := int64(float64(first[i])*k.factor) + k.slack; last[i] > bound {
			all = append(all, fmt.Sprintf("%s grow: %d in the first fifth, %d in the last, at most %d", k.name, first[i], last[i], bound))
		}
	}
	return all
}

func medians(series []sample) (out [4]int64) {
	for i := range out {
		values := make([]int64, len(series))
		for n, s := range series {
			values[n] = s.values[i]
		}
		slices.Sort(values)
		out[i] = values[len(values)/2]
	}
	return out
}

// table shows the medians of each tenth of a series.
func table(series []sample) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprint(w, "until\truns\t")
	for _, k := range kinds() {
		_, _ = fmt.Fprintf(w, "%s\t", k.name)
	}
	_, _ = fmt.Fprintln(w)
	tenth := max(1, len(series)/10)
	for from := 0; from < len(series); from += tenth {
		part := series[from:min(from+tenth, len(series))]
		_, _ = fmt.Fprintf(w, "%s\t%d\t", part[len(part)-1].at.Round(time.Second), len(part))
		for _, v := range medians(part) {
			_, _ = fmt.Fprintf(w, "%d\t", v)
		}
		_, _ = fmt.Fprintln(w)
	}
	_ = w.Flush()
	return b.String()
}
