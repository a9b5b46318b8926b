package databricks

// insertSQL appends what is staged. With overwrite it becomes the whole table, in one commit that keeps grants and
// properties; with a predicate it takes the place of the rows that match. Those two forms exclude each other, and only
// the last one matches columns by name.
func insertSQL(l layout, overwrite bool) statement {
	values, named := list(l.columns, scratchNamed), list(l.columns, func(c column) string {
		return c.scratch.String() + " AS " + c.name.String()
	})
	head := compose("INSERT INTO ", l.target, " ("+targetNames(l)+")\nSELECT "+values)
	switch {
	case overwrite:
		head = compose("INSERT OVERWRITE ", l.target, " ("+targetNames(l)+")\nSELECT "+values)
	case l.where != "":
		head = compose("INSERT INTO ", l.target, " BY NAME\nREPLACE WHERE "+l.holds()+"\nSELECT "+named)
	}
	for _, c := range l.constants {
		if head = compose(head, ", ", c.sql()); l.where != "" {
			head = compose(head, " AS ", c.name)
		}
	}
	return compose(head, "\nFROM "+l.staged(), "\nWHERE ", orderColumn, " IS NOT NULL")
}

// appendOnceSQL appends what is staged by a MERGE in which nothing matches, so that the commit is signed.
func appendOnceSQL(l layout, signature string) statement {
	return compose("MERGE INTO ", l.target, " target\nUSING (\n", indent(mergeSource(l, merge{}, signature), "  "), "\n) source\nON false",
		"\nWHEN NOT MATCHED AND ", signed(signature), " THEN INSERT ("+targetNames(l)+") VALUES ("+sourceNames(l)+")")
}

// emptySQL makes the target empty in one commit. It selects from the target itself, so that the types always fit.
func emptySQL(l layout) string {
	columns := list(l.columns, targetName)
	return "INSERT OVERWRITE " + l.target.String() + " (" + columns + ")\n" +
		"SELECT " + columns + "\n" +
		"FROM " + l.target.String() + "\n" +
		"WHERE 1 = 0"
}
