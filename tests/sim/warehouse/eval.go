package warehouse

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// column is a column of a relation; of is the alias that qualifies it.
type column struct{ of, name string }

// scope is where names are looked up: one row, and the rows around it for a correlated subquery.
type scope struct {
	columns []column
	row     []any
	group   [][]any // the rows of its group, for aggregates; nil: there are none
	outer   *scope
	x       *execution
}

func (s *scope) lookup(parts []string) any {
	name, of := parts[len(parts)-1], ""
	if len(parts) == 2 {
		of = parts[0]
	} else if len(parts) > 2 {
		panic(bug("name of %d parts: %v", len(parts), parts))
	}
	for at := s; at != nil; at = at.outer {
		found := -1
		for i, c := range at.columns {
			if !strings.EqualFold(c.name, name) || of != "" && c.of != of {
				continue
			}
			if found >= 0 {
				panic(refuse("AMBIGUOUS_REFERENCE", "42704", "Reference %v is ambiguous.", parts))
			}
			found = i
		}
		if found >= 0 {
			return at.row[found]
		}
	}
	panic(refuse("UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703", "A column with name %v cannot be resolved.", parts))
}

// eval computes e. Refusals are panics of *Error or *Bug.
func (s *scope) eval(e ast.Expr) any {
	switch e := e.(type) {
	case *ast.Literal:
		return literal(e)
	case *ast.Param:
		return s.x.args[e.Index]
	case *ast.Column:
		return s.lookup(e.Parts)
	case *ast.Unary:
		if strings.EqualFold(e.Op, "NOT") {
			return not(s.eval(e.X))
		}
	case *ast.Binary:
		return s.binary(e)
	case *ast.IsNull:
		return s.eval(e.X) == nil
	case *ast.In:
		return s.in(e)
	case *ast.Case:
		return s.caseWhen(e)
	case *ast.Cast:
		return cast(s.eval(e.X), e.Type)
	case *ast.Call:
		return s.call(e)
	case *ast.Index:
		list, ok := s.eval(e.X).([]any)
		i, isInt := s.eval(e.I).(int64)
		if !ok || !isInt || i < 0 || int(i) >= len(list) {
			panic(refuse("INVALID_ARRAY_INDEX", "22003", "The index is out of bounds."))
		}
		return list[i]
	case *ast.Exists:
		return len(s.x.query(e.Query, s).rows) > 0
	}
	panic(bug("expression %T is not known", e))
}

func literal(e *ast.Literal) any {
	switch {
	case e.Null:
		return nil
	case e.Type.Kind == sqltype.Boolean:
		return e.Text == "true"
	case isInt(e.Type):
		n, err := strconv.ParseInt(e.Text, 10, 64)
		if err != nil {
			panic(bug("literal %q", e.Text))
		}
		return n
	case e.Type.Kind == sqltype.String:
		return e.Text
	}
	panic(bug("literal of type %v", e.Type))
}

func isInt(t sqltype.Type) bool { return t.Kind == sqltype.BigInt || t.Kind == sqltype.Int }

func (s *scope) binary(e *ast.Binary) any {
	switch e.Op {
	case "AND":
		l, r := s.eval(e.L), s.eval(e.R)
		if l == false || r == false {
			return false
		}
		if l == nil || r == nil {
			return nil
		}
		return truth(l) && truth(r)
	case "OR":
		l, r := s.eval(e.L), s.eval(e.R)
		if l == true || r == true {
			return true
		}
		if l == nil || r == nil {
			return nil
		}
		return truth(l) || truth(r)
	}
	l, r := s.eval(e.L), s.eval(e.R)
	if e.Op == "<=>" {
		return same(l, r)
	}
	if l == nil || r == nil {
		return nil
	}
	switch e.Op {
	case "=":
		return same(l, r)
	case "<>", "!=":
		return !same(l, r)
	case "<":
		return compare(l, r) < 0
	case "<=":
		return compare(l, r) <= 0
	case ">":
		return compare(l, r) > 0
	case ">=":
		return compare(l, r) >= 0
	case "+":
		return l.(int64) + r.(int64)
	case "-":
		return l.(int64) - r.(int64)
	}
	panic(bug("operator %s is not known", e.Op))
}

// in is x IN (...): NULL if x is NULL, or if it is not found and there is a NULL among what is looked through.
func (s *scope) in(e *ast.In) any {
	var values []any
	if e.Query != nil {
		q := s.x.query(e.Query, s)
		if len(q.columns) != 1 {
			panic(bug("IN over %d columns", len(q.columns)))
		}
		for _, row := range q.rows {
			values = append(values, row[0])
		}
	}
	for _, v := range e.List {
		values = append(values, s.eval(v))
	}
	x := s.eval(e.X)
	if len(values) == 0 {
		return false
	}
	var out any = false
	for _, v := range values {
		switch equal(x, v) {
		case true:
			return true
		case nil:
			out = nil
		}
	}
	return out
}

func (s *scope) caseWhen(e *ast.Case) any {
	if e.Operand != nil {
		panic(bug("CASE with an operand"))
	}
	for _, w := range e.Whens {
		if truth(s.eval(w.Cond)) {
			return s.eval(w.Then)
		}
	}
	if e.Else == nil {
		return nil
	}
	return s.eval(e.Else)
}

func cast(v any, t sqltype.Type) any {
	if v == nil {
		return nil
	}
	text, isText := v.(string)
	switch {
	case isInt(t) && isText:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			panic(refuse("CAST_INVALID_INPUT", "22018", "The value cannot be cast to BIGINT because it is malformed."))
		}
		return n
	case isInt(t):
		return v.(int64)
	case (t.Kind == sqltype.String || t.Kind == sqltype.Varchar) && isText:
		if t.Kind == sqltype.Varchar && utf8.RuneCountInString(text) > t.Length {
			panic(refuse("EXCEED_LIMIT_LENGTH", "22001", "Exceeds char/varchar type length limitation: %d.", t.Length))
		}
		return text
	case t.Kind == sqltype.String:
		return strconv.FormatInt(v.(int64), 10)
	}
	panic(bug("CAST of %T as %v is not known", v, t))
}

func (s *scope) call(e *ast.Call) any {
	if e.Over != nil || e.Distinct || e.Filter != nil {
		panic(bug("function %s in a form that is not known", e.Name))
	}
	switch strings.ToLower(e.Name) {
	case "coalesce":
		for _, a := range e.Args {
			if v := s.eval(a); v != nil {
				return v
			}
		}
		return nil
	case "count":
		n := int64(0)
		s.each(func(row *scope) {
			if e.Star || len(e.Args) == 1 && row.eval(e.Args[0]) != nil {
				n++
			}
		})
		return n
	case "sum", "max":
		var out any
		s.each(func(row *scope) {
			v := row.eval(e.Args[0])
			switch {
			case v == nil:
			case out == nil:
				out = v
			case strings.EqualFold(e.Name, "sum"):
				out = out.(int64) + v.(int64)
			case compare(v, out) > 0:
				out = v
			}
		})
		return out
	}
	panic(bug("function %s is not known", e.Name))
}

// each visits the rows of the group.
func (s *scope) each(visit func(*scope)) {
	if s.group == nil {
		panic(bug("an aggregate outside of a group"))
	}
	for _, row := range s.group {
		visit(&scope{columns: s.columns, row: row, outer: s.outer, x: s.x})
	}
}
