package main

import (
	"fmt"
	"os"
	"runtime"
	"sort"
	"strings"
)

// report is a table of medians.
func report(chosen []scenario, results map[string][]measure, o options) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Results\n\nMedians of %d interleaved runs of the built binary, each a process of its own; the sandbox runs in another. %s, %d CPUs, %s/%s, %s.\n",
		o.runs, cpuModel(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	fmt.Fprintf(&b, "Repeat with `go run ./benchmarks -n %d -rows %d -write`. The machine is shared and noisy: trust the ratios.\n\n", o.runs, o.rows)
	b.WriteString("| what | rows | rows/s | seconds | CPU s per M rows | peak RSS MB | statements |\n|---|---:|---:|---:|---:|---:|---:|\n")
	for _, s := range chosen {
		m := medians(results[s.name])
		fmt.Fprintf(&b, "| %s | %d | %.0f | %.2f | %.2f | %.0f | %d |\n", s.name, m.rows, float64(m.rows)/m.seconds, m.seconds,
			m.cpu/float64(m.rows)*1e6, m.peakMB, m.statements)
	}
	return b.String()
}

func medians(all []measure) measure {
	if len(all) == 0 {
		return measure{}
	}
	pick := func(value func(measure) float64) float64 {
		list := make([]float64, len(all))
		for i, m := range all {
			list[i] = value(m)
		}
		sort.Float64s(list)
		return list[len(list)/2]
	}
	return measure{
		seconds: pick(func(m measure) float64 { return m.seconds }),
		cpu:     pick(func(m measure) float64 { return m.cpu }),
		peakMB:  pick(func(m measure) float64 { return m.peakMB }),
		rows:    all[0].rows, statements: all[0].statements,
	}
}

func cpuModel() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown CPU"
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(name), ":"))
		}
	}
	return "unknown CPU"
}
