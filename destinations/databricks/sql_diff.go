package databricks

import (
	"strconv"
	"strings"

	"github.com/drt-go/drt/destinations/databricks/delta"
)

// comparison says which rows a diff has to look for.
type comparison struct {
	staged bool // there is scratch
	absent bool // the target does not exist yet
	touch  bool // rows that do not differ are updated too
	gone   bool // rows of the target are deleted
	whole  bool // the staged rows become the whole table: rows have no identity but their values
}

// diffSQL selects up to most rows of every kind of change, as text: change, place, then for every column of the model
// its old and its new value. Kinds come one after the other: with one limit for all the first would hide the others.
func diffSQL(l layout, c comparison, most int) statement {
	var parts []statement
	limit := "\nLIMIT " + strconv.Itoa(most)
	if c.whole {
		for _, change := range []string{"insert", "delete"} {
			parts = append(parts, compose(wholeSQL(l, c, change), limit))
		}
		return union(parts)
	}
	if c.staged {
		parts = append(parts, compose(createdSQL(l, c), "\nORDER BY place"+limit))
	}
	if c.staged && !c.absent && len(l.keys()) > 0 {
		parts = append(parts, compose(updatedSQL(l, c), "\nORDER BY place"+limit))
	}
	if c.gone && !c.absent {
		parts = append(parts, compose(deletedSQL(l, c), limit))
	}
	return union(parts)
}

func union(parts []statement) statement {
	if len(parts) == 1 {
		return parts[0]
	}
	var st statement
	for i, p := range parts {
		word := ""
		if i > 0 {
			word = "\nUNION ALL\n"
		}
		st = compose(st, word+"SELECT * FROM (\n", indent(p, "  "), "\n) part"+strconv.Itoa(i))
	}
	return st
}

// diffColumns are the columns of every part. old and new are expressions for a column, or nil where there is no row.
func diffColumns(l layout, change, place string, before, after func(column) string) string {
	s := "SELECT '" + change + "' AS change, " + place + " AS place"
	for i, c := range l.columns {
		for _, side := range []struct {
			name string
			expr func(column) string
		}{{"o", before}, {"n", after}} {
			value := "CAST(NULL AS STRING)"
			if side.expr != nil {
				value = shown(side.expr(c), c.typ)
			}
			s += ", " + value + " AS " + side.name + strconv.Itoa(i)
		}
	}
	return s
}

// shown is an expression of type t as text for people.
func shown(expr string, t delta.Type) string {
	switch {
	case expr == "NULL":
		return "CAST(NULL AS STRING)"
	case t.Kind == delta.Binary:
		return "hex(" + expr + ")"
	case t.Nested() || t.Kind == delta.Variant:
		return "to_json(" + expr + ")"
	case t.Kind == delta.Char:
		return "rtrim(" + expr + ")"
	}
	return "CAST(" + expr + " AS STRING)"
}

func staged(c column) string { return "source." + c.scratch.String() }

// before is a column of the target, which may lack it yet.
func before(c column) string {
	if c.added {
		return "NULL"
	}
	return "target." + c.name.String()
}

// stagedSource is the staged rows as a table; of a key that came twice the last row.
func stagedSource(l layout) statement {
	if len(l.keys()) == 0 {
		return compose("FROM " + l.staged() + " source")
	}
	return compose("FROM (\n  SELECT *\n", indent(compose(stagedRows(l, merge{dedupe: true})), "  "), "\n) source")
}

// createdSQL are the rows that come: all of an append, of a merge those whose key is not there.
func createdSQL(l layout, c comparison) statement {
	head := compose(diffColumns(l, "insert", "source."+orderColumn.String(), nil, staged)+"\n", stagedSource(l))
	switch {
	case len(l.keys()) == 0:
		return compose(head, "\nWHERE source.", orderColumn, " IS NOT NULL")
	case c.absent:
		return head
	}
	return compose(head, "\nLEFT JOIN ", l.target, " target ON "+join(l.keys(), " AND ", matches)+
		"\nWHERE target.", l.keys()[0].name, " IS NULL")
}

