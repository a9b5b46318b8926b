package parse

import (
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
)

func (p *parser) alter() ast.Stmt {
	p.expect("ALTER")
	if !p.is("TABLE") {
		p.refuse("ALTER %s is not in the sandbox.", strings.ToUpper(p.peek().Raw))
	}
	p.next()
	a := &ast.Alter{Name: p.names()}
	switch {
	case p.accept("ADD"):
		a.Action = p.alterAdd()
	case p.accept("DROP"):
		a.Action = p.alterDrop()
	case p.accept("SET", "TBLPROPERTIES"):
		a.Action = ast.SetProperties{Properties: p.properties()}
	case p.accept("UNSET", "TBLPROPERTIES"):
		a.Action = p.unset()
	case p.accept("ALTER"), p.accept("CHANGE"):
		p.accept("COLUMN")
		a.Action = p.alterColumn()
	case p.accept("RENAME", "COLUMN"):
		from := p.name()
		p.expect("TO")
		a.Action = ast.RenameColumn{From: from, To: p.name()}
	case p.accept("RENAME", "TO"):
		a.Action = ast.RenameTable{To: p.names()}
	case p.accept("CLUSTER", "BY"):
		a.Action = ast.ClusterBy{Columns: p.clusterBy()}
	default:
		p.refuse("ALTER TABLE ... %s is not in the sandbox.", strings.ToUpper(p.peek().Raw))
	}
	return a
}

func (p *parser) alterAdd() any {
	if p.accept("CONSTRAINT") {
		name := p.name()
		if p.is("PRIMARY") || p.is("FOREIGN") {
			p.refuse("ALTER TABLE ADD CONSTRAINT ... %s KEY is not in the sandbox.", strings.ToUpper(p.peek().Raw))
		}
		p.expect("CHECK", "(")
		from := p.at
		c := ast.AddConstraint{Name: name, Check: p.expression()}
		c.Text = p.text(from, p.at)
		p.expect(")")
		return c
	}
	if p.acceptAny("COLUMNS", "COLUMN") == "" {
		p.fail()
	}
	paren := p.accept("(")
	var add ast.AddColumns
	for {
		def, _ := p.columnDef()
		add.Columns = append(add.Columns, def)
		if p.isAny("FIRST", "AFTER") != "" {
			p.refuse("ADD COLUMNS ... FIRST or AFTER is not in the sandbox.")
		}
		if !p.accept(",") {
			break
		}
	}
	if paren {
		p.expect(")")
	}
	return add
}

func (p *parser) alterDrop() any {
	if p.accept("CONSTRAINT") {
		d := ast.DropConstraint{IfExists: p.accept("IF", "EXISTS")}
		d.Name = p.name()
		return d
	}
	if p.acceptAny("COLUMN", "COLUMNS") == "" {
		p.refuse("ALTER TABLE DROP %s is not in the sandbox.", strings.ToUpper(p.peek().Raw))
	}
	p.accept("IF", "EXISTS")
	if p.is("(") {
		return ast.DropColumns{Names: p.nameList()}
	}
	return ast.DropColumns{Names: []string{p.name()}}
}

func (p *parser) unset() any {
	u := ast.UnsetProperties{IfExists: p.accept("IF", "EXISTS")}
	p.expect("(")
	u.Keys = append(u.Keys, p.propertyKey())
	for p.accept(",") {
		u.Keys = append(u.Keys, p.propertyKey())
	}
	p.expect(")")
	return u
}

func (p *parser) alterColumn() any {
	c := ast.AlterColumn{Name: p.name()}
	switch {
	case p.accept("TYPE"):
		c.Type = ptr(p.typeName())
	case p.accept("SET", "NOT", "NULL"):
		c.SetNotNull = true
	case p.accept("DROP", "NOT", "NULL"):
		c.DropNotNull = true
	case p.accept("SET", "DEFAULT"):
		from := p.at
		c.Default = p.bitOr()
		c.DefText = p.text(from, p.at)
	case p.accept("DROP", "DEFAULT"):
		c.DropDefault = true
	case p.accept("COMMENT"):
		s := p.stringLiteral()
		c.Comment = &s
	default:
		p.refuse("ALTER COLUMN ... %s is not in the sandbox.", strings.ToUpper(p.peek().Raw))
	}
	return c
}
