package databricks

import (
	"strconv"
	"strings"
)

// question is what is asked about scratch and target before a commit, in one statement.
type question struct {
	staged  bool // there is scratch to count
	changes bool // how many rows a merge would create and update
	touch   bool // it would update all whose key exists
	total   bool // how many rows the target has
	gone    bool // how many of them would be deleted
}

// countSQL counts in one statement: first what is staged, the same whatever else is asked, then what q wants.
func countSQL(l layout, q question) statement {
	var names []string
	var parts []statement
	ask := func(columns string, st statement) {
		names, parts = append(names, columns), append(parts, st)
	}
	if q.staged {
		if st := (statement{text: countRowsSQL(l)}); len(l.keys()) == 0 {
			ask("staged", st)
		} else {
			ask("staged, different, key_only", statement{text: countKeysSQL(l)})
		}
		if l.where != "" {
			ask("outside", outsideSQL(l))
		}
	}
	if q.changes {
		ask("creates, updates", changesSQL(l, q.touch))
	}
	if q.total {
		ask("total", compose("SELECT count(*) AS total FROM ", l.target))
	}
	if q.gone {
		ask("gone", goneCountSQL(l, q.staged))
	}
	if len(parts) == 1 {
		return parts[0]
	}
	st := compose("SELECT " + strings.Join(names, ", "))
	for i, p := range parts {
		word := "\nFROM (\n"
		if i > 0 {
			word = "\nCROSS JOIN (\n"
		}
		st = compose(st, word, indent(p, "  "), "\n) n"+strconv.Itoa(i))
	}
	return st
}

// outsideSQL counts the staged rows for which the predicate is not true, under the names that it uses.
func outsideSQL(l layout) statement {
	return compose("SELECT count(*) AS outside\nFROM (SELECT "+list(l.columns, func(c column) string {
		return c.scratch.String() + " AS " + c.name.String()
	})+" FROM "+l.staged()+" WHERE ", orderColumn, " IS NOT NULL) model\nWHERE NOT coalesce("+l.where+", false)")
}

// changesSQL counts what the upsert of a MERGE would do.
func changesSQL(l layout, touch bool) statement {
	first := l.keys()[0].name.String()
	changed := strings.Join(differences(l, true), " OR ")
	if changed == "" {
		changed = "false"
	}
	if touch {
		changed = "true"
	}
	return compose("SELECT count(CASE WHEN target."+first+" IS NULL THEN 1 END) AS creates,"+
		" count(CASE WHEN target."+first+" IS NOT NULL AND ("+changed+") THEN 1 END) AS updates\n"+
		"FROM (\n  SELECT *\n", indent(compose(stagedRows(l, merge{dedupe: true})), "  "), "\n) source\n"+
		"LEFT JOIN ", l.target, " target ON "+join(l.keys(), " AND ", matches))
}

// goneCountSQL counts the rows of the target that would be deleted: by a mirror, or because they match the predicate
// of an insert that replaces them.
func goneCountSQL(l layout, staged bool) statement {
	if len(l.keys()) == 0 {
		return compose("SELECT count(*) AS gone FROM ", l.target, " WHERE "+l.holds())
	}
	return compose("SELECT count(*) AS gone\nFROM ", l.target, " target\nWHERE "+goneWhere(l, staged))
}
