package parse

import (
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/lex"
)

// tables reads what follows FROM: tables joined by commas and JOIN.
func (p *parser) tables() ast.Table {
	t := p.joined()
	for {
		switch {
		case p.accept(","):
			t = &ast.Join{Kind: "CROSS", L: t, R: p.joined()}
		case p.is("LATERAL", "VIEW"):
			t = p.lateralView(t)
		default:
			return t
		}
	}
}

func (p *parser) joined() ast.Table {
	t := p.tablePrimary()
	for {
		if p.is("LATERAL", "VIEW") {
			t = p.lateralView(t)
			continue
		}
		if w := p.isAny("PIVOT", "UNPIVOT", "TABLESAMPLE"); w != "" {
			p.refuse("%s is not in the sandbox.", w)
		}
		j := p.joinKind()
		if j == nil {
			return t
		}
		j.L, j.R = t, p.tablePrimary()
		switch {
		case p.accept("ON"):
			j.On = p.expression()
		case p.is("USING", "("):
			p.next()
			j.Using = p.nameList()
		}
		t = j
	}
}

func (p *parser) joinKind() *ast.Join {
	at := p.at
	j := &ast.Join{Natural: p.accept("NATURAL"), Kind: "INNER"}
	switch {
	case p.accept("CROSS"):
		j.Kind = "CROSS"
	case p.accept("INNER"):
	case p.accept("LEFT", "SEMI"), p.accept("SEMI"):
		j.Kind = "SEMI"
	case p.accept("LEFT", "ANTI"), p.accept("ANTI"):
		j.Kind = "ANTI"
	case p.accept("LEFT"):
		j.Kind = "LEFT"
		p.accept("OUTER")
	case p.accept("RIGHT"):
		j.Kind = "RIGHT"
		p.accept("OUTER")
	case p.accept("FULL"):
		j.Kind = "FULL"
		p.accept("OUTER")
	}
	if !p.accept("JOIN") {
		if p.at != at {
			p.fail()
		}
		return nil
	}
	return j
}

func (p *parser) lateralView(in ast.Table) ast.Table {
	p.expect("LATERAL", "VIEW")
	v := &ast.LateralView{Input: in, Outer: p.accept("OUTER")}
	c, ok := p.columnOrCall().(*ast.Call)
	if !ok {
		p.fail()
	}
	v.Call = c
	if !p.is("AS") {
		v.Alias.Name = p.name()
	}
	if p.accept("AS") {
		v.Alias.Columns = append(v.Alias.Columns, p.name())
		for p.accept(",") {
			v.Alias.Columns = append(v.Alias.Columns, p.name())
		}
	}
	return v
}

func (p *parser) tablePrimary() ast.Table {
	defer p.nest()()
	lateral := p.accept("LATERAL")
	switch {
	case p.accept("VALUES"):
		return &ast.SubqueryTable{Query: &ast.Query{Body: p.values()}, Alias: p.alias()}
	case p.is("(") && p.isQueryAt(1):
		p.next()
		q := p.query()
		p.expect(")")
		return &ast.SubqueryTable{Query: q, Lateral: lateral, Alias: p.alias()}
	case p.accept("("):
		t := p.tables()
		p.expect(")")
		return t
	}
	if p.peekAt(1).Is("(") {
		return p.funcTable()
	}
	if p.peekAt(1).Is(".") && p.peekAt(2).Kind == lex.Quoted && strings.HasPrefix(p.peekAt(2).Value, "/") {
		f := &ast.FileTable{Format: strings.ToLower(p.name())}
		p.expect(".")
		f.Path = p.name()
		f.Alias = p.alias()
		return f
	}
	return p.tableName(true)
}

// tableName is a table with an optional version; alias says whether one may follow.
func (p *parser) tableName(alias bool) *ast.TableName {
	t := &ast.TableName{Parts: p.names()}
	p.accept("FOR") // FOR VERSION AS OF
	switch {
	case p.accept("VERSION", "AS", "OF"), p.accept("SYSTEM_VERSION", "AS", "OF"):
		t.Version = p.bitOr()
	case p.accept("TIMESTAMP", "AS", "OF"), p.accept("SYSTEM_TIME", "AS", "OF"):
		t.Timestamp = p.bitOr()
	case p.is("@"):
		p.refuse("table@v is not in the sandbox, use VERSION AS OF.")
	}
	if alias {
		t.Alias = p.alias()
	}
	return t
}

func (p *parser) funcTable() ast.Table {
	f := &ast.FuncTable{Name: strings.ToLower(p.name()), Named: map[string]ast.Expr{}}
	p.expect("(")
	for !p.accept(")") {
		if len(f.Args)+len(f.Named) > 0 {
			p.expect(",")
		}
		if p.peekAt(1).Is("=>") {
			name := strings.ToLower(p.name())
			p.expect("=>")
			f.Named[name] = p.expression()
			continue
		}
		f.Args = append(f.Args, p.expression())
	}
	f.Alias = p.alias()
	return f
}

func (p *parser) alias() ast.Alias {
	var a ast.Alias
	if p.accept("AS") {
		a.Name = p.name()
	} else if p.isAlias() {
		a.Name = p.name()
	}
	if a.Name != "" && p.is("(") {
		a.Columns = p.nameList()
	}
	return a
}
