package databricks

import (
	"fmt"
	"strings"

	"github.com/drt-go/drt/destinations/databricks/delta"
)

// valuesLoader binds every value on its own: the portable form, for what cannot parse JSON and for small loads.
type valuesLoader struct{ columns int }

// maxMarkers is what a statement may hold (W2).
const maxMarkers = 255

func (valuesLoader) name() string { return loaderValues }

func (l valuesLoader) takes(rows, bytes int) bool {
	return rows*l.columns <= maxMarkers && jsonLoader{}.takes(rows, bytes)
}

// insert builds the statement. Markers are cast to text inside VALUES and to their types outside: a column that mixes
// kinds of markers is an error, and not every function is allowed inside VALUES.
func (l valuesLoader) insert(to slots, c *chunk, from, until int) (statement, error) {
	rows, err := c.cells(from, until)
	if err != nil {
		return statement{}, internal("stage", "a staged row is no JSON", err)
	}
	st := statement{args: make([]any, 0, len(rows)*l.columns)}
	var b strings.Builder
	b.WriteString(to.into() + "\nSELECT ")
	if to.order {
		b.WriteString("CAST(v.n AS BIGINT), ")
	}
	names := "n"
	for i, t := range to.types {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(delta.CastSQL(fmt.Sprintf("v.v%d", i), t))
		names += fmt.Sprintf(", v%d", i)
	}
	b.WriteString("\nFROM (VALUES\n")
	for i, row := range rows {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, "  (%d", c.first+int64(from+i))
		for _, v := range row {
			b.WriteString(", CAST(? AS STRING)")
			if v == nil {
				st.args = append(st.args, nil)
			} else {
				st.args = append(st.args, *v)
			}
		}
		b.WriteByte(')')
	}
	b.WriteString("\n) AS v (" + names + ")")
	st.text = b.String()
	return st, nil
}
