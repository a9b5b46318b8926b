package duckdb

import (
	"strconv"
	"strings"
	"time"

	"github.com/drt-go/drt/sandbox/duckdb/bind"
	"github.com/drt-go/drt/sandbox/duckdb/catalog"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

const infoSchema = "information_schema"

// view is a relation of the information schema. Its rows are made for each statement.
type view struct {
	fields []field
	rows   func(s *session, cat string) [][]any
}

// informationSchema resolves catalog.information_schema.view; the store is held. What the columns hold is what the
// documentation says, also where it says that they are reserved.
func (st *statement) informationSchema(name []string) (bind.Relation, error) {
	if !isInfoSchema(name[0], name[1]) || st.engine.store.CheckCatalog(name[0]) != nil {
		return bind.Relation{}, catalog.NotFound(name)
	}
	v, ok := views()[strings.ToLower(name[2])]
	if !ok {
		return bind.Relation{}, otherView(name)
	}
	r := bind.Relation{Name: lowered(name), Cols: make([]bind.Column, len(v.fields))}
	for i, f := range v.fields {
		r.Cols[i] = bind.Column{Name: f.name, Type: f.typ, SQL: "c" + strconv.Itoa(i)}
	}
	r.SQL = valuesSQL(v.fields, v.rows(st.session, name[0]))
	return r, nil
}

// otherView refuses what Databricks has and the sandbox has not.
func otherView(name []string) error {
	switch strings.ToLower(name[2]) {
	case "catalog_privileges", "catalog_tags", "check_constraints", "column_masks", "column_tags", "connections", "constraint_column_usage",
		"constraint_table_usage", "credentials", "external_locations", "information_schema_catalog_name", "metastores", "parameters",
		"referential_constraints", "routine_columns", "routine_privileges", "routines", "row_filters", "schema_privileges", "schema_tags",
		"schema_shares_usage", "table_privileges", "table_tags", "views", "volume_privileges", "volume_tags", "volumes":
		return sqlerr.Unsupported("information_schema.%s is not in the sandbox.", strings.ToLower(name[2]))
	}
	return catalog.NotFound(name)
}

func lowered(name []string) []string {
	out := make([]string, len(name))
	for i, n := range name {
		out[i] = strings.ToLower(n)
	}
	return out
}

// valuesSQL writes rows as a DuckDB relation with the columns c0, c1, ...
func valuesSQL(fields []field, rows [][]any) string {
	casts := make([]string, len(fields))
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = "c" + strconv.Itoa(i)
		from := names[i]
		if len(rows) == 0 {
			from = "NULL"
		}
		casts[i] = "CAST(" + from + " AS " + f.typ.DuckDB() + ") AS " + names[i]
	}
	if len(rows) == 0 {
		return "(SELECT " + strings.Join(casts, ", ") + " WHERE false)"
	}
	lines := make([]string, len(rows))
	for i, row := range rows {
		cells := make([]string, len(row))
		for j, v := range row {
			cells[j] = cellSQL(v)
		}
		lines[i] = "(" + strings.Join(cells, ", ") + ")"
	}
	return "(SELECT " + strings.Join(casts, ", ") + " FROM (VALUES " + strings.Join(lines, ", ") + ") AS v(" + strings.Join(names, ", ") + "))"
}

func cellSQL(v any) string {
	switch v := v.(type) {
	case string:
		return quote(v)
	case int:
		return strconv.Itoa(v)
	case time.Time:
		return "make_timestamp(" + strconv.FormatInt(v.UnixMicro(), 10) + "::BIGINT)"
	}
	return "NULL"
}

func intField(name string) field { return field{name, sqltype.Of(sqltype.Int)} }

func timeField(name string) field { return field{name, sqltype.Of(sqltype.Timestamp)} }

// tablesOf lists the tables of a catalog.
func tablesOf(s *session, cat string) []*catalog.Snapshot {
	var out []*catalog.Snapshot
	for _, schema := range s.engine.store.Schemas(cat) {
		out = append(out, s.engine.store.Tables(cat, schema)...)
	}
	return out
}

// yesNo is how the information schema writes a truth.
func yesNo(b bool) string {
	if b {
		return "YES"
	}
	return "NO"
}
