package databricks

import (
	"maps"
	"slices"
	"strings"

	"github.com/drt-go/drt/destinations/databricks/delta"
)

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

// definition is what the YAML says of a target that drt creates.
type definition struct {
	clusterBy, partitionBy []string
	comment                string
	properties             map[string]string
}

// createTargetSQL makes the target from the model; key columns are NOT NULL.
func createTargetSQL(l layout) string {
	lines := []string{join(l.columns, ",\n  ", columnDefinition)}
	for _, c := range extraColumns(l) {
		lines = append(lines, columnDefinition(c))
	}
	s := "CREATE TABLE IF NOT EXISTS " + l.target.String() + " (\n  " + strings.Join(lines, ",\n  ") + "\n) USING DELTA"
	if len(l.partitionBy) > 0 {
		s += "\nPARTITIONED BY (" + idents(l.partitionBy) + ")"
	}
	if len(l.clusterBy) > 0 {
		s += "\nCLUSTER BY (" + idents(l.clusterBy) + ")"
	}
	if l.comment != "" {
		s += "\nCOMMENT " + quote(l.comment)
	}
	if len(l.properties) > 0 {
		var pairs []string
		for _, k := range slices.Sorted(maps.Keys(l.properties)) {
			pairs = append(pairs, quote(k)+" = "+quote(l.properties[k]))
		}
		s += "\nTBLPROPERTIES (" + strings.Join(pairs, ", ") + ")"
	}
	return s
}

// extraColumns are the columns of drt's own that the target has.
func extraColumns(l layout) []column {
	var columns []column
	for _, c := range l.constants {
		columns = append(columns, column{name: c.name, typ: c.typ})
	}
	if l.soft != nil {
		columns = append(columns, column{name: l.soft.name, typ: l.soft.typ})
	}
	return columns
}

func idents(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = ident(n).String()
	}
	return strings.Join(quoted, ", ")
}

func columnDefinition(c column) string {
	d := c.name.String() + " " + c.typ.SQL()
	if c.key || c.notNull {
		d += " NOT NULL"
	}
	return d
}

// addColumnsSQL mends a target that lacks columns of the model.
func addColumnsSQL(t table, missing []column) string {
	return "ALTER TABLE " + t.String() + " ADD COLUMNS (" +
		list(missing, func(c column) string { return c.name.String() + " " + c.typ.SQL() }) + ")"
}

// enableWideningSQL lets columns of the table become wider. It is said only where a column is to.
func enableWideningSQL(t table) string {
	return "ALTER TABLE " + t.String() + " SET TBLPROPERTIES ('delta.enableTypeWidening' = 'true')"
}

// widenSQL makes a column wider in place.
func widenSQL(t table, c column, to delta.Type) string {
	return "ALTER TABLE " + t.String() + " ALTER COLUMN " + c.name.String() + " TYPE " + to.SQL()
}

// detailSQL asks for the layout of a table, among other things.
func detailSQL(t table) statement { return statement{text: "DESCRIBE DETAIL " + t.String()} }

// showScratchSQL lists scratch of all runs in a schema.
func showScratchSQL(schema table) statement {
	return statement{text: "SHOW TABLES IN " + schema.namespace() + " LIKE " + quote(scratchPrefix+"*")}
}
