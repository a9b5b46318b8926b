package parse

import (
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/lex"
)

// columnOrCall reads a.b.c, a.b.* or f(...).
func (p *parser) columnOrCall() ast.Expr {
	parts := []string{p.name()}
	for p.is(".") {
		if p.peekAt(1).Is("*") {
			p.at += 2
			return p.star(parts)
		}
		p.next()
		if p.peek().Kind != lex.Word && p.peek().Kind != lex.Quoted {
			p.fail()
		}
		parts = append(parts, p.name())
	}
	if p.is("(") {
		return p.call(strings.Join(parts, "."))
	}
	return &ast.Column{Parts: parts}
}

func (p *parser) call(name string) ast.Expr {
	c := &ast.Call{Name: strings.ToLower(name)}
	p.expect("(")
	switch {
	case p.accept("*", ")"):
		c.Star = true
	case p.accept(")"):
	default:
		c.Distinct = p.accept("DISTINCT")
		if !c.Distinct {
			p.accept("ALL")
		}
		c.Args = p.expressions()
		if p.is("=>") {
			p.refuse("Named arguments of %s are not in the sandbox.", c.Name)
		}
		p.expect(")")
	}
	p.callTail(c)
	return c
}

// callTail reads FILTER, IGNORE NULLS and OVER.
func (p *parser) callTail(c *ast.Call) {
	if p.is("WITHIN", "GROUP") {
		p.refuse("WITHIN GROUP is not in the sandbox.")
	}
	if p.accept("FILTER", "(") {
		p.expect("WHERE")
		c.Filter = p.expression()
		p.expect(")")
	}
	if p.accept("IGNORE", "NULLS") {
		c.Unit = "IGNORE NULLS"
	} else {
		p.accept("RESPECT", "NULLS")
	}
	if !p.accept("OVER") {
		return
	}
	if !p.is("(") {
		c.Over = &ast.Window{Name: p.name()}
		return
	}
	c.Over = p.window()
}

func (p *parser) window() *ast.Window {
	p.expect("(")
	w := &ast.Window{}
	if p.accept("PARTITION", "BY") || p.accept("DISTRIBUTE", "BY") {
		w.Partition = p.expressions()
	}
	if p.accept("ORDER", "BY") || p.accept("SORT", "BY") {
		w.Order = p.orderList()
	}
	if p.is("ROWS") || p.is("RANGE") {
		w.Frame = p.frame()
	}
	p.expect(")")
	return w
}

func (p *parser) frame() string {
	kind := strings.ToUpper(p.next().Raw)
	if !p.accept("BETWEEN") {
		return kind + " " + p.bound()
	}
	lo := p.bound()
	p.expect("AND")
	return kind + " BETWEEN " + lo + " AND " + p.bound()
}

func (p *parser) bound() string {
	if p.accept("CURRENT", "ROW") {
		return "CURRENT ROW"
	}
	what := "UNBOUNDED"
	if !p.accept("UNBOUNDED") {
		if p.peek().Kind != lex.Number {
			p.refuse("Window frames with bounds that are no numbers are not in the sandbox.")
		}
		what = p.next().Raw
	}
	dir := p.acceptAny("PRECEDING", "FOLLOWING")
	if dir == "" {
		p.fail()
	}
	return what + " " + dir
}

func (p *parser) orderList() []ast.Order {
	var out []ast.Order
	for {
		o := ast.Order{X: p.expression()}
		if p.accept("DESC") {
			o.Desc = true
		} else {
			p.accept("ASC")
		}
		if p.accept("NULLS") {
			first := p.accept("FIRST")
			if !first {
				p.expect("LAST")
			}
			o.NullsFirst = &first
		}
		out = append(out, o)
		if !p.accept(",") {
			return out
		}
	}
}
