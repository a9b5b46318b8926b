// Package ast is the tree of a Databricks SQL statement as the embedded engine reads it. Names are kept as written.
package ast

import "github.com/drt-go/drt/sandbox/duckdb/sqltype"

// Expr is an expression: one of the pointer types below.
type Expr interface{ expr() }

type (
	// Literal is a constant. Text holds the value in the form of a CAST from STRING to Type.
	Literal struct {
		Type sqltype.Type
		Text string
		Null bool
	}
	// Param is the marker ?, counted from 0.
	Param struct{ Index int }
	// Column is a possibly qualified name: column, table.column, column.field, ...
	Column struct{ Parts []string }
	// Star is * or q.*, without the columns in Except.
	Star struct {
		Qualifier []string
		Except    []string
	}
	// Unary is -x, +x, ~x or NOT x.
	Unary struct {
		Op string
		X  Expr
	}
	// Binary is a binary operator in upper case; "<=>" also stands for IS NOT DISTINCT FROM.
	Binary struct {
		Op   string
		L, R Expr
	}
	// IsNull is x IS NULL.
	IsNull struct{ X Expr }
	// IsBool is x IS TRUE or x IS FALSE.
	IsBool struct {
		X    Expr
		True bool
	}
	// Between is x BETWEEN lo AND hi.
	Between struct{ X, Lo, Hi Expr }
	// In is x IN (list) or x IN (query).
	In struct {
		X     Expr
		List  []Expr
		Query *Query
	}
	// Like is x LIKE, ILIKE or RLIKE pattern.
	Like struct {
		Op         string
		X, Pattern Expr
		Escape     string
	}
	// Case is both forms of CASE; Operand may be nil.
	Case struct {
		Operand Expr
		Whens   []When
		Else    Expr
	}
	// When is one branch of CASE.
	When struct{ Cond, Then Expr }
	// Cast is CAST, TRY_CAST or ::.
	Cast struct {
		X    Expr
		Type sqltype.Type
		Try  bool
	}
	// Call is a function call.
	Call struct {
		Name     string
		Args     []Expr
		Star     bool // count(*)
		Distinct bool
		Filter   Expr
		Over     *Window
		Unit     string // EXTRACT(unit FROM x), TIMESTAMPADD(unit, ...)
	}
	// Window is an OVER clause.
	Window struct {
		Name      string // OVER name
		Partition []Expr
		Order     []Order
		Frame     string // normalized text: ROWS BETWEEN ... AND ...
	}
	// Index is x[i].
	Index struct{ X, I Expr }
	// Field is x.name where x is no name.
	Field struct {
		X    Expr
		Name string
	}
	// Path is v:a.b[0] on a VARIANT, or on JSON text; Path is normalized to $.a.b[0].
	Path struct {
		X    Expr
		Path string
	}
	// Tuple is (a, b).
	Tuple struct{ Items []Expr }
	// Subquery is a scalar subquery.
	Subquery struct{ Query *Query }
	// Exists is EXISTS (query).
	Exists struct{ Query *Query }
	// Lambda is x -> body or (x, y) -> body.
	Lambda struct {
		Params []string
		Body   Expr
	}
	// Interval is INTERVAL literal in months and microseconds.
	Interval struct {
		Months int64
		Micros int64
		Text   string
	}
	// Default is the keyword DEFAULT in place of a value.
	Default struct{}
)

func (*Literal) expr()  {}
func (*Param) expr()    {}
func (*Column) expr()   {}
func (*Star) expr()     {}
func (*Unary) expr()    {}
func (*Binary) expr()   {}
func (*IsNull) expr()   {}
func (*IsBool) expr()   {}
func (*Between) expr()  {}
func (*In) expr()       {}
func (*Like) expr()     {}
func (*Case) expr()     {}
func (*Cast) expr()     {}
func (*Call) expr()     {}
func (*Index) expr()    {}
func (*Field) expr()    {}
func (*Path) expr()     {}
func (*Tuple) expr()    {}
func (*Subquery) expr() {}
func (*Exists) expr()   {}
func (*Lambda) expr()   {}
func (*Interval) expr() {}
func (*Default) expr()  {}

// Order is an element of ORDER BY.
type Order struct {
	X          Expr
	Desc       bool
	NullsFirst *bool // nil: Spark's default, NULLs are smallest
}
