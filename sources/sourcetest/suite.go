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
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) { c.check(t, h) })
	}
}

// contractCase is one promise.
type contractCase struct {
	name  string
	check func(testing.TB, Harness)
}

// cases lists every promise. A case that is not in this list does not run.
func cases() []contractCase {
	return []contractCase{
		{"UnknownKeysAreRefused", unknownKeysAreRefused},
		{"FieldsAreDescribed", fieldsAreDescribed},
		{"SourceNamesItself", sourceNamesItself},

		{"TypesAreExact", typesAreExact},
		{"NullsStayNull", nullsStayNull},
		{"OddNamesStay", oddNamesStay},
		{"EmptyResultHasASchema", emptyResultHasASchema},
		{"EndStaysTheEnd", endStaysTheEnd},
		{"SchemaIsStable", schemaIsStable},
		{"BatchRowsAreBounded", batchRowsAreBounded},
		{"BatchBytesAreBounded", batchBytesAreBounded},
		{"BatchesAreKept", batchesAreKept},
		{"LimitHolds", limitHolds},
		{"CursorLeavesNoRowOut", cursorLeavesNoRowOut},
		{"SourceIsReadTwice", sourceIsReadTwice},

		{"QueryErrorIsSaid", queryErrorIsSaid},
		{"MissingIsNotMade", missingIsNotMade},
		{"BrokenReadIsNotTheEnd", brokenReadIsNotTheEnd},
		{"BadRowIsNamed", badRowIsNamed},
		{"CancelStopsTheRead", cancelStopsTheRead},
		{"CanceledContextReadsNothing", canceledContextReadsNothing},
		{"CloseIsIdempotent", closeIsIdempotent},
		{"NothingLeaks", nothingLeaks},
		{"ModelsThatWriteAreRefused", modelsThatWriteAreRefused},
		{"ReadingChangesNothing", readingChangesNothing},
	}
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
