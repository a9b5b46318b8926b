package destinations

import (
	"fmt"

	"github.com/drt-go/drt/record"
)

// Reject is one row of a batch that the target cannot hold; Row counts from 0.
type Reject = record.Reject

// Error implements error.
func (e *RejectError) Error() string {
	if len(e.Rejects) == 1 {
		return "1 row rejected: " + e.Rejects[0].String()
	}
	return fmt.Sprintf("%d rows rejected, first: %s", len(e.Rejects), e.Rejects[0])
}

// Count returns a pointer to n, for Result.
func Count(n int64) *int64 { return &n }
