package cli

import "github.com/drt-go/drt/engine"

// diffJSON is what `drt diff --output json` prints. A count that cannot be told is null; a side of a row that is not there
// is null, and a NULL is a null within it.
type diffJSON struct {
	Name          string        `json:"name"`
	Mode          string        `json:"mode"`
	Destination   string        `json:"destination"`
	RowsExtracted int64         `json:"rows_extracted"`
	RowsSkipped   int64         `json:"rows_skipped"`
	RowsFailed    int64         `json:"rows_failed"`
	Inserted      *int64        `json:"rows_inserted"`
	Updated       *int64        `json:"rows_updated"`
	Deleted       *int64        `json:"rows_deleted"`
	Unchanged     *int64        `json:"rows_unchanged"`
	Rows          []rowDiffJSON `json:"rows"`
	FailedRows    []rejectJSON  `json:"failed_rows"`
	Warnings      []string      `json:"warnings"`
	Notes         []string      `json:"notes"`
}

type rowDiffJSON struct {
	Change  string             `json:"change"`
	Key     map[string]*string `json:"key"`
	Old     map[string]*string `json:"old"`
	New     map[string]*string `json:"new"`
	Changed []string           `json:"changed"`
}

func newDiffJSON(d *engine.Difference) diffJSON {
	out := diffJSON{
		Name: d.Name, Mode: string(d.Mode), Destination: d.Destination, RowsExtracted: d.RowsExtracted, RowsSkipped: d.RowsSkipped, RowsFailed: d.RowsFailed,
		Inserted: d.Inserted, Updated: d.Updated, Deleted: d.Deleted, Unchanged: d.Unchanged, Rows: []rowDiffJSON{}, FailedRows: []rejectJSON{},
		Warnings: append([]string{}, d.Warnings...), Notes: append([]string{}, d.Notes...),
	}
	for _, r := range d.Rows {
		out.Rows = append(out.Rows, newRowDiffJSON(d.Columns, r))
	}
	for _, x := range d.Rejects {
		out.FailedRows = append(out.FailedRows, rejectJSON{Row: x.Row, Column: x.Column, Reason: x.Reason, Key: x.Key})
	}
	return out
}

func newRowDiffJSON(columns []string, r engine.RowDifference) rowDiffJSON {
	out := rowDiffJSON{Change: r.Change, Old: byColumn(columns, r.Old), New: byColumn(columns, r.New), Changed: []string{}}
	for i, name := range columns {
		if r.Changed[i] {
			out.Changed = append(out.Changed, name)
		}
	}
	if r.Key != nil {
		out.Key = map[string]*string{}
	}
	for _, k := range r.Key {
		out.Key[k.Column] = k.Value
	}
	return out
}

// byColumn is nil where there is no row.
func byColumn(columns []string, values []*string) map[string]*string {
	if values == nil {
		return nil
	}
	m := make(map[string]*string, len(values))
	for i, v := range values {
		m[columns[i]] = v
	}
	return m
}
