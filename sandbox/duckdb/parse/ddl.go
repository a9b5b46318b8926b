package parse

import (
	"strconv"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
	"github.com/drt-go/drt/sandbox/lex"
)

func (p *parser) create() ast.Stmt {
	p.expect("CREATE")
	switch {
	case p.is("CATALOG"), p.is("SCHEMA"), p.is("DATABASE"):
		return p.createNamespace()
	}
	replace := p.accept("OR", "REPLACE")
	if p.isAny("EXTERNAL", "TEMPORARY", "TEMP", "GLOBAL", "VIEW", "MATERIALIZED", "STREAMING", "FUNCTION", "VOLUME", "CONNECTION",
		"STORAGE", "POLICY", "PROCEDURE", "SHARE", "RECIPIENT", "SERVER", "FOREIGN", "BLOOMFILTER") != "" {
		p.refuse("CREATE %s is not in the sandbox.", strings.ToUpper(p.peek().Raw))
	}
	p.expect("TABLE")
	c := &ast.CreateTable{Replace: replace, IfNotExists: p.accept("IF", "NOT", "EXISTS"), Properties: map[string]string{}}
	c.Name = p.names()
	if p.accept("LIKE") {
		c.Like = p.names()
	}
	if p.is("(") {
		p.columnDefs(c)
	}
	p.tableClauses(c)
	if p.accept("AS") || p.isQueryAt(0) {
		c.Query = p.query()
	}
	return c
}

func (p *parser) createNamespace() ast.Stmt {
	c := &ast.CreateNamespace{Catalog: p.next().Is("CATALOG")}
	c.IfNotExists = p.accept("IF", "NOT", "EXISTS")
	c.Parts = p.names()
	for !p.done() && !p.is(";") {
		switch {
		case p.accept("COMMENT"):
			c.Comment = p.stringLiteral()
		default:
			p.refuse("CREATE %s ... %s is not in the sandbox.", map[bool]string{true: "CATALOG", false: "SCHEMA"}[c.Catalog], strings.ToUpper(p.peek().Raw))
		}
	}
	return c
}

func (p *parser) columnDefs(c *ast.CreateTable) {
	p.expect("(")
	for {
		switch {
		case p.is("PRIMARY", "KEY"), p.is("FOREIGN", "KEY"), p.is("CONSTRAINT"):
			p.tableConstraint(c)
		default:
			def, pk := p.columnDef()
			c.Columns = append(c.Columns, def)
			if pk {
				c.PrimaryKey = append(c.PrimaryKey, def.Name)
			}
		}
		if p.accept(")") {
			return
		}
		p.expect(",")
	}
}

// tableConstraint reads keys, which are informational on Databricks.
func (p *parser) tableConstraint(c *ast.CreateTable) {
	if p.accept("CONSTRAINT") && !p.is("PRIMARY") && !p.is("FOREIGN") {
		p.name()
	}
	switch {
	case p.accept("PRIMARY", "KEY"):
		c.PrimaryKey = p.nameList()
	case p.accept("FOREIGN", "KEY"):
		p.nameList()
		p.expect("REFERENCES")
		p.names()
		if p.is("(") {
			p.nameList()
		}
	default:
		p.refuse("A constraint of this kind in CREATE TABLE is not in the sandbox, use ALTER TABLE ADD CONSTRAINT.")
	}
	p.acceptKeyOptions()
}

func (p *parser) acceptKeyOptions() {
	for p.accept("NOT", "ENFORCED") || p.accept("RELY") || p.accept("NORELY") || p.accept("DEFERRABLE") || p.accept("INITIALLY", "DEFERRED") {
		continue
	}
}

func (p *parser) columnDef() (def ast.ColumnDef, pk bool) {
	def.Name = p.name()
	def.Type = p.typeName()
	for {
		switch {
		case p.accept("NOT", "NULL"):
			def.NotNull = true
		case p.accept("DEFAULT"):
			from := p.at
			def.Default = p.bitOr()
			def.DefText = p.text(from, p.at)
		case p.accept("COMMENT"):
			def.Comment = p.stringLiteral()
		case p.accept("GENERATED"):
			p.generated(&def)
		case p.accept("PRIMARY", "KEY"):
			pk = true
			p.acceptKeyOptions()
		case p.isAny("CONSTRAINT", "MASK", "COLLATE", "REFERENCES", "FOREIGN", "CHECK") != "":
			p.refuse("The column option %s is not in the sandbox.", strings.ToUpper(p.peek().Raw))
		default:
			return def, pk
		}
	}
}

