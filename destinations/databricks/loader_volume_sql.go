package databricks

import (
	"strconv"
	"strings"

	"github.com/drt-go/drt/destinations/databricks/delta"
)

// parquetSQL is what a FROM reads files from: each by its name, never a folder, which may hold what others left (W24).
// One relation instead of a UNION ALL, because the warehouse looks into every relation's files before it begins. That
// a file of the list is missing is no error there, so that rows are counted before anything is committed.
func parquetSQL(v volume, names []string) string {
	if len(names) == 1 {
		return "parquet." + ident(v.path()+"/"+names[0]).String()
	}
	return "parquet." + ident(v.path()+"/{"+strings.Join(names, ",")+"}").String()
}

// selectFilesSQL reads staged rows out of files, as they would lie in scratch.
func selectFilesSQL(l layout, from string) string {
	return "SELECT " + orderColumn.String() + ", " + list(l.columns, func(c column) string {
		return delta.SelectSQL(c.scratch.String(), c.typ) + " AS " + c.scratch.String()
	}) + "\nFROM " + from
}

// filesSQL stands for scratch where rows go from the files straight into the target.
func filesSQL(l layout, from string) string {
	return "(\n  " + strings.ReplaceAll(selectFilesSQL(l, from), "\n", "\n  ") + "\n) staged"
}

// loadScratchSQL makes scratch from files.
func loadScratchSQL(l layout, from string) string {
	return "CREATE TABLE " + l.scratch.String() + " USING DELTA AS\n" + selectFilesSQL(l, from)
}

// fillScratchSQL puts rows of files into a scratch table that is there. where is a condition, or "".
func fillScratchSQL(l layout, from, where string) string {
	text := "INSERT INTO " + l.scratch.String() + " (" + orderColumn.String() + ", " +
		list(l.columns, scratchNamed) + ")\n" + selectFilesSQL(l, from)
	if where != "" {
		text += "\nWHERE " + where
	}
	return text
}

// Conditions on the rows of files.
func rowsBetween(from, until int64) string {
	return orderColumn.String() + " >= " + strconv.FormatInt(from, 10) + " AND " + orderColumn.String() + " < " + strconv.FormatInt(until, 10)
}

func onlyKeys() string { return orderColumn.String() + " IS NULL" }

// Statements about the files of a volume themselves.
func putSQL(local, remote string) string { return "PUT " + quote(local) + " INTO " + quote(remote) }
func removeSQL(remote string) string     { return "REMOVE " + quote(remote) }
func listSQL(v volume) string            { return "LIST " + quote(v.path()) }
