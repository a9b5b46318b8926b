// Package destinationtest is the contract suite for destinations: what the destinations package promises in words,
// as named cases that anybody's destination can be held to.
//
//	func TestContract(t *testing.T) {
//		destinationtest.Run(t, destinationtest.Harness{Spec: mine.Spec(), NewTarget: newTarget})
//	}
//
// NewTarget makes one fresh, empty target for one case and says how to reach it (Target.Config) and how to read it
// (Target.Rows). The reader must not be the destination's own code: a bug that writes and reads wrongly in the same
// way would pass.
//
// Only Capabilities skip a case, and visibly: a destination that does not list a mode or an option is not asked for
// it. Nothing else can be switched off. A type or a name that the target cannot hold must be refused by Open or
// row by row with *destinations.RejectError; what is taken must come back exactly.
//
// The suite is tested itself: for each case there is a planted bug that fails that case and no other.
package destinationtest
