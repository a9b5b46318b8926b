package duckdb

import (
	"context"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/bind"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/wire"
)

const confZone = "timezone"

func defaults() map[string]string { return map[string]string{confZone: "UTC"} }

func (s *session) enter(catalog, schema string) error     { return nil }
func (s *session) configure(conf map[string]string) error { return nil }

var errTodo = sqlerr.Unsupported("not yet")

func (st *statement) alter(ctx context.Context, s *ast.Alter) (*wire.Result, error) {
	return nil, errTodo
}
func (st *statement) restore(ctx context.Context, s *ast.Restore) (*wire.Result, error) {
	return nil, errTodo
}
func (st *statement) commentOn(ctx context.Context, s *ast.CommentOn) (*wire.Result, error) {
	return nil, errTodo
}
func (st *statement) explain(ctx context.Context, s *ast.Explain) (*wire.Result, error) {
	return nil, errTodo
}
func (st *statement) use(s *ast.Use) (*wire.Result, error)     { return nil, errTodo }
func (st *statement) set(s *ast.Set) (*wire.Result, error)     { return nil, errTodo }
func (st *statement) reset(s *ast.Reset) (*wire.Result, error) { return nil, errTodo }
func (st *statement) createNamespace(ctx context.Context, s *ast.CreateNamespace) (*wire.Result, error) {
	return nil, errTodo
}
func (st *statement) dropNamespace(ctx context.Context, s *ast.DropNamespace) (*wire.Result, error) {
	return nil, errTodo
}
func (st *statement) describe(ctx context.Context, s *ast.Describe) (*wire.Result, error) {
	return nil, errTodo
}
func (st *statement) show(ctx context.Context, s *ast.Show) (*wire.Result, error) {
	return nil, errTodo
}
func (st *statement) ignored(ctx context.Context, s *ast.Ignored) (*wire.Result, error) {
	return nil, errTodo
}
func (st *statement) informationSchema(name []string) (bind.Relation, error) {
	return bind.Relation{}, errTodo
}