// updatedSQL are the rows whose key is there, before and after.
func updatedSQL(l layout, c comparison) statement {
	changed := "false"
	if differ := differences(l, true); len(differ) > 0 {
		changed = strings.Join(differ, " OR ")
	}
	if c.touch {
		changed = "true"
	}
	return compose(diffColumns(l, "update", "source."+orderColumn.String(), before, staged)+"\n", stagedSource(l),
		"\nJOIN ", l.target, " target ON "+join(l.keys(), " AND ", matches)+"\nWHERE "+changed)
}

// deletedSQL are the rows of the target that go.
func deletedSQL(l layout, c comparison) statement {
	where := l.holds() + "\nORDER BY o0"
	for i := range l.columns[1:] {
		where += ", o" + strconv.Itoa(i+1)
	}
	if len(l.keys()) > 0 {
		where = goneWhere(l, c.staged) + "\nORDER BY " + list(l.keys(), func(k column) string { return "target." + k.name.String() })
	}
	return compose(diffColumns(l, "delete", "CAST(NULL AS BIGINT)", before, nil)+"\nFROM ", l.target, " target\nWHERE "+where)
}

// balanceSQL sets the staged rows against those of the target, by their values: what is left over comes or goes. copies
// is how often.
func balanceSQL(l layout, c comparison) statement {
	values := func(expr func(column) string) string {
		s := ""
		for i, col := range l.columns {
			s += shown(expr(col), col.typ) + " AS v" + strconv.Itoa(i) + ", "
		}
		return s
	}
	var sides []statement
	if c.staged {
		sides = append(sides, compose("SELECT "+values(staged)+"1 AS side\nFROM "+l.staged()+" source\nWHERE source.", orderColumn, " IS NOT NULL"))
	}
	if !c.absent {
		sides = append(sides, compose("SELECT "+values(before)+"-1 AS side\nFROM ", l.target, " target"))
	}
	names := ""
	for i := range l.columns {
		names += "v" + strconv.Itoa(i) + ", "
	}
	both := sides[0]
	if len(sides) > 1 {
		both = compose(sides[0], "\nUNION ALL\n", sides[1])
	}
	return compose("SELECT "+names+"sum(side) AS copies\nFROM (\n", indent(both, "  "), "\n) both\nGROUP BY "+names[:len(names)-2]+"\nHAVING sum(side) <> 0")
}

// balanceCountSQL counts the rows that come and those that go.
func balanceCountSQL(l layout, c comparison) statement {
	return compose("SELECT CAST(coalesce(sum(CASE WHEN copies > 0 THEN copies END), 0) AS BIGINT) AS inserted,"+
		" CAST(coalesce(sum(CASE WHEN copies < 0 THEN -copies END), 0) AS BIGINT) AS deleted\nFROM (\n", indent(balanceSQL(l, c), "  "), "\n) balance")
}

func wholeSQL(l layout, c comparison, change string) statement {
	sign, prefix := "copies > 0", "n"
	if change == "delete" {
		sign, prefix = "copies < 0", "o"
	}
	order := ""
	s := "SELECT '" + change + "' AS change, CAST(abs(copies) AS BIGINT) AS place"
	for i := range l.columns {
		for _, side := range []string{"o", "n"} {
			value := "CAST(NULL AS STRING)"
			if side == prefix {
				value = "v" + strconv.Itoa(i)
				order += ", " + side + strconv.Itoa(i)
			}
			s += ", " + value + " AS " + side + strconv.Itoa(i)
		}
	}
	return compose(s+"\nFROM (\n", indent(balanceSQL(l, c), "  "), "\n) balance\nWHERE "+sign+"\nORDER BY "+order[2:])
}
