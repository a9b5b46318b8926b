package databricks

import (
	"fmt"
	"strings"

	"github.com/drt-go/drt/destinations/databricks/delta"
)

// column is one column of the model: where its values go in the target and in scratch.
type column struct {
	name    ident // as the target writes it
	scratch ident // c0, c1, ...: a target's own names may not be allowed in scratch
	typ     delta.Type
	key     bool
	notNull bool // as far as the target tells
	added   bool // the target gets it right before the commit
	hidden  bool // its values appear in no message
}

// layout is what the statements of a run are made of.
type layout struct {
	target    table
	scratch   table
	columns   []column   // in the order of the model
	constants []constant // the metadata columns
	alters    []string   // statements that make the target fit the model, in order
	definition
	bounds
	// files stands for scratch in a FROM, if rows are read straight from files of a volume; "" otherwise.
	files string
}

// staged is what a FROM reads staged rows from.
func (l layout) staged() string {
	if l.files != "" {
		return l.files
	}
	return l.scratch.String()
}

// orderColumn numbers the staged rows in the order of the source. It is NULL in key-only rows: rows of which only the
// key is known, so that a mirror does not delete what it could not load (W7).
const orderColumn ident = "_drt_row"

// scratchType is the type of c in scratch: without what is the target's to enforce. A key is compared with the
// target's and holds what decides whether two are equal: collation, and the padding of CHAR.
func (c column) scratchType() delta.Type {
	if c.key && (c.typ.Collation != "" || c.typ.Kind == delta.Char) {
		return c.typ
	}
	return delta.ScratchType(c.typ)
}

func scratchColumn(i int) ident { return ident(fmt.Sprintf("c%d", i)) }

// keys are the columns of upsert_key, in the order of the model.
func (l layout) keys() []column {
	var keys []column
	for _, c := range l.columns {
		if c.key {
			keys = append(keys, c)
		}
	}
	return keys
}

// values are the columns that are no keys.
func (l layout) values() []column {
	var values []column
	for _, c := range l.columns {
		if !c.key {
			values = append(values, c)
		}
	}
	return values
}

// list joins f of every column with commas.
func list(columns []column, f func(column) string) string {
	return join(columns, ", ", f)
}

func join(columns []column, by string, f func(column) string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = f(c)
	}
	return strings.Join(parts, by)
}

func targetName(c column) string   { return c.name.String() }
func scratchNamed(c column) string { return c.scratch.String() }
