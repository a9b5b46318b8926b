package record

import "fmt"

// Reject is one row that could not be taken, and why.
type Reject struct {
	Row    int64  // position: in the batch from 0 (destinations), in the source from 1 (sources and reports)
	Column string // the column at fault; "" if it is the row as a whole
	Reason string // lower case, no final period, without the value unless it is harmless: "not a BIGINT"
	Key    string // the row's key, masked, for people; "" if unknown
}

// String says "row 17, column amount: not a DECIMAL(18,2)".
func (r Reject) String() string {
	if r.Column == "" {
		return fmt.Sprintf("row %d: %s", r.Row, r.Reason)
	}
	return fmt.Sprintf("row %d, column %s: %s", r.Row, r.Column, r.Reason)
}
