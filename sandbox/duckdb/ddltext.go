package duckdb

import (
	"fmt"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/catalog"
)

// createText is the statement that SHOW CREATE TABLE answers with, a line a column.
func createText(snap *catalog.Snapshot) string {
	m := snap.Meta
	lines := make([]string, len(m.Columns))
	for i, c := range m.Columns {
		lines[i] = "  " + columnText(c)
	}
	if len(m.PrimaryKey) > 0 {
		lines = append(lines, "  CONSTRAINT "+plainName(keyName(snap))+" PRIMARY KEY ("+plainNames(m.PrimaryKey)+")")
	}
	name := make([]string, len(snap.Name))
	for i, n := range snap.Name {
		name[i] = plainName(n)
	}
	out := "CREATE TABLE " + strings.Join(name, ".") + " (\n" + strings.Join(lines, ",\n") + ")\nUSING delta\n"
	if len(m.PartitionBy) > 0 {
		out += "PARTITIONED BY (" + plainNames(m.PartitionBy) + ")\n"
	}
	if len(m.ClusterBy) > 0 {
		out += "CLUSTER BY (" + plainNames(m.ClusterBy) + ")\n"
	}
	if m.Comment != "" {
		out += "COMMENT " + sqlText(m.Comment) + "\n"
	}
	all := allProperties(m)
	props := make([]string, 0, len(all))
	for _, k := range sortedKeys(all) {
		props = append(props, "  "+sqlText(k)+" = "+sqlText(all[k]))
	}
	return out + "TBLPROPERTIES (\n" + strings.Join(props, ",\n") + ")\n"
}

// columnText defines a column.
func columnText(c catalog.Column) string {
	out := plainName(c.Name) + " " + c.Type.SQL()
	if c.NotNull {
		out += " NOT NULL"
	}
	switch {
	case c.Default != "":
		out += " DEFAULT " + c.Default
	case c.Generated != "":
		out += " GENERATED ALWAYS AS ( " + c.Generated + " )"
	case c.Identity != nil:
		how := "BY DEFAULT"
		if c.Identity.Always {
			how = "ALWAYS"
		}
		out += fmt.Sprintf(" GENERATED %s AS IDENTITY (START WITH %d INCREMENT BY %d)", how, c.Identity.Start, c.Identity.Step)
	}
	if c.Comment != "" {
		out += " COMMENT " + sqlText(c.Comment)
	}
	return out
}

// keyName is the name of a table's primary key: the sandbox keeps none.
func keyName(snap *catalog.Snapshot) string { return snap.Name[2] + "_pk" }

// plainName quotes a name only if it needs that, as SHOW CREATE TABLE does.
func plainName(name string) string {
	for i, r := range name {
		letter := r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return catalog.Quote([]string{name})
		}
	}
	return name
}

func plainNames(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = plainName(n)
	}
	return strings.Join(out, ", ")
}

// sqlText is a text as a literal of Databricks SQL.
func sqlText(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}
