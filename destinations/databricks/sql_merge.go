package databricks

import (
	"strings"

	"github.com/drt-go/drt/destinations/databricks/delta"
)

// merge is what shapes a MERGE beside its layout.
type merge struct {
	dedupe bool // some key was staged more than once: the last row in source order wins
	touch  bool // update rows even if nothing differs
	delete bool // delete what is not in scratch, in the same commit
	gone   bool // delete, or mark, what lies within the bounds, in the same commit
}

// signatureColumn carries the signature. Delta logs the condition of a clause with the commit, and keeps it only if it
// compares a column; so the commit proves whose it is (see docs/connectors/databricks.md, "Signed commits").
const signatureColumn ident = "_drt"

// signed is true in every row of a signed source.
func signed(signature string) statement {
	return compose("source.", signatureColumn, " = ", bind(signature))
}

// mergeSQL upserts what is staged, and deletes the rest with m.delete or m.gone; keys must be unique in the source, so
// duplicates are cut by row number. There is no UPDATE clause if there is nothing to set.
func mergeSQL(l layout, m merge, signature string) statement {
	parts := []any{
		"MERGE INTO ", l.target, " target\nUSING (\n", indent(mergeSource(l, m, signature), "  "), "\n) source\n",
		"ON " + join(l.keys(), " AND ", matches),
	}
	if m.gone {
		parts = append(parts, goneClause(l, signature))
	}
	mine := signed(signature)
	if m.delete || m.gone {
		// Rows that have no number hold only a key: refused rows are there to be matched, and do nothing else.
		mine = compose("source.", orderColumn, " IS NOT NULL AND ", mine)
	}
	sets, changed := assignments(l), differences(l, false)
	if len(sets) > 0 && (m.touch || len(changed) > 0) {
		parts = append(parts, "\nWHEN MATCHED AND ", mine)
		if !m.touch {
			parts = append(parts, " AND ("+strings.Join(changed, " OR ")+")")
		}
		parts = append(parts, " THEN UPDATE SET "+strings.Join(sets, ", "))
	}
	parts = append(parts, "\nWHEN NOT MATCHED AND ", mine, " THEN INSERT ("+targetNames(l)+") VALUES ("+sourceNames(l)+")")
	if m.delete {
		parts = append(parts, "\nWHEN NOT MATCHED BY SOURCE AND "+join(l.keys(), " AND ", keyPresent)+" THEN DELETE")
	}
	return compose(parts...)
}

// goneClause does away with the rows that the source names by a key alone. It stands first: the first clause that is
// true for a row counts.
func goneClause(l layout, signature string) statement {
	then := compose("DELETE")
	if l.soft != nil {
		then = compose("UPDATE SET ", l.soft.name, " = ", l.soft.sql())
	}
	return compose("\nWHEN MATCHED AND source.", orderColumn, " IS NULL AND ", signed(signature), " THEN ", then)
}

// mergeSource selects the staged rows, signed; without m.delete, key-only rows are left out. With m.gone the keys of
// what is to go come behind them, and have no number.
func mergeSource(l layout, m merge, signature string) statement {
	stamped := compose(bind(signature), " AS ", signatureColumn)
	for _, c := range l.constants {
		stamped = compose(stamped, ", ", c.sql(), " AS ", c.source)
	}
	rows := stagedRows(l, m)
	if !m.gone {
		return compose("SELECT *, ", stamped, "\n"+rows)
	}
	columns := orderColumn.String() + ", " + list(l.columns, scratchNamed)
	return compose("SELECT *, ", stamped, "\nFROM (\n  SELECT "+columns+"\n", indent(compose(rows), "  "), "\n  UNION ALL\n",
		indent(goneRows(l), "  "), "\n) rows")
}

// stagedRows is the part of a query behind its SELECT list.
func stagedRows(l layout, m merge) string {
	s := "FROM " + l.scratch.String()
	if !m.delete {
		s += "\nWHERE " + orderColumn.String() + " IS NOT NULL"
	}
	if m.dedupe {
		s += "\nQUALIFY row_number() OVER (PARTITION BY " + list(l.keys(), scratchNamed) +
			" ORDER BY " + orderColumn.String() + " DESC NULLS LAST) = 1"
	}
	return s
}

