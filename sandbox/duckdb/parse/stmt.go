package parse

import (
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/lex"
)

func (p *parser) statement() ast.Stmt {
	if p.isQueryAt(0) || p.is("TABLE") {
		return p.query()
	}
	switch strings.ToUpper(p.peek().Raw) {
	case "INSERT":
		return p.insert()
	case "MERGE":
		return p.merge()
	case "DELETE":
		return p.delete()
	case "UPDATE":
		return p.update()
	case "CREATE":
		return p.create()
	case "DROP":
		return p.drop()
	case "ALTER":
		return p.alter()
	case "TRUNCATE":
		p.expect("TRUNCATE", "TABLE")
		return &ast.Truncate{Name: p.names()}
	case "RESTORE":
		return p.restore()
	case "USE":
		return p.use()
	case "SET":
		return p.set()
	case "RESET":
		return p.reset()
	case "DESCRIBE", "DESC":
		return p.describe()
	case "SHOW":
		return p.show()
	case "COMMENT":
		return p.commentOn()
	case "ANALYZE", "OPTIMIZE", "VACUUM", "REFRESH":
		return p.ignored()
	case "EXPLAIN":
		p.next()
		p.acceptAny("EXTENDED", "FORMATTED", "CODEGEN", "COST")
		return &ast.Explain{Stmt: p.statement()}
	}
	return p.refuseKnown()
}

// refuseKnown tells statements that a warehouse knows from text that is none.
func (p *parser) refuseKnown() ast.Stmt {
	if p.peek().Kind == lex.Word {
		switch verb := strings.ToUpper(p.peek().Raw); verb {
		case "COPY", "GRANT", "REVOKE", "CACHE", "UNCACHE", "CALL", "EXECUTE", "DECLARE", "BEGIN", "UNDROP", "MSCK", "REPAIR", "SYNC",
			"LIST", "PUT", "GET", "REMOVE", "FSCK", "CLEAR", "LOAD", "REORG", "GENERATE", "CONVERT", "DENY":
			p.refuse("%s is not in the sandbox.", verb)
		}
	}
	p.fail()
	return nil
}

func (p *parser) use() ast.Stmt {
	p.expect("USE")
	u := &ast.Use{}
	// A schema may itself be called catalog: the word is a keyword only if a name follows.
	if !p.peekAt(1).Is(".") && p.at+1 < len(p.tokens) && !p.peekAt(1).Is(";") {
		switch p.acceptAny("CATALOG", "SCHEMA", "DATABASE", "NAMESPACE") {
		case "CATALOG":
			u.Kind = "CATALOG"
		case "":
		default:
			u.Kind = "SCHEMA"
		}
	}
	if p.peek().Kind == lex.String {
		u.Parts = []string{p.next().Value}
		return u
	}
	u.Parts = p.names()
	return u
}

func (p *parser) set() ast.Stmt {
	p.expect("SET")
	if p.accept("TIME", "ZONE") {
		s := &ast.Set{Zone: true}
		var v string
		switch {
		case p.accept("LOCAL"):
			v = "UTC"
		case p.peek().Kind == lex.String:
			v = p.next().Value
		default:
			p.refuse("SET TIME ZONE with an interval is not in the sandbox.")
		}
		s.Value = &v
		return s
	}
	if p.isAny("VAR", "VARIABLE") != "" {
		p.refuse("SET VAR is not in the sandbox.")
	}
	s := &ast.Set{}
	from := p.at
	for !p.done() && !p.is("=") && !p.is(";") {
		p.next()
	}
	s.Key = strings.Trim(p.text(from, p.at), "`")
	if !p.accept("=") {
		return s
	}
	from = p.at
	for !p.done() && !p.is(";") {
		p.next()
	}
	v := p.text(from, p.at)
	if p.at == from+1 && p.tokens[from].Kind == lex.String {
		v = p.tokens[from].Value
	}
	s.Value = &v
	return s
}

func (p *parser) reset() ast.Stmt {
	p.expect("RESET")
	from := p.at
	for !p.done() && !p.is(";") {
		p.next()
	}
	return &ast.Reset{Key: p.text(from, p.at)}
}

