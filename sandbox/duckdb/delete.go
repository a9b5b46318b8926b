package duckdb

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/bind"
	"github.com/drt-go/drt/sandbox/duckdb/catalog"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/wire"
)

// chosen binds the condition of a DELETE or UPDATE over the target's rows.
func (w *write) chosen(target *ast.TableName, where ast.Expr) (s *bind.Scope, from, cond, logged string, err error) {
	s = w.env.NewScope()
	from, _ = s.Add(w.env, w.relation(target.Alias))
	if where == nil {
		return s, from, "true", "true", nil
	}
	if bind.HasTupleSubquery(where) {
		return s, "", "", "", sqlerr.New("DELTA_UNSUPPORTED_MULTI_COL_IN_PREDICATE", "Multi-column In predicates are not supported in the DELETE condition.")
	}
	b, err := w.env.Condition(s, where, "WHERE")
	return s, from, b.SQL, w.env.Logged(s, where), err
}

// delete runs DELETE FROM and TRUNCATE. Nothing to delete makes no commit.
func (st *statement) delete(ctx context.Context, d *ast.Delete) (*wire.Result, error) {
	var from, cond, logged string
	w, err := st.openWrite(ctx, d.Table, func(w *write) (err error) {
		_, from, cond, logged, err = w.chosen(d.Table, d.Where)
		return err
	})
	if err != nil {
		return nil, err
	}
	n, err := w.deleteRows(ctx, from, cond, logged)
	return w.written(ctx, []count{{"num_affected_rows", n}}, err)
}

func (w *write) deleteRows(ctx context.Context, from, cond, logged string) (int64, error) {
	if err := w.exclusive(ctx); err != nil {
		return 0, err
	}
	n, err := w.retire(ctx, "rowid IN (SELECT rid FROM "+from+" WHERE "+cond+")")
	if err != nil || n == 0 {
		return 0, err
	}
	return n, w.commit(ctx, catalog.Commit{
		Operation: "DELETE", Parameters: map[string]string{"predicate": jsonList(logged)},
		Metrics: map[string]string{"numDeletedRows": strconv.FormatInt(n, 10), "numRemovedFiles": "1", "numAddedFiles": "0", "numCopiedRows": "0"},
	})
}

// jsonList is ["text"], as Delta logs predicates.
func jsonList(text string) string {
	b, err := json.Marshal([]string{text})
	if err != nil {
		return "[]" // text is no UTF-8: cannot happen behind the parser
	}
	return string(b)
}

// update runs UPDATE: the old rows end, the new ones begin.
func (st *statement) update(ctx context.Context, u *ast.Update) (*wire.Result, error) {
	var rows, logged string
	w, err := st.openWrite(ctx, u.Table, func(w *write) error {
		s, from, cond, text, err := w.chosen(u.Table, u.Where)
		if err != nil {
			return err
		}
		logged = text
		values, err := w.assigned(s, u.Set)
		if err != nil {
			return err
		}
		parts := make([]string, len(values))
		for i, c := range w.meta.Columns {
			parts[i] = values[i].SQL + " AS " + c.Physical
		}
		rows = "SELECT rid, " + strings.Join(parts, ", ") + " FROM " + from + " WHERE " + cond
		return nil
	})
	if err != nil {
		return nil, err
	}
	n, err := w.updateRows(ctx, rows, logged, u.Set)
	return w.written(ctx, []count{{"num_affected_rows", n}}, err)
}

// assigned are the new values of all columns: s has the target as its first relation.
func (w *write) assigned(s *bind.Scope, set []ast.Assign) ([]bind.Expr, error) {
	out := s.Columns()[:len(w.meta.Columns)]
	seen := map[int]bool{}
	for _, a := range set {
		at, err := w.assignee(a.Column)
		if err != nil {
			return nil, err
		}
		c := w.meta.Columns[at]
		if seen[at] {
			return nil, sqlerr.New("DELTA_DUPLICATE_COLUMNS_ON_UPDATE_TABLE", "There is a conflict from these SET columns: %s.", catalog.Quote([]string{c.Name}))
		}
		seen[at] = true
		if out[at], err = w.assign(s, c, a.Value); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// assignee is the column that SET names.
func (w *write) assignee(parts []string) (int, error) {
	at := w.meta.Find(parts[len(parts)-1])
	if at < 0 {
		if len(parts) > 1 && w.meta.Find(parts[0]) >= 0 {
			return 0, sqlerr.Unsupported("SET on a field of a STRUCT is not in the sandbox.")
		}
		return 0, sqlerr.New("DELTA_MERGE_UNRESOLVED_EXPRESSION", "Cannot resolve %s in UPDATE clause given columns %s.", catalog.Quote(parts), w.someColumns())
	}
	if c := w.meta.Columns[at]; c.Identity != nil {
		return 0, sqlerr.New("DELTA_IDENTITY_COLUMNS_UPDATE_NOT_SUPPORTED", "UPDATE on IDENTITY column %s is not supported.", c.Name)
	}
	return at, nil
}

func (w *write) assign(s *bind.Scope, c catalog.Column, value ast.Expr) (bind.Expr, error) {
	if _, ok := value.(*ast.Default); ok {
		return w.defaultOf(c)
	}
	x, err := w.env.Expr(s, value)
	if err != nil {
		return x, err
	}
	return w.env.Store(x, c.Name, c.Type, overflowWrite)
}

// givenBy says which columns SET names.
func (w *write) givenBy(set []ast.Assign) []bool {
	given := make([]bool, len(w.meta.Columns))
	for _, a := range set {
		if at := w.meta.Find(a.Column[len(a.Column)-1]); at >= 0 {
			given[at] = true
		}
	}
	return given
}

func (w *write) updateRows(ctx context.Context, rows, logged string, set []ast.Assign) (int64, error) {
	if err := w.exclusive(ctx); err != nil {
		return 0, err
	}
	temp, err := w.materialize(ctx, rows)
	if err != nil {
		return 0, err
	}
	n, err := w.retire(ctx, "rowid IN (SELECT rid FROM "+temp+")")
	if err != nil || n == 0 {
		return 0, err
	}
	sql, err := layered{w: w, sql: "SELECT " + strings.Join(w.physicals(), ", ") + " FROM " + temp}.checked(w.givenBy(set))
	if err != nil {
		return 0, err
	}
	if _, err := w.append(ctx, w.physicals(), sql); err != nil {
		return 0, err
	}
	return n, w.commit(ctx, catalog.Commit{
		Operation: "UPDATE", Parameters: map[string]string{"predicate": jsonList(logged)},
		Metrics: map[string]string{"numUpdatedRows": strconv.FormatInt(n, 10), "numRemovedFiles": "1", "numAddedFiles": "1", "numCopiedRows": "0"},
	})
}

// materialize keeps the rows of sql in a temporary table.
func (st *statement) materialize(ctx context.Context, sql string) (string, error) {
	name := fmt.Sprintf("m%d_%d", st.id, len(st.temps))
	if _, err := st.conn.Exec(ctx, "CREATE OR REPLACE TEMP TABLE "+name+" AS "+sql); err != nil {
		return "", err
	}
	st.temps = append(st.temps, name)
	return "temp.main." + name, nil
}
