package destinationtest

import (
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

func plantedInRejects() []planted {
	return []planted{
		{"NullKeyRejected", "a row with a NULL key vanishes", flaw{
			edit: func(s *flawedSession, r row) (row, bool) {
				return r, !keyed(s.plan.Mode) || len(s.dest.cfg.UpsertKey) != 1 || r[0] != nil
			}}},
		{"NullInCompositeKeyRejected", "NULL in a part of a key becomes a text", flaw{
			edit: func(s *flawedSession, r row) (row, bool) {
				if keyed(s.plan.Mode) && len(s.dest.cfg.UpsertKey) == 2 && r[1] == nil {
					r[1] = ""
				}
				return r, true
			}}},
		{"ValueThatDoesNotFitRejected", "a value too large becomes the largest", flaw{
			edit: func(s *flawedSession, r row) (row, bool) {
				if s.plan.Mode == destinations.ModeInsert && len(r) == 2 && r[1] == "300" {
					r[1] = "127"
				}
				return r, true
			}}},
		{"RejectsCarryPositionsInTheirBatch", "positions count through the run", flaw{
			reject: func(s *flawedSession, re *destinations.RejectError) {
				for i := range re.Rejects {
					re.Rejects[i].Row += int64(s.rows)
				}
			}}},
		{"ColumnMissingFromTargetRefused", "a column that the target lacks is left out", flaw{plan: onlyKnown, write: projected}},
	}
}

// onlyKnown leaves out the last column of the model if the table lacks it.
func onlyKnown(d *flawedDest, p *destinations.Plan) {
	last := p.Schema.NumFields() - 1
	if !hasColumn(d.store.Schema(d.cfg.Table), p.Schema.Field(last).Name) {
		p.Schema = arrow.NewSchema(p.Schema.Fields()[:last], nil)
	}
}

func projected(s *flawedSession, b arrow.RecordBatch) (arrow.RecordBatch, error) {
	p := s.plan
	onlyKnown(s.dest, &p)
	if p.Schema == s.plan.Schema {
		return b, nil
	}
	defer b.Release()
	return array.NewRecordBatch(p.Schema, b.Columns()[:p.Schema.NumFields()], b.NumRows()), nil
}

func plantedInValues() []planted {
	// text edits column v of (id, v).
	text := func(edit func(any) any) func(*flawedSession, row) (row, bool) {
		return func(s *flawedSession, r row) (row, bool) {
			if len(r) == 2 && s.plan.Schema.Field(1).Name == "v" {
				r[1] = edit(r[1])
			}
			return r, true
		}
	}
	return []planted{
		{"TypesRoundTrip", "a decimal loses its tenth digit", flaw{edit: text(func(v any) any {
			if v == "0.0000000001" {
				return "0.0000000000"
			}
			return v
		})}},
		{"TypesRoundTrip", "a type that cannot be held is refused without naming the column", flaw{
			refuse: func(_ *flawedDest, p destinations.Plan) error {
				if p.Schema.NumFields() == 2 && p.Schema.Field(1).Type.ID() == arrow.BINARY {
					return &connector.Error{Kind: connector.KindConfig, Message: "BINARY is not supported"}
				}
				return nil
			}}},
		{"EmptyTextIsNotNull", "an empty text becomes NULL", flaw{edit: text(func(v any) any {
			if v == "" {
				return nil
			}
			return v
		})}},
		{"HostileTextSurvives", "NUL ends a text", flaw{edit: text(func(v any) any {
			if s, ok := v.(string); ok {
				v, _, _ = strings.Cut(s, "\x00")
			}
			return v
		})}},
		{"NamesSurvive", "a backtick ends a name", flaw{
			refuse: func(_ *flawedDest, p destinations.Plan) error {
				if slices.ContainsFunc(p.Schema.Fields(), func(f arrow.Field) bool { return strings.Contains(f.Name, "`") }) {
					return &connector.Error{Kind: connector.KindPermanent, Message: "syntax error"}
				}
				return nil
			}}},
		{"SecretsNotPrinted", "the target's name holds the token", flaw{
			target: func(t destinations.Target) destinations.Target { t.Name += "?token=" + token; return t }}},
		{"SecretsNotPrinted", "a reject shows the row", flaw{
			reject: func(_ *flawedSession, re *destinations.RejectError) {
				re.Rejects[0].Reason += " in (1, " + canary + ")"
			}}},
	}
}
