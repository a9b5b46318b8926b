package duckdb

import (
	"context"
	"regexp"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/catalog"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
	"github.com/drt-go/drt/sandbox/wire"
)

// show runs SHOW.
func (st *statement) show(_ context.Context, s *ast.Show) (*wire.Result, error) {
	var fields []field
	var rows [][]any
	err := st.engine.store.View(func() (err error) {
		fields, rows, err = st.shown(s)
		return err
	})
	if err != nil {
		return nil, err
	}
	return listed(st.env.Zone, fields, rows), nil
}

// shown is what SHOW lists; the store is held.
func (st *statement) shown(s *ast.Show) ([]field, [][]any, error) {
	switch s.Kind {
	case "CURRENT":
		return textFields("catalog", "namespace"), [][]any{{st.session.catalog, st.session.schema}}, nil
	case "CATALOGS":
		return textFields("catalog"), named(st.engine.store.Catalogs(), s), nil
	case "SCHEMAS":
		return st.showSchemas(s)
	case "TABLES", "VIEWS":
		return st.showTables(s)
	}
	snap, err := st.described(s.Name)
	if err != nil {
		return nil, nil, err
	}
	switch s.Kind {
	case "COLUMNS":
		var names []string
		for _, c := range snap.Meta.Columns {
			names = append(names, c.Name)
		}
		return textFields("col_name"), named(names, s), nil
	case "TBLPROPERTIES":
		return textFields("key", "value"), showProperties(snap, s.Key), nil
	}
	return textFields("createtab_stmt"), [][]any{{createText(snap)}}, nil
}

// described looks a table up that a statement describes; the store is held.
func (st *statement) described(parts []string) (*catalog.Snapshot, error) {
	name, err := st.qualify(parts)
	if err != nil {
		return nil, err
	}
	if isInfoSchema(name[0], name[1]) {
		return nil, sqlerr.Unsupported("Descriptions of %s are not in the sandbox, SELECT from it.", catalog.Quote(name))
	}
	return st.engine.store.Look(name)
}

// named makes a row of each name that matches the pattern.
func named(names []string, s *ast.Show) [][]any {
	match := likeShow(s)
	var out [][]any
	for _, n := range names {
		if match(n) {
			out = append(out, []any{n})
		}
	}
	return out
}

// likeShow matches as SHOW ... LIKE does: * is any text, | separates alternatives, the rest is a regular expression, in
// any case. A part that is no regular expression matches nothing.
func likeShow(s *ast.Show) func(string) bool {
	if !s.Like {
		return func(string) bool { return true }
	}
	var parts []*regexp.Regexp
	for _, p := range strings.Split(strings.TrimSpace(s.Pattern), "|") {
		if re, err := regexp.Compile("(?i)^(?:" + strings.ReplaceAll(p, "*", ".*") + ")$"); err == nil {
			parts = append(parts, re)
		}
	}
	return func(name string) bool {
		for _, re := range parts {
			if re.MatchString(name) {
				return true
			}
		}
		return false
	}
}

func (st *statement) showSchemas(s *ast.Show) ([]field, [][]any, error) {
	cat := st.session.catalog
	switch len(s.Name) {
	case 0:
	case 1:
		cat = s.Name[0]
	default:
		return nil, nil, onePart(s.Name)
	}
	if err := st.engine.store.CheckCatalog(cat); err != nil {
		return nil, nil, err
	}
	schemas := st.engine.store.Schemas(cat)
	if isInfoSchema(cat, infoSchema) {
		schemas = append(schemas, infoSchema)
	}
	return textFields("databaseName"), named(schemas, s), nil
}

func (st *statement) showTables(s *ast.Show) ([]field, [][]any, error) {
	cat, schema, err := st.namespace(s.Name)
	if err != nil {
		return nil, nil, err
	}
	if err := st.checkSchema(cat, schema); err != nil {
		return nil, nil, err
	}
	flag := sqltype.Of(sqltype.Boolean)
	if s.Kind == "VIEWS" { // there are none
		return append(textFields("namespace", "viewName"), field{"isTemporary", flag}, field{"isMaterialized", flag}), nil, nil
	}
	fields := append(textFields("database", "tableName"), field{"isTemporary", flag})
	if isInfoSchema(cat, schema) {
		return fields, nil, sqlerr.Unsupported("SHOW TABLES of information_schema is not in the sandbox.")
	}
	match := likeShow(s)
	var rows [][]any
	for _, t := range st.engine.store.Tables(cat, schema) {
		if match(t.Name[2]) {
			rows = append(rows, []any{t.Name[1], t.Name[2], false})
		}
	}
	return fields, rows, nil
}

func showProperties(snap *catalog.Snapshot, key string) [][]any {
	all := allProperties(snap.Meta)
	if key == "" {
		var out [][]any
		for _, k := range sortedKeys(all) {
			out = append(out, []any{k, all[k]})
		}
		return out
	}
	v, ok := all[key]
	if !ok {
		v = "Table " + strings.Join(snap.Name, ".") + " does not have property: " + key
	}
	return [][]any{{key, v}}
}

// allProperties are a table's properties with those that Delta keeps there itself: CHECK constraints and the protocol.
func allProperties(m *catalog.Metadata) map[string]string {
	out := map[string]string{}
	for k, v := range m.Properties {
		out[k] = v
	}
	for _, c := range m.Checks {
		out[constraintPrefix+c.Name] = c.Text
	}
	reader, writer := protocol(m)
	out["delta.minReaderVersion"], out["delta.minWriterVersion"] = reader, writer
	return out
}
