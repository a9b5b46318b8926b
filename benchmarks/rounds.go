package main

import (
	"errors"
	"fmt"
	"os"
)

// outcomes are the runs of each scenario by name, and what went wrong.
type outcomes struct {
	runs   map[string][]measure
	errors map[string]error
}

// failed joins the errors: a scenario that failed has no numbers, and the others still have theirs.
func (o outcomes) failed() error {
	var all []error
	for name, err := range o.errors {
		all = append(all, fmt.Errorf("%s: %w", name, err))
	}
	return errors.Join(all...)
}

// measureAll runs every scenario in each round, so that what slows the machine down for a while slows all of them down.
func (b *bench) measureAll(chosen []scenario) outcomes {
	o := outcomes{map[string][]measure{}, map[string]error{}}
	for i := range b.options.runs {
		for _, s := range chosen {
			if o.errors[s.name] != nil {
				continue
			}
			m, err := b.measure(s)
			if err != nil {
				o.errors[s.name] = err
				fmt.Fprintf(os.Stderr, "run %d/%d  %s  failed: %v\n", i+1, b.options.runs, s.name, err)
				continue
			}
			o.runs[s.name] = append(o.runs[s.name], m)
			fmt.Fprintf(os.Stderr, "run %d/%d  %s  %s\n", i+1, b.options.runs, s.name, m)
		}
	}
	return o
}
