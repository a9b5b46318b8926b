package duckdb

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/bind"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/wire"
)

// The kinds of WHEN.
const (
	matched    = "MATCHED"
	notMatched = "NOT MATCHED"
	bySource   = "NOT MATCHED BY SOURCE"
)

// merge runs MERGE INTO: one join decides for every row what becomes of it, in a temporary table; then the old rows end
// and the new ones begin.
func (st *statement) merge(ctx context.Context, m *ast.Merge) (*wire.Result, error) {
	if m.Evolve {
		return nil, sqlerr.Unsupported("MERGE WITH SCHEMA EVOLUTION is not in the sandbox, use ALTER TABLE ADD COLUMNS.")
	}
	g := &merging{stmt: m}
	w, err := st.openWrite(ctx, m.Target, g.bind)
	if err != nil {
		return nil, err
	}
	n, err := g.run(ctx)
	return w.written(ctx, []count{
		{"num_affected_rows", n.updated + n.deleted + n.inserted}, {"num_updated_rows", n.updated},
		{"num_deleted_rows", n.deleted}, {"num_inserted_rows", n.inserted},
	}, err)
}

// merging is a MERGE after binding.
type merging struct {
	*write
	stmt  *ast.Merge
	joins sides // in the join, where conditions are
	after sides // behind the join, where values are

	target, source string // as they stand behind FROM
	on             string
	decide         string   // the number of the clause for a row, from 1; 0: none
	values         []string // of the new row, by column
	given          []bool   // columns that every clause sets
	logged         [3]string
}

// sides are the scopes of what the clauses can see.
type sides struct{ both, target, source *bind.Scope }

func (s sides) of(kind string) *bind.Scope {
	return map[string]*bind.Scope{matched: s.both, notMatched: s.source, bySource: s.target}[kind]
}

func (g *merging) has(kind string) bool {
	for _, c := range g.stmt.Clauses {
		if c.Kind == kind {
			return true
		}
	}
	return false
}

func (g *merging) bind(w *write) error {
	g.write = w
	if err := g.checkOrder(); err != nil {
		return err
	}
	if err := g.bindSides(); err != nil {
		return err
	}
	if bind.HasSubquery(g.stmt.On) {
		return unsupportedSubquery("search")
	}
	on, err := w.env.Condition(g.joins.both, g.stmt.On, "MERGE")
	if err != nil {
		return err
	}
	g.on = on.SQL
	if err := g.bindDecision(); err != nil {
		return err
	}
	return g.bindValues()
}

func unsupportedSubquery(where string) error {
	return sqlerr.New("DELTA_UNSUPPORTED_SUBQUERY", "Subqueries are not supported in the %s condition of MERGE operation.", where)
}

// checkOrder: only the last clause of a kind may have no condition.
func (g *merging) checkOrder() error {
	open := map[string]bool{}
	for _, c := range g.stmt.Clauses {
		if open[c.Kind] {
			class := map[string]string{matched: "NON_LAST_MATCHED_CLAUSE_OMIT_CONDITION", notMatched: "NON_LAST_NOT_MATCHED_BY_TARGET_CLAUSE_OMIT_CONDITION",
				bySource: "NON_LAST_NOT_MATCHED_BY_SOURCE_CLAUSE_OMIT_CONDITION"}[c.Kind]
			return sqlerr.New(class, "When there are more than one %s clauses in a MERGE statement, only the last %s clause can omit the condition.", c.Kind, c.Kind)
		}
		open[c.Kind] = c.Cond == nil
	}
	return nil
}

// bindSides binds both tables. In the join they have aliases of their own; behind it both are one relation, j, whose
// columns are t0, t1, ... and s0, s1, ...
func (g *merging) bindSides() error {
	env := g.env
	both := env.NewScope()
	var alias string
	g.target, alias = both.Add(env, g.relation(g.stmt.Target.Alias))
	from, err := env.From(both, g.stmt.Source)
	if err != nil {
		return err
	}
	rels := both.Relations()
	if len(rels) != 2 {
		return sqlerr.Unsupported("A join as the source of MERGE is not in the sandbox: put it into a subquery.")
	}
	t, s := rels[0], rels[1]
	t.SQL = alias
	g.source = "(SELECT *, true AS present FROM " + from + ") AS " + s.SQL
	g.joins = sides{both: both, target: env.NewScope(), source: env.NewScope()}
	g.joins.target.AddAs(t.SQL, t)
	g.joins.source.AddAs(s.SQL, s)
	t2, s2 := renamed(t, "t"), renamed(s, "s")
	g.after = sides{both: env.NewScope(), target: env.NewScope(), source: env.NewScope()}
	g.after.both.AddAs("j", t2)
	g.after.both.AddAs("j", s2)
	g.after.target.AddAs("j", t2)
	g.after.source.AddAs("j", s2)
	return nil
}

func renamed(r bind.Relation, prefix string) bind.Relation {
	cols := append([]bind.Column(nil), r.Cols...)
	for i := range cols {
		cols[i].SQL = prefix + strconv.Itoa(i)
	}
	return bind.Relation{Name: r.Name, Cols: cols}
}

