package file

import (
	"context"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// rehearsal reads the columns below a STRUCT before the library does, which reads them in goroutines: there a panic, which
// damage causes, ends the process; here it is caught. Such columns are decoded twice, all others once.
type rehearsal struct {
	file    *pqarrow.FileReader // its fields are the columns
	columns map[int]bool
	group   int   // the row group that is next
	rows    int64 // of the row groups before it
}

// newRehearsal returns nil if no column stands below a STRUCT.
func newRehearsal(o *parquetFile, m *pqarrow.SchemaManifest) (*rehearsal, error) {
	below := structLeaves(m.Fields, false)
	if len(below) == 0 {
		return nil, nil
	}
	rdr, err := pqarrow.NewFileReader(o.rdr, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		return nil, err
	}
	flat := *m
	flat.Fields = below
	rdr.Manifest = &flat
	r := &rehearsal{file: rdr, columns: map[int]bool{}}
	for _, f := range below {
		r.columns[f.ColIndex] = true
	}
	return r, nil
}

func structLeaves(fields []pqarrow.SchemaField, below bool) []pqarrow.SchemaField {
	var leaves []pqarrow.SchemaField
	for _, f := range fields {
		switch {
		case !f.IsLeaf():
			leaves = append(leaves, structLeaves(f.Children, below || f.Field.Type.ID() == arrow.STRUCT)...)
		case below:
			leaves = append(leaves, f)
		}
	}
	return leaves
}

// upTo reads the row groups that hold the first n rows of the file.
func (r *rehearsal) upTo(ctx context.Context, n, batchRows int64) error {
	for ; r.rows < n && r.group < r.file.ParquetReader().NumRowGroups(); r.group++ {
		rows := r.file.ParquetReader().RowGroup(r.group).NumRows()
		for i := range r.file.Manifest.Fields {
			if err := r.column(ctx, i, rows, batchRows); err != nil {
				return err
			}
		}
		r.rows += rows
	}
	return nil
}

func (r *rehearsal) column(ctx context.Context, i int, rows, batchRows int64) error {
	rdr, err := r.file.GetFieldReader(ctx, i, r.columns, []int{r.group})
	if err != nil {
		return err
	}
	for ; rows > 0; rows -= batchRows {
		if err := ctx.Err(); err != nil {
			return err
		}
		chunks, err := rdr.NextBatch(min(rows, batchRows))
		if err != nil {
			return err
		}
		chunks.Release()
	}
	rdr.Release()
	return nil
}

// checkShape fails a nested array that says to have more values than there are.
func checkShape(a arrow.Array) error {
	switch a := a.(type) {
	case *array.Struct:
		for i := range a.NumField() {
			if a.Field(i).Len() < a.Len() {
				return fmt.Errorf("a field of a STRUCT has %d values for %d rows", a.Field(i).Len(), a.Len())
			}
			if err := checkShape(a.Field(i)); err != nil {
				return err
			}
		}
	case array.ListLike: // a MAP is one
		end := int64(0)
		for i := range a.Len() {
			from, to := a.ValueOffsets(i)
			if from < end || to < from {
				return fmt.Errorf("the elements of a list stand at %d to %d, after one that ends at %d", from, to, end)
			}
			end = to
		}
		if values := a.ListValues(); end > int64(values.Len()) {
			return fmt.Errorf("a list ends at element %d of %d", end, values.Len())
		}
		return checkShape(a.ListValues())
	}
	return nil
}
