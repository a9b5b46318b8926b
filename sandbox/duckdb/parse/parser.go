// Package parse reads Databricks SQL into the tree of package ast. It knows the statements that the sandbox runs, and a
// few that it refuses by name; anything else is PARSE_SYNTAX_ERROR.
package parse

import (
	"strings"
	"unicode/utf8"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
	"github.com/drt-go/drt/sandbox/lex"
)

// Parsed is a statement and how many markers it has.
type Parsed struct {
	Stmt   ast.Stmt
	Params int
}

// Statement parses one statement, which a semicolon may end. Errors are *wire.Error.
func Statement(sql string) (Parsed, error) {
	p, err := newParser(sql)
	if err != nil {
		return Parsed{}, err
	}
	if p.peek().Is(";") || p.done() {
		return Parsed{}, sqlerr.New("PARSE_EMPTY_STATEMENT", "Syntax error, unexpected empty statement.")
	}
	var s ast.Stmt
	err = p.catch(func() {
		s = p.statement()
		p.accept(";")
		if !p.done() {
			p.fail()
		}
	})
	return Parsed{Stmt: s, Params: p.params}, err
}

// Expression parses a text that is one expression, as CHECK constraints and defaults are kept.
func Expression(sql string) (ast.Expr, error) {
	p, err := newParser(sql)
	if err != nil {
		return nil, err
	}
	var x ast.Expr
	err = p.catch(func() {
		x = p.expression()
		if !p.done() {
			p.fail()
		}
	})
	return x, err
}

// parser descends over tokens. Failures are panics of type bail, caught at the top: the grammar stays readable.
type parser struct {
	sql    string
	tokens []lex.Token
	at     int
	params int
	depth  int
}

type bail struct{ err error }

// maxDepth bounds how deep expressions and queries nest, so that hostile text cannot exhaust the stack.
const maxDepth = 400

// newParser refuses bytes that are not UTF-8: a warehouse puts other characters in their place, which nobody means.
func newParser(sql string) (*parser, error) {
	if !utf8.ValidString(sql) {
		return nil, sqlerr.Unsupported("A statement that is not UTF-8.")
	}
	tokens, err := lex.Split(sql)
	if err != nil {
		return nil, sqlerr.New("PARSE_SYNTAX_ERROR", "Syntax error: %s.", err)
	}
	return &parser{sql: sql, tokens: tokens}, nil
}

func (p *parser) catch(f func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			b, ok := r.(bail)
			if !ok {
				panic(r)
			}
			err = b.err
		}
	}()
	f()
	return nil
}

func (p *parser) nest() func() {
	if p.depth++; p.depth > maxDepth {
		panic(bail{sqlerr.Unsupported("The statement nests deeper than %d levels.", maxDepth)})
	}
	return func() { p.depth-- }
}

func (p *parser) fail() {
	near := "end of input"
	if !p.done() {
		near = "'" + p.peek().Raw + "'"
	}
	panic(bail{sqlerr.New("PARSE_SYNTAX_ERROR", "Syntax error at or near %s.", near)})
}

func (p *parser) refuse(format string, args ...any) {
	panic(bail{sqlerr.Unsupported(format, args...)})
}

func (p *parser) done() bool { return p.at >= len(p.tokens) }

func (p *parser) peek() lex.Token { return p.peekAt(0) }

func (p *parser) peekAt(n int) lex.Token {
	if p.at+n >= len(p.tokens) {
		return lex.Token{Kind: lex.Symbol}
	}
	return p.tokens[p.at+n]
}

func (p *parser) next() lex.Token {
	t := p.peek()
	if p.done() {
		p.fail()
	}
	p.at++
	return t
}

// is reports whether the next tokens are these keywords or symbols.
func (p *parser) is(words ...string) bool {
	for i, w := range words {
		if !p.peekAt(i).Is(w) {
			return false
		}
	}
	return true
}

// accept takes the words if all of them come next.
func (p *parser) accept(words ...string) bool {
	if !p.is(words...) {
		return false
	}
	p.at += len(words)
	return true
}

func (p *parser) expect(words ...string) {
	for _, w := range words {
		if !p.accept(w) {
			p.fail()
		}
	}
}

// isAny returns the one of words that comes next, or "".
func (p *parser) isAny(words ...string) string {
	for _, w := range words {
		if p.is(w) {
			return w
		}
	}
	return ""
}

func (p *parser) acceptAny(words ...string) string {
	w := p.isAny(words...)
	if w != "" {
		p.at++
	}
	return w
}

// text is the statement's text from token from to before token to.
func (p *parser) text(from, to int) string {
	if from >= to {
		return ""
	}
	return p.sql[p.tokens[from].Pos:p.tokens[to-1].End]
}

// name is an identifier. Reserved words must be quoted only where the grammar needs it.
func (p *parser) name() string {
	t := p.peek()
	if t.Kind != lex.Word && t.Kind != lex.Quoted {
		p.fail()
	}
	p.at++
	return t.Value
}

// names is a.b.c; hyphens in unquoted parts are an error, as in Spark.
func (p *parser) names() []string {
	out := []string{p.name()}
	for p.accept(".") {
		out = append(out, p.name())
	}
	return out
}

func (p *parser) nameList() []string {
	p.expect("(")
	out := []string{p.name()}
	for p.accept(",") {
		out = append(out, p.name())
	}
	p.expect(")")
	return out
}

func (p *parser) stringLiteral() string {
	t := p.peek()
	if t.Kind != lex.String {
		p.fail()
	}
	var b strings.Builder
	for p.peek().Kind == lex.String { // adjacent literals are one
		b.WriteString(p.next().Value)
	}
	return b.String()
}

func (p *parser) typeName() sqltype.Type {
	t, n, err := sqltype.Parse(p.tokens[p.at:])
	if err != nil {
		panic(bail{err})
	}
	p.at += n
	return t
}
