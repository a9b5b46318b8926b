package databricks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations/databricks/delta"
)

// wish is what a run wants of its target beside the model's columns.
type wish struct {
	key    []string
	scope  []string
	evolve string // value of schema_evolution; "" is strict
	extras
}

// match holds the model against the target and lays the columns out. Names are compared regardless of case, as Delta
// does. All mistakes are returned at once, in one error of kind config.
//
// missing are columns of the target that must not be NULL, are not in the model, and that nothing seems to fill.
func match(l layout, model *arrow.Schema, target []targetColumn, w wish) (_ layout, missing []string, _ error) {
	var m mistakes
	written := map[string]bool{}
	var lacking []column
	find := func(name string) (targetColumn, bool) {
		i := slices.IndexFunc(target, func(c targetColumn) bool { return strings.EqualFold(c.name, name) })
		if i < 0 {
			return targetColumn{}, false
		}
		return target[i], true
	}
	for i, f := range model.Fields() {
		if !m.once(written, f.Name) {
			continue
		}
		key := containsFold(w.key, f.Name)
		t, found := find(f.Name)
		if !found {
			c := proposed(f)
			lacking = append(lacking, c)
			if key && w.adds() {
				m.add("add it to the table first, and fill it", "%s lacks the key column %s: every row of the table would have no key", l.target.plain(), f.Name)
			}
			c.scratch, c.key, c.added = scratchColumn(i), key, true
			l.columns = append(l.columns, c)
			continue
		}
		if t.computed != "" {
			m.add("leave it out of the model: the warehouse fills it in", "column %s is %s: it cannot be written", f.Name, t.computed)
		}
		c := column{name: ident(t.name), scratch: scratchColumn(i), typ: t.typ, key: key, notNull: t.required}
		if w.evolve == evolveWiden {
			l.widen(&c, f)
		}
		l.columns = append(l.columns, c)
	}
	lacking = append(lacking, w.add(&l, model, &m, find)...)
	m.addLacking(&l, lacking, w)
	m.addKeys(w.key, model)
	m.addNestedKeys(l)
	m.addScope(&l, w.scope)
	for _, n := range w.names() {
		written[n] = true
	}
	for _, t := range target {
		if t.required && !t.filled && !written[strings.ToLower(t.name)] {
			missing = append(missing, t.name)
		}
	}
	return l, missing, m.err()
}

// adds says whether columns that the target lacks are added.
func (w wish) adds() bool { return w.evolve == evolveAdd || w.evolve == evolveWiden }

// fromModel lays the columns out where there is no target to ask: it is to be created, or introspect_schema is off.
func fromModel(l layout, model *arrow.Schema, w wish) (layout, error) {
	var m mistakes
	written := map[string]bool{}
	for i, f := range model.Fields() {
		typ, err := delta.FromArrow(f.Type)
		if err != nil {
			m.add("", "column %s: %s", f.Name, err)
			continue
		}
		m.once(written, f.Name)
		l.columns = append(l.columns, column{
			name: ident(f.Name), scratch: scratchColumn(i), typ: typ, key: containsFold(w.key, f.Name),
		})
	}
	w.add(&l, model, &m, func(string) (targetColumn, bool) { return targetColumn{}, false })
	l.presume()
	m.addKeys(w.key, model)
	m.addNestedKeys(l)
	m.addScope(&l, w.scope)
	for _, n := range slices.Concat(l.clusterBy, l.partitionBy) {
		if !written[strings.ToLower(n)] && !slices.Contains(w.names(), strings.ToLower(n)) {
			m.add("select it in the model, or mend cluster_by and partition_by", "%s is no column of the model", n)
		}
	}
	return l, m.err()
}

// presume takes columns of our own as there: they are created with the table, or nobody asked.
func (l *layout) presume() {
	for i := range l.constants {
		l.constants[i].added = false
	}
	if l.soft != nil {
		l.soft.added = false
	}
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

// once notes a column of the model; false if it came before.
func (m *mistakes) once(written map[string]bool, name string) bool {
	l := strings.ToLower(name)
	if written[l] {
		m.add("", "the model has two columns named %s", name)
		return false
	}
	written[l] = true
	return true
}

// addLacking has columns that the target lacks added, or says what would add them.
func (m *mistakes) addLacking(l *layout, lacking []column, w wish) {
	if len(lacking) == 0 {
		return
	}
	add := addColumnsSQL(l.target, lacking)
	if w.adds() {
		l.alters = append(l.alters, add)
		return
	}
	names := list(lacking, func(c column) string { return string(c.name) })
	m.add("set schema_evolution: add, or run "+add, "%s lacks %s of the model: %s", l.target.plain(), plural(len(lacking), "column"), names)
}

// addScope finds the columns of mirror.scope.
func (m *mistakes) addScope(l *layout, scope []string) {
	for _, name := range scope {
		i := slices.IndexFunc(l.columns, func(c column) bool { return strings.EqualFold(string(c.name), name) })
		switch {
		case i < 0:
			m.add("select it in the model", "mirror.scope %s is no column of the model", name)
		case l.columns[i].typ.Nested():
			m.add("use a scalar column", "mirror.scope %s is of type %s, which cannot be compared", name, l.columns[i].typ.SQL())
		case l.columns[i].added:
			m.add("add the column first, and fill it", "mirror.scope %s is a column that %s lacks", name, l.target.plain())
		default:
			l.scope = append(l.scope, l.columns[i])
		}
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
