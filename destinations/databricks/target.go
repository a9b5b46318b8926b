package databricks

import (
	"context"
	"errors"
	"strings"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations/databricks/delta"
)

// targetColumn is a column as the warehouse describes it.
type targetColumn struct {
	name     string
	typ      delta.Type
	required bool   // NOT NULL
	filled   bool   // it has a default, or the warehouse fills it in
	computed string // "generated" or "identity" if it cannot be written; else ""
}

// hiveCatalog is the one catalog that has no information_schema.
const hiveCatalog = "hive_metastore"

// readTarget returns the columns of t. A table that does not exist is an error of kind not_found.
//
// information_schema knows more (NOT NULL, the length of a VARCHAR, defaults), DESCRIBE works everywhere.
func (w *warehouse) readTarget(ctx context.Context, t table) ([]targetColumn, error) {
	w.doing("reading the columns of " + t.plain())
	if !strings.EqualFold(string(t.catalog), hiveCatalog) {
		columns, err := w.readColumns(ctx, t)
		if len(columns) > 0 || err != nil && !answered(err) {
			return columns, err
		}
	}
	return w.describe(ctx, t)
}

// answered says whether err is what the warehouse made of a statement, not a failure to reach it or to log in.
func answered(err error) bool {
	var e *connector.Error
	if errors.As(err, &e) && (e.Class != "" || e.SQLState != "") {
		return true
	}
	return connector.KindOf(err) == connector.KindPermanent
}

func (w *warehouse) readColumns(ctx context.Context, t table) ([]targetColumn, error) {
	var columns []targetColumn
	err := w.query(ctx, "read the columns of "+t.plain(), columnsSQL(t), func() { columns = nil }, func(row []any) error {
		c, err := parseColumn(t, text(row[0]), text(row[1]))
		if err != nil {
			return err
		}
		identity := is(row[4], "YES")
		c.required = is(row[2], "NO")
		c.filled = row[3] != nil || identity || is(row[6], "YES", "ALWAYS")
		switch {
		case is(row[6], "YES", "ALWAYS"):
			c.computed = "generated"
		case identity && !is(row[5], "BY DEFAULT"):
			c.computed = "identity"
		}
		columns = append(columns, c)
		return nil
	})
	return columns, err
}

func is(v any, words ...string) bool {
	for _, w := range words {
		if strings.EqualFold(text(v), w) {
			return true
		}
	}
	return false
}

func parseColumn(t table, name, full string) (targetColumn, error) {
	typ, err := delta.Parse(full)
	if err != nil {
		return targetColumn{}, &connector.Error{
			Kind: connector.KindPermanent, Op: "read the columns of " + t.plain(),
			Message: "column " + name + ": " + err.Error(),
		}
	}
	return targetColumn{name: name, typ: typ}, nil
}

// describe reads what DESCRIBE TABLE prints: columns up to the first empty line or heading ("# Partitioning").
func (w *warehouse) describe(ctx context.Context, t table) ([]targetColumn, error) {
	var columns []targetColumn
	ended := false
	err := w.query(ctx, "describe "+t.plain(), describeSQL(t), func() { columns, ended = nil, false }, func(row []any) error {
		name := text(row[0])
		if ended = ended || name == "" || strings.HasPrefix(name, "#"); ended || len(row) < 2 {
			return nil
		}
		c, err := parseColumn(t, name, text(row[1]))
		columns = append(columns, c)
		return err
	})
	return columns, err
}

// confirmRequired drops the columns from names that the warehouse fills in after all: information_schema need not
// tell of defaults, identity and generated columns. If it cannot be found out, names stay as they are.
func (w *warehouse) confirmRequired(ctx context.Context, t table, names []string) []string {
	var ddl strings.Builder
	err := w.query(ctx, "show the definition of "+t.plain(), showCreateSQL(t), ddl.Reset, func(row []any) error {
		ddl.WriteString(text(row[0]) + "\n")
		return nil
	})
	if err != nil {
		return names
	}
	var required []string
	for _, name := range names {
		if !filledIn(ddl.String(), name) {
			required = append(required, name)
		}
	}
	return required
}

// filledIn looks for the line of a column in the text of SHOW CREATE TABLE, which has one line a column.
func filledIn(ddl, name string) bool {
	for line := range strings.Lines(ddl) {
		line = strings.TrimSpace(line)
		for _, form := range []string{ident(name).String() + " ", name + " "} {
			if len(line) > len(form) && strings.EqualFold(line[:len(form)], form) {
				rest := strings.ToUpper(line[len(form):])
				return strings.Contains(rest, " DEFAULT ") || strings.Contains(rest, " GENERATED ")
			}
		}
	}
	return false
}
