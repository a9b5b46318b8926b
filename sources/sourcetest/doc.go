// Package sourcetest is the contract of package sources as tests: whoever writes a source runs it.
//
//	func TestContract(t testing.TB) {
//		sourcetest.Run(t, sourcetest.Harness{
//			Spec:  mine.Spec(),
//			Types: []arrow.DataType{arrow.PrimitiveTypes.Int64, arrow.BinaryTypes.String},
//			Load:  load, // stores rows by code that is not the source's
//		})
//	}
//
// Each case gets a place of its own from the harness and states, when it fails, which promise is broken. Functions of
// the harness that are nil stand for what the source cannot do: their cases are skipped, visibly. The suite is tested
// too: a source with one planted bug fails exactly the case that is about it (planted_test.go).
package sourcetest
