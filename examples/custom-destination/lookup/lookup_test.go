package lookup_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/drt-go/drt/destinations/destinationtest"
	"github.com/drt-go/drt/examples/custom-destination/lookup"
)

func TestContract(t *testing.T) {
	destinationtest.Run(t, destinationtest.Harness{Spec: lookup.Spec(), NewTarget: newTarget})
}

// newTarget makes an empty target: a path, and nothing there yet.
func newTarget(t testing.TB, table destinationtest.Table) destinationtest.Target {
	path := filepath.Join(t.TempDir(), "rows.json")
	config := fmt.Sprintf("path: %q\n", path)
	if len(table.Key) > 0 {
		key, _ := json.Marshal(table.Key) // a JSON list is a YAML list
		config += fmt.Sprintf("upsert_key: %s\n", key)
	}
	return destinationtest.Target{
		Config:  config,
		Rows:    func(t testing.TB) []destinationtest.Row { return readRows(t, path) },
		Scratch: func(t testing.TB) []string { return beside(t, path) },
	}
}

// readRows reads the target by other means than the destination's code: here by the standard library alone.
func readRows(t testing.TB, path string) []destinationtest.Row {
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]destinationtest.Row
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // float64 would change large numbers
	if err := d.Decode(&members); err != nil {
		t.Fatal(err)
	}
	var rows []destinationtest.Row
	for _, r := range members {
		for name, v := range r {
			if n, ok := v.(json.Number); ok {
				r[name] = n.String()
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// beside lists what a run left beside the target.
func beside(t testing.TB, path string) []string {
	found, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".lookup-*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}
