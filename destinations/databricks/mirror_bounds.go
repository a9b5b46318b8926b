package databricks

import (
	"strconv"
	"strings"

	"github.com/drt-go/drt/destinations/databricks/delta"
)

// bounds narrow what a run may take out of the target.
type bounds struct {
	scope []column    // a mirror deletes only rows whose values here appeared in this run
	where string      // only rows that match, and the model's rows must match as well
	sent  table       // only rows whose key is in here: what drt itself has sent; no name = not asked for
	run   string      // the id of the run, which marks what it is about to delete of them
	soft  *softDelete // mark instead of deleting; nil = delete
}

// softDelete is the column that says since when a row is deleted.
type softDelete struct {
	name  ident
	typ   delta.Type
	value string // the start of the run, as text that casts to typ
	added bool
}

func (d softDelete) sql() statement {
	return statement{text: "CAST(? AS " + d.typ.SQL() + ")", args: []any{d.value}}
}

// bounded says whether a mirror may delete less than all that the source lacks, or only mark it. Then one MERGE does
// it all; otherwise the plain forms do.
func (b bounds) bounded() bool {
	return len(b.scope) > 0 || b.where != "" || b.sent.name != "" || b.soft != nil
}

// holds is where in parentheses of its own: it may hold OR.
func (b bounds) holds() string { return "(" + b.where + ")" }

// goneWhere is true for the rows of the target, under the alias target, that a mirror deletes: the key is whole, was
// not observed, and lies within the bounds. Rows whose key is NULL stay. staged says whether there is scratch; without
// any nothing was observed.
func goneWhere(l layout, staged bool) string {
	conditions := []string{join(l.keys(), " AND ", keyPresent)}
	if staged {
		conditions = append(conditions, "NOT EXISTS (SELECT 1 FROM "+l.scratch.String()+" seen WHERE "+
			join(l.keys(), " AND ", func(c column) string { return "seen." + c.scratch.String() + " = target." + c.name.String() })+")")
	}
	if len(l.scope) > 0 {
		conditions = append(conditions, inScope(l, staged))
	}
	if l.sent.name != "" {
		conditions = append(conditions, wasSent(l))
	}
	if l.soft != nil && !l.soft.added {
		conditions = append(conditions, "target."+l.soft.name.String()+" IS NULL")
	}
	if l.where != "" {
		conditions = append(conditions, l.holds())
	}
	return strings.Join(conditions, "\n  AND ")
}

// inScope is true for rows of the target whose scope appeared in this run; NULL is a scope like any other. A run
// without rows has none.
func inScope(l layout, staged bool) string {
	if !staged {
		return "1 = 0"
	}
	return "EXISTS (SELECT 1 FROM " + l.scratch.String() + " seen WHERE seen." + orderColumn.String() + " IS NOT NULL AND " +
		join(l.scope, " AND ", func(c column) string { return "seen." + c.scratch.String() + " <=> target." + c.name.String() }) + ")"
}

// goneKeysSQL selects the keys of those rows under their names in scratch, once each: a key of several rows would be
// several rows of a MERGE's source.
func goneKeysSQL(l layout, staged bool) statement {
	keys := list(l.keys(), func(c column) string { return "target." + c.name.String() + " AS " + c.scratch.String() })
	return compose("SELECT DISTINCT "+keys+"\nFROM ", l.target, " target\nWHERE "+goneWhere(l, staged))
}

// showGoneSQL names a few of those keys for people.
func showGoneSQL(l layout, staged bool, most int) statement {
	keys := list(l.keys(), func(c column) string { return "target." + c.name.String() })
	return compose("SELECT "+list(l.keys(), func(c column) string {
		return "CAST(target." + c.name.String() + " AS STRING) AS " + c.scratch.String()
	})+"\nFROM ",
		l.target, " target\nWHERE "+goneWhere(l, staged)+"\nORDER BY "+keys+"\nLIMIT "+strconv.Itoa(most))
}
