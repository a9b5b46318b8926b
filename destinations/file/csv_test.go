package file

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	arrowmem "github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/destinations"
)

// texts is a batch of text columns; "NULL" is NULL.
func texts(names []string, rows ...[]string) arrow.RecordBatch {
	var fields []arrow.Field
	for _, name := range names {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true})
	}
	b := array.NewRecordBuilder(arrowmem.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	for _, r := range rows {
		for i, v := range r {
			if v == "NULL" {
				b.Field(i).AppendNull()
			} else {
				b.Field(i).(*array.StringBuilder).Append(v)
			}
		}
	}
	return b.NewRecordBatch()
}

func TestCSV(t *testing.T) {
	two := []string{"a", "b,c"}
	for _, tt := range []struct {
		name   string
		config Config
		batch  arrow.RecordBatch
		want   string
	}{
		{"null_and_empty", Config{}, texts(two, []string{"NULL", ""}, []string{"x", "NULL"}), "a,\"b,c\"\n,\"\"\nx,\n"},
		{"quotes", Config{}, texts(two, []string{`say "hi"`, "1\n2"}, []string{" x", "x "}, []string{"\r", ";"}), "a,\"b,c\"\n\"say \"\"hi\"\"\",\"1\n2\"\n\" x\",\"x \"\n\"\r\",;\n"},
		{"semicolon", Config{Delimiter: ";"}, texts(two, []string{"1;2", "3,4"}), "a;b,c\n\"1;2\";3,4\n"},
		{"tab", Config{Delimiter: "\t"}, texts(two, []string{"1\t2", "NULL"}), "a\tb,c\n\"1\t2\"\t\n"},
		{"null_text", Config{NullText: `\N`}, texts(two, []string{"NULL", `\N`}, []string{"", "x"}), "a,\"b,c\"\n\\N,\"\\N\"\n\"\",x\n"},
		{"one_column", Config{NullText: "~"}, texts([]string{"a"}, []string{"NULL"}, []string{""}), "a\n~\n\"\"\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			defer tt.batch.Release()
			tt.config.Path = filepath.Join(t.TempDir(), "t.csv")
			s := openSession(t, tt.config, tt.batch.Schema())
			if err := s.Write(t.Context(), tt.batch); err != nil {
				t.Fatal(err)
			}
			commit(t, s)
			if diff := cmp.Diff(tt.want, written(t, tt.config.Path)); diff != "" {
				t.Errorf("the file (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCSVValues(t *testing.T) {
	for _, tt := range samples() {
		t.Run(tt.name, func(t *testing.T) {
			b := tt.batch(t)
			defer b.Release()
			path := filepath.Join(t.TempDir(), "v.csv")
			s := openSession(t, Config{Path: path, NullText: "-"}, b.Schema())
			if err := s.Write(t.Context(), b); err != nil {
				t.Fatal(err)
			}
			commit(t, s)
			want := "v\n"
			for _, v := range tt.jsonl {
				nested := v[0] == '[' || v[0] == '{'
				switch {
				case v == "null":
					v = "-"
				case nested && strings.ContainsAny(v, `",`):
					v = `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
				case tt.name == "large_string":
					v = `"a""b"`
				case !nested:
					v = strings.Trim(v, `"`)
				}
				want += v + "\n"
			}
			if diff := cmp.Diff(want, written(t, path)); diff != "" {
				t.Errorf("the file (-want +got):\n%s", diff)
			}
		})
	}
}

// TestCSVNullOfANumber: a number that looks like NULL is quoted.
func TestCSVNullOfANumber(t *testing.T) {
	b := array.NewRecordBuilder(arrowmem.DefaultAllocator, arrow.NewSchema([]arrow.Field{
		{Name: "n", Type: arrow.PrimitiveTypes.Int64, Nullable: true}, {Name: "f", Type: arrow.PrimitiveTypes.Float64, Nullable: true}}, nil))
	b.Field(0).(*array.Int64Builder).AppendValues([]int64{0, 1}, []bool{true, false})
	b.Field(1).(*array.Float64Builder).AppendValues([]float64{0, 0}, []bool{false, true})
	batch := b.NewRecordBatch()
	defer batch.Release()
	path := filepath.Join(t.TempDir(), "n.csv")
	s := openSession(t, Config{Path: path, NullText: "0"}, batch.Schema())
	if err := s.Write(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	commit(t, s)
	if diff := cmp.Diff("n,f\n\"0\",0\n0,\"0\"\n", written(t, path)); diff != "" {
		t.Errorf("the file (-want +got):\n%s", diff)
	}
}

func TestCSVRejectsAnEmptyLine(t *testing.T) {
	b := texts([]string{"a"}, []string{"x"}, []string{"NULL"})
	defer b.Release()
	s := openSession(t, Config{Path: filepath.Join(t.TempDir(), "t.csv")}, b.Schema())
	var re *destinations.RejectError
	if err := s.Write(t.Context(), b); !errors.As(err, &re) || len(re.Rejects) != 1 || re.Rejects[0].Row != 1 {
		t.Errorf("a NULL that would be an empty line: want row 1 rejected, got %v", err)
	}
}
