package parse

import (
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/lex"
)

func (p *parser) expression() ast.Expr {
	defer p.nest()()
	if l := p.lambda(); l != nil {
		return l
	}
	return p.or()
}

// lambda is x -> e or (x, y) -> e.
func (p *parser) lambda() ast.Expr {
	if p.peek().Kind == lex.Word && p.peekAt(1).Is("->") {
		l := &ast.Lambda{Params: []string{p.name()}}
		p.expect("->")
		l.Body = p.expression()
		return l
	}
	if !p.is("(") {
		return nil
	}
	i := 1
	for p.peekAt(i).Kind == lex.Word && p.peekAt(i+1).Is(",") {
		i += 2
	}
	if p.peekAt(i).Kind != lex.Word || !p.peekAt(i+1).Is(")") || !p.peekAt(i+2).Is("->") {
		return nil
	}
	l := &ast.Lambda{Params: p.nameList()}
	p.expect("->")
	l.Body = p.expression()
	return l
}

func (p *parser) or() ast.Expr {
	x := p.and()
	for p.accept("OR") {
		x = &ast.Binary{Op: "OR", L: x, R: p.and()}
	}
	return x
}

func (p *parser) and() ast.Expr {
	x := p.not()
	for p.accept("AND") {
		x = &ast.Binary{Op: "AND", L: x, R: p.not()}
	}
	return x
}

func (p *parser) not() ast.Expr {
	defer p.nest()()
	if p.accept("NOT") || p.accept("!") {
		return &ast.Unary{Op: "NOT", X: p.not()}
	}
	if p.is("EXISTS", "(") && p.isQueryAt(2) {
		p.expect("EXISTS", "(")
		q := p.query()
		p.expect(")")
		return &ast.Exists{Query: q}
	}
	return p.predicate()
}

// predicate is a comparison, or one of the postfix predicates, which may follow each other.
func (p *parser) predicate() ast.Expr {
	x := p.bitOr()
	for {
		if op := p.acceptAny("=", "==", "<=>", "<>", "!=", "<=", ">=", "<", ">"); op != "" {
			x = &ast.Binary{Op: canonical(op), L: x, R: p.bitOr()}
			continue
		}
		y := p.postfixPredicate(x)
		if y == nil {
			return x
		}
		x = y
	}
}

func canonical(op string) string {
	switch op {
	case "==":
		return "="
	case "!=":
		return "<>"
	}
	return op
}

func (p *parser) postfixPredicate(x ast.Expr) ast.Expr {
	if p.accept("IS") {
		return p.is3(x)
	}
	i := 0
	if p.is("NOT") {
		i = 1
	}
	word := ""
	for _, w := range []string{"BETWEEN", "IN", "LIKE", "ILIKE", "RLIKE", "REGEXP"} {
		if p.peekAt(i).Is(w) {
			word = w
		}
	}
	if word == "" {
		return nil
	}
	p.at += i + 1
	var y ast.Expr
	switch word {
	case "BETWEEN":
		lo := p.bitOr()
		p.expect("AND")
		y = &ast.Between{X: x, Lo: lo, Hi: p.bitOr()}
	case "IN":
		y = p.in(x)
	default:
		y = p.like(word, x)
	}
	if i == 1 {
		return &ast.Unary{Op: "NOT", X: y}
	}
	return y
}

func (p *parser) is3(x ast.Expr) ast.Expr {
	not := p.accept("NOT")
	var y ast.Expr
	switch {
	case p.accept("NULL"):
		y = &ast.IsNull{X: x}
	case p.accept("TRUE"):
		y = &ast.IsBool{X: x, True: true}
	case p.accept("FALSE"):
		y = &ast.IsBool{X: x}
	case p.accept("DISTINCT", "FROM"):
		y, not = &ast.Binary{Op: "<=>", L: x, R: p.bitOr()}, !not
	default:
		p.fail()
	}
	if not {
		return &ast.Unary{Op: "NOT", X: y}
	}
	return y
}

