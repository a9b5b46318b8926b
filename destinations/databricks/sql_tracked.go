package databricks

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// The keys that drt has sent are kept in __drt_keys_<table>_<16 hex digits>, a name that no sweep of scratch takes for
// its own. Its columns are k0, k1, ..., by the names of the key columns, and goneColumn.
const (
	sentPrefix = "__drt_keys_"
	sentDigits = 16
	// goneColumn is the run that is about to delete this key from the target; NULL for all others.
	goneColumn ident = "gone_by"
)

// sentColumn is a key column of the target, and its name among the keys that drt has sent.
type sentColumn struct {
	column
	sent ident
}

func sentColumns(l layout) []sentColumn {
	keys := l.keys()
	slices.SortFunc(keys, func(a, b column) int {
		return strings.Compare(strings.ToLower(string(a.name)), strings.ToLower(string(b.name)))
	})
	columns := make([]sentColumn, len(keys))
	for i, c := range keys {
		columns[i] = sentColumn{c, ident("k" + strconv.Itoa(i))}
	}
	return columns
}

// sentList joins f of every key column.
func sentList(l layout, by string, f func(c sentColumn) string) string {
	var parts []string
	for _, c := range sentColumns(l) {
		parts = append(parts, f(c))
	}
	return strings.Join(parts, by)
}

// sentFor names the table for the keys that sync has sent to the target, in the schema of in. Another target, other
// key columns or types are another table: then a first run takes a baseline, which deletes nothing.
func sentFor(in table, l layout, sync string) table {
	h := sha256.New()
	parts := []string{sync, strings.ToLower(l.target.plain())}
	for _, c := range sentColumns(l) {
		parts = append(parts, strings.ToLower(string(c.name)), c.scratchType().SQL())
	}
	for _, p := range parts {
		h.Write(append([]byte(p), 0))
	}
	body := []rune(strings.ToLower(string(l.target.name)))
	if limit := maxTableName - len(sentPrefix) - 1 - sentDigits; len(body) > limit {
		body = body[:limit]
	}
	in.name = ident(sentPrefix + string(body) + "_" + hex.EncodeToString(h.Sum(nil))[:sentDigits])
	return in
}

// findSentSQL asks whether there is such a table.
func findSentSQL(l layout) statement {
	return compose("SHOW TABLES IN "+l.sent.namespace()+" LIKE ", quote(string(l.sent.name)))
}

// wasSent is true for rows of the target, under that alias, whose key drt has sent.
func wasSent(l layout) string {
	return "EXISTS (SELECT 1 FROM " + l.sent.String() + " sent WHERE " +
		sentList(l, " AND ", func(c sentColumn) string { return "sent." + c.sent.String() + " = target." + c.name.String() }) +
		" AND sent." + goneColumn.String() + " IS NULL)"
}

// stagedKeysSQL selects the keys of the rows that are staged whole.
func stagedKeysSQL(l layout) statement {
	keys := sentList(l, ", ", func(c sentColumn) string { return c.scratch.String() + " AS " + c.sent.String() })
	return compose("SELECT DISTINCT "+keys+"\nFROM ", l.scratch, "\nWHERE ", orderColumn, " IS NOT NULL")
}

// createSentSQL makes the table with the keys of this run: the baseline.
func createSentSQL(l layout, sync string) statement {
	comment := "drt: the keys that sync " + sync + " has sent to " + l.target.plain() + "; without them the next run deletes nothing"
	return compose("CREATE OR REPLACE TABLE ", l.sent, " USING DELTA\nCOMMENT ", quote(comment), "\nAS SELECT ",
		sentList(l, ", ", func(c sentColumn) string { return c.sent.String() }), ", CAST(NULL AS STRING) AS ", goneColumn,
		"\nFROM (\n", indent(stagedKeysSQL(l), "  "), "\n) staged")
}

// markSentSQL marks the keys of the rows that this run is about to delete.
func markSentSQL(l layout, staged bool) statement {
	on := sentList(l, " AND ", func(c sentColumn) string { return "sent." + c.sent.String() + " = source." + c.scratch.String() })
	return compose("MERGE INTO ", l.sent, " sent\nUSING (\n", indent(goneKeysSQL(l, staged), "  "), "\n) source\nON "+on+
		"\nWHEN MATCHED THEN UPDATE SET ", goneColumn, " = ", bind(l.run))
}

// unmarkSentSQL takes the marks of a run back that surely deleted nothing.
func unmarkSentSQL(l layout) statement {
	return compose("UPDATE ", l.sent, "\nSET ", goneColumn, " = NULL\nWHERE ", goneColumn, " = ", bind(l.run))
}

// markedKeysSQL selects the keys that this run has marked, under their names in scratch.
func markedKeysSQL(l layout) statement {
	keys := sentList(l, ", ", func(c sentColumn) string { return c.sent.String() + " AS " + c.scratch.String() })
	return compose("SELECT "+keys+"\nFROM ", l.sent, "\nWHERE ", goneColumn, " = ", bind(l.run))
}

// rememberSQL adds the keys of this run and forgets the marked ones, those of dead runs included: nobody knows whether
// their rows went.
func rememberSQL(l layout, staged bool) statement {
	if !staged {
		return compose("DELETE FROM ", l.sent, "\nWHERE ", goneColumn, " IS NOT NULL")
	}
	name := func(before string) func(c sentColumn) string {
		return func(c sentColumn) string { return before + c.sent.String() }
	}
	on := sentList(l, " AND ", func(c sentColumn) string { return "sent." + c.sent.String() + " = source." + c.sent.String() })
	return compose("MERGE INTO ", l.sent, " sent\nUSING (\n", indent(stagedKeysSQL(l), "  "), "\n) source\nON "+on,
		"\nWHEN MATCHED AND sent.", goneColumn, " IS NOT NULL THEN UPDATE SET ", goneColumn, " = NULL",
		"\nWHEN NOT MATCHED THEN INSERT ("+sentList(l, ", ", name(""))+") VALUES ("+sentList(l, ", ", name("source."))+")",
		"\nWHEN NOT MATCHED BY SOURCE AND sent.", goneColumn, " IS NOT NULL THEN DELETE")
}
