package destinations_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/destinationtest"
	"github.com/drt-go/drt/destinations/memory"
)

func TestMemory(t *testing.T) {
	store := memory.NewStore()
	tables := 0
	destinationtest.Run(t, destinationtest.Harness{
		Spec: store.Spec(),
		NewTarget: func(t testing.TB, table destinationtest.Table) destinationtest.Target {
			tables++
			name := fmt.Sprintf("people_%d", tables)
			store.Create(name, table.Columns)
			return destinationtest.Target{
				Config: memoryConfig(name, table),
				Rows: func(testing.TB) []destinationtest.Row {
					var rows []destinationtest.Row
					for _, r := range store.Rows(name) {
						rows = append(rows, destinationtest.Row(r))
					}
					return rows
				},
				Scratch: func(testing.TB) []string { return store.Scratch() },
			}
		},
	})
}

func memoryConfig(name string, table destinationtest.Table) string {
	lines := []string{"table: " + name}
	if table.Mode == destinations.ModeMerge || table.Mode == destinations.ModeMirror {
		lines = append(lines, "mode: merge")
	}
	if len(table.Key) > 0 {
		lines = append(lines, "upsert_key: "+flow(table.Key))
	}
	return strings.Join(lines, "\n") + "\n"
}

// flow writes a list of YAML strings on one line.
func flow(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = strconv.Quote(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
