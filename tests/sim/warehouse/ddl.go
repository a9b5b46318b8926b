package warehouse

import (
	"slices"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
)

// create is CREATE TABLE with columns, LIKE, or AS.
func (s *Statement) create(x *execution, c *ast.CreateTable) {
	if c.IfNotExists || len(c.PartitionBy)+len(c.ClusterBy)+len(c.Properties) > 0 {
		panic(bug("CREATE TABLE of a form that is not known"))
	}
	t := &table{name: x.name(c.Name)}
	switch {
	case c.Like != nil:
		like := x.snapshot(c.Like)
		t.columns, t.checks = like.columns, like.table.checks
	case c.Query != nil:
		q := x.query(c.Query, nil)
		for _, column := range q.columns {
			t.columns = append(t.columns, Column{Name: column.name, Type: "string"})
		}
		for _, row := range q.rows {
			t.rows = append(t.rows, &row)
		}
	default:
		for _, d := range c.Columns {
			if d.NotNull || d.Default != nil || d.Generated != nil || d.Identity != nil {
				panic(bug("CREATE TABLE of a form that is not known"))
			}
			t.columns = append(t.columns, Column{Name: d.Name, typ: d.Type})
		}
	}
	s.write = func() Result {
		if s.w.tables[fold(t.name)] != nil && !c.Replace {
			panic(refuse("TABLE_OR_VIEW_ALREADY_EXISTS", "42P07", "Cannot create table or view `%s` because it already exists.", t.name))
		}
		t.commit(Version{At: s.w.now(), Operation: "CREATE TABLE", ReadVersion: -1}, true)
		s.w.tables[fold(t.name)] = t
		return Result{}
	}
}

func (s *Statement) drop(x *execution, d *ast.DropTable) {
	name := x.name(d.Name)
	if d.View || !d.IfExists {
		panic(bug("DROP of a form that is not known"))
	}
	s.write = func() Result {
		if s.w.tables[fold(name)] != nil && s.w.Dropped != nil {
			s.w.Dropped(name, s.by)
		}
		delete(s.w.tables, fold(name))
		return Result{}
	}
}

// alter is SET TBLPROPERTIES, which commits whatever else is going on, and makes what is under way fail.
func (s *Statement) alter(x *execution, a *ast.Alter) {
	set, ok := a.Action.(ast.SetProperties)
	if !ok {
		panic(bug("ALTER TABLE with %T", a.Action))
	}
	target := x.snapshot(a.Name).table
	var pairs []any
	for k, v := range set.Properties {
		pairs = append(pairs, "properties", `{"`+escaped(k)+`":"`+escaped(v)+`"}`)
	}
	s.write = func() Result {
		if s.w.tables[fold(target.name)] != target {
			panic(missing(target.name))
		}
		target.commit(Version{At: s.w.now(), Operation: "SET TBLPROPERTIES", Parameters: texts(pairs...), ReadVersion: target.version()}, true)
		return Result{}
	}
}

// Append is another program's INSERT of rows, which reads nothing.
func (w *Warehouse) Append(name string, rows [][]any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.tables[fold(name)]
	t.rows = slices.Clone(t.rows)
	for _, row := range rows {
		t.rows = append(t.rows, &row)
	}
	t.commit(Version{
		At: w.now(), Operation: "WRITE", Parameters: texts("mode", "Append", "partitionBy", "[]"),
		Metrics: texts("numOutputRows", len(rows)), ReadVersion: t.version(), Blind: true,
	}, false)
}

// Rewrite is another program's compaction: every file is replaced, no row changes.
func (w *Warehouse) Rewrite(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.tables[fold(name)]
	rows := make([]Row, len(t.rows))
	for i, r := range t.rows {
		row := *r
		rows[i] = &row
	}
	t.rows = rows
	t.commit(Version{At: w.now(), Operation: "OPTIMIZE", Parameters: texts(), ReadVersion: t.version(), rewrites: true}, false)
}
