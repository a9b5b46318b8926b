package duckdb

import (
	"context"
	"fmt"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/bind"
	"github.com/drt-go/drt/sandbox/duckdb/catalog"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
	"github.com/drt-go/drt/sandbox/wire"
)

// describe runs DESCRIBE in all its forms.
func (st *statement) describe(ctx context.Context, s *ast.Describe) (*wire.Result, error) {
	var fields []field
	var rows [][]any
	var err error
	switch s.Kind {
	case "HISTORY":
		return st.history(ctx, s)
	case "QUERY":
		fields, rows, err = st.describeQuery(ctx, s.Query)
	default:
		err = st.engine.store.View(func() (err error) {
			fields, rows, err = st.descriptions(s)
			return err
		})
	}
	if err != nil {
		return nil, err
	}
	return listed(st.env.Zone, fields, rows), nil
}

// descriptions are the rows of a DESCRIBE that needs the catalog only; the store is held.
func (st *statement) descriptions(s *ast.Describe) ([]field, [][]any, error) {
	switch s.Kind {
	case "SCHEMA":
		return st.describeSchema(s)
	case "CATALOG":
		return st.describeCatalog(s)
	}
	snap, err := st.described(s.Name)
	if err != nil {
		return nil, nil, err
	}
	if s.Kind == "DETAIL" {
		return detailFields(), [][]any{detail(snap)}, nil
	}
	if s.Column != "" {
		return describeColumn(snap, s.Column)
	}
	rows := describeColumns(snap.Meta)
	if s.Extended {
		rows = append(rows, extended(snap)...)
	}
	return textFields("col_name", "data_type", "comment"), rows, nil
}

// describeColumns lists the columns, then those that the table is partitioned or clustered by. Types are those of
// values: STRING for CHAR and VARCHAR.
func describeColumns(m *catalog.Metadata) [][]any {
	var rows [][]any
	for _, c := range m.Columns {
		rows = append(rows, columnRow(c))
	}
	for _, part := range []struct {
		title string
		names []string
	}{{"# Partition Information", m.PartitionBy}, {"# Clustering Information", m.ClusterBy}} {
		if len(part.names) == 0 {
			continue
		}
		rows = append(rows, []any{part.title, "", ""}, []any{"# col_name", "data_type", "comment"})
		for _, n := range part.names {
			rows = append(rows, columnRow(m.Columns[m.Find(n)]))
		}
	}
	return rows
}

func columnRow(c catalog.Column) []any {
	return []any{c.Name, c.Type.Value().Simple(), orNull(c.Comment)}
}

// extended is what EXTENDED adds.
func extended(snap *catalog.Snapshot) [][]any {
	m := snap.Meta
	rows := [][]any{
		{"", "", ""}, {"# Detailed Table Information", "", ""},
		{"Catalog", snap.Name[0], ""}, {"Database", snap.Name[1], ""}, {"Table", snap.Name[2], ""},
		{"Created Time", m.Created.Format("Mon Jan 02 15:04:05 MST 2006"), ""}, {"Last Access", "UNKNOWN", ""},
		{"Created By", "drt sandbox", ""}, {"Type", "MANAGED", ""},
	}
	if m.Comment != "" {
		rows = append(rows, []any{"Comment", m.Comment, ""})
	}
	all := allProperties(m)
	props := make([]string, 0, len(all))
	for _, k := range sortedKeys(all) {
		props = append(props, k+"="+all[k])
	}
	rows = append(rows, []any{"Provider", "delta", ""}, []any{"Owner", user, ""}, []any{"Table Properties", "[" + strings.Join(props, ",") + "]", ""})
	if len(m.PrimaryKey) > 0 {
		rows = append(rows, []any{"", "", ""}, []any{"# Constraints", "", ""},
			[]any{keyName(snap), "PRIMARY KEY (" + quotedNames(m.PrimaryKey) + ")", ""})
	}
	return rows
}

// quotedNames lists names in backticks.
func quotedNames(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = catalog.Quote([]string{n})
	}
	return strings.Join(out, ", ")
}

func describeColumn(snap *catalog.Snapshot, name string) ([]field, [][]any, error) {
	at := snap.Meta.Find(name)
	if at < 0 {
		return nil, nil, sqlerr.New("UNRESOLVED_COLUMN.WITH_SUGGESTION", "A column, variable, or function parameter with name %s cannot be resolved. Did you mean one of the following? [%s].", catalog.Quote([]string{name}), columnNames(snap.Meta))
	}
	c := snap.Meta.Columns[at]
	comment := c.Comment
	if comment == "" {
		comment = "NULL"
	}
	return textFields("info_name", "info_value"), [][]any{{"col_name", c.Name}, {"data_type", c.Type.Value().Simple()}, {"comment", comment}}, nil
}

func (st *statement) describeQuery(ctx context.Context, q *ast.Query) ([]field, [][]any, error) {
	var b bind.Query
	err := st.begin(ctx, func() (err error) {
		b, err = st.env.Query(q)
		return err
	})
	st.end(ctx)
	var rows [][]any
	for _, c := range b.Cols {
		rows = append(rows, []any{c.Name, c.Type.Value().Simple(), nil})
	}
	return textFields("col_name", "data_type", "comment"), rows, err
}

func (st *statement) describeSchema(s *ast.Describe) ([]field, [][]any, error) {
	cat, schema, err := st.namespace(s.Name)
	if err != nil {
		return nil, nil, err
	}
	if err := st.checkSchema(cat, schema); err != nil {
		return nil, nil, err
	}
	return textFields("database_description_item", "database_description_value"), [][]any{
		{"Catalog Name", strings.ToLower(cat)}, {"Namespace Name", strings.ToLower(schema)},
		{"Comment", st.engine.store.SchemaComment(cat, schema)}, {"Owner", user},
	}, nil
}

func (st *statement) describeCatalog(s *ast.Describe) ([]field, [][]any, error) {
	if len(s.Name) != 1 {
		return nil, nil, onePart(s.Name)
	}
	err := st.engine.store.CheckCatalog(s.Name[0])
	return textFields("info_name", "info_value"), [][]any{{"Catalog Name", strings.ToLower(s.Name[0])}, {"Comment", ""}, {"Owner", user}}, err
}

func detailFields() []field {
	out := append(textFields("format", "id", "name", "description", "location"), timeField("createdAt"), timeField("lastModified"),
		field{"partitionColumns", stringArray()}, field{"clusteringColumns", stringArray()},
		field{"numFiles", sqltype.Of(sqltype.BigInt)}, field{"sizeInBytes", sqltype.Of(sqltype.BigInt)}, field{"properties", stringMap()})
	return append(out, intField("minReaderVersion"), intField("minWriterVersion"), field{"tableFeatures", stringArray()})
}

// detail is the row of DESCRIBE DETAIL. There are no files, so location, numFiles and sizeInBytes are NULL.
func detail(snap *catalog.Snapshot) []any {
	m := snap.Meta
	reader, writer := protocol(m)
	id := fmt.Sprintf("%08x-0000-4000-8000-%012x", snap.Table.ID, m.Created.UnixMilli())
	return []any{"delta", id, strings.Join(snap.Name, "."), orNull(m.Comment), nil, m.Created, snap.Modified,
		append([]string{}, m.PartitionBy...), append([]string{}, m.ClusterBy...), nil, nil, m.Properties,
		int32(reader[0] - '0'), int32(writer[0] - '0'), features(m)}
}
