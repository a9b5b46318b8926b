// Package bind resolves a parsed statement against tables and types and writes it in DuckDB's SQL. Every operator and
// function is mapped knowingly; what is not in its tables is an error of the class that Databricks has for it, or
// UNSUPPORTED_IN_SANDBOX. Names of users never reach DuckDB: columns are c0, c1, ..., tables have generated aliases.
package bind

import (
	"strconv"
	"strings"
	"time"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/native"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// Env is what a statement is bound in. It serves one statement.
type Env struct {
	Functions Functions
	Params    []ast.Literal
	Zone      string // of the session
	Now       time.Time
	User      string
	Catalog   string
	Schema    string

	// Table resolves a table, perhaps as of a version. Errors are *wire.Error.
	Table func(t *ast.TableName) (Relation, error)
	// File resolves format.`path`, and read_files.
	File func(format, path string) (Relation, error)
	// Texts makes rows that were parsed from JSON readable as a table (pos INTEGER, r VARCHAR[]) and returns its name.
	Texts func(rows native.Texts) (string, error)
	// Writing says that the statement writes: VALUES and casts then fail with other classes.
	Writing bool

	nullFields bool // to_json writes fields that are NULL

	aliases int
	ctes    []cte // innermost last
	depth   int
}

type cte struct {
	name string
	sql  string
	cols []Column
}

// Relation is a table as FROM sees it: SQL stands behind FROM and yields the columns.
type Relation struct {
	SQL  string
	Name []string // as the user can qualify its columns: catalog, schema, table
	Cols []Column
}

// Column is a column of a relation.
type Column struct {
	Name string
	Type sqltype.Type
	SQL  string // the physical column in the relation
	Char int    // n of CHAR(n), whose comparisons pad
}

// Expr is a bound expression.
type Expr struct {
	SQL  string
	Type sqltype.Type
	Lit  *ast.Literal // set if it is a literal
	Char int
}

// scope is where names are looked up.
type scope struct {
	parent  *scope
	rels    []scoped
	vars    map[string]Expr     // of lambdas
	aliases map[string]ast.Expr // of the select list: earlier items
	windows map[string]*ast.Window
	merged  map[string]string // USING: column name -> SQL of the merged value
	busy    map[string]bool   // aliases being resolved, against x AS x
}

type scoped struct {
	alias string // in DuckDB
	name  []string
	cols  []Column
}

func (e *Env) alias() string {
	e.aliases++
	return "q" + strconv.Itoa(e.aliases)
}

func (s *scope) add(e *Env, r Relation) string {
	a := e.alias()
	s.rels = append(s.rels, scoped{alias: a, name: r.Name, cols: r.Cols})
	return r.SQL + " AS " + a
}

// columnSQL is how column c of a scoped relation is written.
func (r scoped) columnSQL(c Column) string { return r.alias + "." + c.SQL }

// matches reports whether the user's qualifier names this relation.
func (r scoped) matches(q []string) bool {
	if len(q) > len(r.name) {
		return false
	}
	tail := r.name[len(r.name)-len(q):]
	for i := range q {
		if !strings.EqualFold(q[i], tail[i]) {
			return false
		}
	}
	return true
}

// find looks a column up here, not in parents.
func (s *scope) find(parts []string) (hit Expr, rest []string, n int) {
	for cut := len(parts) - 1; cut >= 0; cut-- {
		q, name := parts[:cut], parts[cut]
		for _, r := range s.rels {
			if !r.matches(q) {
				continue
			}
			for _, c := range r.cols {
				if strings.EqualFold(c.Name, name) {
					hit = Expr{SQL: r.columnSQL(c), Type: c.Type.Value(), Char: c.Char}
					n++
				}
			}
		}
		if n > 1 && cut == 0 {
			if sql, ok := s.merged[strings.ToLower(name)]; ok {
				hit.SQL, n = sql, 1
			}
		}
		if n > 0 {
			return hit, parts[cut+1:], n
		}
	}
	return Expr{}, nil, 0
}

func (e *Env) column(s *scope, c *ast.Column) (Expr, error) {
	for at := s; at != nil; at = at.parent {
		if v, ok := at.vars[strings.ToLower(c.Parts[0])]; ok {
			return e.fields(v, c.Parts[1:])
		}
		hit, rest, n := at.find(c.Parts)
		if n > 1 {
			return Expr{}, sqlerr.New("AMBIGUOUS_REFERENCE", "Reference %s is ambiguous.", quoteName(c.Parts))
		}
		if n == 1 {
			return e.fields(hit, rest)
		}
		if x, ok := at.aliases[strings.ToLower(c.Parts[0])]; ok && !at.busy[strings.ToLower(c.Parts[0])] {
			return e.lateralAlias(at, x, c.Parts)
		}
	}
	return Expr{}, unresolved(s, c.Parts)
}

// lateralAlias is a name that an earlier item of the select list was given.
func (e *Env) lateralAlias(s *scope, x ast.Expr, parts []string) (Expr, error) {
	key := strings.ToLower(parts[0])
	if s.busy == nil {
		s.busy = map[string]bool{}
	}
	s.busy[key] = true
	defer delete(s.busy, key)
	b, err := e.expr(s, x)
	if err != nil {
		return Expr{}, err
	}
	return e.fields(b, parts[1:])
}

func unresolved(s *scope, parts []string) error {
	var near []string
	for at := s; at != nil; at = at.parent {
		for _, r := range at.rels {
			for _, c := range r.cols {
				if len(near) < 5 {
					near = append(near, quoteName([]string{c.Name}))
				}
			}
		}
	}
	if len(near) == 0 {
		return sqlerr.New("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", "A column, variable, or function parameter with name %s cannot be resolved.", quoteName(parts))
	}
	return sqlerr.New("UNRESOLVED_COLUMN.WITH_SUGGESTION", "A column, variable, or function parameter with name %s cannot be resolved. Did you mean one of the following? [%s].", quoteName(parts), strings.Join(near, ", "))
}

func quoteName(parts []string) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = "`" + strings.ReplaceAll(p, "`", "``") + "`"
	}
	return strings.Join(out, ".")
}

