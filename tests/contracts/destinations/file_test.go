package destinations_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/destinationtest"
	"github.com/drt-go/drt/destinations/file"
)

// TestFile reads what was written by other code than ours: encoding/json, a csv parser of the test, DuckDB for Parquet.
func TestFile(t *testing.T) {
	for _, tt := range []struct {
		name, file string
		read       func(t testing.TB, path string) []destinationtest.Row
	}{
		{"csv", "people.csv", readCSV},
		{"csv_gzip", "people.csv.gz", readCSV},
		{"jsonl", "people.jsonl", readJSONL},
		{"jsonl_zstd", "people.jsonl.zst", readJSONL},
		{"json", "people.json", readJSON},
		{"parquet", "people.parquet", readParquet},
	} {
		t.Run(tt.name, func(t *testing.T) {
			destinationtest.Run(t, destinationtest.Harness{
				Spec: file.Spec(),
				NewTarget: func(t testing.TB, table destinationtest.Table) destinationtest.Target {
					path := filepath.Join(t.TempDir(), tt.file)
					config := fmt.Sprintf("path: %q\n", path)
					if table.Mode == destinations.ModeInsert {
						config += "mode: insert\n"
					}
					return destinationtest.Target{
						Config: config,
						Rows: func(t testing.TB) []destinationtest.Row {
							if _, err := os.Stat(path); os.IsNotExist(err) {
								return nil
							}
							return tt.read(t, path)
						},
						Scratch: func(t testing.TB) []string { return others(t, path) },
					}
				},
			})
		})
	}
}

// others lists what is beside the file.
func others(t testing.TB, path string) []string {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, e := range entries {
		if e.Name() != filepath.Base(path) && !strings.HasPrefix(e.Name(), "duckdb") {
			found = append(found, e.Name())
		}
	}
	return found
}
