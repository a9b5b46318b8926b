package warehouse

import (
	"strconv"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
)

func counts(pairs ...any) Result {
	r := Result{Rows: [][]any{nil}}
	for i := 0; i < len(pairs); i += 2 {
		r.Columns = append(r.Columns, pairs[i].(string))
		r.Rows[0] = append(r.Rows[0], int64(pairs[i+1].(int)))
	}
	return r
}

func texts(pairs ...any) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		switch v := pairs[i+1].(type) {
		case int:
			m[pairs[i].(string)] = strconv.Itoa(v)
		case string:
			m[pairs[i].(string)] = v
		}
	}
	return m
}

func (x *execution) insert(s *ast.Insert) *dml {
	if s.ByName || s.Evolve || s.ReplaceWhere != nil {
		panic(bug("INSERT of a form that is not known"))
	}
	q := x.query(s.Query, nil)
	name := x.name(s.Table.Parts)
	_, reads := x.read[fold(name)]
	c := &dml{operation: "WRITE", target: x.snapshot(s.Table.Parts)}
	if len(q.columns) != len(s.Columns) {
		panic(refuse("INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS", "21S01", "Cannot write to the table."))
	}
	places := make([]int, len(s.Columns))
	for i, n := range s.Columns {
		places[i] = c.target.index(n)
	}
	for _, row := range q.rows {
		values := make([]any, len(c.target.columns))
		for i, at := range places {
			values[at] = row[i]
		}
		c.added = append(c.added, x.fits(c.target, values))
	}
	mode := "Append"
	if s.Overwrite {
		mode, c.removed = "Overwrite", c.target.rows
	} else {
		c.blind = !reads
	}
	c.parameters = texts("mode", mode, "statsOnLoad", "false", "partitionBy", "[]")
	c.metrics = texts("numFiles", 1, "numOutputRows", len(c.added), "numOutputBytes", 100*len(c.added))
	c.result = counts("num_affected_rows", len(c.added), "num_inserted_rows", len(c.added))
	return c
}

// matching are the rows of the target for which where is true.
func (x *execution) matching(t *ast.TableName, where ast.Expr) (snapshot, []Row) {
	s := x.snapshot(t.Parts)
	alias := t.Alias.Name
	if alias == "" {
		alias = t.Parts[len(t.Parts)-1]
	}
	columns := s.scopeColumns(alias)
	return s, keep(s.rows, func(r Row) bool {
		return where == nil || truth((&scope{columns: columns, row: *r, x: x}).eval(where))
	})
}

func (x *execution) delete(s *ast.Delete) *dml {
	target, rows := x.matching(s.Table, s.Where)
	return &dml{
		operation: "DELETE", target: target, removed: rows, silent: len(rows) == 0,
		parameters: texts("predicate", `["`+escaped(x.text(s.Where))+`"]`),
		metrics:    texts("numDeletedRows", len(rows), "numRemovedFiles", 1),
		result:     counts("num_affected_rows", len(rows)),
	}
}

func (x *execution) update(s *ast.Update) *dml {
	target, rows := x.matching(s.Table, s.Where)
	c := &dml{operation: "UPDATE", target: target, removed: rows, silent: len(rows) == 0}
	columns := target.scopeColumns(s.Table.Alias.Name)
	for _, r := range rows {
		c.added = append(c.added, x.fits(target, x.assigned(target, *r, s.Set, &scope{columns: columns, row: *r, x: x})))
	}
	c.parameters = texts("predicate", `["`+escaped(x.text(s.Where))+`"]`)
	c.metrics = texts("numUpdatedRows", len(rows))
	c.result = counts("num_affected_rows", len(rows))
	return c
}

// assigned is a row after SET.
func (x *execution) assigned(target snapshot, row []any, set []ast.Assign, sc *scope) []any {
	values := append([]any(nil), row...)
	for _, a := range set {
		values[target.index(a.Column[len(a.Column)-1])] = sc.eval(a.Value)
	}
	return values
}
