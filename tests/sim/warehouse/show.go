package warehouse

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
)

// informationSchema is a view of it: columns only.
func (w *Warehouse) informationSchema(view string) relation {
	if !strings.EqualFold(view, "columns") {
		panic(bug("information_schema.%s", view))
	}
	var r relation
	for _, n := range []string{
		"table_schema", "table_name", "column_name", "full_data_type", "is_nullable", "column_default",
		"is_identity", "identity_generation", "is_generated", "ordinal_position",
	} {
		r.columns = append(r.columns, column{"columns", n})
	}
	for _, t := range w.tables {
		parts := strings.Split(t.name, ".")
		for i, c := range t.columns {
			nullable := "YES"
			if c.NotNull {
				nullable = "NO"
			}
			r.rows = append(r.rows, []any{parts[1], parts[2], c.Name, c.Type, nullable, nil, "NO", nil, "NO", int64(i)})
		}
	}
	return r
}

// describe is DESCRIBE TABLE, DESCRIBE DETAIL and DESCRIBE HISTORY.
func (x *execution) describe(d *ast.Describe) Result {
	t := x.snapshot(d.Name).table
	switch d.Kind {
	case "TABLE":
		r := Result{Columns: []string{"col_name", "data_type", "comment"}}
		for _, c := range t.columns {
			r.Rows = append(r.Rows, []any{c.Name, c.Type, nil})
		}
		return r
	case "DETAIL":
		return Result{Columns: []string{"format", "name", "clusteringColumns"}, Rows: [][]any{{"delta", t.name, "[]"}}}
	case "HISTORY":
		most := len(t.log)
		if d.Limit != nil {
			most = min(most, int((&scope{x: x}).eval(d.Limit).(int64)))
		}
		r := Result{Columns: []string{"version", "timestamp", "userId", "userName", "operation", "operationParameters", "readVersion", "isolationLevel", "isBlindAppend", "operationMetrics"}}
		for i := range most {
			v := t.log[len(t.log)-1-i]
			var read any
			if v.ReadVersion >= 0 {
				read = v.ReadVersion
			}
			r.Rows = append(r.Rows, []any{v.Number, v.At, "1", "robot@example.com", v.Operation, document(v.Parameters), read, "WriteSerializable", v.Blind, document(v.Metrics)})
		}
		return r
	}
	panic(bug("DESCRIBE %s", d.Kind))
}

// document is a map as the driver prints it.
func document(m map[string]string) string {
	if m == nil {
		return "{}"
	}
	text, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// show is SHOW TABLES IN schema LIKE pattern.
func (x *execution) show(s *ast.Show) Result {
	if s.Kind != "TABLES" || len(s.Name) != 2 {
		panic(bug("SHOW %s", s.Kind))
	}
	r := Result{Columns: []string{"database", "tableName", "isTemporary"}}
	var names []string
	for _, t := range x.w.tables {
		parts := strings.Split(t.name, ".")
		if ok, err := path.Match(s.Pattern, parts[2]); err == nil && ok && strings.EqualFold(parts[0]+"."+parts[1], strings.Join(s.Name, ".")) {
			names = append(names, parts[2])
		}
	}
	slices.Sort(names)
	for _, n := range names {
		r.Rows = append(r.Rows, []any{s.Name[1], n, false})
	}
	return r
}
