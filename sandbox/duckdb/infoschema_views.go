package duckdb

import (
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/catalog"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// views are the relations of the information schema that the sandbox has.
func views() map[string]view {
	constraint := textFields("constraint_catalog", "constraint_schema", "constraint_name", "table_catalog", "table_schema", "table_name")
	return map[string]view{
		"columns": {columnFields(), columnRows},
		"tables": {append(textFields("table_catalog", "table_schema", "table_name", "table_type", "is_insertable_into", "commit_action", "table_owner", "comment"),
			timeField("created"), textFields("created_by")[0], timeField("last_altered"), textFields("last_altered_by")[0],
			textFields("data_source_format")[0], textFields("storage_sub_directory")[0], textFields("storage_path")[0]), tableRows},
		"schemata": {append(textFields("catalog_name", "schema_name", "schema_owner", "comment"),
			timeField("created"), textFields("created_by")[0], timeField("last_altered"), textFields("last_altered_by")[0]), schemaRows},
		"catalogs": {append(textFields("catalog_name", "catalog_owner", "comment"),
			timeField("created"), textFields("created_by")[0], timeField("last_altered"), textFields("last_altered_by")[0]), catalogRows},
		"table_constraints": {append(constraint[:6:6], textFields("constraint_type", "is_deferrable", "initially_deferred", "enforced", "comment")...), constraintRows},
		"key_column_usage":  {append(constraint[:6:6], textFields("column_name")[0], intField("ordinal_position"), intField("position_in_unique_constraint")), keyRows},
	}
}

func columnFields() []field {
	out := append(textFields("table_catalog", "table_schema", "table_name", "column_name"), intField("ordinal_position"))
	out = append(out, textFields("column_default", "is_nullable", "full_data_type", "data_type")...)
	out = append(out, intField("character_maximum_length"), textFields("character_octet_length")[0])
	for _, n := range []string{"numeric_precision", "numeric_precision_radix", "numeric_scale", "datetime_precision"} {
		out = append(out, intField(n))
	}
	out = append(out, textFields("interval_type")[0], intField("interval_precision"), intField("maximum_cardinality"))
	out = append(out, textFields("is_identity", "identity_generation", "identity_start", "identity_increment", "identity_maximum",
		"identity_minimum", "identity_cycle", "is_generated", "generation_expression", "is_system_time_period_start",
		"is_system_time_period_end", "system_time_period_timestamp_generation", "is_updatable")...)
	return append(out, intField("partition_index"), textFields("comment")[0])
}

func columnRows(s *session, cat string) [][]any {
	var out [][]any
	for _, t := range tablesOf(s, cat) {
		for i, c := range t.Meta.Columns {
			precision, radix, scale, datetime := measures(c.Type)
			out = append(out, []any{
				t.Name[0], t.Name[1], t.Name[2], c.Name, i + 1, orNull(c.Default), yesNo(!c.NotNull), c.Type.Simple(), dataType(c.Type),
				nil, nil, precision, radix, scale, datetime, nil, nil, nil,
				"NO", nil, nil, nil, nil, nil, nil, "NO", nil, "NO", "NO", nil, "YES", partitionIndex(t.Meta, c.Name), orNull(c.Comment),
			})
		}
	}
	return out
}

// dataType is the name of a type without what it holds. Integers have the names of Unity Catalog.
func dataType(t sqltype.Type) string {
	switch t.Kind {
	case sqltype.TinyInt:
		return "BYTE"
	case sqltype.SmallInt:
		return "SHORT"
	case sqltype.BigInt:
		return "LONG"
	}
	name, _, _ := strings.Cut(strings.ToUpper(t.Simple()), "(")
	name, _, _ = strings.Cut(name, "<")
	return name
}

// measures are numeric_precision, numeric_precision_radix, numeric_scale and datetime_precision.
func measures(t sqltype.Type) (precision, radix, scale, datetime any) {
	bits := map[sqltype.Kind]int{sqltype.TinyInt: 8, sqltype.SmallInt: 16, sqltype.Int: 32, sqltype.BigInt: 64, sqltype.Float: 32, sqltype.Double: 64}
	switch {
	case t.Kind == sqltype.Decimal:
		return t.Precision, 10, t.Scale, nil
	case t.Integral():
		return bits[t.Kind], 2, 0, nil
	case t.Numeric():
		return bits[t.Kind], 2, nil, nil
	case t.Kind == sqltype.Date:
		return nil, nil, nil, 0
	case t.Kind == sqltype.Timestamp, t.Kind == sqltype.TimestampNTZ:
		return nil, nil, nil, 3
	}
	return nil, nil, nil, nil
}

// partitionIndex counts from 1; NULL if the column is none of the partition's.
func partitionIndex(m *catalog.Metadata, column string) any {
	for i, p := range m.PartitionBy {
		if strings.EqualFold(p, column) {
			return i + 1
		}
	}
	return nil
}

func tableRows(s *session, cat string) [][]any {
	var out [][]any
	for _, t := range tablesOf(s, cat) {
		out = append(out, []any{t.Name[0], t.Name[1], t.Name[2], "MANAGED", "YES", "PRESERVE", user, orNull(t.Meta.Comment),
			t.Meta.Created, user, t.Modified, user, "DELTA", nil, nil})
	}
	return out
}

func schemaRows(s *session, cat string) [][]any {
	var out [][]any
	for _, schema := range append(s.engine.store.Schemas(cat), infoSchema) {
		out = append(out, []any{strings.ToLower(cat), schema, user, orNull(s.engine.store.SchemaComment(cat, schema)), nil, user, nil, user})
	}
	return out
}

func catalogRows(_ *session, cat string) [][]any {
	return [][]any{{strings.ToLower(cat), user, nil, nil, user, nil, user}}
}

func constraintRows(s *session, cat string) [][]any {
	var out [][]any
	for _, t := range tablesOf(s, cat) {
		if len(t.Meta.PrimaryKey) > 0 {
			out = append(out, []any{t.Name[0], t.Name[1], keyName(t), t.Name[0], t.Name[1], t.Name[2], "PRIMARY KEY", "NO", "NO", "NO", nil})
		}
	}
	return out
}

func keyRows(s *session, cat string) [][]any {
	var out [][]any
	for _, t := range tablesOf(s, cat) {
		for i, c := range t.Meta.PrimaryKey {
			out = append(out, []any{t.Name[0], t.Name[1], keyName(t), t.Name[0], t.Name[1], t.Name[2], c, i + 1, nil})
		}
	}
	return out
}