func (p *parser) commentOn() ast.Stmt {
	p.expect("COMMENT", "ON", "TABLE")
	c := &ast.CommentOn{Name: p.names()}
	p.expect("IS")
	if !p.accept("NULL") {
		c.Text = p.stringLiteral()
	}
	return c
}

func (p *parser) ignored() ast.Stmt {
	s := &ast.Ignored{Verb: strings.ToUpper(p.next().Raw)}
	p.accept("TABLE")
	s.Name = p.names()
	for !p.done() && !p.is(";") {
		p.next()
	}
	return s
}

func (p *parser) restore() ast.Stmt {
	p.expect("RESTORE")
	p.accept("TABLE")
	r := &ast.Restore{Name: p.names()}
	p.accept("TO")
	if p.accept("TIMESTAMP", "AS", "OF") {
		r.Timestamp = p.expression()
		return r
	}
	p.expect("VERSION", "AS", "OF")
	r.Version = p.expression()
	return r
}

func (p *parser) describe() ast.Stmt {
	p.next()
	d := &ast.Describe{Kind: "TABLE"}
	switch {
	case p.accept("DETAIL"):
		d.Kind = "DETAIL"
	case p.accept("HISTORY"):
		d.Kind = "HISTORY"
	case p.accept("SCHEMA"), p.accept("DATABASE"):
		d.Kind = "SCHEMA"
	case p.accept("CATALOG"):
		d.Kind = "CATALOG"
	case p.isAny("FUNCTION", "VOLUME") != "" && p.peekAt(1).Kind == lex.Word:
		p.refuse("DESCRIBE %s is not in the sandbox.", strings.ToUpper(p.peek().Raw))
	case p.accept("QUERY"), p.isQueryAt(0):
		d.Kind, d.Query = "QUERY", p.query()
		return d
	}
	if d.Kind == "TABLE" {
		p.accept("TABLE")
	}
	d.Extended = p.acceptAny("EXTENDED", "FORMATTED") != ""
	d.Name = p.names()
	if p.accept("AS", "JSON") {
		p.refuse("DESCRIBE ... AS JSON is not in the sandbox.")
	}
	if d.Kind == "TABLE" && (p.peek().Kind == lex.Quoted || p.peek().Kind == lex.Word && !p.done()) {
		d.Column = p.name()
	}
	if d.Kind == "HISTORY" && p.accept("LIMIT") {
		d.Limit = p.expression()
	}
	return d
}

func (p *parser) show() ast.Stmt {
	p.expect("SHOW")
	s := &ast.Show{}
	switch {
	case p.accept("CREATE", "TABLE"):
		s.Kind, s.Name = "CREATE TABLE", p.names()
		return s
	case p.accept("TBLPROPERTIES"):
		s.Kind, s.Name = "TBLPROPERTIES", p.names()
		if p.accept("(") {
			s.Key = p.propertyKey()
			p.expect(")")
		}
		return s
	case p.accept("CATALOGS"):
		s.Kind = "CATALOGS"
	case p.accept("SCHEMAS"), p.accept("DATABASES"), p.accept("NAMESPACES"):
		s.Kind = "SCHEMAS"
	case p.accept("TABLES"), p.accept("VIEWS"), p.accept("COLUMNS"):
		s.Kind = strings.ToUpper(p.peekAt(-1).Raw)
	case p.accept("CURRENT", "SCHEMA"), p.accept("CURRENT", "DATABASE"), p.accept("CURRENT", "NAMESPACE"):
		s.Kind = "CURRENT"
		return s
	default:
		p.refuse("SHOW %s is not in the sandbox.", strings.ToUpper(p.peek().Raw))
	}
	if p.acceptAny("IN", "FROM") != "" {
		s.Name = p.names()
	}
	if s.Kind == "COLUMNS" && p.acceptAny("IN", "FROM") != "" {
		s.Name = append(p.names(), s.Name[len(s.Name)-1])
	}
	s.Like = p.accept("LIKE")
	if s.Like || p.peek().Kind == lex.String {
		s.Like, s.Pattern = true, p.stringLiteral()
	}
	return s
}
