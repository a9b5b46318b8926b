package parse

import (
	"github.com/drt-go/drt/sandbox/duckdb/ast"
)

func (p *parser) insert() ast.Stmt {
	p.expect("INSERT")
	s := &ast.Insert{}
	s.Evolve = p.accept("WITH", "SCHEMA", "EVOLUTION")
	if !p.accept("INTO") {
		p.expect("OVERWRITE")
		p.accept("INTO")
		s.Overwrite = true
	}
	p.accept("TABLE")
	if p.is("DIRECTORY") || p.is("LOCAL") {
		p.refuse("INSERT OVERWRITE DIRECTORY is not in the sandbox.")
	}
	s.Table = p.tableName(false)
	if p.is("PARTITION", "(") {
		p.refuse("INSERT ... PARTITION is not in the sandbox.")
	}
	p.accept("IF", "NOT", "EXISTS")
	if p.is("(") && !p.isQueryAt(1) {
		s.Columns = p.nameList()
	}
	s.ByName = p.accept("BY", "NAME")
	if p.accept("REPLACE") {
		if !p.accept("WHERE") {
			p.refuse("INSERT ... REPLACE %s is not in the sandbox.", p.peek().Raw)
		}
		s.ReplaceWhere = p.expression()
	}
	s.Query = p.query()
	return s
}

func (p *parser) delete() ast.Stmt {
	p.expect("DELETE", "FROM")
	d := &ast.Delete{Table: p.tableName(true)}
	if p.accept("WHERE") {
		d.Where = p.expression()
	}
	return d
}

func (p *parser) update() ast.Stmt {
	p.expect("UPDATE")
	u := &ast.Update{Table: p.tableName(true)}
	p.expect("SET")
	u.Set = p.assignments()
	if p.accept("WHERE") {
		u.Where = p.expression()
	}
	return u
}

func (p *parser) assignments() []ast.Assign {
	var out []ast.Assign
	for {
		a := ast.Assign{Column: p.names()}
		p.expect("=")
		a.Value = p.expression()
		out = append(out, a)
		if !p.accept(",") {
			return out
		}
	}
}

func (p *parser) merge() ast.Stmt {
	p.expect("MERGE")
	m := &ast.Merge{Evolve: p.accept("WITH", "SCHEMA", "EVOLUTION")}
	p.expect("INTO")
	m.Target = p.tableName(true)
	p.expect("USING")
	m.Source = p.tablePrimary()
	p.expect("ON")
	m.On = p.expression()
	for p.accept("WHEN") {
		m.Clauses = append(m.Clauses, p.mergeClause())
	}
	if len(m.Clauses) == 0 {
		p.fail()
	}
	return m
}

func (p *parser) mergeClause() ast.MergeClause {
	c := ast.MergeClause{Kind: "MATCHED"}
	if p.accept("NOT") {
		c.Kind = "NOT MATCHED"
	}
	p.expect("MATCHED")
	if c.Kind == "NOT MATCHED" && p.accept("BY") && !p.accept("TARGET") {
		p.expect("SOURCE")
		c.Kind = "NOT MATCHED BY SOURCE"
	}
	if p.accept("AND") {
		c.Cond = p.expression()
	}
	p.expect("THEN")
	switch {
	case c.Kind != "NOT MATCHED" && p.accept("DELETE"):
		c.Action = "DELETE"
	case c.Kind != "NOT MATCHED" && p.accept("UPDATE", "SET"):
		c.Action = "UPDATE"
		if p.accept("*") {
			c.All = true
		} else {
			c.Set = p.assignments()
		}
	case c.Kind == "NOT MATCHED" && p.accept("INSERT"):
		p.mergeInsert(&c)
	default:
		p.fail()
	}
	return c
}

func (p *parser) mergeInsert(c *ast.MergeClause) {
	c.Action = "INSERT"
	if p.accept("*") {
		c.All = true
		return
	}
	p.expect("(")
	c.Columns = append(c.Columns, p.mergeColumn())
	for p.accept(",") {
		c.Columns = append(c.Columns, p.mergeColumn())
	}
	p.expect(")", "VALUES", "(")
	c.Values = p.expressions()
	p.expect(")")
}

// mergeColumn may be qualified: target.k.
func (p *parser) mergeColumn() string {
	parts := p.names()
	return parts[len(parts)-1]
}
