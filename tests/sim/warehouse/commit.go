package warehouse

import (
	"slices"
)

// dml is a change of rows that was worked out and not committed yet.
type dml struct {
	operation  string // as the log names it
	target     snapshot
	removed    []Row
	added      []Row
	blind      bool // it read nothing of its target
	silent     bool // there is nothing to commit, and Delta makes no commit of that
	parameters map[string]string
	metrics    map[string]string
	result     Result
}

// settle commits c, or refuses it because of a commit that came after c began. The warehouse is locked.
func (w *Warehouse) settle(c *dml) {
	t := c.target.table
	if w.tables[fold(t.name)] != t {
		panic(missing(t.name))
	}
	if c.silent {
		return
	}
	w.conflicts(c)
	if len(c.removed) > 0 {
		gone := make(map[Row]bool, len(c.removed))
		for _, r := range c.removed {
			gone[r] = true
		}
		t.rows = keep(t.rows, func(r Row) bool { return !gone[r] })
	} else {
		t.rows = slices.Clone(t.rows)
	}
	t.rows = append(t.rows, c.added...)
	t.commit(Version{
		At: w.now(), Operation: c.operation, Parameters: c.parameters, Metrics: c.metrics,
		ReadVersion: c.target.version, Blind: c.blind, rewrites: len(c.removed) > 0,
	}, false)
}

// conflicts refuses c if what came between is in its way: any change of metadata; and, if it has read its target, any
// change of rows. Of appends that read nothing Delta's isolation levels think differently: both are tried.
func (w *Warehouse) conflicts(c *dml) {
	t := c.target.table
	if t.meta > c.target.version {
		panic(refuse("DELTA_METADATA_CHANGED", "2D521", "The metadata of the Delta table has been changed by a concurrent update."))
	}
	if c.blind {
		return
	}
	for _, v := range t.log[c.target.version+1:] {
		switch {
		case v.rewrites:
			panic(refuse("DELTA_CONCURRENT_DELETE_READ", "2D521", "This transaction attempted to read one or more files that were deleted by a concurrent update."))
		case !v.Blind, w.rand.IntN(2) == 0:
			panic(refuse("DELTA_CONCURRENT_APPEND.WITHOUT_HINT", "2D521", "Files were added to the table by a concurrent update."))
		}
	}
}
