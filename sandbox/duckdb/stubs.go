package duckdb

import (
	"context"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/wire"
)

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
func (st *statement) ignored(ctx context.Context, s *ast.Ignored) (*wire.Result, error) {
	return nil, errTodo
}
