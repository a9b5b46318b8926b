package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sort"
	"strings"
	"time"
)

const about = `# Results

%s

Repeat: ` + "`go run ./benchmarks -n %d -rows %d -write`" + `. The data is made once, in a temporary folder, the same rows each time: 8 columns
(BIGINT, two STRING, DOUBLE, DECIMAL(18,2), BOOLEAN, DATE, TIMESTAMP). Each run is a process of its own, the built binary with its start and its state
database included; rounds are interleaved, numbers are medians. The sandbox runs in another process on the same cores, and its time is not counted
as CPU of drt. A machine that others use as well says little in seconds: compare the lines of one table.

`

// report is a table of medians.
func report(chosen []scenario, results outcomes, o options) string {
	var b strings.Builder
	fmt.Fprintf(&b, about, machine(), o.runs, o.rows)
	b.WriteString("| what | rows | at least | rows/s | seconds | CPU s per M rows | peak RSS MB | statements | runs |\n|---|---:|---|---:|---:|---:|---:|---:|---:|\n")
	for _, s := range chosen {
		runs := results.runs[s.name]
		if len(runs) == 0 {
			fmt.Fprintf(&b, "| %s | %d | %s | failed | | | | | 0 |\n", s.name, s.rows, s.bar)
			continue
		}
		m := medians(runs)
		fmt.Fprintf(&b, "| %s | %d | %s | %.0f | %.2f | %.2f | %.0f | %d | %d |\n", s.name, m.rows, s.bar, float64(m.rows)/m.seconds, m.seconds,
			m.cpu/float64(m.rows)*1e6, m.peakMB, m.statements, len(runs))
	}
	b.WriteString(scaled(chosen, results))
	return b.String()
}

// machine describes what was measured on, and what was measured.
func machine() string {
	text := fmt.Sprintf("%s, %d CPUs, %s of memory, %s/%s, %s, %s", cpuModel(), runtime.NumCPU(), procLine("/proc/meminfo", "MemTotal"),
		runtime.GOOS, runtime.GOARCH, runtime.Version(), time.Now().UTC().Format(time.DateOnly))
	if commit, err := exec.Command("git", "describe", "--always", "--dirty").Output(); err == nil {
		text += ", drt at " + strings.TrimSpace(string(commit))
	}
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		text += ", load before the report " + strings.Join(strings.Fields(string(load))[:3], " ")
	}
	return text + "."
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

func cpuModel() string { return procLine("/proc/cpuinfo", "model name") }

// procLine is the value of the first line "key : value" in a file of /proc.
func procLine(file, key string) string {
	text, err := os.ReadFile(file)
	if err == nil {
		for line := range strings.SplitSeq(string(text), "\n") {
			if rest, ok := strings.CutPrefix(line, key); ok {
				return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(rest), ":"))
			}
		}
	}
	return "unknown " + key
}
