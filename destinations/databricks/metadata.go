package databricks

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks/delta"
)

// constant is a column of the target that holds the same value in every row of a run. It is no reason to update a row:
// it differs in every run.
type constant struct {
	name   ident
	source ident // its name in the source of a MERGE
	typ    delta.Type
	value  string // as text that casts to typ
	added  bool
}

// sql is the value as an expression.
func (c constant) sql() statement {
	return statement{text: "CAST(? AS " + c.typ.SQL() + ")", args: []any{c.value}}
}

// wantedConstant is a metadata column that the plan asks for.
type wantedConstant struct {
	name, option string
	kinds        []delta.Kind // the first is what a column that drt adds has
	value        func(delta.Type) string
}

func wantedConstants(p destinations.Plan) []wantedConstant {
	text := []delta.Kind{delta.String, delta.Varchar}
	fixed := func(s string) func(delta.Type) string { return func(delta.Type) string { return s } }
	all := []wantedConstant{
		{p.Metadata.SyncedAt, "synced_at", []delta.Kind{delta.Timestamp, delta.TimestampNTZ, delta.String}, func(t delta.Type) string { return stamp(p.Started, t) }},
		{p.Metadata.RunID, "run_id", text, fixed(p.RunID)},
		{p.Metadata.SyncName, "sync_name", text, fixed(p.Sync)},
	}
	return slices.DeleteFunc(all, func(w wantedConstant) bool { return w.name == "" })
}

// stamp is a time as text that casts to t without losing anything: microseconds, in UTC.
func stamp(at time.Time, t delta.Type) string {
	if t.Kind == delta.TimestampNTZ {
		return at.UTC().Format("2006-01-02 15:04:05.000000")
	}
	return at.UTC().Format("2006-01-02T15:04:05.000000Z")
}

// extras are the columns that drt fills beside the model's: metadata and the mark of a soft delete.
type extras struct {
	constants []wantedConstant
	soft      string
	started   time.Time
}

func newExtras(p destinations.Plan) extras {
	return extras{constants: wantedConstants(p), soft: p.Mirror.Soft, started: p.Started}
}

// names are the columns of x in lower case.
func (x extras) names() []string {
	var names []string
	for _, w := range x.constants {
		names = append(names, strings.ToLower(w.name))
	}
	if x.soft != "" {
		names = append(names, strings.ToLower(x.soft))
	}
	return names
}

var softKinds = []delta.Kind{delta.Timestamp, delta.TimestampNTZ}

// add lays x out. find returns a column of the target; found is false for one that the target gets, or that nobody
// was asked about.
func (x extras) add(l *layout, model *arrow.Schema, m *mistakes, find func(name string) (c targetColumn, found bool)) (lacking []column) {
	settle := func(name, option string, kinds []delta.Kind) (column, bool) {
		if slices.ContainsFunc(model.Fields(), func(f arrow.Field) bool { return strings.EqualFold(f.Name, name) }) {
			m.add("leave it out of the model, or name another column in "+option, "column %s of %s is a column of the model too", name, option)
			return column{}, false
		}
		c, found := find(name)
		if !found {
			c = targetColumn{name: name, typ: delta.Type{Kind: kinds[0]}}
			lacking = append(lacking, column{name: ident(name), typ: c.typ})
		} else if !slices.Contains(kinds, c.typ.Kind) || c.computed != "" {
			m.add(fmt.Sprintf("make it %s, or name another column", delta.Type{Kind: kinds[0]}.SQL()), "column %s of %s is of type %s", c.name, option, c.typ.SQL())
		}
		return column{name: ident(c.name), typ: c.typ, added: !found}, true
	}
	for i, w := range x.constants {
		if c, ok := settle(w.name, "metadata_columns."+w.option, w.kinds); ok {
			l.constants = append(l.constants, constant{
				name: c.name, source: ident(fmt.Sprintf("_drt_m%d", i)), typ: c.typ, value: w.value(c.typ), added: c.added,
			})
		}
	}
	if x.soft != "" {
		if c, ok := settle(x.soft, "mirror.deletes", softKinds); ok {
			l.soft = &softDelete{name: c.name, typ: c.typ, value: stamp(x.started, c.typ), added: c.added}
		}
	}
	return lacking
}
