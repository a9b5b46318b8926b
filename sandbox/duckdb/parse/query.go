package parse

import (
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/lex"
)

// isQueryAt reports whether a query begins at the n-th token from here.
func (p *parser) isQueryAt(n int) bool {
	for p.peekAt(n).Is("(") {
		n++
	}
	t := p.peekAt(n)
	return t.Is("SELECT") || t.Is("WITH") || t.Is("VALUES") && p.peekAt(n+1).Is("(") || t.Is("FROM")
}

func (p *parser) query() *ast.Query {
	defer p.nest()()
	q := &ast.Query{}
	if p.accept("WITH") {
		if p.is("RECURSIVE") {
			p.refuse("WITH RECURSIVE is not in the sandbox.")
		}
		q.With = append(q.With, p.cte())
		for p.accept(",") {
			q.With = append(q.With, p.cte())
		}
	}
	q.Body = p.setOperations()
	p.queryTail(q)
	return q
}

func (p *parser) queryTail(q *ast.Query) {
	if p.accept("ORDER", "BY") {
		if p.is("ALL") {
			p.refuse("ORDER BY ALL is not in the sandbox.")
		}
		q.OrderBy = p.orderList()
	}
	if w := p.isAny("SORT", "CLUSTER", "DISTRIBUTE"); w != "" && p.peekAt(1).Is("BY") {
		p.refuse("%s BY is not in the sandbox.", w)
	}
	if p.accept("LIMIT") && !p.accept("ALL") {
		q.Limit = p.expression()
	}
	if p.accept("OFFSET") {
		q.Offset = p.expression()
	}
}

func (p *parser) cte() ast.CTE {
	c := ast.CTE{Name: p.name()}
	if p.is("(") {
		c.Columns = p.nameList()
	}
	p.accept("AS")
	p.expect("(")
	c.Query = p.query()
	p.expect(")")
	return c
}

func (p *parser) setOperations() ast.Body {
	l := p.intersections()
	for {
		op := p.acceptAny("UNION", "EXCEPT", "MINUS")
		if op == "" {
			return l
		}
		if op == "MINUS" {
			op = "EXCEPT"
		}
		l = p.setOperation(op, l, p.intersections)
	}
}

func (p *parser) intersections() ast.Body {
	l := p.queryPrimary()
	for p.accept("INTERSECT") {
		l = p.setOperation("INTERSECT", l, p.queryPrimary)
	}
	return l
}

func (p *parser) setOperation(op string, l ast.Body, operand func() ast.Body) ast.Body {
	s := &ast.SetOp{Op: op, L: l, All: p.accept("ALL")}
	if !s.All {
		p.accept("DISTINCT")
	}
	s.R = operand()
	return s
}

func (p *parser) queryPrimary() ast.Body {
	switch {
	case p.accept("("):
		q := p.query()
		p.expect(")")
		return q
	case p.accept("VALUES"):
		return p.values()
	case p.accept("TABLE"):
		return &ast.TableBody{Table: &ast.TableName{Parts: p.names()}}
	case p.is("FROM"):
		p.refuse("FROM before SELECT is not in the sandbox.")
	}
	return p.selectBlock()
}

func (p *parser) values() *ast.Values {
	v := &ast.Values{}
	for {
		if p.accept("(") {
			v.Rows = append(v.Rows, p.expressions())
			p.expect(")")
		} else {
			v.Rows = append(v.Rows, []ast.Expr{p.expression()})
		}
		if !p.accept(",") {
			return v
		}
	}
}

func (p *parser) selectBlock() *ast.Select {
	p.expect("SELECT")
	s := &ast.Select{}
	if !p.accept("ALL") {
		s.Distinct = p.accept("DISTINCT")
	}
	s.Items = append(s.Items, p.item())
	for p.accept(",") {
		s.Items = append(s.Items, p.item())
	}
	if p.accept("FROM") {
		s.From = p.tables()
	}
	if p.accept("WHERE") {
		s.Where = p.expression()
	}
	p.grouping(s)
	if p.accept("HAVING") {
		s.Having = p.expression()
	}
	if p.accept("QUALIFY") {
		s.Qualify = p.expression()
	}
	if p.accept("WINDOW") {
		s.Windows = map[string]*ast.Window{}
		for {
			name := strings.ToLower(p.name())
			p.expect("AS")
			s.Windows[name] = p.window()
			if !p.accept(",") {
				break
			}
		}
	}
	return s
}

func (p *parser) grouping(s *ast.Select) {
	if !p.accept("GROUP", "BY") {
		return
	}
	if p.accept("ALL") {
		s.GroupAll = true
		return
	}
	if p.isAny("ROLLUP", "CUBE", "GROUPING") != "" && (p.peekAt(1).Is("(") || p.peekAt(1).Is("SETS")) {
		p.refuse("GROUP BY %s is not in the sandbox.", strings.ToUpper(p.peek().Raw))
	}
	s.GroupBy = p.expressions()
	if p.is("WITH") || p.is("GROUPING", "SETS") {
		p.refuse("GROUP BY ... %s is not in the sandbox.", strings.ToUpper(p.peek().Raw))
	}
}

func (p *parser) item() ast.Item {
	from := p.at
	it := ast.Item{X: p.expression()}
	it.Text = p.text(from, p.at)
	switch {
	case p.accept("AS"):
		if p.is("(") {
			it.Aliases = p.nameList()
		} else {
			it.Aliases = []string{p.name()}
		}
	case p.isAlias():
		it.Aliases = []string{p.name()}
	}
	return it
}

// isAlias reports whether the next token can be an alias without AS.
func (p *parser) isAlias() bool {
	t := p.peek()
	if t.Kind == lex.Quoted {
		return true
	}
	return t.Kind == lex.Word && !p.done() && !stopsAlias(strings.ToUpper(t.Raw))
}

func stopsAlias(word string) bool {
	switch word {
	case "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "UNION", "EXCEPT", "MINUS", "INTERSECT", "JOIN", "INNER",
		"LEFT", "RIGHT", "FULL", "CROSS", "SEMI", "ANTI", "NATURAL", "ON", "USING", "LATERAL", "QUALIFY", "WINDOW", "SELECT",
		"SET", "WHEN", "SORT", "CLUSTER", "DISTRIBUTE", "PIVOT", "UNPIVOT", "TABLESAMPLE", "VALUES", "FROM", "AS", "AND",
		"OR", "NOT", "THEN", "ELSE", "END", "IS", "IN", "BETWEEN", "LIKE", "ILIKE", "RLIKE", "DIV", "ASC", "DESC", "NULLS", "FOR",
		"VERSION", "WITH":
		return true
	}
	return false
}
