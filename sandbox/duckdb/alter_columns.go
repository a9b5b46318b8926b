package duckdb

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/catalog"
	"github.com/drt-go/drt/sandbox/duckdb/parse"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// loggedColumn is a column as Delta's log has it.
type loggedColumn struct {
	Name     string            `json:"name"`
	Type     string            `json:"type"`
	Nullable bool              `json:"nullable"`
	Metadata map[string]string `json:"metadata"`
}

func logged(c catalog.Column) loggedColumn {
	meta := map[string]string{}
	if c.Comment != "" {
		meta["comment"] = c.Comment
	}
	return loggedColumn{c.Name, c.Type.Value().Simple(), !c.NotNull, meta}
}

// addColumns: the rows that there are get NULL.
func (a *alteration) addColumns(x ast.AddColumns) error {
	type entry struct {
		Column loggedColumn `json:"column"`
	}
	var entries []entry
	for _, d := range x.Columns {
		switch {
		case a.meta.Find(d.Name) >= 0:
			return sqlerr.New("FIELD_ALREADY_EXISTS", "Cannot add column, because %s already exists in the table %s.", catalog.Quote([]string{d.Name}), catalog.Quote(a.snap.Name))
		case d.Default != nil:
			return sqlerr.New("WRONG_COLUMN_DEFAULTS_FOR_DELTA_ALTER_TABLE_ADD_COLUMN_NOT_SUPPORTED", "Failed to execute the command because DEFAULT values are not supported when adding new columns to previously existing Delta tables; "+
				"please add the column without a default value first, then run a second ALTER TABLE ALTER COLUMN SET DEFAULT command to apply for future inserted rows instead.")
		case d.NotNull, d.Generated != nil, d.Identity != nil:
			return sqlerr.Unsupported("ADD COLUMNS of a column that is NOT NULL, generated or an identity is not in the sandbox, and Delta refuses it.")
		}
		if err := addColumn(a.meta, d); err != nil {
			return err
		}
		c := a.meta.Columns[len(a.meta.Columns)-1]
		a.addPhysical(c)
		entries = append(entries, entry{logged(c)})
	}
	a.log("ADD COLUMNS", map[string]string{"columns": jsonText(entries)})
	return nil
}

