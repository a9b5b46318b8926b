package memory

import (
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/destinations"
)

// layout says where the columns of a plan go.
type layout struct {
	columns []column      // the plan's in order, then the metadata columns
	target  *arrow.Schema // the table's, or what the first commit makes
	key     []int         // indexes of columns
	scope   []int         // of mirror.scope, indexes of columns
	soft    int           // of mirror's soft-delete column in target, -1 if none
}

// column is one value of a staged row.
type column struct {
	field arrow.Field // of the target
	at    int         // index in target
	key   bool
	meta  bool // added by us: not a reason to update a row
	value any  // of a metadata column, the same in every row
}

// newLayout matches the plan to t by name, without regard to case (W5). t is nil if the table does not exist.
func newLayout(p destinations.Plan, key []string, t *table) (*layout, error) {
	l := &layout{soft: -1}
	if t != nil {
		l.target = t.schema
	} else {
		l.target = newTable(p)
	}
	for _, f := range p.Schema.Fields() {
		at := indexOf(l.target, f.Name)
		if at < 0 {
			return nil, configError(fmt.Sprintf("column %s is not in the table", f.Name), "leave it out of the model, or add it to the table")
		}
		to := l.target.Field(at)
		if !convertible(f.Type, to.Type) {
			return nil, configError(fmt.Sprintf("column %s: %s does not go into %s", f.Name, f.Type, to.Type), "cast it in the model")
		}
		l.columns = append(l.columns, column{field: to, at: at})
	}
	if err := l.addMetadata(p); err != nil {
		return nil, err
	}
	if err := l.requireNotNull(); err != nil {
		return nil, err
	}
	return l, l.findKeys(p, key)
}

// newTable is the schema that the first commit of p makes.
func newTable(p destinations.Plan) *arrow.Schema {
	fields := append([]arrow.Field{}, p.Schema.Fields()...)
	for i := range fields {
		fields[i].Nullable = true
	}
	for _, m := range metadata(p) {
		fields = append(fields, arrow.Field{Name: m.name, Type: m.typ, Nullable: true})
	}
	if p.Mirror.Soft != "" {
		fields = append(fields, arrow.Field{Name: p.Mirror.Soft, Type: arrow.FixedWidthTypes.Timestamp_us, Nullable: true})
	}
	return arrow.NewSchema(fields, nil)
}

type metadataColumn struct {
	name  string
	typ   arrow.DataType
	value any
}

func metadata(p destinations.Plan) []metadataColumn {
	var ms []metadataColumn
	for _, m := range []metadataColumn{
		{p.Metadata.SyncedAt, arrow.FixedWidthTypes.Timestamp_us, p.Started.UTC()},
		{p.Metadata.RunID, arrow.BinaryTypes.String, p.RunID},
		{p.Metadata.SyncName, arrow.BinaryTypes.String, p.Sync},
	} {
		if m.name != "" {
			ms = append(ms, m)
		}
	}
	return ms
}

func (l *layout) addMetadata(p destinations.Plan) error {
	for _, m := range metadata(p) {
		at := indexOf(l.target, m.name)
		if at < 0 {
			return configError(fmt.Sprintf("metadata column %s is not in the table", m.name), "add it to the table")
		}
		if indexOf(p.Schema, m.name) >= 0 {
			return configError(fmt.Sprintf("metadata column %s is a column of the model too", m.name), "rename one of them")
		}
		l.columns = append(l.columns, column{field: l.target.Field(at), at: at, meta: true, value: m.value})
	}
	if p.Mirror.Soft != "" {
		if l.soft = indexOf(l.target, p.Mirror.Soft); l.soft < 0 {
			return configError(fmt.Sprintf("column %s of mirror.deletes is not in the table", p.Mirror.Soft), "add it to the table as a timestamp")
		}
	}
	return nil
}

// requireNotNull refuses a model that lacks a column which the table does not let be NULL (W20).
func (l *layout) requireNotNull() error {
	given := map[int]bool{}
	for _, c := range l.columns {
		given[c.at] = true
	}
	for i, f := range l.target.Fields() {
		if !f.Nullable && !given[i] {
			return configError(fmt.Sprintf("column %s of the table is NOT NULL and the model lacks it", f.Name), "add it to the model")
		}
	}
	return nil
}

func (l *layout) findKeys(p destinations.Plan, key []string) error {
	var err error
	if l.key, err = l.find(key, "upsert_key"); err != nil {
		return err
	}
	for _, i := range l.key {
		l.columns[i].key = true
	}
	l.scope, err = l.find(p.Mirror.Scope, "mirror.scope")
	return err
}

func (l *layout) find(names []string, option string) ([]int, error) {
	var found []int
	for _, name := range names {
		i := 0
		for i < len(l.columns) && !strings.EqualFold(l.columns[i].field.Name, name) {
			i++
		}
		if i == len(l.columns) {
			return nil, configError(fmt.Sprintf("%s: column %s is not in the model", option, name), "add it to the model")
		}
		found = append(found, i)
	}
	return found, nil
}

func indexOf(s *arrow.Schema, name string) int {
	for i, f := range s.Fields() {
		if strings.EqualFold(f.Name, name) {
			return i
		}
	}
	return -1
}