func (p *parser) generated(def *ast.ColumnDef) {
	always := p.accept("ALWAYS")
	if !always {
		p.expect("BY", "DEFAULT")
	}
	p.expect("AS")
	if p.accept("IDENTITY") {
		def.Identity = &ast.Identity{Always: always, Start: 1, Step: 1}
		if !p.accept("(") {
			return
		}
		for !p.accept(")") {
			p.accept(",")
			if p.accept("START", "WITH") {
				def.Identity.Start = p.signedInt()
			} else {
				p.expect("INCREMENT", "BY")
				def.Identity.Step = p.signedInt()
			}
		}
		return
	}
	p.expect("(")
	from := p.at
	def.Generated = p.expression()
	def.GenText = p.text(from, p.at)
	p.expect(")")
}

func (p *parser) signedInt() int64 {
	sign := ""
	if p.accept("-") {
		sign = "-"
	}
	n, err := strconv.ParseInt(sign+p.next().Raw, 10, 64)
	if err != nil {
		p.at--
		p.fail()
	}
	return n
}

func (p *parser) tableClauses(c *ast.CreateTable) {
	for {
		switch {
		case p.accept("USING"):
			if f := p.name(); !strings.EqualFold(f, "delta") {
				p.refuse("Tables of the format %s are not in the sandbox.", f)
			}
		case p.accept("PARTITIONED", "BY"):
			c.PartitionBy = p.nameList()
		case p.accept("CLUSTER", "BY"):
			c.ClusterBy = p.clusterBy()
		case p.accept("COMMENT"):
			c.Comment = p.stringLiteral()
		case p.accept("TBLPROPERTIES"):
			c.Properties = p.properties()
		case p.isAny("LOCATION", "OPTIONS", "CLUSTERED", "STORED", "ROW", "WITH", "DEFAULT", "SHALLOW", "DEEP", "CLONE") != "" && !p.isQueryAt(0):
			p.refuse("CREATE TABLE ... %s is not in the sandbox.", strings.ToUpper(p.peek().Raw))
		default:
			return
		}
	}
}

func (p *parser) clusterBy() []string {
	if p.accept("NONE") {
		return nil
	}
	if p.accept("AUTO") {
		return nil // the warehouse chooses: nothing that can be seen here
	}
	if p.accept("(", ")") {
		return nil
	}
	return p.nameList()
}

// properties is ('k' = 'v', a.b = 1).
func (p *parser) properties() map[string]string {
	out := map[string]string{}
	p.expect("(")
	for {
		k := p.propertyKey()
		p.accept("=")
		t := p.next()
		switch {
		case t.Kind == lex.String:
			out[k] = t.Value
		case t.Is("-"):
			out[k] = "-" + p.next().Raw
		default:
			out[k] = strings.ToLower(t.Raw)
		}
		if p.accept(")") {
			return out
		}
		p.expect(",")
	}
}

func (p *parser) propertyKey() string {
	if p.peek().Kind == lex.String {
		return p.next().Value
	}
	return strings.Join(p.names(), ".")
}

func (p *parser) drop() ast.Stmt {
	p.expect("DROP")
	kind := p.acceptAny("CATALOG", "SCHEMA", "DATABASE", "TABLE", "VIEW")
	if kind == "" {
		p.refuse("DROP %s is not in the sandbox.", strings.ToUpper(p.peek().Raw))
	}
	ifExists := p.accept("IF", "EXISTS")
	name := p.names()
	if kind == "TABLE" || kind == "VIEW" {
		p.accept("PURGE")
		return &ast.DropTable{Name: name, IfExists: ifExists, View: kind == "VIEW"}
	}
	d := &ast.DropNamespace{Catalog: kind == "CATALOG", Parts: name, IfExists: ifExists}
	if !p.accept("RESTRICT") {
		d.Cascade = p.accept("CASCADE")
	}
	return d
}

func ptr(t sqltype.Type) *sqltype.Type { return &t }
