package parse

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/drt-go/drt/sandbox/wire"
)

// FuzzStatement: no text makes the parser panic or recurse without end, and every refusal has a class and a SQLSTATE.
func FuzzStatement(f *testing.F) {
	files, err := filepath.Glob("../../../destinations/databricks/testdata/*.sql")
	if err != nil || len(files) == 0 {
		f.Fatal("no statements to begin with", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, sql := range []string{"", ";", "SELECT ((((1))))", "CREATE TABLE t (a STRUCT<b: ARRAY<INT>> NOT NULL DEFAULT 1)", "SELECT a[0].b:c.d FROM t@v1", "MERGE INTO", "SELECT * EXCEPT (a) FROM t LATERAL VIEW explode(x) y AS z"} {
		f.Add(sql)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		_, err := Statement(sql)
		var e *wire.Error
		if err != nil && (!errors.As(err, &e) || e.Class == "" || len(e.SQLState) != 5) {
			t.Fatalf("%q: %#v is no error as clients know them", sql, err)
		}
	})
}