// fields follows .a.b into structs, and by key into maps.
func (e *Env) fields(x Expr, names []string) (Expr, error) {
	for _, n := range names {
		var err error
		if x, err = e.field(x, n); err != nil {
			return Expr{}, err
		}
	}
	return x, nil
}

func (e *Env) field(x Expr, name string) (Expr, error) {
	switch x.Type.Kind {
	case sqltype.Struct:
		for _, f := range x.Type.Fields {
			if strings.EqualFold(f.Name, name) {
				return Expr{SQL: "struct_extract(" + x.SQL + ", " + quoteText(f.Name) + ")", Type: f.Type}, nil
			}
		}
		return Expr{}, sqlerr.New("FIELD_NOT_FOUND", "No such struct field %s in %s.", quoteName([]string{name}), x.Type.SQL())
	case sqltype.Map:
		key, err := e.cast(stringLit(name), *x.Type.Key, implicit)
		return Expr{SQL: mapValue(x.SQL, key.SQL), Type: *x.Type.Elem}, err
	}
	return Expr{}, sqlerr.New("INVALID_EXTRACT_BASE_FIELD_TYPE", "Can't extract a value from an expression of the type %q. Need a complex type [STRUCT, ARRAY, MAP].", x.Type.SQL())
}

func mapValue(m, key string) string { return "(" + m + ")[" + key + "]" }

func stringLit(s string) Expr {
	return Expr{SQL: quoteText(s), Type: sqltype.Of(sqltype.String), Lit: &ast.Literal{Type: sqltype.Of(sqltype.String), Text: s}}
}

// quoteText is a text as a DuckDB literal. A NUL cannot stand in a statement.
func quoteText(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	q := "'" + strings.ReplaceAll(s, "'", "''") + "'"
	if strings.IndexByte(s, 0) >= 0 {
		return "(" + strings.ReplaceAll(q, "\x00", "' || chr(0) || '") + ")"
	}
	return q
}
