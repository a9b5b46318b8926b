package bind

import (
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// from binds a table of FROM, adds its columns to s, and returns what stands behind FROM.
func (e *Env) from(s *scope, t ast.Table) (string, error) {
	switch t := t.(type) {
	case *ast.TableName:
		r, err := e.tableOrCTE(t)
		if err != nil {
			return "", err
		}
		return e.aliased(s, r, t.Alias)
	case *ast.FileTable:
		r, err := e.File(t.Format, t.Path)
		if err != nil {
			return "", err
		}
		return e.aliased(s, r, t.Alias)
	case *ast.SubqueryTable:
		parent := s.parent
		prefix := ""
		if t.Lateral {
			parent, prefix = s, "LATERAL "
		}
		q, err := e.query(parent, t.Query)
		if err != nil {
			return "", err
		}
		sql, err := e.aliased(s, Relation{SQL: "(" + q.SQL + ")", Cols: q.Cols}, t.Alias)
		return prefix + sql, err
	case *ast.FuncTable:
		return e.funcTable(s, t)
	case *ast.Join:
		return e.join(s, t)
	case *ast.LateralView:
		return e.lateralView(s, t)
	}
	return "", sqlerr.Unsupported("FROM %T is not in the sandbox.", t)
}

func (e *Env) tableOrCTE(t *ast.TableName) (Relation, error) {
	if len(t.Parts) == 1 && t.Version == nil && t.Timestamp == nil {
		for i := len(e.ctes) - 1; i >= 0; i-- {
			if c := e.ctes[i]; strings.EqualFold(c.name, t.Parts[0]) {
				return Relation{SQL: "(" + c.sql + ")", Cols: c.cols, Name: []string{c.name}}, nil
			}
		}
	}
	return e.Table(t)
}

// aliased adds a relation under the name that the statement gives it.
func (e *Env) aliased(s *scope, r Relation, a ast.Alias) (string, error) {
	if a.Name != "" {
		r.Name = []string{a.Name}
	}
	var err error
	if r.Cols, err = rename(r.Cols, a.Columns, a.Name); err != nil {
		return "", err
	}
	return s.add(e, r), nil
}

func (e *Env) funcTable(s *scope, t *ast.FuncTable) (string, error) {
	switch t.Name {
	case "read_files":
		return e.readFiles(s, t)
	case "range":
		args, err := e.exprs(&scope{}, t.Args)
		if err != nil {
			return "", err
		}
		for i := range args {
			if args[i], err = e.cast(args[i], sqltype.Of(sqltype.BigInt), implicit); err != nil {
				return "", err
			}
		}
		if len(args) < 1 || len(args) > 3 {
			return "", wrongArgs("range", len(args), "1, 2 or 3")
		}
		r := Relation{SQL: "(SELECT range AS c0 FROM range(" + sqls(args) + "))", Cols: []Column{{Name: "id", Type: sqltype.Of(sqltype.BigInt), SQL: "c0"}}}
		return e.aliased(s, r, t.Alias)
	case "explode", "posexplode", "explode_outer", "posexplode_outer", "inline", "inline_outer":
		g, err := e.generator(s, &ast.Call{Name: t.Name, Args: t.Args})
		if err != nil {
			return "", err
		}
		return e.aliased(s, g, t.Alias)
	}
	return "", sqlerr.New("UNRESOLVABLE_TABLE_VALUED_FUNCTION", "Could not resolve %s to a table-valued function. The sandbox knows range, explode, posexplode, inline and read_files.", quoteName([]string{t.Name}))
}

func (e *Env) readFiles(s *scope, t *ast.FuncTable) (string, error) {
	format := "parquet"
	for name, x := range t.Named {
		v, ok := e.text(x)
		if name != "format" || !ok {
			return "", sqlerr.Unsupported("The option %s of read_files is not in the sandbox.", name)
		}
		format = strings.ToLower(v)
	}
	if len(t.Args) != 1 {
		return "", wrongArgs("read_files", len(t.Args), "1")
	}
	path, ok := e.text(t.Args[0])
	if !ok {
		return "", sqlerr.Unsupported("read_files needs a constant path in the sandbox.")
	}
	r, err := e.File(format, path)
	if err != nil {
		return "", err
	}
	return e.aliased(s, r, t.Alias)
}

func (e *Env) join(s *scope, j *ast.Join) (string, error) {
	l, err := e.from(s, j.L)
	if err != nil {
		return "", err
	}
	split := len(s.rels)
	r, err := e.from(s, j.R)
	if err != nil {
		return "", err
	}
	on := ""
	switch {
	case j.Natural:
		return "", sqlerr.Unsupported("NATURAL JOIN is not in the sandbox.")
	case len(j.Using) > 0:
		if on, err = e.using(s, j, split); err != nil {
			return "", err
		}
	case j.On != nil:
		c, err := e.condition(s, j.On, "JOIN")
		if err != nil {
			return "", err
		}
		on = " ON " + c.SQL
	case j.Kind == "INNER", j.Kind == "CROSS":
		on, j = "", &ast.Join{Kind: "CROSS"}
	default:
		on = " ON true"
	}
	if j.Kind == "SEMI" || j.Kind == "ANTI" {
		s.rels = s.rels[:split] // the right side cannot be seen
	}
	if j.Kind == "CROSS" && on == "" {
		return l + " CROSS JOIN " + r, nil
	}
	kind := j.Kind
	if kind == "CROSS" {
		kind = "INNER"
	}
	return "(" + l + " " + kind + " JOIN " + r + on + ")", nil
}

// using merges the columns of both sides.
func (e *Env) using(s *scope, j *ast.Join, split int) (string, error) {
	left, right := &scope{rels: s.rels[:split], merged: s.merged}, &scope{rels: s.rels[split:]}
	var conds []string
	merged := map[string]string{}
	for _, name := range j.Using {
		c := &ast.Column{Parts: []string{name}}
		l, err := e.column(left, c)
		if err != nil {
			return "", err
		}
		r, err := e.column(right, c)
		if err != nil {
			return "", err
		}
		b, err := e.compare("=", l, r)
		if err != nil {
			return "", err
		}
		conds = append(conds, b.SQL)
		switch j.Kind {
		case "RIGHT":
			merged[strings.ToLower(name)] = r.SQL
		case "FULL":
			merged[strings.ToLower(name)] = "coalesce(" + l.SQL + ", " + r.SQL + ")"
		default:
			merged[strings.ToLower(name)] = l.SQL
		}
	}
	for k, v := range merged {
		s.merged[k] = v
	}
	return " ON " + strings.Join(conds, " AND "), nil
}
