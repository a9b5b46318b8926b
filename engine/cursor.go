package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/state"
)

// cursor is the cursor column of an incremental run, and the watermark that it starts from. It is read-only.
type cursor struct {
	name   string // as the rows name it
	column int
	order  *record.Order
	mark   *state.Watermark // nil: from the beginning
	value  *record.Cell     // mark.Value
	open   []record.Cell    // mark.Open, ascending
}

// newCursor finds the column field in schema and holds it to the watermark. Errors are config mistakes.
func newCursor(schema *arrow.Schema, field string, mark *state.Watermark) (*cursor, error) {
	column, err := columnIndex(schema, field)
	if err != nil {
		return nil, configError("cursor_field "+err.Error(), "name one of the model's columns in sync.cursor_field")
	}
	c := &cursor{name: schema.Field(column).Name, column: column, mark: mark}
	if c.order, err = record.NewOrder(schema.Field(column).Type); err != nil {
		return nil, configError("cursor_field "+c.name+": "+err.Error(), "use a column of integers, decimals, text, dates or timestamps")
	}
	if mark == nil {
		return c, nil
	}
	const refresh = "run the sync once with --full-refresh, which reads everything and starts a new watermark"
	if !strings.EqualFold(mark.Field, c.name) {
		return nil, configError(fmt.Sprintf("the watermark of this sync is of column %s, but cursor_field is %s", mark.Field, c.name), refresh)
	}
	if mark.Value == nil {
		return c, nil
	}
	value, err := c.order.Parse(*mark.Value)
	if err != nil {
		return nil, configError("the watermark of column "+c.name+" does not fit its type: "+err.Error(), refresh)
	}
	c.value = &value
	for _, v := range mark.Open {
		cell, err := c.order.Parse(v)
		if err != nil {
			return nil, configError("the watermark of column "+c.name+" does not fit its type: "+err.Error(), refresh)
		}
		c.open = append(c.open, cell)
	}
	return c, nil
}

// verdict is what the watermark alone says of a row.
type verdict int

const (
	isNew   verdict = iota
	isSent          // or left out for good
	isKnown         // if its hash is among the sent ones
)

func (c *cursor) judge(cell record.Cell) verdict {
	switch {
	case c.mark == nil:
		return isNew
	case c.value == nil || c.order.Compare(cell, *c.value) > 0:
		if c.mark.Ahead {
			return isKnown
		}
		return isNew
	}
	if _, open := slices.BinarySearchFunc(c.open, cell, c.order.Compare); open {
		return isKnown
	}
	return isSent
}

// columnIndex finds name in schema: exactly, or else in any case if that is unambiguous.
func columnIndex(schema *arrow.Schema, name string) (int, error) {
	if at := schema.FieldIndices(name); len(at) == 1 {
		return at[0], nil
	}
	found := -1
	for i, f := range schema.Fields() {
		if !strings.EqualFold(f.Name, name) {
			continue
		}
		if found >= 0 {
			return 0, fmt.Errorf("%s: the model has %s and %s", name, schema.Field(found).Name, f.Name)
		}
		found = i
	}
	if found < 0 {
		return 0, fmt.Errorf("%s is no column of the model, which has: %s", name, columnNames(schema))
	}
	return found, nil
}

func columnNames(schema *arrow.Schema) string {
	names := make([]string, 0, 20)
	for _, f := range schema.Fields() {
		if len(names) == cap(names) {
			names = append(names, fmt.Sprintf("and %d more", schema.NumFields()-len(names)))
			break
		}
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

func configError(message, hint string) error {
	return &fault{stage: stageConfig, status: StatusFailed, err: &connector.Error{Kind: connector.KindConfig, Message: message, Hint: hint}}
}
