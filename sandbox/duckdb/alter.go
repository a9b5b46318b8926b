package duckdb

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/catalog"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/wire"
)

// alteration is an ALTER TABLE: a commit of new metadata. It does not wait for statements that write: they fail with
// DELTA_METADATA_CHANGED when they commit after it.
type alteration struct {
	*write // its meta is the new metadata, its snap the table as it was
	ddl    []string
	rule   *rule
	entry  catalog.Commit
}

// rule is what the rows that there are must hold to: sql counts those that do not.
type rule struct {
	sql  string
	fail func(n int64) error
}

// alter runs ALTER TABLE.
func (st *statement) alter(ctx context.Context, s *ast.Alter) (*wire.Result, error) {
	if to, ok := s.Action.(ast.RenameTable); ok {
		return done(), st.renameTable(ctx, s.Name, to.To)
	}
	a := &alteration{}
	err := st.begin(ctx, func() error {
		if err := st.lookAlter(a, s.Name); err != nil {
			return err
		}
		if err := a.apply(s.Action); err != nil {
			return err
		}
		if err := checkColumns(a.meta); err != nil {
			return err
		}
		return a.checkExpressions()
	})
	if err == nil {
		err = a.run(ctx)
	}
	st.end(ctx)
	return done(), err
}

// lookAlter looks the table up and copies its metadata; the store is held.
func (st *statement) lookAlter(a *alteration, parts []string) error {
	name, err := st.qualify(parts)
	if err != nil {
		return err
	}
	if isInfoSchema(name[0], name[1]) {
		return sqlerr.New("PERMISSION_DENIED", "Cannot change %s.", catalog.Quote(name))
	}
	snap, err := st.engine.store.Look(name)
	if err != nil {
		return err
	}
	a.write = &write{statement: st, snap: snap, meta: snap.Meta.Clone(), unlock: func() {}}
	return nil
}

func (a *alteration) apply(action any) error {
	switch x := action.(type) {
	case ast.AddColumns:
		return a.addColumns(x)
	case ast.AlterColumn:
		return a.alterColumn(x)
	case ast.DropColumns:
		return a.dropColumns(x)
	case ast.RenameColumn:
		return a.renameColumn(x)
	case ast.SetProperties:
		return a.setProperties(x)
	case ast.UnsetProperties:
		return a.unsetProperties(x)
	case ast.AddConstraint:
		return a.addConstraint(x)
	case ast.DropConstraint:
		return a.dropConstraint(x)
	case ast.ClusterBy:
		return a.clusterBy(x)
	}
	return sqlerr.Unsupported("ALTER TABLE %T is not in the sandbox.", action)
}

// run checks the rows, changes DuckDB's table and commits.
func (a *alteration) run(ctx context.Context) error {
	if a.rule != nil {
		n, err := a.rowCount(ctx, a.rule.sql)
		if err != nil {
			return err
		}
		if n > 0 {
			return a.rule.fail(n)
		}
	}
	for _, sql := range a.ddl {
		if _, err := a.conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	a.entry.User, a.entry.Metadata = user, a.meta
	// No row carries a version of this commit: there is nothing to renumber.
	_, err := a.engine.store.Commit(ctx, a.conn, a.snap, a.entry, func(int64) error { return nil })
	return err
}

// log says what the commit is.
func (a *alteration) log(operation string, parameters map[string]string) {
	a.entry.Operation, a.entry.Parameters = operation, parameters
}

// jsonText is v as Delta logs it.
func jsonText(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "null" // of texts and numbers only: cannot happen
	}
	return string(b)
}

// renameTable runs RENAME TO. A name of one part stays in the table's schema.
func (st *statement) renameTable(ctx context.Context, from, to []string) error {
	var snap *catalog.Snapshot
	err := st.begin(ctx, func() error {
		a := &alteration{}
		if err := st.lookAlter(a, from); err != nil {
			return err
		}
		snap = a.snap
		switch len(to) {
		case 1:
			to = []string{snap.Name[0], snap.Name[1], to[0]}
		case 2:
			to = []string{snap.Name[0], to[0], to[1]}
		}
		if len(to) != 3 {
			return sqlerr.New("REQUIRES_SINGLE_PART_NAMESPACE", "%s is not a name of a table: catalog.schema.table was expected.", catalog.Quote(to))
		}
		return checkName(to[2])
	})
	if err == nil {
		err = st.engine.store.Rename(ctx, st.conn, snap, to)
	}
	st.end(ctx)
	return err
}

// commentOn runs COMMENT ON TABLE.
func (st *statement) commentOn(ctx context.Context, s *ast.CommentOn) (*wire.Result, error) {
	return st.alter(ctx, &ast.Alter{Name: s.Name, Action: ast.SetProperties{Properties: map[string]string{"comment": s.Text}}})
}

// ignored checks that the table of ANALYZE, OPTIMIZE, REFRESH or VACUUM is there. They change files and statistics, of
// which the sandbox has none, so they return nothing.
func (st *statement) ignored(_ context.Context, s *ast.Ignored) (*wire.Result, error) {
	err := st.engine.store.View(func() error {
		_, err := st.described(s.Name)
		return err
	})
	return done(), err
}

// explain answers for a query with DuckDB's plan, which says so.
func (st *statement) explain(ctx context.Context, s *ast.Explain) (*wire.Result, error) {
	q, ok := s.Stmt.(*ast.Query)
	if !ok {
		return nil, sqlerr.Unsupported("EXPLAIN of anything but a query is not in the sandbox.")
	}
	sql := ""
	err := st.begin(ctx, func() error {
		b, err := st.env.Query(q)
		sql = b.SQL
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, err := st.conn.Strings(ctx, "EXPLAIN "+sql, 2)
	st.end(ctx)
	if err != nil {
		return nil, err
	}
	text := "== Physical Plan of the sandbox's DuckDB: a warehouse plans otherwise ==\n"
	for _, r := range rows {
		text += fmt.Sprintln(*r[1])
	}
	return listed("UTC", textFields("plan"), [][]any{{text}}), nil
}
