package duckdb

import (
	"fmt"
	"strings"

	duckdb "github.com/duckdb/duckdb-go-bindings"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/sources"
)

// model is the one SELECT that a query runs.
type model struct {
	sql    string // without the semicolon and what follows it
	origin string
}

// prepare checks that q holds exactly one statement that only reads, and compiles it.
func prepare(in *instance, q sources.Query) (m model, stmt duckdb.PreparedStatement, err error) {
	m = model{origin: q.Origin}
	var list duckdb.ExtractedStatements
	n := duckdb.ExtractStatements(in.conn, q.Model, &list)
	defer duckdb.DestroyExtracted(&list)
	if message := duckdb.ExtractStatementsError(list); n == 0 && message != "" {
		return m, stmt, m.sqlError(message)
	}
	switch {
	case n == 0:
		return m, stmt, m.fault("the model is empty", "write a SELECT")
	case n > 1:
		return m, stmt, m.fault("the model holds more than one statement", "keep the one SELECT whose rows are to be sent")
	}
	if duckdb.PrepareExtractedStatement(in.conn, list, 0, &stmt) == duckdb.StateError {
		defer duckdb.DestroyPrepare(&stmt)
		return m, stmt, m.sqlError(duckdb.PrepareError(stmt))
	}
	switch {
	case duckdb.PreparedStatementType(stmt) != duckdb.StatementTypeSelect:
		err = m.fault("a model only reads: this statement is no SELECT", "write a SELECT")
	case duckdb.NParams(stmt) > 0:
		err = m.fault("the model has a marker (? or $name), which nothing fills", "write the value, or a {{ var('name') }}")
	}
	if err != nil {
		duckdb.DestroyPrepare(&stmt)
		return m, stmt, err
	}
	m.sql = q.Model[:statementEnd(q.Model)]
	return m, stmt, nil
}

// statementEnd is where the first statement in sql ends: at a semicolon that is in no string, name or comment.
func statementEnd(sql string) int {
	for i := 0; i < len(sql); {
		switch rest := sql[i:]; {
		case rest[0] == ';':
			return i
		case strings.HasPrefix(rest, "--"):
			i += until(rest, "\n", 2)
		case strings.HasPrefix(rest, "/*"):
			i += until(rest, "*/", 2)
		case rest[0] == '\'' && i > 0 && (sql[i-1] == 'e' || sql[i-1] == 'E'):
			i += escapedString(rest)
		case rest[0] == '\'' || rest[0] == '"':
			i += until(rest, rest[:1], 1) // a doubled quote is read as two strings side by side
		case rest[0] == '$':
			i += dollarQuoted(rest)
		default:
			i++
		}
	}
	return len(sql)
}

// until is the length of s up to the end of the first mark after from, or of all of s.
func until(s, mark string, from int) int {
	if n := strings.Index(s[from:], mark); n >= 0 {
		return from + n + len(mark)
	}
	return len(s)
}

// escapedString is the length of E'...' from its quote on, in which \' ends nothing.
func escapedString(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '\'':
			return i + 1
		}
	}
	return len(s)
}

// dollarQuoted is the length of $tag$ ... $tag$, or 1 if s is no such string.
func dollarQuoted(s string) int {
	n := strings.IndexByte(s[1:], '$')
	if n < 0 || strings.ContainsAny(s[1:n+1], " \t\r\n;'\"") {
		return 1
	}
	tag := s[:n+2]
	return until(s, tag, len(tag))
}

// sqlError is what DuckDB says about the model.
func (m model) sqlError(message string) error {
	out := m.fault(shown(message), "")
	switch {
	case strings.Contains(message, "disabled by configuration"), strings.Contains(message, "disabled through configuration"):
		out.Hint = "set local_files: true in the profile to let models read local files; attaching and extensions stay off"
	case strings.HasPrefix(message, "Catalog Error") || strings.Contains(message, "not found"):
		out.Kind = connector.KindNotFound
	}
	return out
}

// fault is an error of the model itself.
func (m model) fault(message, hint string) *connector.Error {
	op := "read the model"
	if m.origin != "" {
		op = m.origin
	}
	return &connector.Error{Kind: connector.KindConfig, Op: op, Message: message, Hint: hint}
}

// outerSQL is the statement that is run: the model itself, or a SELECT around it that casts, filters and limits.
func (m model) outerSQL(columns []column, where string, limit int64) string {
	list, plain := make([]string, len(columns)), true
	for i, c := range columns {
		list[i] = quote(c.name)
		if c.cast != "" {
			list[i] = fmt.Sprintf("CAST(%s AS %s) AS %s", list[i], c.cast, list[i])
			plain = false
		}
	}
	if plain && where == "" && limit == 0 {
		return m.sql
	}
	sql := "SELECT " + strings.Join(list, ", ") + " FROM (\n" + m.sql + "\n) AS _drt"
	if where != "" {
		sql += " WHERE " + where
	}
	if limit > 0 {
		sql += fmt.Sprintf(" LIMIT %d", limit)
	}
	return sql
}

// quote makes an SQL identifier of name.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
