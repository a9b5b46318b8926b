package sqlite

import (
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/record"
)

// column is one result column.
type column struct {
	name     string
	declared string // "" for an expression
	// dtype is nil until peek has seen a value that tells it.
	dtype arrow.DataType
	// clock is a declared DATETIME or TIMESTAMP: whether it holds instants or wall clocks, its text tells.
	clock bool
}

// declaredColumn applies the rules of docs/connectors/sqlite.md to the type that CREATE TABLE gives a column. dtype
// stays nil where the declaration does not tell: the values decide.
func declaredColumn(name, declared string) (column, error) {
	c := column{name: name, declared: declared}
	base, _, _ := strings.Cut(strings.ToUpper(declared), "(")
	base = strings.Join(strings.Fields(base), " ")
	switch {
	case base == "" || base == "INTERVAL" || base == "POINT":
	case base == "BOOLEAN" || base == "BOOL":
		c.dtype = arrow.FixedWidthTypes.Boolean
	case base == "DATE":
		c.dtype = arrow.FixedWidthTypes.Date32
	case base == "TIMESTAMPTZ" || base == "TIMESTAMP WITH TIME ZONE":
		c.dtype = arrow.FixedWidthTypes.Timestamp_us
	case base == "TIMESTAMP_NTZ" || base == "TIMESTAMP WITHOUT TIME ZONE":
		c.dtype = &arrow.TimestampType{Unit: arrow.Microsecond}
	case base == "DATETIME" || base == "TIMESTAMP":
		c.clock = true
	case base == "DECIMAL" || base == "NUMERIC" || base == "DEC" || base == "NUMBER":
		return declaredDecimal(c)
	default:
		c.dtype = affinity(base)
	}
	return c, nil
}

// affinity follows SQLite's own rules (https://www.sqlite.org/datatype3.html), which look for parts of the name.
func affinity(base string) arrow.DataType {
	has := func(part string) bool { return strings.Contains(base, part) }
	switch {
	case has("INT"):
		return arrow.PrimitiveTypes.Int64
	case has("CHAR") || has("CLOB") || has("TEXT"):
		return arrow.BinaryTypes.String
	case has("BLOB") || has("BINARY") || has("BYTEA"):
		return arrow.BinaryTypes.Binary
	case has("REAL") || has("FLOA") || has("DOUB"):
		return arrow.PrimitiveTypes.Float64
	}
	return nil
}

// declaredDecimal takes precision and scale; without them the values decide.
func declaredDecimal(c column) (column, error) {
	_, args, ok := strings.Cut(c.declared, "(")
	if !ok {
		return c, nil
	}
	t, err := record.ParseType("DECIMAL(" + args)
	if err != nil {
		return c, fmt.Errorf("column %s is declared %s: %w; select it as CAST(%s AS TEXT)", c.name, c.declared, err, quote(c.name))
	}
	c.dtype = t
	return c, nil
}

// quote makes an SQL identifier of name.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
