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
}

// signatureColumn carries the signature. Delta logs the condition of a clause with the commit, and keeps it only if it
// compares a column; so the commit proves whose it is (see docs/connectors/databricks.md, "Signed commits").
const signatureColumn ident = "_drt"

// mergeSQL upserts what is staged, and deletes the rest with m.delete; keys must be unique in the source, so
// duplicates are cut by row number. There is no UPDATE clause if every column is a key.
func mergeSQL(l layout, m merge, signature string) statement {
	st := statement{args: []any{signature}}
	var b strings.Builder
	b.WriteString("MERGE INTO " + l.target.String() + " target\nUSING (\n" + mergeSource(l, m) + "\n) source\n")
	b.WriteString("ON " + join(l.keys(), " AND ", matches))
	signed := "source." + signatureColumn.String() + " = ?"
	if m.delete {
		// Key-only rows are part of the source, so that they match, and do nothing else.
		signed = "source." + orderColumn.String() + " IS NOT NULL AND " + signed
	}
	if values := l.values(); len(values) > 0 {
		b.WriteString("\nWHEN MATCHED AND " + signed)
		if !m.touch {
			b.WriteString(" AND (" + join(values, " OR ", differs) + ")")
		}
		b.WriteString(" THEN UPDATE SET " + list(values, func(c column) string {
			return c.name.String() + " = source." + c.scratch.String()
		}))
		st.args = append(st.args, signature)
	}
	b.WriteString("\nWHEN NOT MATCHED AND " + signed + " THEN INSERT (" + list(l.columns, targetName) + ") VALUES (" +
		list(l.columns, func(c column) string { return "source." + c.scratch.String() }) + ")")
	st.args = append(st.args, signature)
	if m.delete {
		b.WriteString("\nWHEN NOT MATCHED BY SOURCE AND " + join(l.keys(), " AND ", keyPresent) + " THEN DELETE")
	}
	st.text = b.String()
	return st
}

// mergeSource selects the staged rows, signed; without m.delete, key-only rows are left out.
func mergeSource(l layout, m merge) string {
	s := "  SELECT *, ? AS " + signatureColumn.String() + "\n  FROM " + l.scratch.String()
	if !m.delete {
		s += "\n  WHERE " + orderColumn.String() + " IS NOT NULL"
	}
	if m.dedupe {
		s += "\n  QUALIFY row_number() OVER (PARTITION BY " + list(l.keys(), scratchNamed) +
			" ORDER BY " + orderColumn.String() + " DESC NULLS LAST) = 1"
	}
	return s
}

func matches(c column) string {
	return "target." + c.name.String() + " = source." + c.scratch.String()
}

func keyPresent(c column) string { return "target." + c.name.String() + " IS NOT NULL" }

// differs compares a column so that NULL equals NULL. What cannot be compared counts as different.
func differs(c column) string {
	sql, ok := delta.CompareSQL("target."+c.name.String(), "source."+c.scratch.String(), c.typ)
	if !ok {
		return "true"
	}
	return sql
}

// deleteMissingSQL deletes the rows whose key was not observed. Rows whose key is NULL stay: NOT IN is never true for
// them, nor if a NULL had slipped into scratch. Only for a key of one column: Delta refuses a tuple.
func deleteMissingSQL(l layout, signature string) statement {
	k := l.keys()[0]
	return statement{
		text: "DELETE FROM " + l.target.String() + "\n" +
			"WHERE " + k.name.String() + " NOT IN (SELECT " + k.scratch.String() + " FROM " + l.scratch.String() + ")\n" +
			"  AND " + signedDelete(k),
		args: []any{signature},
	}
}

// deleteAllSQL deletes every row that has a key: what a mirror of an empty source means, if that is allowed.
func deleteAllSQL(l layout, signature string) statement {
	return statement{
		text: "DELETE FROM " + l.target.String() + "\n" +
			"WHERE " + join(l.keys(), " AND ", func(c column) string { return c.name.String() + " IS NOT NULL" }) + "\n" +
			"  AND " + signedDelete(l.keys()[0]),
		args: []any{signature},
	}
}

// signedDelete is true for every row, and is logged with the commit.
func signedDelete(k column) string {
	return "coalesce(CAST(" + k.name.String() + " AS STRING), '') <> ?"
}
