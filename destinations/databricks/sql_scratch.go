package databricks

import "strconv"

// createScratchSQL makes the scratch table. Its columns have names of their own and explicit types: a copy of the
// target would bring defaults, constraints and names that a plain table does not allow.
func createScratchSQL(l layout) string {
	lines := orderColumn.String() + " BIGINT"
	for _, c := range l.columns {
		lines += ",\n  " + c.scratch.String() + " " + c.scratchType().SQL()
	}
	return "CREATE TABLE " + l.scratch.String() + " (\n  " + lines + "\n) USING DELTA"
}

// dropSQL removes a table of ours.
func dropSQL(t table) string { return "DROP TABLE IF EXISTS " + t.String() }

// countKeysSQL counts the staged rows, their different keys, and the key-only rows, in one pass.
func countKeysSQL(l layout) string {
	return "SELECT CAST(coalesce(sum(n), 0) AS BIGINT) AS staged, count(CASE WHEN n > 0 THEN 1 END) AS different," +
		" CAST(coalesce(sum(m - n), 0) AS BIGINT) AS key_only\n" +
		"FROM (\n" +
		"  SELECT count(*) AS m, count(" + orderColumn.String() + ") AS n\n" +
		"  FROM " + l.scratch.String() + "\n" +
		"  GROUP BY " + list(l.keys(), scratchNamed) + "\n" +
		") per_key"
}

// countRowsSQL counts the staged rows where keys do not matter.
func countRowsSQL(l layout) string {
	return "SELECT count(" + orderColumn.String() + ") AS staged FROM " + l.staged()
}

// duplicatesSQL names keys that came more than once.
func duplicatesSQL(l layout, most int) string {
	keys := list(l.keys(), scratchNamed)
	return "SELECT " + list(l.keys(), func(c column) string {
		return "CAST(" + c.scratch.String() + " AS STRING) AS " + ident("key_"+string(c.scratch)).String()
	}) + ", count(*) AS n\n" +
		"FROM " + l.scratch.String() + "\n" +
		"WHERE " + orderColumn.String() + " IS NOT NULL\n" +
		"GROUP BY " + keys + "\n" +
		"HAVING count(*) > 1\n" +
		"ORDER BY " + keys + "\n" +
		"LIMIT " + strconv.Itoa(most)
}