// addPhysical adds the column of the DuckDB table that c's values are in.
func (a *alteration) addPhysical(c catalog.Column) {
	a.ddl = append(a.ddl, fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s %s", a.physical(), c.Physical, c.Type.Value().DuckDB()))
}

// column finds the column that the statement names.
func (a *alteration) column(name string) (*catalog.Column, error) {
	at := a.meta.Find(name)
	if at < 0 {
		return nil, sqlerr.New("UNRESOLVED_COLUMN.WITH_SUGGESTION", "A column, variable, or function parameter with name %s cannot be resolved. Did you mean one of the following? [%s].", catalog.Quote([]string{name}), columnNames(a.meta))
	}
	return &a.meta.Columns[at], nil
}

func (a *alteration) alterColumn(x ast.AlterColumn) error {
	c, err := a.column(x.Name)
	if err != nil {
		return err
	}
	switch {
	case x.Type != nil:
		err = a.changeType(c, *x.Type)
	case x.SetNotNull:
		c.NotNull = true
		a.entry.Rows = true // rows that others append meanwhile were not looked at
		a.rule = &rule{"SELECT count(*) FROM " + a.physical() + " WHERE v_to = " + catalog.Forever + " AND " + c.Physical + " IS NULL", func(n int64) error {
			return sqlerr.New("DELTA_NEW_NOT_NULL_VIOLATION", "%d rows in %s violate the new NOT NULL constraint on %s.", n, strings.Join(a.snap.Name, "."), c.Name)
		}}
	case x.DropNotNull:
		c.NotNull = false
	case x.Default != nil:
		if c.Generated != "" || c.Identity != nil {
			return sqlerr.Unsupported("A DEFAULT of a generated or identity column is not in the sandbox.")
		}
		c.Default = x.DefText
	case x.DropDefault:
		c.Default = ""
	case x.Comment != nil:
		c.Comment = *x.Comment
	}
	a.log("CHANGE COLUMN", map[string]string{"column": jsonText(logged(*c))})
	return err
}

// changeType gives the column wider values. They go into a DuckDB column of their own: older versions keep the old one.
func (a *alteration) changeType(c *catalog.Column, to sqltype.Type) error {
	if to.Equal(c.Type) {
		return nil
	}
	text, wider := longer(c.Type, to), widened(c.Type, to)
	if !text && (!wider || !isOn(a.meta, "delta.enableTypeWidening")) {
		return sqlerr.New("DELTA_UNSUPPORTED_ALTER_TABLE_CHANGE_COL_OP", "ALTER TABLE CHANGE COLUMN is not supported for changing column %s from %s to %s. Type widening needs the table property delta.enableTypeWidening.", c.Name, c.Type.SQL(), to.SQL())
	}
	if err := a.checkUnused(c.Name); err != nil && !text {
		return err
	}
	old := c.Physical
	c.Type = to
	if text {
		return nil
	}
	a.entry.Rows = true
	c.Physical = "c" + strconv.Itoa(a.meta.NextColumn)
	a.meta.NextColumn++
	a.addPhysical(*c)
	a.ddl = append(a.ddl, fmt.Sprintf("UPDATE %s SET %s = CAST(%s AS %s) WHERE v_to = %s", a.physical(), c.Physical, old, to.DuckDB(), catalog.Forever))
	return nil
}

// longer says whether every text of from is one of to.
func longer(from, to sqltype.Type) bool {
	if from.Kind != sqltype.Char && from.Kind != sqltype.Varchar {
		return false
	}
	return to.Kind == sqltype.String || to.Kind == sqltype.Varchar && to.Length >= from.Length
}

// widened says whether Delta's type widening allows the change.
func widened(from, to sqltype.Type) bool {
	switch {
	case from.Integral() && to.Integral():
		return to.Kind > from.Kind
	case from.Integral() && to.Kind == sqltype.Decimal:
		need := 10
		if from.Kind == sqltype.BigInt {
			need = 20
		}
		return to.Precision-to.Scale >= need
	case to.Kind == sqltype.Double:
		return from.Kind == sqltype.Float || from.Integral() && from.Kind != sqltype.BigInt
	case from.Kind == sqltype.Decimal && to.Kind == sqltype.Decimal:
		return to.Scale >= from.Scale && to.Precision-to.Scale >= from.Precision-from.Scale
	case from.Kind == sqltype.Date:
		return to.Kind == sqltype.TimestampNTZ
	}
	return false
}

// checkUnused fails if a CHECK or a generated column depends on the column.
func (a *alteration) checkUnused(name string) error {
	uses := func(text string) bool {
		found := false
		if x, err := parse.Expression(text); err == nil {
			ast.Walk(x, func(y ast.Expr) {
				if c, ok := y.(*ast.Column); ok {
					for _, p := range c.Parts {
						found = found || strings.EqualFold(p, name)
					}
				}
			})
		}
		return found
	}
	for _, c := range a.meta.Checks {
		if uses(c.Text) {
			return sqlerr.New("DELTA_CONSTRAINT_DEPENDENT_COLUMN_CHANGE", "Cannot change column %s because it is referenced by the check constraint %s -> %s.", name, c.Name, c.Text)
		}
	}
	for _, c := range a.meta.Columns {
		if c.Generated != "" && uses(c.Generated) {
			return sqlerr.New("DELTA_GENERATED_COLUMNS_DEPENDENT_COLUMN_CHANGE", "Cannot change column %s because it is referenced by the generated column %s -> %s.", name, c.Name, c.Generated)
		}
	}
	return nil
}

func (a *alteration) dropColumns(x ast.DropColumns) error {
	if !a.meta.Mapped() {
		return sqlerr.New("DELTA_UNSUPPORTED_DROP_COLUMN", "DROP COLUMN is not supported for your Delta table. Enable column mapping: ALTER TABLE %s SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name').", strings.Join(a.snap.Name, "."))
	}
	for _, name := range x.Names {
		c, err := a.column(name)
		if err != nil {
			return err
		}
		name = c.Name
		for _, p := range append(append([]string(nil), a.meta.PartitionBy...), a.meta.ClusterBy...) {
			if strings.EqualFold(p, name) {
				return sqlerr.New("DELTA_UNSUPPORTED_DROP_PARTITION_COLUMN", "Dropping partition columns (%s) is not allowed.", name)
			}
		}
		at := a.meta.Find(name)
		a.meta.Columns = append(a.meta.Columns[:at], a.meta.Columns[at+1:]...)
		if err := a.checkUnused(name); err != nil {
			return err
		}
	}
	if len(a.meta.Columns) == 0 {
		return sqlerr.New("DELTA_UNSUPPORTED_DROP_COLUMN", "Cannot drop all columns of a table.")
	}
	a.meta.PrimaryKey = keyWithout(a.meta)
	a.log("DROP COLUMNS", map[string]string{"columns": jsonText(x.Names)})
	return nil
}

// keyWithout is the primary key, or none if a column of it has gone.
func keyWithout(m *catalog.Metadata) []string {
	for _, k := range m.PrimaryKey {
		if m.Find(k) < 0 {
			return nil
		}
	}
	return m.PrimaryKey
}

func (a *alteration) renameColumn(x ast.RenameColumn) error {
	if !a.meta.Mapped() {
		return sqlerr.New("DELTA_UNSUPPORTED_RENAME_COLUMN", "Column rename is not supported for your Delta table. Enable column mapping: ALTER TABLE %s SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name').", strings.Join(a.snap.Name, "."))
	}
	c, err := a.column(x.From)
	if err != nil {
		return err
	}
	if a.meta.Find(x.To) >= 0 && !strings.EqualFold(x.From, x.To) {
		return sqlerr.New("FIELD_ALREADY_EXISTS", "Cannot rename column, because %s already exists in the table %s.", catalog.Quote([]string{x.To}), catalog.Quote(a.snap.Name))
	}
	if err := a.checkUnused(c.Name); err != nil {
		return err
	}
	if next, ok := a.snap.Identity[c.Name]; ok {
		a.entry.Identity = map[string]int64{x.To: next}
	}
	for _, list := range []*[]string{&a.meta.PartitionBy, &a.meta.ClusterBy, &a.meta.PrimaryKey} {
		*list = append([]string(nil), *list...)
		for i, n := range *list {
			if strings.EqualFold(n, c.Name) {
				(*list)[i] = x.To
			}
		}
	}
	c.Name = x.To
	a.log("RENAME COLUMN", map[string]string{"oldColumnPath": x.From, "newColumnPath": x.To})
	return nil
}
