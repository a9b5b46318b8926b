package warehouse

import (
	"github.com/drt-go/drt/sandbox/duckdb/ast"
)

// Result is what a statement returns.
type Result struct {
	Columns []string
	Rows    [][]any
}

// Statement is one that has begun: it has read what it reads, and has not written yet.
type Statement struct {
	w      *Warehouse
	by     any
	result Result
	write  func() Result // nil: it changes nothing; called with the warehouse locked
}

// Begin parses sql, resolves its tables and works out what it changes. args are strings or nil. by comes back in Change.
// Errors are *Error, or *Bug.
func (w *Warehouse) Begin(sql string, args []any, by any) (*Statement, error) {
	p, run := w.parser.statement(sql)
	if p.err != nil {
		return nil, bug("%v in %s", p.err, sql)
	}
	if p.params != len(args) {
		return nil, bug("%d markers and %d values in %s", p.params, len(args), sql)
	}
	s := &Statement{w: w, by: by}
	x := &execution{w: w, run: run, args: args, read: map[string]snapshot{}}
	w.mu.Lock()
	defer w.mu.Unlock()
	err := caught(func() { s.plan(x, p.stmt) })
	if b, ok := err.(*Bug); ok {
		return nil, bug("%s in %s", b.Text, sql)
	}
	return s, err
}

// Commit makes the change. It fails as Delta does if another commit came between.
func (s *Statement) Commit() (r Result, err error) {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	r = s.result
	err = caught(func() {
		if s.write != nil {
			r = s.write()
		}
	})
	return r, err
}

// plan works the statement out.
func (s *Statement) plan(x *execution, stmt ast.Stmt) {
	switch stmt := stmt.(type) {
	case *ast.Query:
		q := x.query(stmt, nil)
		for _, c := range q.columns {
			s.result.Columns = append(s.result.Columns, c.name)
		}
		s.result.Rows = q.rows
	case *ast.Insert:
		s.change(x, x.insert(stmt))
	case *ast.Delete:
		s.change(x, x.delete(stmt))
	case *ast.Update:
		s.change(x, x.update(stmt))
	case *ast.Merge:
		s.change(x, x.merge(stmt))
	case *ast.CreateTable:
		s.create(x, stmt)
	case *ast.DropTable:
		s.drop(x, stmt)
	case *ast.Alter:
		s.alter(x, stmt)
	case *ast.Describe:
		s.result = x.describe(stmt)
	case *ast.Show:
		s.result = x.show(stmt)
	default:
		panic(bug("statement %T is not known", stmt))
	}
}

// change commits c.
func (s *Statement) change(x *execution, c *dml) {
	s.write = func() Result {
		s.w.settle(c)
		if s.w.Watch != nil && !c.silent && s.w.Watched(c.target.table.name) {
			s.w.Watch(Change{
				Table: c.target.table.name, By: s.by, Operation: c.operation, Before: c.target.rows, Removed: c.removed, Added: c.added,
			})
		}
		return c.result
	}
}
