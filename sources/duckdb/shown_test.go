package duckdb

import "testing"

func TestE12_MessagesOfDuckDBHoldNoValues(t *testing.T) {
	for message, want := range map[string]string{
		"Parser Error: syntax error at or near \"SELEC\"\n\nLINE 1: SELEC s3cret\n        ^":                              `Parser Error: syntax error at or near "SELEC" (line 1 of the model)`,
		"Conversion Error: Could not convert string 'it's 7' to INT32 when casting from source column v\n\nLINE 12: x\n^": "Conversion Error: Could not convert string *** to INT32 when casting from source column v (line 12 of the model)",
		"Conversion Error: Casting value \"-12.5\" to type DECIMAL(3,1) failed: value is out of range!":                   "Conversion Error: Casting value *** to type DECIMAL(3,1) failed: value is out of range!",
		"Conversion Error: Type INT64 with value -300 can't be cast because the value is out of range for INT8":           "Conversion Error: Type INT64 with value *** can't be cast because the value is out of range for INT8",
		"Out of Range Error: Overflow in multiplication of INT64 (9223372036854775807 * 2)!":                              "Out of Range Error: Overflow in multiplication of INT64 (*** * ***)!",
		"Binder Error: Referenced column \"a\" not found in FROM clause!\nCandidate bindings: \"b1\"":                     "Binder Error: Referenced column \"a\" not found in FROM clause!\nCandidate bindings: \"b1\"",
	} {
		if got := shown(message); got != want {
			t.Errorf("%q\nis shown as %q\nwant        %q", message, got, want)
		}
	}
}
