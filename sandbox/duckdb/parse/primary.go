package parse

import (
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
	"github.com/drt-go/drt/sandbox/lex"
)

func (p *parser) primary() ast.Expr {
	t := p.peek()
	switch t.Kind {
	case lex.String:
		return &ast.Literal{Type: sqltype.Of(sqltype.String), Text: p.stringLiteral()}
	case lex.Number:
		return p.number("")
	case lex.Marker:
		p.next()
		p.params++
		return &ast.Param{Index: p.params - 1}
	case lex.Quoted:
		return p.columnOrCall()
	case lex.Symbol:
		return p.symbolPrimary()
	}
	return p.wordPrimary()
}

func (p *parser) symbolPrimary() ast.Expr {
	switch {
	case p.is("("):
		return p.parenthesized()
	case p.accept("*"):
		return p.star(nil)
	case p.is(":") || p.is("$"):
		p.refuse("Named parameters are not in the sandbox, use ?.")
	}
	p.fail()
	return nil
}

func (p *parser) parenthesized() ast.Expr {
	p.expect("(")
	if p.isQueryAt(0) {
		q := p.query()
		p.expect(")")
		return &ast.Subquery{Query: q}
	}
	x := p.expression()
	if !p.is(",") {
		p.expect(")")
		return x
	}
	items := []ast.Expr{x}
	for p.accept(",") {
		items = append(items, p.expression())
	}
	p.expect(")")
	return &ast.Tuple{Items: items}
}

func (p *parser) star(q []string) ast.Expr {
	s := &ast.Star{Qualifier: q}
	if p.is("EXCEPT", "(") {
		p.next()
		s.Except = p.nameList()
	}
	return s
}

// wordPrimary reads what begins with a keyword or a name.
func (p *parser) wordPrimary() ast.Expr {
	word := strings.ToUpper(p.peek().Raw)
	switch word {
	case "NULL":
		p.next()
		return &ast.Literal{Null: true}
	case "TRUE", "FALSE":
		p.next()
		return &ast.Literal{Type: sqltype.Of(sqltype.Boolean), Text: strings.ToLower(word)}
	case "CASE":
		return p.caseExpr()
	case "DEFAULT":
		if !p.peekAt(1).Is("(") && !p.peekAt(1).Is(".") {
			p.next()
			return &ast.Default{}
		}
	case "INTERVAL":
		if k := p.peekAt(1).Kind; k == lex.String || k == lex.Number || p.peekAt(1).Is("-") {
			return p.interval()
		}
	case "CURRENT_DATE", "CURRENT_TIMESTAMP", "CURRENT_USER", "LOCALTIMESTAMP", "SESSION_USER", "CURRENT_TIMEZONE":
		if !p.peekAt(1).Is("(") && !p.peekAt(1).Is(".") {
			p.next()
			return &ast.Call{Name: strings.ToLower(word)}
		}
	case "SELECT", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "WHEN", "THEN", "ELSE", "END", "ON", "UNION", "AND", "OR":
		p.fail() // words that Spark reserves and that would hide an error here
	}
	if p.peekAt(1).Kind == lex.String && !p.is("AS") {
		return p.typedLiteral(word)
	}
	if p.peekAt(1).Is("(") {
		if x := p.specialCall(word); x != nil {
			return x
		}
	}
	return p.columnOrCall()
}

// typedLiteral is DATE '..', TIMESTAMP '..', X'..'.
func (p *parser) typedLiteral(word string) ast.Expr {
	kinds := map[string]sqltype.Kind{"DATE": sqltype.Date, "TIMESTAMP": sqltype.Timestamp, "TIMESTAMP_NTZ": sqltype.TimestampNTZ,
		"TIMESTAMP_LTZ": sqltype.Timestamp, "X": sqltype.Binary}
	k, ok := kinds[word]
	if !ok {
		p.next()
		panic(bail{sqlerr.New("UNSUPPORTED_TYPED_LITERAL", "Literals of the type \"%s\" are not supported.", word)})
	}
	p.next()
	return &ast.Literal{Type: sqltype.Of(k), Text: p.stringLiteral()}
}