func (p *parser) in(x ast.Expr) ast.Expr {
	p.expect("(")
	if p.isQueryAt(0) {
		q := p.query()
		p.expect(")")
		return &ast.In{X: x, Query: q}
	}
	list := p.expressions()
	p.expect(")")
	return &ast.In{X: x, List: list}
}

func (p *parser) like(op string, x ast.Expr) ast.Expr {
	if op == "REGEXP" {
		op = "RLIKE"
	}
	if p.isAny("ANY", "ALL", "SOME") != "" {
		p.refuse("%s %s is not in the sandbox.", op, strings.ToUpper(p.peek().Raw))
	}
	l := &ast.Like{Op: op, X: x, Pattern: p.bitOr(), Escape: `\`}
	if p.accept("ESCAPE") {
		l.Escape = p.stringLiteral()
	}
	return l
}

func (p *parser) bitOr() ast.Expr {
	return p.leftAssoc(p.bitXor, "|")
}

func (p *parser) bitXor() ast.Expr {
	return p.leftAssoc(p.bitAnd, "^")
}

func (p *parser) bitAnd() ast.Expr {
	return p.leftAssoc(p.shift, "&")
}

func (p *parser) shift() ast.Expr {
	return p.leftAssoc(p.sum, "<<", ">>")
}

func (p *parser) sum() ast.Expr {
	return p.leftAssoc(p.product, "+", "-", "||")
}

func (p *parser) product() ast.Expr {
	return p.leftAssoc(p.unary, "*", "/", "%", "DIV")
}

func (p *parser) leftAssoc(operand func() ast.Expr, ops ...string) ast.Expr {
	x := operand()
	for {
		op := p.acceptAny(ops...)
		if op == "" {
			return x
		}
		x = &ast.Binary{Op: op, L: x, R: operand()}
	}
}

func (p *parser) unary() ast.Expr {
	defer p.nest()()
	switch op := p.isAny("-", "+", "~"); op {
	case "":
		return p.postfix()
	case "-":
		p.next()
		if p.peek().Kind == lex.Number && p.peekAt(-1).End == p.peek().Pos {
			return p.postfixOf(p.number("-"))
		}
		return &ast.Unary{Op: op, X: p.unary()}
	default:
		p.next()
		return &ast.Unary{Op: op, X: p.unary()}
	}
}

func (p *parser) postfix() ast.Expr { return p.postfixOf(p.primary()) }

// postfixOf reads [i], .field, :path and ::type behind x.
func (p *parser) postfixOf(x ast.Expr) ast.Expr {
	for {
		switch {
		case p.accept("["):
			x = &ast.Index{X: x, I: p.expression()}
			p.expect("]")
		case p.accept("::"):
			x = &ast.Cast{X: x, Type: p.typeName()}
		case p.accept(":"):
			x = &ast.Path{X: x, Path: p.path()}
		case p.is("."):
			p.next()
			x = &ast.Field{X: x, Name: p.name()}
		default:
			return x
		}
	}
}

// path is what follows the colon: a.b[0]['c'], normalized to $."a"."b"[0]."c".
func (p *parser) path() string {
	var b strings.Builder
	b.WriteString("$")
	key := func(s string) { b.WriteString(`."` + strings.ReplaceAll(s, `"`, `\"`) + `"`) }
	key(p.name())
	for {
		switch {
		case p.accept("."):
			key(p.name())
		case p.is("["):
			p.next()
			if p.peek().Kind == lex.String {
				key(p.stringLiteral())
			} else {
				b.WriteString("[" + p.next().Raw + "]")
			}
			p.expect("]")
		default:
			return b.String()
		}
	}
}

func (p *parser) expressions() []ast.Expr {
	out := []ast.Expr{p.expression()}
	for p.accept(",") {
		out = append(out, p.expression())
	}
	return out
}
