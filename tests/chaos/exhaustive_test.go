package chaos

import (
	"strings"
	"testing"
)

// TestExhaustive disturbs every event of every mode in every way, with -full of every mode with every loader: cases W7 to W11, W17, W18, W24, W26,
// E1, E5. One case again: -run 'TestExhaustive/upsert,_json/statement_5:.*/reply_lost'.
func TestExhaustive(t *testing.T) {
	table := newTable()
	t.Run("cases", func(t *testing.T) {
		for _, s := range scenarios() {
			if !*full && !s.quick() {
				continue
			}
			t.Run(s.name(), func(t *testing.T) {
				t.Parallel()
				exhaust(t, s, table)
			})
		}
	})
	table.settle(t)
}

func exhaust(t *testing.T, s scenario, table *table) {
	p := newPlace(t, newWarehouse(t), s)
	c := p.undisturbed(t)
	cases := 0
	for at, e := range c.events {
		if s.loader != "json" && e.opens() {
			continue
		}
		for _, f := range faults() {
			if f.fits != nil && !f.fits(e) {
				continue
			}
			cases++
			t.Run(strings.ReplaceAll(e.String(), "/", " ")+"/"+f.name, func(t *testing.T) {
				d := &disturbed{T: t, place: p, event: e, fault: f, calm: c}
				table.put(cell{s.name(), at, e.String(), f.name}, d.run())
			})
		}
	}
	table.done(s, cases, t.Failed())
	if *update { // what is done is kept, whatever becomes of the others
		table.settle(t)
	}
}