func (p *parser) caseExpr() ast.Expr {
	p.expect("CASE")
	c := &ast.Case{}
	if !p.is("WHEN") {
		c.Operand = p.expression()
	}
	for p.accept("WHEN") {
		w := ast.When{Cond: p.expression()}
		p.expect("THEN")
		w.Then = p.expression()
		c.Whens = append(c.Whens, w)
	}
	if len(c.Whens) == 0 {
		p.fail()
	}
	if p.accept("ELSE") {
		c.Else = p.expression()
	}
	p.expect("END")
	return c
}

// specialCall reads functions whose arguments have a syntax of their own.
func (p *parser) specialCall(word string) ast.Expr {
	switch word {
	case "CAST", "TRY_CAST":
		p.expect(word, "(")
		c := &ast.Cast{X: p.expression(), Try: word == "TRY_CAST"}
		p.expect("AS")
		c.Type = p.typeName()
		p.expect(")")
		return c
	case "EXTRACT":
		p.expect(word, "(")
		c := &ast.Call{Name: "extract", Unit: strings.ToUpper(p.name())}
		p.expect("FROM")
		c.Args = []ast.Expr{p.expression()}
		p.expect(")")
		return c
	case "TRIM", "SUBSTRING", "SUBSTR", "POSITION", "OVERLAY":
		return p.fromForCall(word)
	case "TIMESTAMPADD", "TIMESTAMPDIFF", "DATEADD", "DATE_ADD", "DATEDIFF", "DATE_DIFF":
		return p.unitCall(word)
	}
	return nil
}

// fromForCall is TRIM(BOTH x FROM y), SUBSTRING(x FROM a FOR b), POSITION(a IN b) and the plain forms.
func (p *parser) fromForCall(word string) ast.Expr {
	p.expect(word, "(")
	c := &ast.Call{Name: strings.ToLower(word)}
	if word == "TRIM" {
		switch side := p.acceptAny("BOTH", "LEADING", "TRAILING"); side {
		case "LEADING":
			c.Name = "ltrim"
		case "TRAILING":
			c.Name = "rtrim"
		}
		if p.accept("FROM") {
			c.Args = []ast.Expr{p.expression()}
			p.expect(")")
			return c
		}
	}
	var first ast.Expr
	if word == "POSITION" {
		first = p.bitOr()
	} else {
		first = p.expression()
	}
	c.Args = []ast.Expr{first}
	switch {
	case word == "TRIM" && p.accept("FROM"):
		c.Args = []ast.Expr{p.expression(), first}
		c.Unit = "OF" // trim(chars FROM text)
	case p.accept("FROM"), p.accept("IN"):
		c.Args = append(c.Args, p.expression())
		if p.accept("FOR") {
			c.Args = append(c.Args, p.expression())
		}
	default:
		for p.accept(",") {
			c.Args = append(c.Args, p.expression())
		}
	}
	p.expect(")")
	return c
}

// unitCall is DATEADD(DAY, 1, x); without a unit it is the function of two dates.
func (p *parser) unitCall(word string) ast.Expr {
	unit := strings.ToUpper(p.peekAt(2).Raw)
	units := " YEAR QUARTER MONTH WEEK DAY HOUR MINUTE SECOND MILLISECOND MICROSECOND "
	if p.peekAt(2).Kind != lex.Word || !p.peekAt(3).Is(",") || !strings.Contains(units, " "+unit+" ") {
		return nil
	}
	p.at += 4
	name := "timestampadd"
	if strings.HasSuffix(word, "DIFF") {
		name = "timestampdiff"
	}
	c := &ast.Call{Name: name, Unit: unit, Args: p.expressions()}
	p.expect(")")
	return c
}
