package ast

import "github.com/drt-go/drt/sandbox/duckdb/sqltype"

// Stmt is a statement: *Query or one of the pointer types below.
type Stmt interface{ stmt() }

type (
	// Use is USE [CATALOG|SCHEMA] name. Kind is CATALOG, SCHEMA or empty.
	Use struct {
		Kind  string
		Parts []string
	}
	// Set is SET, SET key, SET key = value; Zone is SET TIME ZONE.
	Set struct {
		Key   string
		Value *string
		Zone  bool
	}
	// Reset is RESET [key].
	Reset struct{ Key string }
	// CreateNamespace is CREATE CATALOG or CREATE SCHEMA.
	CreateNamespace struct {
		Catalog     bool
		Parts       []string
		IfNotExists bool
		Comment     string
	}
	// DropNamespace is DROP CATALOG or DROP SCHEMA.
	DropNamespace struct {
		Catalog  bool
		Parts    []string
		IfExists bool
		Cascade  bool
	}
	// ColumnDef is a column of CREATE TABLE or ADD COLUMNS.
	ColumnDef struct {
		Name      string
		Type      sqltype.Type
		NotNull   bool
		Default   Expr
		DefText   string
		Comment   string
		Generated Expr
		GenText   string
		Identity  *Identity
	}
	// Identity is GENERATED ALWAYS|BY DEFAULT AS IDENTITY.
	Identity struct {
		Always      bool
		Start, Step int64
	}
	// CreateTable is CREATE [OR REPLACE] TABLE in all its forms.
	CreateTable struct {
		Name        []string
		Replace     bool
		IfNotExists bool
		Columns     []ColumnDef
		PrimaryKey  []string
		PartitionBy []string
		ClusterBy   []string
		Comment     string
		Properties  map[string]string
		Like        []string
		Query       *Query
	}
	// DropTable is DROP TABLE or DROP VIEW.
	DropTable struct {
		Name     []string
		IfExists bool
		View     bool
	}
	// Truncate is TRUNCATE TABLE.
	Truncate struct{ Name []string }
	// Alter is ALTER TABLE with one action, one of the Alter... types.
	Alter struct {
		Name   []string
		Action any
	}
	// AddColumns is ADD COLUMNS.
	AddColumns struct{ Columns []ColumnDef }
	// AlterColumn changes one property of a column; the field that is set says which.
	AlterColumn struct {
		Name        string
		Type        *sqltype.Type
		SetNotNull  bool
		DropNotNull bool
		Default     Expr
		DefText     string
		DropDefault bool
		Comment     *string
	}
	// SetProperties is SET TBLPROPERTIES.
	SetProperties struct{ Properties map[string]string }
	// UnsetProperties is UNSET TBLPROPERTIES.
	UnsetProperties struct {
		Keys     []string
		IfExists bool
	}
	// AddConstraint is ADD CONSTRAINT name CHECK (expr).
	AddConstraint struct {
		Name  string
		Check Expr
		Text  string
	}
	// DropConstraint is DROP CONSTRAINT.
	DropConstraint struct {
		Name     string
		IfExists bool
	}
	// RenameTable is RENAME TO.
	RenameTable struct{ To []string }
	// DropColumns is DROP COLUMN(S).
	DropColumns struct{ Names []string }
	// RenameColumn is RENAME COLUMN a TO b.
	RenameColumn struct{ From, To string }
	// ClusterBy is CLUSTER BY (..) or NONE.
	ClusterBy struct{ Columns []string }
	// Restore is RESTORE TABLE t TO VERSION AS OF n.
	Restore struct {
		Name      []string
		Version   Expr
		Timestamp Expr
	}
	// CommentOn is COMMENT ON TABLE t IS 'text'.
	CommentOn struct {
		Name []string
		Text string
	}
	// Insert is INSERT INTO and INSERT OVERWRITE.
	Insert struct {
		Table        *TableName
		Overwrite    bool
		Columns      []string
		ByName       bool
		Evolve       bool
		ReplaceWhere Expr
		Query        *Query
	}
	// Delete is DELETE FROM.
	Delete struct {
		Table *TableName
		Where Expr
	}
	// Update is UPDATE.
	Update struct {
		Table *TableName
		Set   []Assign
		Where Expr
	}
	// Assign is column = value.
	Assign struct {
		Column []string
		Value  Expr
	}
	// Merge is MERGE INTO.
	Merge struct {
		Target  *TableName
		Source  Table
		On      Expr
		Evolve  bool
		Clauses []MergeClause
	}
	// MergeClause is one WHEN. Kind is MATCHED, NOT MATCHED or NOT MATCHED BY SOURCE; Action is UPDATE, DELETE or
	// INSERT; All is SET * or INSERT *.
	MergeClause struct {
		Kind    string
		Cond    Expr
		Action  string
		All     bool
		Set     []Assign
		Columns []string
		Values  []Expr
	}
	// Describe is DESCRIBE. Kind is TABLE, DETAIL, HISTORY, SCHEMA, CATALOG, QUERY.
	Describe struct {
		Kind     string
		Name     []string
		Extended bool
		Column   string
		Limit    Expr
		Query    *Query
	}
	// Show is SHOW. Kind is CATALOGS, SCHEMAS, TABLES, COLUMNS, TBLPROPERTIES, CREATE TABLE, ...
	Show struct {
		Kind    string
		Name    []string
		Pattern string
		Like    bool
		Key     string
	}
	// Ignored is a statement that changes nothing that can be seen, such as ANALYZE or OPTIMIZE. Name is its table.
	Ignored struct {
		Verb string
		Name []string
	}
	// Explain is EXPLAIN.
	Explain struct{ Stmt Stmt }
)

func (*Query) stmt()           {}
func (*Use) stmt()             {}
func (*Set) stmt()             {}
func (*Reset) stmt()           {}
func (*CreateNamespace) stmt() {}
func (*DropNamespace) stmt()   {}
func (*CreateTable) stmt()     {}
func (*DropTable) stmt()       {}
func (*Truncate) stmt()        {}
func (*Alter) stmt()           {}
func (*Restore) stmt()         {}
func (*CommentOn) stmt()       {}
func (*Insert) stmt()          {}
func (*Delete) stmt()          {}
func (*Update) stmt()          {}
func (*Merge) stmt()           {}
func (*Describe) stmt()        {}
func (*Show) stmt()            {}
func (*Ignored) stmt()         {}
func (*Explain) stmt()         {}
