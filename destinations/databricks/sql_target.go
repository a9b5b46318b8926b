package databricks

import "strings"

// columnsSQL reads the target's columns from Unity Catalog, which stores names of tables in lower case.
func columnsSQL(t table) statement {
	return statement{
		text: "SELECT column_name, full_data_type, is_nullable, column_default, is_identity, identity_generation, is_generated\n" +
			"FROM " + t.catalog.String() + ".information_schema.columns\n" +
			"WHERE table_schema = ? AND table_name = ?\n" +
			"ORDER BY ordinal_position",
		args: []any{strings.ToLower(string(t.schema)), strings.ToLower(string(t.name))},
	}
}

// describeSQL reads the columns of any table. It hides nullability and defaults.
func describeSQL(t table) statement { return statement{text: "DESCRIBE TABLE " + t.String()} }

// showCreateSQL is asked where information_schema may not tell the whole truth about a column.
func showCreateSQL(t table) statement { return statement{text: "SHOW CREATE TABLE " + t.String()} }

// createTargetSQL makes the target from the model; key columns are NOT NULL.
func createTargetSQL(l layout) string {
	return "CREATE TABLE IF NOT EXISTS " + l.target.String() + " (\n  " +
		join(l.columns, ",\n  ", definition) + "\n) USING DELTA"
}

// addColumnsSQL mends a target that lacks columns of the model.
func addColumnsSQL(t table, missing []column) string {
	return "ALTER TABLE " + t.String() + " ADD COLUMNS (" +
		list(missing, func(c column) string { return c.name.String() + " " + c.typ.SQL() }) + ")"
}

func definition(c column) string {
	d := c.name.String() + " " + c.typ.SQL()
	if c.key || c.notNull {
		d += " NOT NULL"
	}
	return d
}

// showScratchSQL lists scratch of all runs in a schema.
func showScratchSQL(schema table) statement {
	return statement{text: "SHOW TABLES IN " + schema.namespace() + " LIKE " + quote(scratchPrefix+"*")}
}
