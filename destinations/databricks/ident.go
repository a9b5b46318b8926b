package databricks

import (
	"regexp"
	"strings"
)

// ident is a name in SQL. It prints only quoted, so that no name can be anything but a name.
type ident string

// String quotes n with backticks.
func (n ident) String() string { return "`" + strings.ReplaceAll(string(n), "`", "``") + "`" }

// table is a table with its full name.
type table struct{ catalog, schema, name ident }

// String is the name in SQL.
func (t table) String() string { return t.namespace() + "." + t.name.String() }

// namespace is the catalog and schema in SQL.
func (t table) namespace() string { return t.catalog.String() + "." + t.schema.String() }

// plain is the name for people.
func (t table) plain() string {
	return string(t.catalog) + "." + string(t.schema) + "." + string(t.name)
}

// quote writes a string literal as Spark reads it: backslash escapes. Values never go this way, only patterns of ours.
func quote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// Scratch is named __drt_staging_<table>_<sync run id without hyphens>: the id is a UUIDv7, so a name tells its age.
const (
	scratchPrefix  = "__drt_staging_"
	maxTableName   = 255
	maxScratchBody = maxTableName - len(scratchPrefix) - len("_") - 32
)

var scratchName = regexp.MustCompile(`^__drt_staging_(.*)_([0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15})(_probe)?$`)

// scratchFor names the scratch table of a run that writes to t, in the schema of in.
func scratchFor(in, t table, syncRun string) table {
	body := []rune(string(t.name))
	// Names are limited in characters; the probe's suffix must fit as well.
	if limit := maxScratchBody - len(probeSuffix); len(body) > limit {
		body = body[:limit]
	}
	in.name = ident(scratchPrefix + string(body) + "_" + strings.ReplaceAll(syncRun, "-", ""))
	return in
}

// probeSuffix marks the copy of the target's definition that rows are tried on, see probe.go.
const probeSuffix = "_probe"

func (t table) probe() table {
	t.name += probeSuffix
	return t
}

// syncRunOf returns the run that scratch of this name belongs to, hyphens and all; ok is false for any other table.
func syncRunOf(name string) (id string, ok bool) {
	m := scratchName.FindStringSubmatch(name)
	if m == nil {
		return "", false
	}
	return hyphenated(m[2]), true
}
