package memory_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	arrowmem "github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/memory"
)

func column(name string, t arrow.DataType) arrow.Field {
	return arrow.Field{Name: name, Type: t, Nullable: true}
}

func schema(fields ...arrow.Field) *arrow.Schema { return arrow.NewSchema(fields, nil) }

// load runs rows, as JSON, through a session. It returns what Open, Write or Commit said.
func load(t *testing.T, d *memory.Destination, p destinations.Plan, rows string) (destinations.Result, error) {
	t.Helper()
	p.SyncRunID, p.Guards = "run", destinations.NoGuards()
	s, err := d.Open(context.Background(), p)
	if err != nil {
		return destinations.Result{}, err
	}
	defer func() { _ = s.Close() }()
	if rows != "" {
		b, _, err := array.RecordFromJSON(arrowmem.DefaultAllocator, p.Schema, strings.NewReader(rows))
		if err != nil {
			t.Fatal(err)
		}
		defer b.Release()
		var re *destinations.RejectError
		if err := s.Write(context.Background(), b); errors.As(err, &re) {
			res, commitErr := s.Commit(context.Background(), destinations.Commit{})
			return res, errors.Join(err, commitErr)
		} else if err != nil {
			return destinations.Result{}, err
		}
	}
	return s.Commit(context.Background(), destinations.Commit{})
}

