package databricks

// insertSQL appends what is staged. With overwrite it becomes the whole table, in one commit that keeps grants and
// properties.
func insertSQL(l layout, overwrite bool) string {
	verb := "INSERT INTO "
	if overwrite {
		verb = "INSERT OVERWRITE "
	}
	return verb + l.target.String() + " (" + list(l.columns, targetName) + ")\n" +
		"SELECT " + list(l.columns, scratchNamed) + "\n" +
		"FROM " + l.staged() + "\n" +
		"WHERE " + orderColumn.String() + " IS NOT NULL"
}

// emptySQL makes the target empty in one commit. It selects from the target itself, so that the types always fit.
func emptySQL(l layout) string {
	columns := list(l.columns, targetName)
	return "INSERT OVERWRITE " + l.target.String() + " (" + columns + ")\n" +
		"SELECT " + columns + "\n" +
		"FROM " + l.target.String() + "\n" +
		"WHERE 1 = 0"
}
