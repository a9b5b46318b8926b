// Command benchmarks measures drt as a user runs it: the built binary as a process of its own, from data files to the
// sandbox or into a file; and dlt on the same files in the same round. It prints medians of interleaved runs, and writes
// them to benchmarks/RESULTS.md with -write.
//
//	go run ./benchmarks -write                  # everything: 1 M rows, and 10 M for the memory
//	go run ./benchmarks -ten=false -dlt=false   # drt alone at 1 M rows
//	go run ./benchmarks -only merge -n 5        # what has "merge" in its name, five runs
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
	ten   bool
	dlt   bool
	write bool
	keep  string
}

func main() {
	var o options
	flag.Int64Var(&o.rows, "rows", 1_000_000, "rows of the large data set")
	flag.IntVar(&o.runs, "n", 3, "runs of each scenario, interleaved")
	flag.StringVar(&o.only, "only", "", "scenarios whose name holds this text")
	flag.BoolVar(&o.ten, "ten", true, "also ten times the rows, for the memory")
	flag.BoolVar(&o.dlt, "dlt", true, "compare with dlt, if python3 is there; it is installed by pip into -data")
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
	for _, s := range scenarios(o) {
		if strings.Contains(s.name, o.only) && (!s.dlt || bench.python != "") {
			chosen = append(chosen, s)
		}
	}
	results := bench.measureAll(chosen)
	text := report(chosen, results, o)
	fmt.Print(text)
	if o.write {
		if err := os.WriteFile(filepath.Join("benchmarks", "RESULTS.md"), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return results.failed()
}