// bindDecision makes the expression that picks a clause for a row of the join.
func (g *merging) bindDecision() error {
	rels := g.joins.both.Relations()
	whens := map[string]string{}
	logged := map[string][]string{}
	for i, c := range g.stmt.Clauses {
		cond, text := "true", ""
		if c.Cond != nil {
			if bind.HasSubquery(c.Cond) {
				return unsupportedSubquery(c.Action)
			}
			s := g.joins.of(c.Kind)
			b, err := g.env.Condition(s, c.Cond, "MERGE")
			if err != nil {
				return err
			}
			cond, text = b.SQL, g.env.Logged(s, c.Cond)
		}
		whens[c.Kind] += fmt.Sprintf(" WHEN %s THEN %d", cond, i+1)
		logged[c.Kind] = append(logged[c.Kind], loggedClause(strings.ToLower(c.Action), text))
	}
	pick := func(kind string) string {
		if whens[kind] == "" {
			return "0"
		}
		return "CASE" + whens[kind] + " ELSE 0 END"
	}
	t, s := rels[0].SQL+".rid IS NOT NULL", rels[1].SQL+".present"
	g.decide = "CASE WHEN " + t + " AND " + s + " THEN " + pick(matched) + " WHEN " + s + " THEN " + pick(notMatched) + " ELSE " + pick(bySource) + " END"
	for k, kind := range []string{matched, notMatched, bySource} {
		g.logged[k] = "[" + strings.Join(logged[kind], ",") + "]"
	}
	return nil
}

// bindValues makes the new row's columns out of the values of all clauses that write one.
func (g *merging) bindValues() error {
	cases := make([]string, len(g.meta.Columns))
	g.given = make([]bool, len(g.meta.Columns))
	for i := range g.given {
		g.given[i] = true
	}
	for i, c := range g.stmt.Clauses {
		if c.Action == "DELETE" {
			continue
		}
		var values []bind.Expr
		var err error
		if c.Action == "UPDATE" {
			values, err = g.updateValues(c)
		} else {
			values, err = g.insertValues(c)
		}
		if err != nil {
			return err
		}
		for k, v := range values {
			cases[k] += fmt.Sprintf(" WHEN %d THEN %s", i+1, v.SQL)
		}
	}
	g.values = make([]string, len(cases))
	for k, c := range g.meta.Columns {
		g.values[k] = bind.Null(c.Type.Value()).SQL
		if cases[k] != "" {
			g.values[k] = "CASE j.act" + cases[k] + " END"
		}
	}
	return nil
}

// note remembers which columns a clause leaves to the table.
func (g *merging) note(given []bool) {
	for i := range g.given {
		g.given[i] = g.given[i] && given[i]
	}
}

func (g *merging) updateValues(c ast.MergeClause) ([]bind.Expr, error) {
	set := c.Set
	if c.All {
		set = nil
		for _, col := range g.sourceNames() {
			set = append(set, ast.Assign{Column: []string{col}, Value: g.sourceColumn(col)})
		}
	}
	g.note(g.givenBy(set))
	return g.assigned(g.after.of(c.Kind), set)
}

// sourceNames are the target's columns that * takes from the source.
func (g *merging) sourceNames() []string {
	var out []string
	for _, c := range g.meta.Columns {
		if c.Generated == "" && c.Identity == nil {
			out = append(out, c.Name)
		}
	}
	return out
}

// sourceColumn names a column of the source, whatever the statement calls it.
func (g *merging) sourceColumn(name string) ast.Expr {
	rel := g.joins.source.Relations()[0]
	if len(rel.Name) == 0 {
		return &ast.Column{Parts: []string{name}}
	}
	return &ast.Column{Parts: []string{rel.Name[len(rel.Name)-1], name}}
}

func (g *merging) insertValues(c ast.MergeClause) ([]bind.Expr, error) {
	names, values := c.Columns, c.Values
	if c.All {
		for _, n := range g.sourceNames() {
			names, values = append(names, n), append(values, g.sourceColumn(n))
		}
	}
	if len(names) != len(values) {
		return nil, sqlerr.New("INSERT_COLUMN_ARITY_MISMATCH", "The INSERT of MERGE names %d columns and has %d values.", len(names), len(values))
	}
	at, err := g.positions(names)
	if err != nil {
		return nil, err
	}
	out := make([]bind.Expr, len(g.meta.Columns))
	given := make([]bool, len(out))
	for i, k := range at {
		if out[k], err = g.assign(g.after.source, g.meta.Columns[k], values[i]); err != nil {
			return nil, err
		}
		given[k] = true
	}
	for k, col := range g.meta.Columns {
		if given[k] {
			continue
		}
		if col.Identity != nil {
			out[k] = g.identityValue(col)
		} else if out[k], err = g.defaultOf(col); err != nil {
			return nil, err
		}
	}
	g.note(given)
	return out, nil
}