// goneRows are keys laid out like staged rows. What drt has sent is marked before, so that both tables agree on what
// goes (see tracked.go).
func goneRows(l layout) statement {
	columns := list(l.columns, func(c column) string {
		if c.key {
			return c.scratch.String()
		}
		return "CAST(NULL AS " + c.scratchType().SQL() + ")"
	})
	return compose("SELECT CAST(NULL AS BIGINT), "+columns+"\nFROM (\n", indent(doomedKeys(l, true), "  "), "\n) gone")
}

func doomedKeys(l layout, staged bool) statement {
	if l.sent.name != "" {
		return markedKeysSQL(l)
	}
	return goneKeysSQL(l, staged)
}

// goneSQL does away with rows where nothing is staged: what a mirror of an empty source means, if that is allowed.
func goneSQL(l layout, signature string) statement {
	return compose("MERGE INTO ", l.target, " target\nUSING (\n  SELECT *, CAST(NULL AS BIGINT) AS ", orderColumn, ", ", bind(signature), " AS ", signatureColumn,
		"\n  FROM (\n", indent(doomedKeys(l, false), "    "), "\n  ) gone\n) source\nON "+join(l.keys(), " AND ", matches), goneClause(l, signature))
}

func matches(c column) string {
	return "target." + c.name.String() + " = source." + c.scratch.String()
}

func keyPresent(c column) string { return "target." + c.name.String() + " IS NOT NULL" }

// assignments are what an UPDATE sets: the model's columns that are no keys, metadata, and no soft delete any more.
func assignments(l layout) []string {
	var sets []string
	for _, c := range l.values() {
		sets = append(sets, c.name.String()+" = source."+c.scratch.String())
	}
	for _, c := range l.constants {
		sets = append(sets, c.name.String()+" = source."+c.source.String())
	}
	if l.soft != nil {
		sets = append(sets, l.soft.name.String()+" = NULL")
	}
	return sets
}

// differences are the conditions under which a row is updated. With early the target may lack columns yet, which it
// gets right before the commit: to a reader they are NULL.
func differences(l layout, early bool) []string {
	var conditions []string
	if l.soft != nil && !(early && l.soft.added) {
		conditions = append(conditions, "target."+l.soft.name.String()+" IS NOT NULL")
	}
	for _, c := range l.values() {
		if early && c.added {
			conditions = append(conditions, "source."+c.scratch.String()+" IS NOT NULL")
			continue
		}
		conditions = append(conditions, differs(c))
	}
	return conditions
}

// differs compares a column so that NULL equals NULL. What cannot be compared counts as different.
func differs(c column) string {
	sql, ok := delta.CompareSQL("target."+c.name.String(), "source."+c.scratch.String(), c.typ)
	if !ok {
		return "true"
	}
	return sql
}

// targetNames are the columns that an INSERT of this run fills.
func targetNames(l layout) string {
	names := list(l.columns, targetName)
	for _, c := range l.constants {
		names += ", " + c.name.String()
	}
	return names
}

func sourceNames(l layout) string {
	names := list(l.columns, func(c column) string { return "source." + c.scratch.String() })
	for _, c := range l.constants {
		names += ", source." + c.source.String()
	}
	return names
}

// deleteMissingSQL deletes the rows whose key was not observed. Rows whose key is NULL stay: NOT IN is never true for
// them, nor if a NULL had slipped into scratch. Only for a key of one column: Delta refuses a tuple.
func deleteMissingSQL(l layout, signature string) statement {
	k := l.keys()[0]
	return compose("DELETE FROM ", l.target, "\n",
		"WHERE ", k.name, " NOT IN (SELECT ", k.scratch, " FROM ", l.scratch, ")\n  AND ", signedDelete(k, signature))
}

// deleteAllSQL deletes every row that has a key: what a mirror of an empty source means, if that is allowed.
func deleteAllSQL(l layout, signature string) statement {
	present := join(l.keys(), " AND ", func(c column) string { return c.name.String() + " IS NOT NULL" })
	return compose("DELETE FROM ", l.target, "\nWHERE "+present+"\n  AND ", signedDelete(l.keys()[0], signature))
}

// signedDelete is true for every row, and is logged with the commit.
func signedDelete(k column, signature string) statement {
	return compose("coalesce(CAST(", k.name, " AS STRING), '') <> ", bind(signature))
}
