package sqlite

import (
	"errors"
	"fmt"
	"strings"

	lib "modernc.org/sqlite/lib"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/sources"
)

// model is the one SELECT that a query runs.
type model struct {
	sql    string // without the semicolon and what follows it
	origin string
}

// compile checks that q holds exactly one statement that only reads.
func compile(c *conn, q sources.Query) (model, *statement, error) {
	m := model{origin: q.Origin}
	s, rest, err := c.prepare(q.Model)
	switch {
	case err != nil:
		return m, nil, m.prepareError(c, q.Model, err)
	case s == nil:
		return m, nil, m.fault("the model is empty", "write a SELECT")
	}
	m.sql = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(q.Model[:len(q.Model)-len(rest)]), ";"))
	if err := m.check(c, s, rest); err != nil {
		s.finalize()
		return m, nil, err
	}
	return m, s, nil
}

func (m model) check(c *conn, s *statement, rest string) error {
	switch word := firstWord(m.sql); word {
	case "SELECT", "WITH", "VALUES":
	default:
		return m.fault(fmt.Sprintf("a model only reads: %s is refused", word), "write a SELECT")
	}
	if !s.readOnly() {
		return m.fault("a model only reads: this statement would write", "write a SELECT")
	}
	if n := s.parameters(); n > 0 {
		return m.fault("the model has a marker (?, :name, @name or $name), which nothing fills", "write the value, or a {{ var('name') }}")
	}
	next, _, err := c.prepare(rest)
	if next != nil {
		next.finalize()
	}
	if next != nil || err != nil {
		return m.fault("the model holds more than one statement", "keep the one SELECT whose rows are to be sent")
	}
	return nil
}

// filtered is the model with a condition on its rows. The outer name is qualified: SQLite takes a bare "name" that
// it does not find for a string.
func (m model) filtered(condition string) string {
	return "SELECT * FROM (\n" + m.sql + "\n) AS " + outer + " WHERE " + condition
}

const outer = `"_drt"`

// firstWord is the first word of sql in capitals, after white space, comments and parentheses.
func firstWord(sql string) string {
	for {
		sql = strings.TrimLeft(sql, " \t\r\n\f;(")
		switch {
		case strings.HasPrefix(sql, "--"):
			_, sql, _ = strings.Cut(sql, "\n")
		case strings.HasPrefix(sql, "/*"):
			_, sql, _ = strings.Cut(sql[2:], "*/")
		default:
			end := strings.IndexFunc(sql, func(r rune) bool { return (r|0x20) < 'a' || (r|0x20) > 'z' })
			if end >= 0 {
				sql = sql[:end]
			}
			return strings.ToUpper(sql)
		}
	}
}

// prepareError says which line of the model the library stopped at.
func (m model) prepareError(c *conn, sql string, err error) error {
	message := err.Error()
	var e *sqliteError
	if errors.As(err, &e) {
		message = e.message
		if at := int(lib.Xsqlite3_error_offset(c.tls, c.db)); at >= 0 && at <= len(sql) {
			message = fmt.Sprintf("line %d of the model: %s", 1+strings.Count(sql[:at], "\n"), message)
		}
	}
	out := m.fault(message, "")
	out.Err = err
	if strings.Contains(message, "no such table") || strings.Contains(message, "no such column") {
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
