package delta

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/drt-go/drt/destinations/databricks/delta"
	"github.com/drt-go/drt/record/parquetfile"
)

// goldenFiles are the files that the statements of loader volume read, below the folder of the volumes. All hold the
// same rows.
var goldenFiles = []string{"main/staging-area/drt/drt-staging-1.parquet", "main/staging-area/drt/drt-staging-3.parquet"}

// staging is what lies in a file: the types of the columns behind _drt_row, and rows of text. "∅" is NULL.
type staging struct {
	types []string
	rows  [][]string
}

// filesOf is what the statement of a golden file reads, as loader volume would have written it.
func filesOf(text string) staging {
	switch {
	case strings.Contains(text, "c12"):
		return staging{
			types: []string{"BIGINT", "BOOLEAN", "TINYINT", "FLOAT", "VARCHAR(10)", "BINARY", "DATE", "TIMESTAMP", "TIMESTAMP_NTZ",
				"ARRAY<INT>", "MAP<STRING, INT>", "STRUCT<a: INT, b: STRING>", "VARIANT"},
			rows: [][]string{{"1", "1", "true", "3", "1.5", "vier", "AQID", "2026-01-02", "2026-01-02T03:04:05.678901Z", "2026-01-02T03:04:05",
				"[1,null]", `{"k":7}`, `{"a":1,"b":"x"}`, `{"v":[1,2]}`},
				{"2", "2", "∅", "∅", "∅", "∅", "∅", "∅", "∅", "∅", "∅", "∅", "∅", "∅"}},
		}
	case strings.Contains(text, "DROP TABLE x"):
		return staging{types: []string{"STRING", "INT"}, rows: [][]string{{"1", "x", "2"}, {"2", "y", "∅"}, {"∅", "z", "∅"}}}
	case isFixed(text):
		return staging{types: []string{"CHAR(3)", "STRING"}, rows: [][]string{{"1", "abc", "Ada"}, {"∅", "z", "∅"}}}
	}
	return staging{types: []string{"BIGINT", "DECIMAL(18,2)", "STRING"},
		rows: [][]string{{"7", "1", "1.50", "Ada"}, {"600", "5", "-5.50", "Eve"}, {"601", "6", "∅", ""}, {"∅", "4", "∅", "∅"}}}
}

// isFixed says whether a statement reads files for a target whose key is a CHAR.
func isFixed(text string) bool {
	return strings.Contains(text, "`c0` AS `c0`, `c1` AS `c1`\n") || strings.Contains(text, "target.`code`")
}

// writeFiles writes the files of the volume that text reads.
func writeFiles(t *testing.T, text string) {
	t.Helper()
	s := filesOf(text)
	fields := []arrow.Field{{Name: "_drt_row", Type: arrow.PrimitiveTypes.Int64, Nullable: true}}
	for i, full := range s.types {
		typ, err := delta.Parse(full)
		if err != nil {
			t.Fatal(err)
		}
		fields = append(fields, arrow.Field{Name: "c" + strconv.Itoa(i), Type: delta.StageType(typ), Nullable: true})
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	for _, row := range s.rows {
		for i, v := range row {
			if v == "∅" {
				b.Field(i).AppendNull()
			} else if err := b.Field(i).AppendValueFromString(v); err != nil {
				t.Fatalf("%s: %v", fields[i].Name, err)
			}
		}
	}
	batch := b.NewRecordBatch()
	defer batch.Release()
	for _, name := range goldenFiles {
		writeFile(t, filepath.Join(shared.volumes.Dir, filepath.FromSlash(name)), batch)
	}
}

func writeFile(t *testing.T, path string, batch arrow.RecordBatch) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := parquetfile.NewWriter(f, batch.Schema(), parquetfile.Options{Lanes: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []func() error{func() error { return w.Write(batch) }, w.Close, f.Close} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
}
