package warehouse

import (
	"strings"
	"time"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// Row is a row of a table. Its address is its identity: a row that is updated is another one.
type Row = *[]any

// Column is a column of a table.
type Column struct {
	Name    string
	Type    string // as information_schema writes it: "bigint", "varchar(20)"
	NotNull bool

	typ sqltype.Type
}

// table is a Delta table.
type table struct {
	name    string
	columns []Column
	checks  []check
	rows    []Row
	log     []Version
	meta    int64 // the newest version that changed metadata
}

type check struct {
	name string
	expr ast.Expr
}

// Version is one commit in the log of a table.
type Version struct {
	Number      int64
	At          time.Time
	Operation   string
	Parameters  map[string]string
	Metrics     map[string]string
	ReadVersion int64 // -1: it read none
	Blind       bool  // an append that read nothing

	rewrites bool // it took rows away
}

// snapshot is a table at one instant. It is read-only.
type snapshot struct {
	table   *table
	version int64
	columns []Column
	rows    []Row
}

func (t *table) version() int64 { return int64(len(t.log)) - 1 }

func (t *table) snapshot() snapshot {
	return snapshot{table: t, version: t.version(), columns: t.columns, rows: t.rows}
}

func (s snapshot) scopeColumns(alias string) []column {
	out := make([]column, len(s.columns))
	for i, c := range s.columns {
		out[i] = column{alias, c.Name}
	}
	return out
}

func (s snapshot) index(name string) int {
	for i, c := range s.columns {
		if strings.EqualFold(c.Name, name) {
			return i
		}
	}
	panic(refuse("UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703", "A column with name `%s` cannot be resolved.", name))
}

// fits holds a new row to the table's types, NOT NULLs and constraints, and returns it.
func (x *execution) fits(s snapshot, values []any) Row {
	for i, c := range s.columns {
		if values[i] == nil && c.NotNull {
			panic(refuse("DELTA_NOT_NULL_CONSTRAINT_VIOLATED", "23502", "NOT NULL constraint violated for column: %s.", c.Name))
		}
		if c.typ.Kind == sqltype.Varchar && values[i] != nil {
			if text, ok := values[i].(string); ok && len([]rune(text)) > c.typ.Length {
				panic(refuse("DELTA_EXCEED_CHAR_VARCHAR_LIMIT", "22001", "Value exceeds char/varchar type length limitation."))
			}
		}
	}
	sc := &scope{columns: s.scopeColumns(""), row: values, x: x}
	for _, c := range s.table.checks {
		if sc.eval(c.expr) == false {
			panic(refuse("DELTA_VIOLATE_CONSTRAINT_WITH_VALUES", "23001", "CHECK constraint %s (...) violated by row with values:", c.name))
		}
	}
	return &values
}

// commit adds v to the log; changed says that it changed metadata.
func (t *table) commit(v Version, changed bool) {
	v.Number = int64(len(t.log))
	t.log = append(t.log, v)
	if changed {
		t.meta = v.Number
	}
}
