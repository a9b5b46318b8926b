package ast

// Query is a SELECT with what may stand around it.
type Query struct {
	With    []CTE
	Body    Body
	OrderBy []Order
	Limit   Expr
	Offset  Expr
}

// CTE is one name of WITH.
type CTE struct {
	Name    string
	Columns []string
	Query   *Query
}

// Body is *Select, *SetOp, *Values, *TableBody or *Query.
type Body interface{ body() }

func (*Select) body()    {}
func (*SetOp) body()     {}
func (*Values) body()    {}
func (*TableBody) body() {}
func (*Query) body()     {}

// Select is one SELECT block.
type Select struct {
	Distinct bool
	Items    []Item
	From     Table // nil: no FROM
	Where    Expr
	GroupBy  []Expr
	GroupAll bool
	Having   Expr
	Qualify  Expr
	Windows  map[string]*Window
}

// Item is an element of the select list; Aliases has several names only for a generator.
type Item struct {
	X       Expr
	Aliases []string
	Text    string // as written: the name of a column without an alias
}

// SetOp is UNION, EXCEPT or INTERSECT.
type SetOp struct {
	Op   string
	All  bool
	L, R Body
}

// Values is VALUES (..), (..).
type Values struct{ Rows [][]Expr }

// TableBody is TABLE t.
type TableBody struct{ Table *TableName }

// Table is what may stand in FROM: *TableName, *FileTable, *SubqueryTable, *FuncTable, *Join, *LateralView.
type Table interface{ table() }

func (*TableName) table()     {}
func (*FileTable) table()     {}
func (*SubqueryTable) table() {}
func (*FuncTable) table()     {}
func (*Join) table()          {}
func (*LateralView) table()   {}

// Alias names a table and perhaps its columns.
type Alias struct {
	Name    string
	Columns []string
}

// TableName is a table, perhaps at a version.
type TableName struct {
	Parts     []string
	Version   Expr
	Timestamp Expr
	Alias     Alias
}

// FileTable is format.`path`.
type FileTable struct {
	Format string
	Path   string
	Alias  Alias
}

// SubqueryTable is (query) AS alias.
type SubqueryTable struct {
	Query   *Query
	Lateral bool
	Alias   Alias
}

// FuncTable is a table-valued function.
type FuncTable struct {
	Name  string
	Args  []Expr
	Named map[string]Expr
	Alias Alias
}

// Join joins two tables. Kind is CROSS, INNER, LEFT, RIGHT, FULL, SEMI or ANTI.
type Join struct {
	Kind    string
	Natural bool
	L, R    Table
	On      Expr
	Using   []string
}

// LateralView is LATERAL VIEW [OUTER] generator table AS columns.
type LateralView struct {
	Input Table
	Outer bool
	Call  *Call
	Alias Alias
}
