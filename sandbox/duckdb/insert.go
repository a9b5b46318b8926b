package duckdb

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/bind"
	"github.com/drt-go/drt/sandbox/duckdb/catalog"
	"github.com/drt-go/drt/sandbox/duckdb/parse"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
	"github.com/drt-go/drt/sandbox/wire"
)

// insert runs INSERT INTO, INSERT OVERWRITE and INSERT ... REPLACE WHERE.
func (st *statement) insert(ctx context.Context, s *ast.Insert) (*wire.Result, error) {
	if s.Evolve {
		return nil, sqlerr.Unsupported("INSERT WITH SCHEMA EVOLUTION is not in the sandbox, use ALTER TABLE ADD COLUMNS.")
	}
	i := &insertion{stmt: s}
	w, err := st.openWrite(ctx, s.Table, i.bind)
	if err != nil {
		return nil, err
	}
	n, err := i.run(ctx)
	return w.written(ctx, []count{{"num_affected_rows", n}, {"num_inserted_rows", n}}, err)
}

// insertion is an INSERT after binding.
type insertion struct {
	*write
	stmt    *ast.Insert
	given   []bool // by column of the table: set by the statement
	rows    string // yields the physical columns
	replace string // condition on the table's rows (alias q) that go; "" if none do
	logged  string // of REPLACE WHERE
	blind   bool
}

func (i *insertion) bind(w *write) error {
	i.write = w
	targets, err := i.targets()
	if err != nil {
		return err
	}
	query := i.stmt.Query
	if v, ok := query.Body.(*ast.Values); ok && len(query.With) == 0 {
		if query, err = i.defaults(query, v, targets); err != nil {
			return err
		}
	}
	q, err := w.env.Query(query)
	if err != nil {
		return err
	}
	if i.stmt.ByName {
		if targets, err = i.byName(q); err != nil {
			return err
		}
	}
	if len(q.Cols) != len(targets) {
		return i.arity(len(q.Cols), len(targets))
	}
	if err := i.project(q, targets); err != nil {
		return err
	}
	return i.bindReplace()
}

// targets are the columns that the statement fills, as positions in the table.
func (i *insertion) targets() ([]int, error) {
	if len(i.stmt.Columns) == 0 {
		var out []int
		for k, c := range i.meta.Columns {
			if c.Generated == "" && (c.Identity == nil || !c.Identity.Always) {
				out = append(out, k)
			}
		}
		return out, nil
	}
	return i.positions(i.stmt.Columns)
}

// positions finds columns by name; none may be named twice.
func (w *write) positions(names []string) ([]int, error) {
	seen := map[int]bool{}
	out := make([]int, len(names))
	for k, name := range names {
		at := w.meta.Find(name)
		if at < 0 {
			return nil, sqlerr.New("UNRESOLVED_COLUMN.WITH_SUGGESTION", "A column, variable, or function parameter with name %s cannot be resolved. Did you mean one of the following? [%s].", catalog.Quote([]string{name}), w.someColumns())
		}
		if seen[at] {
			return nil, sqlerr.New("COLUMN_ALREADY_EXISTS", "The column %s already exists. Choose another name or rename the existing column.", catalog.Quote([]string{strings.ToLower(name)}))
		}
		if c := w.meta.Columns[at]; c.Identity != nil && c.Identity.Always {
			return nil, sqlerr.New("DELTA_IDENTITY_COLUMNS_EXPLICIT_INSERT_NOT_SUPPORTED", "Providing values for GENERATED ALWAYS AS IDENTITY column %s is not supported.", c.Name)
		}
		seen[at] = true
		out[k] = at
	}
	return out, nil
}

func (w *write) someColumns() string {
	var out []string
	for _, c := range w.meta.Columns[:min(5, len(w.meta.Columns))] {
		out = append(out, catalog.Quote([]string{c.Name}))
	}
	return strings.Join(out, ", ")
}

// byName matches the query's columns with the table's.
func (i *insertion) byName(q bind.Query) ([]int, error) {
	names := make([]string, len(q.Cols))
	for k, c := range q.Cols {
		names[k] = c.Name
	}
	return i.positions(names)
}

func (i *insertion) arity(have, want int) error {
	sub := "NOT_ENOUGH_DATA_COLUMNS"
	if have > want {
		sub = "TOO_MANY_DATA_COLUMNS"
	}
	return sqlerr.New("INSERT_COLUMN_ARITY_MISMATCH."+sub, "Cannot write to %s, the reason is that the numbers of columns differ: table columns %d, data columns %d.", catalog.Quote(i.snap.Name), want, have)
}

