package duckdb

import (
	"context"
	"strings"
	"time"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/bind"
	"github.com/drt-go/drt/sandbox/duckdb/native"
	"github.com/drt-go/drt/sandbox/duckdb/parse"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
	"github.com/drt-go/drt/sandbox/wire"
)

// user is who runs statements: the sandbox knows one.
const user = "sandbox@localhost"

// session implements wire.Session on one connection.
type session struct {
	engine  *Engine
	conn    *native.Conn
	id      int64
	catalog string
	schema  string
	conf    map[string]string
}

// Close implements wire.Session.
func (s *session) Close() error {
	s.conn.Close()
	return nil
}

// Execute implements wire.Session.
func (s *session) Execute(ctx context.Context, sql string, params []wire.Param) (*wire.Result, error) {
	p, err := parse.Statement(sql)
	if err != nil {
		return nil, toWire(ctx, err)
	}
	st := &statement{session: s, cancel: func() {}}
	if d := s.timeout(); d > 0 {
		ctx, st.cancel = context.WithTimeoutCause(ctx, d, timedOut(d))
	}
	defer func() {
		if !st.streams {
			st.cancel()
		}
	}()
	if st.params, err = literals(params); err != nil {
		return nil, err
	}
	st.env = st.newEnv()
	r, err := st.run(ctx, p.Stmt)
	if err != nil {
		st.end(ctx)
		return nil, toWire(ctx, err)
	}
	return r, nil
}

// statement is one statement on its way.
type statement struct {
	*session
	env    *bind.Env
	params []ast.Literal
	temps  []string // tables in DuckDB's temp schema, dropped at the end
	open   bool     // a transaction is open

	cancel  func() // ends the context of the statement
	streams bool   // rows are still to be read: cancel is called after them
}

func (st *statement) newEnv() *bind.Env {
	return &bind.Env{
		Functions: st.engine.functions, Params: st.params, Zone: st.conf[confZone], Now: time.Now().UTC(), User: user,
		Catalog: st.catalog, Schema: st.schema, Table: st.table, File: st.file, Texts: st.texts,
	}
}

// run hands a statement to what runs its kind.
func (st *statement) run(ctx context.Context, s ast.Stmt) (*wire.Result, error) {
	switch s := s.(type) {
	case *ast.Query:
		return st.query(ctx, s)
	case *ast.Insert:
		return st.insert(ctx, s)
	case *ast.Merge:
		return st.merge(ctx, s)
	case *ast.Delete:
		return st.delete(ctx, s)
	case *ast.Update:
		return st.update(ctx, s)
	case *ast.Truncate:
		return st.delete(ctx, &ast.Delete{Table: &ast.TableName{Parts: s.Name}})
	case *ast.CreateTable:
		return st.createTable(ctx, s)
	case *ast.DropTable:
		return st.dropTable(ctx, s)
	case *ast.Alter:
		return st.alter(ctx, s)
	case *ast.Restore:
		return st.restore(ctx, s)
	case *ast.CommentOn:
		return st.commentOn(ctx, s)
	case *ast.Explain:
		return st.explain(ctx, s)
	}
	return st.runSession(ctx, s)
}

// runSession runs what concerns the session, namespaces and descriptions.
func (st *statement) runSession(ctx context.Context, s ast.Stmt) (*wire.Result, error) {
	switch s := s.(type) {
	case *ast.Use:
		return st.use(s)
	case *ast.Set:
		return st.set(s)
	case *ast.Reset:
		return st.reset(s)
	case *ast.CreateNamespace:
		return st.createNamespace(ctx, s)
	case *ast.DropNamespace:
		return st.dropNamespace(ctx, s)
	case *ast.Describe:
		return st.describe(ctx, s)
	case *ast.Show:
		return st.show(ctx, s)
	case *ast.Ignored:
		return st.ignored(ctx, s)
	}
	return nil, sqlerr.Unsupported("The statement %T is not in the sandbox.", s)
}

// begin opens the transaction of the statement; f looks tables up as they are in it.
func (st *statement) begin(ctx context.Context, f func() error) error {
	st.open = true
	return st.engine.store.Begin(ctx, st.conn, f)
}

// end rolls back what is open and drops the temporary tables.
func (st *statement) end(context.Context) {
	ctx := context.Background() // a cancelled statement has to be cleaned up too
	if st.open {
		_, _ = st.conn.Exec(ctx, "ROLLBACK") // fails if the commit has ended it
		st.open = false
	}
	for _, t := range st.temps {
		_, _ = st.conn.Exec(ctx, "DROP TABLE IF EXISTS temp.main."+t) // made before the transaction, or gone with it
	}
	st.temps = nil
}

// qualify completes a table's name with the session's namespace.
func (s *session) qualify(parts []string) ([]string, error) {
	switch len(parts) {
	case 1:
		return []string{s.catalog, s.schema, parts[0]}, nil
	case 2:
		return []string{s.catalog, parts[0], parts[1]}, nil
	case 3:
		return parts, nil
	}
	return nil, sqlerr.New("REQUIRES_SINGLE_PART_NAMESPACE", "%s is not a name of a table: catalog.schema.table was expected.", strings.Join(parts, "."))
}

// literals turns parameters into constants.
func literals(params []wire.Param) ([]ast.Literal, error) {
	out := make([]ast.Literal, len(params))
	for i, p := range params {
		name := p.Type
		if name == "" {
			name = "STRING"
		}
		t, err := paramType(name, p.Text)
		if err != nil {
			return nil, err
		}
		out[i] = ast.Literal{Type: t, Text: p.Text, Null: p.Null || t.Kind == sqltype.Void}
	}
	return out, nil
}

func paramType(name, text string) (sqltype.Type, error) {
	switch strings.ToUpper(name) {
	case "VOID":
		return sqltype.Of(sqltype.Void), nil
	case "DECIMAL":
		return decimalOf(text), nil
	}
	t, err := sqltype.ParseText(name)
	if err != nil || t.Nested() || t.Kind == sqltype.Variant {
		return t, sqlerr.New("INVALID_PARAMETER_MARKER_VALUE.INVALID_VALUE_DATA_TYPE", "A parameter of the type %q cannot be bound.", name)
	}
	return t.Value(), nil
}

// decimalOf is the narrowest DECIMAL that holds text.
func decimalOf(text string) sqltype.Type {
	whole, fraction, _ := strings.Cut(strings.TrimLeft(text, "+-"), ".")
	whole = strings.TrimLeft(whole, "0")
	return sqltype.DecimalOf(min(38, max(1, len(whole)+len(fraction))), min(38, len(fraction)))
}
