package sourcetest

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
)

// Run holds the source of h to the contract of package sources.
func Run(t *testing.T, h Harness) {
	t.Helper()
	if h.Load == nil || !hasTypes(h.Types, arrow.PrimitiveTypes.Int64, arrow.BinaryTypes.String) {
		t.Fatal("harness: Load is required, and BIGINT and STRING among Types")
	}
	t.Run("UnknownKeysAreRefused", func(t *testing.T) { unknownKeysAreRefused(t, h) })
	t.Run("FieldsAreDescribed", func(t *testing.T) { fieldsAreDescribed(t, h) })
	t.Run("SourceNamesItself", func(t *testing.T) { sourceNamesItself(t, h) })

	t.Run("TypesAreExact", func(t *testing.T) { typesAreExact(t, h) })
	t.Run("NullsStayNull", func(t *testing.T) { nullsStayNull(t, h) })
	t.Run("OddNamesStay", func(t *testing.T) { oddNamesStay(t, h) })
	t.Run("EmptyResultHasASchema", func(t *testing.T) { emptyResultHasASchema(t, h) })
	t.Run("EndStaysTheEnd", func(t *testing.T) { endStaysTheEnd(t, h) })
	t.Run("SchemaIsStable", func(t *testing.T) { schemaIsStable(t, h) })
	t.Run("BatchRowsAreBounded", func(t *testing.T) { batchRowsAreBounded(t, h) })
	t.Run("BatchBytesAreBounded", func(t *testing.T) { batchBytesAreBounded(t, h) })
	t.Run("BatchesAreKept", func(t *testing.T) { batchesAreKept(t, h) })
	t.Run("LimitHolds", func(t *testing.T) { limitHolds(t, h) })
	t.Run("CursorLeavesNoRowOut", func(t *testing.T) { cursorLeavesNoRowOut(t, h) })
	t.Run("SourceIsReadTwice", func(t *testing.T) { sourceIsReadTwice(t, h) })

	t.Run("QueryErrorIsSaid", func(t *testing.T) { queryErrorIsSaid(t, h) })
	t.Run("MissingIsNotMade", func(t *testing.T) { missingIsNotMade(t, h) })
	t.Run("BrokenReadIsNotTheEnd", func(t *testing.T) { brokenReadIsNotTheEnd(t, h) })
	t.Run("BadRowIsNamed", func(t *testing.T) { badRowIsNamed(t, h) })
	t.Run("CancelStopsTheRead", func(t *testing.T) { cancelStopsTheRead(t, h) })
	t.Run("CanceledContextReadsNothing", func(t *testing.T) { canceledContextReadsNothing(t, h) })
	t.Run("CloseIsIdempotent", func(t *testing.T) { closeIsIdempotent(t, h) })
	t.Run("NothingLeaks", func(t *testing.T) { nothingLeaks(t, h) })
	t.Run("ModelsThatWriteAreRefused", func(t *testing.T) { modelsThatWriteAreRefused(t, h) })
	t.Run("ReadingChangesNothing", func(t *testing.T) { readingChangesNothing(t, h) })
}

func hasTypes(list []arrow.DataType, want ...arrow.DataType) bool {
	for _, w := range want {
		found := false
		for _, t := range list {
			found = found || arrow.TypeEqual(t, w)
		}
		if !found {
			return false
		}
	}
	return true
}