// defaults puts the columns' defaults in place of DEFAULT.
func (i *insertion) defaults(q *ast.Query, v *ast.Values, targets []int) (*ast.Query, error) {
	out := *q
	rows := &ast.Values{}
	for _, r := range v.Rows {
		row := append([]ast.Expr(nil), r...)
		for k, x := range row {
			if _, ok := x.(*ast.Default); !ok || k >= len(targets) {
				continue
			}
			row[k] = &ast.Literal{Type: sqltype.Of(sqltype.Void), Null: true}
			if text := i.meta.Columns[targets[k]].Default; text != "" {
				x, err := parse.Expression(text)
				if err != nil {
					return nil, err
				}
				row[k] = x
			}
		}
		rows.Rows = append(rows.Rows, row)
	}
	out.Body = rows
	return &out, nil
}

// project brings the query's columns to the types of the table's, and fills the others.
func (i *insertion) project(q bind.Query, targets []int) error {
	i.given = make([]bool, len(i.meta.Columns))
	values := make([]bind.Expr, len(i.meta.Columns))
	for k, at := range targets {
		c := i.meta.Columns[at]
		x, err := i.env.Store(bind.Expr{SQL: "q." + q.Cols[k].SQL, Type: q.Cols[k].Type}, c.Name, c.Type, overflowInsert)
		if err != nil {
			return err
		}
		i.given[at], values[at] = true, x
	}
	parts := make([]string, len(values))
	for k, c := range i.meta.Columns {
		if !i.given[k] {
			var err error
			if values[k], err = i.absent(c); err != nil {
				return err
			}
		}
		parts[k] = values[k].SQL + " AS " + c.Physical
	}
	sql, err := layered{w: i.write, sql: "SELECT " + strings.Join(parts, ", ") + " FROM (" + q.SQL + ") AS q"}.checked(i.given)
	i.rows = sql
	return err
}

// absent is the value of a column that the statement leaves out.
func (i *insertion) absent(c catalog.Column) (bind.Expr, error) {
	switch {
	case c.Identity != nil:
		return i.identityValue(c), nil
	case c.Generated != "":
		return bind.Null(c.Type.Value()), nil // computed from the others
	case c.NotNull && c.Default == "":
		return bind.Expr{}, sqlerr.New("DELTA_INSERT_COLUMN_MISMATCH", "Column %s is not specified in INSERT.", c.Name)
	}
	return i.defaultOf(c)
}

// bindReplace binds what goes before the rows come.
func (i *insertion) bindReplace() error {
	i.blind = !i.stmt.Overwrite && i.stmt.ReplaceWhere == nil
	switch {
	case i.blind:
		return nil
	case i.stmt.Overwrite:
		i.replace = "true"
		return nil
	}
	s := i.env.NewScope()
	s.AddAs("q", i.relation(ast.Alias{}))
	cond, err := i.env.Condition(s, i.stmt.ReplaceWhere, "REPLACE WHERE")
	if err != nil {
		return err
	}
	i.replace, i.logged = cond.SQL, i.env.Logged(s, i.stmt.ReplaceWhere)
	l := layered{w: i.write, sql: i.rows}
	inside, err := i.env.Condition(l.scope(), i.stmt.ReplaceWhere, "REPLACE WHERE")
	if err != nil {
		return err
	}
	fail := sqlerr.Text("DELTA_REPLACE_WHERE_MISMATCH", "Written data does not conform to partial table overwrite condition or constraint '"+i.logged+"'.")
	i.rows = "SELECT * FROM (" + i.rows + ") AS r WHERE CASE WHEN coalesce(" + inside.SQL + ", false) THEN true ELSE error(" + quote(fail) + ") END"
	return nil
}

func (i *insertion) run(ctx context.Context) (int64, error) {
	removed := int64(0)
	if !i.blind {
		if err := i.exclusive(ctx); err != nil {
			return 0, err
		}
	}
	// The rows are read before the old ones go: the statement may select from its own target.
	n, err := i.append(ctx, i.physicals(), i.rows)
	if err != nil {
		return 0, err
	}
	if !i.blind {
		old := fmt.Sprintf("v_from <> %d AND rowid IN (SELECT q.rid FROM %s AS q WHERE %s)", i.next(), i.relation(ast.Alias{}).SQL, i.replace)
		if removed, err = i.retire(ctx, old); err != nil {
			return 0, err
		}
	}
	return n, i.commit(ctx, i.entry(n, removed))
}

// entry is the commit as Delta logs it.
func (i *insertion) entry(n, removed int64) catalog.Commit {
	c := catalog.Commit{
		Operation: "WRITE", BlindAppend: i.blind, Identity: i.identityAfter(n, i.given),
		Parameters: map[string]string{"mode": "Append", "partitionBy": "[]"},
		Metrics:    map[string]string{"numFiles": files(n), "numOutputRows": strconv.FormatInt(n, 10)},
	}
	if i.blind {
		return c
	}
	c.Parameters["mode"] = "Overwrite"
	if i.logged != "" {
		c.Parameters["predicate"] = i.logged
	}
	c.Metrics["numRemovedFiles"] = files(removed)
	return c
}

// files is how many files a warehouse would have written for rows: the sandbox has none.
func files(rows int64) string {
	if rows == 0 {
		return "0"
	}
	return "1"
}
