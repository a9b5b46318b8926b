package databricks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations/databricks/delta"
)

// match holds the model against the target and lays the columns out. Names are compared regardless of case, as Delta
// does. All mistakes are returned at once, in one error of kind config.
//
// missing are columns of the target that must not be NULL, are not in the model, and that nothing seems to fill.
func match(l layout, model *arrow.Schema, target []targetColumn, key []string) (_ layout, missing []string, _ error) {
	var m mistakes
	written := map[string]bool{}
	var lacking []column
	for i, f := range model.Fields() {
		name := strings.ToLower(f.Name)
		if written[name] {
			m.add("", "the model has two columns named %s", f.Name)
			continue
		}
		written[name] = true
		j := slices.IndexFunc(target, func(c targetColumn) bool { return strings.EqualFold(c.name, f.Name) })
		if j < 0 {
			lacking = append(lacking, proposed(f))
			continue
		}
		t := target[j]
		if t.computed != "" {
			m.add("leave it out of the model: the warehouse fills it in", "column %s is %s: it cannot be written", f.Name, t.computed)
		}
		l.columns = append(l.columns, column{
			name: ident(t.name), scratch: scratchColumn(i), typ: t.typ, key: containsFold(key, f.Name), notNull: t.required,
		})
	}
	if len(lacking) > 0 {
		names := list(lacking, func(c column) string { return string(c.name) })
		m.add(addColumnsSQL(l.target, lacking), "%s lacks %s of the model: %s", l.target.plain(), plural(len(lacking), "column"), names)
	}
	m.addKeys(key, model)
	m.addNestedKeys(l)
	for _, t := range target {
		if t.required && !t.filled && !written[strings.ToLower(t.name)] {
			missing = append(missing, t.name)
		}
	}
	return l, missing, m.err()
}

// fromModel lays the columns out where there is no target to ask: it is to be created, or introspect_schema is off.
func fromModel(l layout, model *arrow.Schema, key []string) (layout, error) {
	var m mistakes
	written := map[string]bool{}
	for i, f := range model.Fields() {
		typ, err := delta.FromArrow(f.Type)
		if err != nil {
			m.add("", "column %s: %s", f.Name, err)
			continue
		}
		if name := strings.ToLower(f.Name); written[name] {
			m.add("", "the model has two columns named %s", f.Name)
		} else {
			written[name] = true
		}
		l.columns = append(l.columns, column{
			name: ident(f.Name), scratch: scratchColumn(i), typ: typ, key: containsFold(key, f.Name),
		})
	}
	m.addKeys(key, model)
	m.addNestedKeys(l)
	return l, m.err()
}

// proposed is a column for a statement that we suggest.
func proposed(f arrow.Field) column {
	typ, err := delta.FromArrow(f.Type)
	if err != nil {
		typ = delta.Type{Kind: delta.String}
	}
	return column{name: ident(f.Name), typ: typ}
}

// mistakes of a model, collected so that all are shown at once.
type mistakes struct{ messages, hints []string }

func (m *mistakes) add(hint, format string, args ...any) {
	m.messages = append(m.messages, fmt.Sprintf(format, args...))
	if hint != "" {
		m.hints = append(m.hints, hint)
	}
}

func (m *mistakes) addKeys(key []string, model *arrow.Schema) {
	for _, k := range key {
		if !slices.ContainsFunc(model.Fields(), func(f arrow.Field) bool { return strings.EqualFold(f.Name, k) }) {
			m.add("select it in the model, or mend upsert_key", "upsert_key %s is no column of the model", k)
		}
	}
}

func (m *mistakes) addNestedKeys(l layout) {
	for _, c := range l.keys() {
		if c.typ.Nested() {
			m.add("use a scalar column as key", "upsert_key %s is of type %s, which cannot be a key", string(c.name), c.typ.SQL())
		}
	}
}

func (m *mistakes) err() error {
	if len(m.messages) == 0 {
		return nil
	}
	return &connector.Error{
		Kind: connector.KindConfig, Op: "check the model",
		Message: strings.Join(m.messages, "; "), Hint: strings.Join(m.hints, "; "),
	}
}

// required is the mistake of a model without columns that must not be NULL.
func required(t table, names []string) error {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = "ALTER TABLE " + t.String() + " ALTER COLUMN " + ident(n).String() + " DROP NOT NULL"
	}
	return &connector.Error{
		Kind: connector.KindConfig, Op: "check the model",
		Message: fmt.Sprintf("the model lacks %s of %s that must not be NULL: %s", plural(len(names), "column"), t.plain(), strings.Join(names, ", ")),
		Hint:    "select " + strings.Join(names, ", ") + " in the model, or " + strings.Join(quoted, "; "),
	}
}

// absent is the mistake of a target that does not exist; the hint is the statement that would fit.
func absent(l layout, cause error) error {
	e := &connector.Error{
		Kind: connector.KindNotFound, Op: "check the model", Message: "table " + l.target.plain() + " does not exist",
		Hint: "set create: true, or run " + strings.Join(strings.Fields(createTargetSQL(l)), " "),
	}
	var c *connector.Error
	if asError(cause, &c) {
		e.Class, e.SQLState = c.Class, c.SQLState
	}
	return e
}

func containsFold(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}

func plural(n int, what string) string {
	if n == 1 {
		return "a " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
