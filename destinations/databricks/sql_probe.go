package databricks

import (
	"strconv"
	"strings"
)

// createProbeSQL makes an empty table with the target's definition, constraints and all.
func createProbeSQL(l layout) string {
	return "CREATE TABLE " + l.scratch.probe().String() + " LIKE " + l.target.String()
}

// probeSQL tries staged rows [from, to) on the probe.
func probeSQL(l layout, from, to int64) statement {
	st := compose("INSERT INTO ", l.scratch.probe(), " ("+targetNames(l)+")\nSELECT "+list(l.columns, scratchNamed))
	for _, c := range l.constants {
		st = compose(st, ", ", c.sql())
	}
	return compose(st, "\nFROM ", l.scratch, "\nWHERE ", orderColumn, " >= "+strconv.FormatInt(from, 10)+
		" AND ", orderColumn, " < "+strconv.FormatInt(to, 10))
}

// excludeSQL turns staged rows into key-only rows.
func excludeSQL(l layout, rows []int64) string {
	numbers := make([]string, len(rows))
	for i, r := range rows {
		numbers[i] = strconv.FormatInt(r, 10)
	}
	return "UPDATE " + l.scratch.String() + "\n" +
		"SET " + orderColumn.String() + " = NULL\n" +
		"WHERE " + orderColumn.String() + " IN (" + strings.Join(numbers, ", ") + ")"
}
