// Command benchmarks measures drt as a user runs it: the built binary as a process of its own, from data files to the
// sandbox or into a file. It prints medians of interleaved runs, and writes them to benchmarks/RESULTS.md with -write.
//
//	go run ./benchmarks                    # everything at 1 M rows
//	go run ./benchmarks -only merge -n 5   # what has "merge" in its name, five runs
//	go run ./benchmarks -rows 10000000
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

type options struct {
	rows  int64
	runs  int
	only  string
	write bool
	keep  string
}

func main() {
	var o options
	flag.Int64Var(&o.rows, "rows", 1_000_000, "rows of the large data set")
	flag.IntVar(&o.runs, "n", 3, "runs of each scenario, interleaved")
	flag.StringVar(&o.only, "only", "", "scenarios whose name holds this text")
	flag.BoolVar(&o.write, "write", false, "write benchmarks/RESULTS.md")
	flag.StringVar(&o.keep, "data", filepath.Join(os.TempDir(), "drt-bench"), "folder of the data, made once")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "benchmarks:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	bench, err := newBench(o)
	if err != nil {
		return err
	}
	defer bench.close()
	var chosen []scenario
	for _, s := range scenarios(o.rows) {
		if strings.Contains(s.name, o.only) {
			chosen = append(chosen, s)
		}
	}
	results := make(map[string][]measure)
	for i := range o.runs {
		for _, s := range chosen {
			m, err := bench.measure(s)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			results[s.name] = append(results[s.name], m)
			fmt.Fprintf(os.Stderr, "run %d/%d  %s  %s\n", i+1, o.runs, s.name, m)
		}
	}
	text := report(chosen, results, o)
	fmt.Print(text)
	if o.write {
		return os.WriteFile(filepath.Join("benchmarks", "RESULTS.md"), []byte(text), 0o644)
	}
	return nil
}
