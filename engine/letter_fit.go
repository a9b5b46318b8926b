package engine

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/drt-go/drt/record"
)

// Misfit says why rows with the columns of kept cannot be sent as rows of model; "" if they can.
func Misfit(model, kept *arrow.Schema) string {
	for _, f := range kept.Fields() {
		at := model.FieldIndices(f.Name)
		if len(at) != 1 {
			return fmt.Sprintf("its columns no longer fit the model: column %s is not in the model any more", f.Name)
		}
		if now := model.Field(at[0]).Type; !arrow.TypeEqual(now, f.Type) {
			return fmt.Sprintf("its columns no longer fit the model: column %s was %s and is %s now", f.Name, record.TypeName(f.Type), record.TypeName(now))
		}
	}
	for _, f := range model.Fields() {
		if !kept.HasField(f.Name) {
			return fmt.Sprintf("its columns no longer fit the model: it has no value for the new column %s", f.Name)
		}
	}
	return ""
}

// fit returns the columns of b in the order of schema.
func fit(schema *arrow.Schema, b arrow.RecordBatch) arrow.RecordBatch {
	columns := make([]arrow.Array, schema.NumFields())
	for i, f := range schema.Fields() {
		columns[i] = b.Column(b.Schema().FieldIndices(f.Name)[0])
	}
	return array.NewRecordBatch(schema, columns, b.NumRows())
}
