package sim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/drt-go/drt/tests/sim/warehouse"
)

// null stands for NULL in texts of keys and rows.
const null = "NULL"

func cell(v any) string {
	if v == nil {
		return null
	}
	return fmt.Sprint(v)
}

// text is a row for comparing, and for people.
func text(values []any) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = cell(v)
	}
	return strings.Join(parts, "|")
}

// keyOf is the key of a row: its first columns.
func (v variant) keyOf(values []any) string { return text(values[:max(1, len(v.key))]) }

func texts(rows []warehouse.Row) []string {
	var out []string
	for _, r := range rows {
		out = append(out, text(*r))
	}
	slices.Sort(out)
	return out
}

func textsOf(rows [][]any) []string {
	var out []string
	for _, r := range rows {
		out = append(out, text(r))
	}
	slices.Sort(out)
	return out
}

// rowsText prints rows when the story is told.
type rowsText []warehouse.Row

func (r rowsText) String() string { return fmt.Sprint(texts(r)) }
