package databricks

import "github.com/drt-go/drt/destinations/databricks/delta"

// slots are the columns of a table that a chunk fills.
type slots struct {
	table     table
	overwrite bool // INSERT OVERWRITE
	order     bool // number the rows: they go into scratch
	names     []ident
	types     []delta.Type
}

// scratchSlots take whole rows into scratch.
func (l layout) scratchSlots() slots {
	s := slots{table: l.scratch, order: true}
	for _, c := range l.columns {
		s.names, s.types = append(s.names, c.scratch), append(s.types, c.typ)
	}
	return s
}

// keySlots take key-only rows into scratch: what is not named is NULL, their number included.
func (l layout) keySlots() slots {
	s := slots{table: l.scratch}
	for _, c := range l.keys() {
		s.names, s.types = append(s.names, c.scratch), append(s.types, c.typ)
	}
	return s
}

// targetSlots take rows straight into the target.
func (l layout) targetSlots(overwrite bool) slots {
	s := slots{table: l.target, overwrite: overwrite}
	for _, c := range l.columns {
		s.names, s.types = append(s.names, c.name), append(s.types, c.typ)
	}
	return s
}

// into is the head of an INSERT.
func (s slots) into() string {
	verb := "INSERT INTO "
	if s.overwrite {
		verb = "INSERT OVERWRITE "
	}
	names := ""
	if s.order {
		names = orderColumn.String() + ", "
	}
	for i, n := range s.names {
		if i > 0 {
			names += ", "
		}
		names += n.String()
	}
	return verb + s.table.String() + " (" + names + ")"
}
