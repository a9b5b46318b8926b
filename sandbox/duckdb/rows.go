package duckdb

import (
	"fmt"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/bind"
	"github.com/drt-go/drt/sandbox/duckdb/catalog"
	"github.com/drt-go/drt/sandbox/duckdb/parse"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// defaultOf is what a column gets that a statement does not name: its DEFAULT, else NULL.
func (w *write) defaultOf(c catalog.Column) (bind.Expr, error) {
	if c.Default == "" {
		return bind.Null(c.Type.Value()), nil
	}
	x, err := parse.Expression(c.Default)
	if err != nil {
		return bind.Expr{}, err
	}
	b, err := w.env.Expr(w.env.NewScope(), x)
	if err != nil {
		return b, err
	}
	return w.env.Store(b, c.Name, c.Type, overflowInsert)
}

// The classes of a number that does not fit its column.
const (
	overflowInsert = "CAST_OVERFLOW_IN_TABLE_INSERT"
	overflowWrite  = "DELTA_CAST_OVERFLOW_IN_TABLE_WRITE"
)

// layered is rows on their way into the table: sql yields the physical columns of w.meta.
type layered struct {
	w   *write
	sql string
}

// checked adds what the table demands of its rows: generated values, NOT NULL, CHECK. given says which columns the
// statement has set itself; nil means all.
func (l layered) checked(given []bool) (string, error) {
	if err := l.generate(given); err != nil {
		return "", err
	}
	notNull := false
	for _, c := range l.w.meta.Columns {
		notNull = notNull || c.NotNull
	}
	if notNull {
		l.sql = l.demandValues()
	}
	for _, c := range l.w.meta.Checks {
		if err := l.demand(c.Name, c.Text); err != nil {
			return "", err
		}
	}
	return l.sql, nil
}

// scope sees the rows under the alias r.
func (l layered) scope() *bind.Scope {
	s := l.w.env.NewScope()
	s.AddAs("r", bind.Relation{Name: l.w.snap.Name, Cols: columnsOf(l.w.meta)})
	return s
}

// generate computes the generated columns, and holds values that were given for them against that.
func (l *layered) generate(given []bool) error {
	parts := make([]string, len(l.w.meta.Columns))
	var checks []string
	found := false
	for i, c := range l.w.meta.Columns {
		parts[i] = "r." + c.Physical
		if c.Generated == "" {
			continue
		}
		found = true
		x, err := parse.Expression(c.Generated)
		if err != nil {
			return err
		}
		b, err := l.w.env.Expr(l.scope(), x)
		if err != nil {
			return err
		}
		if b, err = l.w.env.Store(b, c.Name, c.Type, overflowWrite); err != nil {
			return err
		}
		if given == nil || given[i] {
			checks = append(checks, l.violation("Generated Column", "("+catalog.Quote([]string{c.Name})+" <=> "+c.Generated+")", parts[i]+" IS NOT DISTINCT FROM "+b.SQL, x))
			continue
		}
		parts[i] = b.SQL + " AS " + c.Physical
	}
	if !found {
		return nil
	}
	l.sql = "SELECT " + strings.Join(parts, ", ") + " FROM (" + l.sql + ") AS r" + where(checks)
	return nil
}

func where(checks []string) string {
	if len(checks) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(checks, " AND ")
}

// demandValues fails a NULL in a NOT NULL column.
func (l layered) demandValues() string {
	parts := make([]string, len(l.w.meta.Columns))
	for i, c := range l.w.meta.Columns {
		parts[i] = "r." + c.Physical
		if c.NotNull {
			text := sqlerr.Text("DELTA_NOT_NULL_CONSTRAINT_VIOLATED", "NOT NULL constraint violated for column: "+c.Name+".\n")
			parts[i] = "CASE WHEN r." + c.Physical + " IS NULL THEN error(" + quote(text) + ") ELSE r." + c.Physical + " END AS " + c.Physical
		}
	}
	return "SELECT " + strings.Join(parts, ", ") + " FROM (" + l.sql + ") AS r"
}

// demand fails a row for which a CHECK is not true.
func (l *layered) demand(name, text string) error {
	x, err := parse.Expression(text)
	if err != nil {
		return err
	}
	b, err := l.w.env.Condition(l.scope(), x, "CHECK")
	if err != nil {
		return err
	}
	l.sql = "SELECT * FROM (" + l.sql + ") AS r" + where([]string{l.violation(name, "("+text+")", b.SQL, x)})
	return nil
}

// violation is a condition that fails with the row's values unless cond is true.
func (l layered) violation(name, text, cond string, x ast.Expr) string {
	message := quote("CHECK constraint " + strings.ToLower(name) + " " + text + " violated by row with values:\n")
	seen := map[string]bool{}
	ast.Walk(x, func(y ast.Expr) {
		c, ok := y.(*ast.Column)
		if !ok {
			return
		}
		if i := l.w.meta.Find(c.Parts[len(c.Parts)-1]); i >= 0 && !seen[l.w.meta.Columns[i].Name] {
			col := l.w.meta.Columns[i]
			seen[col.Name] = true
			message += " || " + quote(" - "+col.Name+" : ") + " || coalesce(CAST(r." + col.Physical + " AS VARCHAR), 'null') || chr(10)"
		}
	})
	e := sqlerr.Encode(sqlerr.New("DELTA_VIOLATE_CONSTRAINT_WITH_VALUES", "\x01"))
	head, tail, _ := strings.Cut(e, "\x01")
	return "CASE WHEN coalesce(" + cond + ", false) THEN true ELSE error(" + quote(head) + " || " + message + " || " + quote(tail) + ") END"
}

// identityValue numbers the rows of this statement on.
func (w *write) identityValue(c catalog.Column) bind.Expr {
	next, ok := w.snap.Identity[c.Name]
	if !ok {
		next = c.Identity.Start
	}
	return bind.Expr{SQL: fmt.Sprintf("CAST(%d + %d * (row_number() OVER () - 1) AS BIGINT)", next, c.Identity.Step), Type: sqltype.Of(sqltype.BigInt)}
}

// identityAfter is where the identity columns go on after rows more; nil if there is none.
func (w *write) identityAfter(rows int64, given []bool) map[string]int64 {
	var out map[string]int64
	for i, c := range w.meta.Columns {
		if c.Identity == nil || given != nil && given[i] {
			continue
		}
		if out == nil {
			out = map[string]int64{}
		}
		next, ok := w.snap.Identity[c.Name]
		if !ok {
			next = c.Identity.Start
		}
		out[c.Name] = next + c.Identity.Step*rows
	}
	return out
}

// physicals are the names of the columns in DuckDB.
func (w *write) physicals() []string {
	out := make([]string, len(w.meta.Columns))
	for i, c := range w.meta.Columns {
		out[i] = c.Physical
	}
	return out
}

// checkExpressions binds defaults and generated columns, so that a table cannot be made with wrong ones.
func (w *write) checkExpressions() error {
	for _, c := range w.meta.Columns {
		if c.Default != "" {
			if _, err := w.defaultOf(c); err != nil {
				return sqlerr.New("INVALID_DEFAULT_VALUE.UNRESOLVED_EXPRESSION", "Failed to execute the command because the destination column %s has a DEFAULT value %s which fails to resolve as a valid expression: %s", catalog.Quote([]string{c.Name}), c.Default, err)
			}
		}
	}
	l := layered{w: w}
	return l.generate(make([]bool, len(w.meta.Columns)))
}
