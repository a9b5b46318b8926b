package main

import (
	"fmt"
	"strings"
)

// The bars were set on a machine of this kind in a quiet hour. dlt was measured there as well: on ten times the rows it is
// the yardstick that tells how fast this machine is at the moment, because nobody here has changed it since.
const (
	yardstick     = "sqlite to parquet by dlt, ten times the rows"
	yardstickRate = 0.9e6 // rows/s
	yardstickCPU  = 1.2   // s per million rows
)

// scaled is the table of what is bound by the machine, at the speed that the machine had when the bars were set; "" if
// the yardstick was not measured.
func scaled(chosen []scenario, results outcomes) string {
	runs := results.runs[yardstick]
	if len(runs) == 0 {
		return ""
	}
	m := medians(runs)
	rate, cpu := float64(m.rows)/m.seconds, m.cpu/float64(m.rows)*1e6
	var b strings.Builder
	fmt.Fprintf(&b, "\n## At the speed of the machine on which the bars were set\n\nThere dlt moved ten times the rows at %.2f M rows/s with %.2f CPU s per million, in this run at %.2f M rows/s with %.2f CPU s. "+
		"So this machine had %.2f times the speed\nby the clock and %.2f times by its processors. Divided by that, which is an estimate, not a measurement:\n\n",
		yardstickRate/1e6, yardstickCPU, rate/1e6, cpu, rate/yardstickRate, yardstickCPU/cpu)
	b.WriteString("| what | rows | at least | rows/s | CPU s per M rows |\n|---|---:|---|---:|---:|\n")
	for _, s := range chosen {
		if runs := results.runs[s.name]; len(runs) > 0 && s.latency == 0 && !s.dlt {
			m := medians(runs)
			fmt.Fprintf(&b, "| %s | %d | %s | %.0f | %.2f |\n", s.name, m.rows, s.bar,
				float64(m.rows)/m.seconds*yardstickRate/rate, m.cpu/float64(m.rows)*1e6*yardstickCPU/cpu)
		}
	}
	return b.String()
}
