package duckdb

import (
	"strconv"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/catalog"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// addColumn adds a column as CREATE TABLE and ADD COLUMNS define it.
func addColumn(m *catalog.Metadata, d ast.ColumnDef) error {
	if m.Find(d.Name) >= 0 {
		return sqlerr.New("COLUMN_ALREADY_EXISTS", "The column %s already exists. Choose another name or rename the existing column.", catalog.Quote([]string{strings.ToLower(d.Name)}))
	}
	if d.Type.Kind == sqltype.Void {
		return sqlerr.Unsupported("A column of the type VOID is not in the sandbox.")
	}
	c := catalog.Column{Name: d.Name, Type: d.Type, NotNull: d.NotNull, Default: d.DefText, Comment: d.Comment, Generated: d.GenText, Physical: "c" + strconv.Itoa(m.NextColumn)}
	if d.Identity != nil {
		if d.Type.Kind != sqltype.BigInt {
			return sqlerr.New("DELTA_IDENTITY_COLUMNS_UNSUPPORTED_DATA_TYPE", "DataType %s is not supported for IDENTITY columns.", d.Type.SQL())
		}
		if d.Identity.Step == 0 {
			return sqlerr.New("DELTA_IDENTITY_COLUMNS_ILLEGAL_STEP", "IDENTITY column step cannot be 0.")
		}
		c.Identity = &catalog.Identity{Always: d.Identity.Always, Start: d.Identity.Start, Step: d.Identity.Step}
	}
	m.Columns = append(m.Columns, c)
	m.NextColumn++
	return nil
}

// checkColumns holds metadata against what Delta allows.
func checkColumns(m *catalog.Metadata) error {
	for _, c := range m.Columns {
		if !m.Mapped() && (badName(c.Name) || badNames(c.Type)) {
			return sqlerr.New("DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES", "Found invalid character(s) among ' ,;{}()\\n\\t=' in the column names of your schema: %s. Enable column mapping, or alias the columns.", catalog.Quote([]string{c.Name}))
		}
		if c.Default != "" && !m.Defaults() {
			return sqlerr.New("WRONG_COLUMN_DEFAULTS_FOR_DELTA_FEATURE_NOT_ENABLED", "Failed to execute the command because it assigned a column DEFAULT value, but the corresponding table feature was not enabled. "+
				"Please retry the command again after executing ALTER TABLE tableName SET TBLPROPERTIES('delta.feature.allowColumnDefaults' = 'supported').")
		}
	}
	for _, named := range [][]string{m.PartitionBy, m.ClusterBy, m.PrimaryKey} {
		for _, n := range named {
			if m.Find(n) < 0 {
				return sqlerr.New("DELTA_COLUMN_NOT_FOUND", "Unable to find the column %s given [%s].", catalog.Quote([]string{n}), columnNames(m))
			}
		}
	}
	if len(m.PartitionBy) > 0 && len(m.ClusterBy) > 0 {
		return sqlerr.New("SPECIFY_CLUSTER_BY_WITH_PARTITIONED_BY_IS_NOT_ALLOWED", "Cannot specify both CLUSTER BY and PARTITIONED BY.")
	}
	if len(m.PartitionBy) == len(m.Columns) && len(m.Columns) > 0 {
		return sqlerr.New("ALL_PARTITION_COLUMNS_NOT_ALLOWED", "Cannot use all columns for partition columns.")
	}
	return nil
}

func badName(name string) bool { return strings.ContainsAny(name, " ,;{}()\n\t=") }

func badNames(t sqltype.Type) bool {
	for _, f := range t.Fields {
		if badName(f.Name) || badNames(f.Type) {
			return true
		}
	}
	return t.Elem != nil && badNames(*t.Elem) || t.Key != nil && badNames(*t.Key)
}

func columnNames(m *catalog.Metadata) string {
	out := make([]string, len(m.Columns))
	for i, c := range m.Columns {
		out[i] = catalog.Quote([]string{c.Name})
	}
	return strings.Join(out, ", ")
}
