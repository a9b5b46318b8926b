package cli

import (
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/drt-go/drt/engine"
)

// shownRunes is how much of a value a table shows; JSON has all of it.
const shownRunes = 60

// printDiffRemarks writes warnings and rejected rows to stderr.
func (o *output) printDiffRemarks(d *engine.Difference) {
	for _, w := range d.Warnings {
		o.Warn("%s: %s", d.Name, w)
	}
	for i, x := range d.Rejects {
		if i == 10 {
			o.Note("%s: ... and %s more rejected rows", d.Name, thousands(d.RowsFailed-10))
			break
		}
		o.Note("%s: rejected %s", d.Name, x)
	}
}

// printDiff writes every row with its columns below each other, old beside new, and how many there are of each kind.
func (o *output) printDiff(d *engine.Difference) {
	for _, r := range d.Rows {
		o.printRowDiff(d.Columns, r)
	}
	o.Print("%s: %s to insert, %s to update, %s to delete, %s unchanged in %s", d.Name,
		orUnknown(d.Inserted), orUnknown(d.Updated), orUnknown(d.Deleted), orUnknown(d.Unchanged), d.Destination)
	if more := changedRows(d) - int64(len(d.Rows)); more > 0 {
		o.Print("%s: %s more changed rows are not shown: --rows", d.Name, thousands(more))
	}
	if d.RowsSkipped > 0 {
		o.Print("%s: %s rows of the source are not new", d.Name, thousands(d.RowsSkipped))
	}
	for _, n := range d.Notes {
		o.Print("%s: %s", d.Name, n)
	}
}

func orUnknown(n *int64) string {
	if n == nil {
		return "(cannot tell)"
	}
	return thousands(*n)
}

func changedRows(d *engine.Difference) (n int64) {
	for _, c := range []*int64{d.Inserted, d.Updated, d.Deleted} {
		if c != nil {
			n += *c
		}
	}
	return n
}

func (o *output) printRowDiff(columns []string, r engine.RowDifference) {
	sign := map[string]string{"insert": "+", "update": "~", "delete": "-"}[r.Change]
	head := sign + " " + r.Change
	for i, k := range r.Key {
		by := ", "
		if i == 0 {
			by = " "
		}
		head += by + k.Column + " = " + cellText(k.Value)
	}
	o.Print("%s", head)
	w := tabwriter.NewWriter(o.stdout, 0, 4, 2, ' ', 0)
	for i, name := range columns {
		mark := " "
		if r.Changed[i] && r.Change == "update" {
			mark = "*"
		}
		switch {
		case r.Old == nil:
			_, _ = fmt.Fprintf(w, "  %s %s\t%s\n", mark, name, cellText(r.New[i]))
		case r.New == nil:
			_, _ = fmt.Fprintf(w, "  %s %s\t%s\n", mark, name, cellText(r.Old[i]))
		default:
			_, _ = fmt.Fprintf(w, "  %s %s\t%s\t%s\n", mark, name, cellText(r.Old[i]), cellText(r.New[i]))
		}
	}
	_ = w.Flush()
}

// cellText shows a value on one line: NULL, a plain text, or a quoted one if it could be taken for anything else.
func cellText(v *string) string {
	if v == nil {
		return "NULL"
	}
	s := *v
	if r := []rune(s); len(r) > shownRunes {
		s = string(r[:shownRunes-3]) + "..."
	}
	if s == "" || s == "NULL" || strings.TrimSpace(s) != s || strconv.Quote(s) != `"`+s+`"` {
		return strconv.Quote(s)
	}
	return s
}