func dest(t *testing.T, store *memory.Store, c memory.Config) *memory.Destination {
	t.Helper()
	d, err := memory.New(store, c)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestConversions: a value goes into another type exactly, or its row is rejected, or Open refuses the column.
func TestConversions(t *testing.T) {
	i8, i64, u64 := arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Uint64
	dec := func(p, s int32) arrow.DataType { return &arrow.Decimal128Type{Precision: p, Scale: s} }
	for _, tt := range []struct {
		name     string
		from, to arrow.DataType
		json     string
		want     any    // in the table
		says     string // of the reject or the refusal; "" if the value fits
	}{
		{"same", i64, i64, "7", int64(7), ""},
		{"narrower", i64, i8, "-128", int64(-128), ""},
		{"too_small", i64, i8, "-129", nil, "out of range"},
		{"unsigned", i64, u64, "7", uint64(7), ""},
		{"negative_unsigned", i64, u64, "-1", nil, "out of range"},
		{"large_unsigned", u64, i64, `"18446744073709551615"`, nil, "out of range"},
		{"integer_to_decimal", i64, dec(5, 2), "-12", "-12.00", ""},
		{"integer_too_large_for_decimal", i64, dec(5, 2), "1000", nil, "out of range"},
		{"scale_up", dec(9, 1), dec(9, 3), `"1.5"`, "1.500", ""},
		{"scale_down_exactly", dec(9, 3), dec(9, 1), `"1.500"`, "1.5", ""},
		{"scale_down_would_round", dec(9, 3), dec(9, 1), `"1.005"`, nil, "more digits"},
		{"wider_float", arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64, "0.5", 0.5, ""},
		{"narrower_float", arrow.PrimitiveTypes.Float64, arrow.PrimitiveTypes.Float32, "0.5", nil, "does not go into"},
		{"text_to_integer", arrow.BinaryTypes.String, i64, `"7"`, nil, "does not go into"},
		{"integer_to_text", i64, arrow.BinaryTypes.String, "7", nil, "does not go into"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			store := memory.NewStore()
			store.Create("t", schema(column("v", tt.to)))
			_, err := load(t, dest(t, store, memory.Config{Table: "t"}), destinations.Plan{Mode: destinations.ModeInsert, Schema: schema(column("v", tt.from))}, `[{"v":`+tt.json+`}]`)
			if tt.says != "" {
				if err == nil || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "column v") {
					t.Errorf("want an error that names the column and says %q, got %v", tt.says, err)
				}
				if rows := store.Rows("t"); len(rows) > 0 {
					t.Errorf("the row was written all the same: %v", rows)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]memory.Row{{"v": tt.want}}, store.Rows("t")); diff != "" {
				t.Errorf("the table (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFirstCommitMakesTheTable(t *testing.T) {
	store := memory.NewStore()
	d := dest(t, store, memory.Config{Table: "t"})
	p := destinations.Plan{Mode: destinations.ModeInsert, Schema: schema(column("v", arrow.PrimitiveTypes.Int64))}
	dry := p
	dry.DryRun = true
	if _, err := load(t, d, dry, `[{"v":1}]`); err != nil || store.Schema("t") != nil {
		t.Errorf("a dry run makes no table: %v, %v", store.Schema("t"), err)
	}
	if _, err := load(t, d, p, `[{"v":1}]`); err != nil {
		t.Fatal(err)
	}
	if s := store.Schema("t"); s == nil || s.Field(0).Name != "v" {
		t.Errorf("the table's columns: %v", s)
	}
}

// TestW20_NotNullColumn: a column of the table that must not be NULL.
func TestW20_NotNullColumn(t *testing.T) {
	store := memory.NewStore()
	must := arrow.Field{Name: "must", Type: arrow.PrimitiveTypes.Int64}
	store.Create("t", schema(column("v", arrow.PrimitiveTypes.Int64), must))
	d := dest(t, store, memory.Config{Table: "t"})
	p := destinations.Plan{Mode: destinations.ModeInsert, Schema: schema(column("v", arrow.PrimitiveTypes.Int64))}
	if _, err := load(t, d, p, ""); connector.KindOf(err) != connector.KindConfig || !strings.Contains(err.Error(), "column must") {
		t.Errorf("a model without the column: want it refused by name, got %v", err)
	}
	p.Schema = schema(column("MUST", arrow.PrimitiveTypes.Int64))
	res, err := load(t, d, p, `[{"MUST":null},{"MUST":2}]`)
	if err == nil || !strings.Contains(err.Error(), "NOT NULL") || *res.Inserted != 1 {
		t.Errorf("NULL in the column: want one row rejected and one inserted, got %v", err)
	}
}

// TestW7_NullKeyInAMirror: nobody knows which row was meant, so none is deleted.
func TestW7_NullKeyInAMirror(t *testing.T) {
	store := memory.NewStore()
	d := dest(t, store, memory.Config{Table: "t", UpsertKey: []string{"id"}})
	p := destinations.Plan{Mode: destinations.ModeInsert, Schema: schema(column("id", arrow.PrimitiveTypes.Int64))}
	if _, err := load(t, d, p, `[{"id":1},{"id":2}]`); err != nil {
		t.Fatal(err)
	}
	p.Mode = destinations.ModeMirror
	res, err := load(t, d, p, `[{"id":null},{"id":1}]`)
	if err == nil || len(res.Warnings) != 1 || *res.Deleted != 0 || len(store.Rows("t")) != 2 {
		t.Errorf("want a reject, a warning and no delete; got %v, %v, %v", err, res.Warnings, store.Rows("t"))
	}
}

// TestKeysAreCompared as a warehouse compares them.
func TestKeysAreCompared(t *testing.T) {
	store := memory.NewStore()
	d := dest(t, store, memory.Config{Table: "t", UpsertKey: []string{"k"}})
	p := destinations.Plan{Mode: destinations.ModeMerge, Schema: schema(column("k", arrow.PrimitiveTypes.Float64))}
	for _, rows := range []string{`[{"k":"NaN"},{"k":-0.0},{"k":1}]`, `[{"k":"NaN"},{"k":0.0},{"k":1.5}]`} {
		if _, err := load(t, d, p, rows); err != nil {
			t.Fatal(err)
		}
	}
	var got []float64
	for _, r := range store.Rows("t") {
		got = append(got, r["k"].(float64))
	}
	if len(got) != 4 || !math.IsNaN(got[0]) || got[1] != 0 || got[2] != 1 || got[3] != 1.5 {
		t.Errorf("NaN is NaN and -0 is 0: got %v", got)
	}
}

// TestNestedValues come out as Go values, and equal ones are no update.
func TestNestedValues(t *testing.T) {
	i64, text := arrow.PrimitiveTypes.Int64, arrow.BinaryTypes.String
	store := memory.NewStore()
	d := dest(t, store, memory.Config{Table: "t", UpsertKey: []string{"id"}})
	p := destinations.Plan{Mode: destinations.ModeMerge, Schema: schema(column("id", i64), column("l", arrow.ListOf(text)),
		column("s", arrow.StructOf(column("a", i64))), column("m", arrow.MapOf(text, i64)))}
	const rows = `[{"id":1,"l":["x",null],"s":{"a":1},"m":[{"key":"k","value":2}]}]`
	for range 2 {
		if _, err := load(t, d, p, rows); err != nil {
			t.Fatal(err)
		}
	}
	want := []memory.Row{{"id": int64(1), "l": []any{"x", nil}, "s": map[string]any{"a": int64(1)}, "m": [][2]any{{"k", int64(2)}}}}
	if diff := cmp.Diff(want, store.Rows("t")); diff != "" {
		t.Errorf("the table (-want +got):\n%s", diff)
	}
	res, err := load(t, d, p, strings.Replace(rows, `"value":2`, `"value":3`, 1))
	if err != nil || *res.Updated != 1 {
		t.Errorf("a value deep inside differs: %v, updated %v", err, *res.Updated)
	}
	if res, err = load(t, d, p, strings.Replace(rows, `"value":2`, `"value":3`, 1)); err != nil || *res.Unchanged != 1 {
		t.Errorf("nothing differs: %v, unchanged %v", err, *res.Unchanged)
	}
}

func TestConfigMistakes(t *testing.T) {
	for _, c := range []memory.Config{{}, {Table: "t", Mode: "garbage"}, {Table: "t", Mode: destinations.ModeMerge}} {
		_, err := memory.New(memory.NewStore(), c)
		var fe *connector.FieldError
		if !errors.As(err, &fe) {
			t.Errorf("%+v: want a *connector.FieldError, got %v", c, err)
		}
	}
}
